//! Request parameters as they came: names in order, duplicates seen, sizes checked.

use std::collections::HashSet;

use super::error::{Code, Error};

/// The parameters of a query or a form.
#[derive(Clone, Debug, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Most parameters a request may have (security.md §2.1, row 12).
    pub const MOST: usize = 200;

    /// Decodes `application/x-www-form-urlencoded`, by the rules of the URL
    /// standard but for text that is not UTF-8: that is refused, not mended.
    ///
    /// # Errors
    /// `invalid_request` for invalid UTF-8, a NUL, or more than [`Params::MOST`] parameters.
    pub fn parse(encoded: &[u8]) -> Result<Self, Error> {
        let mut pairs = Vec::new();
        for piece in encoded.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()) {
            if pairs.len() == Self::MOST {
                return Err(Error::new(Code::InvalidRequest, "too many parameters: send at most 200"));
            }
            let equals = piece.iter().position(|byte| *byte == b'=');
            let (name, value) = equals.map_or((piece, &[][..]), |at| (&piece[..at], &piece[at + 1..]));
            pairs.push((decode(name)?, decode(value)?));
        }
        Ok(Self { pairs })
    }

    /// Made from pairs; for tests and for our own use.
    #[must_use]
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// The value, where the name occurs exactly once and is not empty (RFC 6749 §3.1: empty is absent).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (found.next(), found.next()) {
            (Some(value), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// Every non-empty value of a name that may be repeated (`resource`).
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.pairs.iter().filter(move |(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Every pair in the order it came, empty and repeated ones too.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first name that occurs twice, but for `resource` (RFC 6749 §3.1; RFC 8707 §2).
    #[must_use]
    pub fn duplicate(&self) -> Option<&str> {
        let mut seen = HashSet::with_capacity(self.pairs.len());
        self.pairs.iter().map(|(name, _)| name.as_str()).find(|name| *name != "resource" && !seen.insert(*name))
    }

    /// `invalid_request` when a parameter is given twice; its name, a stranger's text, is not repeated.
    ///
    /// # Errors
    /// As said.
    pub fn refuse_duplicates(&self) -> Result<(), Error> {
        match self.duplicate() {
            Some(_) => Err(Error::new(Code::InvalidRequest, "a parameter is given twice")),
            None => Ok(()),
        }
    }
}

/// One name or value: `+` is a space, `%XX` a byte, a `%` without two hex digits itself.
fn decode(encoded: &[u8]) -> Result<String, Error> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            (byte, _) => bytes.push(*byte),
        }
    }
    if bytes.contains(&0) {
        return Err(Error::new(Code::InvalidRequest, "a parameter holds a NUL byte"));
    }
    String::from_utf8(bytes).map_err(|_| Error::new(Code::InvalidRequest, "a parameter is not valid UTF-8"))
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
