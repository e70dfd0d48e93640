//! Request parameters as they came: names in order, duplicates seen, sizes checked.

use super::error::{Code, Error};

/// The parameters of a query or a form.
#[derive(Clone, Debug, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Most parameters a request may have (security.md §2.1, row 12).
    pub const MOST: usize = 200;

    /// Decodes `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// `invalid_request` for invalid UTF-8, a NUL, or more than [`Params::MOST`] parameters.
    pub fn parse(encoded: &[u8]) -> Result<Self, Error> {
        let _ = encoded;
        todo!()
    }

    /// Made from pairs; for tests and for our own use.
    #[must_use]
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// The value, where the name occurs exactly once and is not empty (RFC 6749 §3.1: empty is absent).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Every non-empty value of a name that may be repeated (`resource`).
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.pairs.iter().filter(move |(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The first name that occurs twice, but for `resource` (RFC 6749 §3.1; RFC 8707 §2).
    #[must_use]
    pub fn duplicate(&self) -> Option<&str> {
        todo!()
    }

    /// `invalid_request` naming the duplicate, if there is one.
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
