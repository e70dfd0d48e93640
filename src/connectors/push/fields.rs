//! A message as flat fields, whichever of XML and JSON it came in.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{LIMIT, Refused, xml};

/// Elements or objects inside each other, the root counted.
pub(super) const DEPTH: usize = 8;
/// Fields of one message.
const COUNT: usize = 512;
/// Bytes of all names and values of a message: a name is its path from the root,
/// so that a small body could otherwise become a thousand times its size.
const BYTES: usize = 2 * LIMIT;

/// Name and value of each field, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    values: BTreeMap<String, String>,
    /// Bytes spent of [`BYTES`], also by what was not kept.
    spent: usize,
}

/// The outside of a sealed push in JSON; everything else in it is passed over unread.
#[derive(Deserialize)]
struct Outside {
    #[serde(rename = "Encrypt", alias = "encrypt")]
    sealed: Option<String>,
}

/// What stands in `Encrypt` at the top of a body that proves nothing yet, and nothing else of it.
pub(super) fn sealed(body: &[u8]) -> Result<Option<String>, Refused> {
    if !is_json(body) {
        let outside = xml::read(body)?;
        return Ok(outside.get("Encrypt").or(outside.get("encrypt")).map(str::to_owned));
    }
    if body.len() > LIMIT {
        return Err(Refused::Shape("it is too large"));
    }
    let outside: Outside =
        serde_json::from_slice(body).map_err(|_| Refused::Shape("it is not a JSON object with one Encrypt"))?;
    Ok(outside.sealed.filter(|sealed| !sealed.is_empty()))
}

fn is_json(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'{')
}

impl Fields {
    /// Reads a body: JSON when its first character is `{`, else XML. JSON keys are
    /// trimmed (one of Tencent's samples has ` OpenID`, wechat.md §5.10), numbers
    /// and flags become their text, lists of them are joined by commas.
    pub fn read(body: &[u8]) -> Result<Self, Refused> {
        if is_json(body) { Self::json(body) } else { xml::read(body) }
    }

    fn json(body: &[u8]) -> Result<Self, Refused> {
        if body.len() > LIMIT {
            return Err(Refused::Shape("it is too large"));
        }
        let Ok(Value::Object(values)) = serde_json::from_slice(body) else {
            return Err(Refused::Shape("it is not a JSON object"));
        };
        let mut fields = Self::default();
        for (name, value) in &values {
            // The root is one.
            fields.flatten(name.trim(), value, 2)?;
        }
        Ok(fields)
    }

    fn flatten(&mut self, path: &str, value: &Value, depth: usize) -> Result<(), Refused> {
        self.spend(path.len())?;
        match value {
            Value::Object(_) | Value::Array(_) if depth > DEPTH => Err(Refused::Shape("it is nested too deeply")),
            Value::Object(inner) => inner
                .iter()
                .try_for_each(|(name, value)| self.flatten(&format!("{path}/{}", name.trim()), value, depth + 1)),
            Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
                let items = items.iter().map(plain).collect::<Vec<_>>();
                self.keep(path.to_owned(), &items.join(",")).map(drop)
            }
            Value::Array(items) => items.iter().try_for_each(|item| self.flatten(path, item, depth + 1)),
            _ => self.keep(path.to_owned(), &plain(value)).map(drop),
        }
    }

    /// Takes so many bytes off what a message may come to.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), Refused> {
        self.spent += bytes;
        if self.spent > BYTES { Err(Refused::Shape("its fields are too large")) } else { Ok(()) }
    }

    /// Keeps a value unless there is one already; whether it was kept.
    pub(super) fn keep(&mut self, path: String, value: &str) -> Result<bool, Refused> {
        self.spend(path.len() + value.len())?;
        if self.values.contains_key(&path) {
            return Ok(false);
        }
        if self.values.len() >= COUNT {
            return Err(Refused::Shape("it has too many fields"));
        }
        self.values.insert(path, value.to_owned());
        Ok(true)
    }

    /// The value of a field; an empty one counts as absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Names and values, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
