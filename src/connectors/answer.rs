//! Reading what a platform answered: by its content, never by its content type,
//! and without believing more than is there (upstreams §7, rules 2 to 4).

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A JSON object.
pub type Object = Map<String, Value>;

/// Why an answer can't be read; a phrase for the audit, without the answer in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not UTF-8.
    #[error("the answer is not UTF-8")]
    NotUtf8,
    /// Neither whole JSON nor what else was allowed.
    #[error("the answer is not JSON")]
    NotJson,
    /// The same name twice in one object or form: two readers would see two things.
    #[error("the answer names a key twice")]
    Twice,
    /// JSON, but no object.
    #[error("the answer is not a JSON object")]
    NotObject,
}

/// Reads one JSON value: UTF-8, a byte order mark tolerated, keys named twice refused.
///
/// # Errors
/// [`Unreadable`].
pub fn json(body: &[u8]) -> Result<Value, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::NotUtf8)?;
    match serde_json::from_str::<Once>(text.trim_start_matches('\u{FEFF}').trim()) {
        Ok(Once(value)) => Ok(value),
        Err(error) if error.to_string().contains(TWICE) => Err(Unreadable::Twice),
        Err(_) => Err(Unreadable::NotJson),
    }
}

/// Reads a JSON object.
///
/// # Errors
/// [`Unreadable`].
pub fn object(body: &[u8]) -> Result<Object, Unreadable> {
    match json(body)? {
        Value::Object(object) => Ok(object),
        _ => Err(Unreadable::NotObject),
    }
}

/// Reads the answer of a token endpoint that is no strict OAuth: JSON, JSON in
/// a call (`callback( {…} );`), or a form.
///
/// # Errors
/// [`Unreadable`].
pub fn token(body: &[u8]) -> Result<Object, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::NotUtf8)?;
    let text = text.trim_start_matches('\u{FEFF}').trim();
    if text.starts_with('{') {
        return object(text.as_bytes());
    }
    if let Some(inner) = called(text) {
        return object(inner.as_bytes());
    }
    if !text.contains('=') || text.contains(['<', '\n']) {
        return Err(Unreadable::NotJson);
    }
    let mut object = Object::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        if object.insert(name.into_owned(), Value::String(value.into_owned())).is_some() {
            return Err(Unreadable::Twice);
        }
    }
    Ok(object)
}

/// What stands between the brackets of `name( … );`.
fn called(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once('(')?;
    let plain = name.trim().bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$'));
    let inner = rest.trim_end().trim_end_matches(';').trim_end().strip_suffix(')')?.trim();
    (plain && !name.trim().is_empty() && inner.starts_with('{')).then_some(inner)
}

/// A text, or a whole number or boolean as its text; empty and everything else is `None`.
#[must_use]
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// True for `true`, `"true"`, `1` and `"1"`; absent and everything else is not true.
#[must_use]
pub fn truth_of(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => matches!(text.trim(), "true" | "1"),
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    }
}

/// A whole number, also when it was written as a text.
#[must_use]
pub fn number_of(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

const TWICE: &str = "a key is named twice";

/// A JSON value in which each object names a key at most once.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Once;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Once, E> {
        Ok(Once(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Once, E> {
        Ok(Once(Value::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Once, E> {
        Ok(Once(Value::from(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Once, E> {
        Ok(Once(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Once, E> {
        Ok(Once(Value::String(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Once, E> {
        Ok(Once(Value::String(value)))
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Once, A::Error> {
        let mut list = Vec::new();
        while let Some(Once(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Once(Value::Array(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Once, A::Error> {
        let mut object = Object::new();
        while let Some((key, Once(value))) = entries.next_entry::<String, Once>()? {
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Once(Value::Object(object)))
    }
}
