//! A message as flat fields, whichever of XML and JSON it came in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{LIMIT, Refused, xml};

/// Name and value of each field, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Reads a body: JSON when its first character is `{`, else XML. JSON keys are
    /// trimmed (one of Tencent's samples has ` OpenID`, wechat.md §5.10), numbers
    /// and flags become their text, lists of them are joined by commas.
    pub fn read(body: &[u8]) -> Result<Self, Refused> {
        if body.trim_ascii_start().first() == Some(&b'{') { Self::json(body) } else { xml::read(body) }
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
            fields.flatten(name.trim(), value);
        }
        Ok(fields)
    }

    fn flatten(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(inner) => {
                for (name, value) in inner {
                    self.flatten(&format!("{path}/{}", name.trim()), value);
                }
            }
            Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
                let items = items.iter().map(plain).collect::<Vec<_>>();
                self.keep(path.to_owned(), &items.join(","));
            }
            Value::Array(items) => items.iter().for_each(|item| self.flatten(path, item)),
            _ => drop(self.keep(path.to_owned(), &plain(value))),
        }
    }

    /// Keeps a value unless there is one already; whether it was kept.
    pub(super) fn keep(&mut self, path: String, value: &str) -> bool {
        let new = !self.0.contains_key(&path);
        if new {
            self.0.insert(path, value.to_owned());
        }
        new
    }

    /// The value of a field; an empty one counts as absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Names and values, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
