//! Reading a connector's settings: the types its fields demand, and every mistake at once.

use serde_json::{Map, Value};
use url::Url;

use super::{Field, Input, Text, Wrong};
use crate::base::secret::Secret;

/// The settings of one instance while they are read.
pub struct Settings<'a> {
    fields: &'static [Field],
    values: &'a Map<String, Value>,
    wrong: Vec<Wrong>,
}

impl<'a> Settings<'a> {
    /// Looks at `value` through `fields`: an object, no unknown key, the right
    /// types, and nothing missing that is required.
    ///
    /// # Errors
    /// When it is no object at all.
    pub fn read(fields: &'static [Field], value: &'a Value) -> Result<Self, Vec<Wrong>> {
        let Value::Object(values) = value else {
            return Err(vec![Wrong { field: String::new(), text: NOT_AN_OBJECT }]);
        };
        let mut settings = Self { fields, values, wrong: Vec::new() };
        for key in values.keys().filter(|key| !fields.iter().any(|field| field.key == key.as_str())) {
            settings.wrong.push(Wrong { field: key.clone(), text: UNKNOWN });
        }
        for field in fields {
            settings.check(field);
        }
        Ok(settings)
    }

    fn check(&mut self, field: &'static Field) {
        let value = self.values.get(field.key).unwrap_or(&Value::Null);
        let fits = match (&field.input, value) {
            (_, Value::Null) | (Input::Flag, Value::Bool(_)) => true,
            (Input::List, Value::Array(items)) => items.iter().all(Value::is_string),
            (Input::Choice(choices), Value::String(text)) => {
                text.is_empty() || choices.iter().any(|(word, _)| word == text)
            }
            (Input::Flag | Input::List, _) => false,
            (_, Value::String(_)) => true,
            _ => false,
        };
        if !fits {
            self.wrong(field.key, WRONG_SHAPE);
        } else if matches!(field.input, Input::Url) {
            self.check_url(field.key);
        }
        if field.required && self.line(field.key).is_empty() && self.list(field.key).is_empty() {
            self.wrong(field.key, MISSING);
        }
    }

    fn check_url(&mut self, key: &'static str) {
        let text = self.line(key);
        if !text.is_empty() && !is_web_address(&text) {
            self.wrong(key, NOT_A_URL);
        }
    }

    /// Notes that a field can't be so.
    pub fn wrong(&mut self, key: &str, text: Text) {
        self.wrong.push(Wrong { field: key.to_owned(), text });
    }

    /// A text, trimmed; the field's default when nothing was filled in.
    #[must_use]
    pub fn line(&self, key: &str) -> String {
        let given = self.values.get(key).and_then(Value::as_str).map_or("", str::trim);
        if given.is_empty() { self.default(key).to_owned() } else { given.to_owned() }
    }

    /// A secret, exactly as it was filled in.
    #[must_use]
    pub fn secret(&self, key: &str) -> Option<Secret> {
        let given = self.values.get(key).and_then(Value::as_str)?;
        (!given.is_empty()).then(|| Secret::new(given))
    }

    /// A switch; the field's default is `true` or not.
    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        self.values.get(key).and_then(Value::as_bool).unwrap_or(self.default(key) == "true")
    }

    /// The entries of a list, trimmed, empty ones left out.
    #[must_use]
    pub fn list(&self, key: &str) -> Vec<String> {
        let Some(Value::Array(items)) = self.values.get(key) else { return Vec::new() };
        let items = items.iter().filter_map(Value::as_str).map(|item| item.trim().to_owned());
        items.filter(|item| !item.is_empty()).collect()
    }

    /// `name{mark}value`, one a line; a line that is not so is noted as wrong.
    pub fn pairs(&mut self, key: &'static str, mark: char) -> Vec<(String, String)> {
        let text = self.line(key);
        let mut pairs = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.split_once(mark) {
                Some((name, value)) if !name.trim().is_empty() => {
                    pairs.push((name.trim().to_owned(), value.trim().to_owned()));
                }
                _ => self.wrong(key, NOT_PAIRS),
            }
        }
        pairs
    }

    /// All mistakes, or none.
    ///
    /// # Errors
    /// Every field that can't be so.
    pub fn finish(self) -> Result<(), Vec<Wrong>> {
        if self.wrong.is_empty() { Ok(()) } else { Err(self.wrong) }
    }

    fn default(&self, key: &str) -> &'static str {
        self.fields.iter().find(|field| field.key == key).map_or("", |field| field.default)
    }
}

/// Whether a text is an address that can be connected to: http or https, a host, no user part, no fragment.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
        && !text.contains(char::is_whitespace)
}

const NOT_AN_OBJECT: Text = Text { en: "The settings must be a JSON object.", zh: "设置须是一个 JSON 对象。" };
const UNKNOWN: Text = Text { en: "There is no such setting.", zh: "没有这一项设置。" };
const WRONG_SHAPE: Text = Text { en: "This value is not one that fits here.", zh: "这一项的值不合要求。" };
const MISSING: Text = Text { en: "Fill this in.", zh: "请填写此项。" };
const NOT_A_URL: Text = Text {
    en: "Give a full address such as https://example.com/path, without a user name and without #.",
    zh: "请填写完整网址，例如 https://example.com/path，不带用户名，也不带 #。",
};
const NOT_PAIRS: Text = Text {
    en: "One pair a line, name and value, as in the example.",
    zh: "每行一对名称和值，格式见示例。",
};
