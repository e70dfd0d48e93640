//! A connector's settings at rest: a JSON object of the kind's fields, the secret ones sealed one by one.

use serde_json::{Map, Value};

use super::{Field, Input, Kind, Text, Wrong};
use crate::base::id::ConnectorId;
use crate::base::secret::{Sealer, Unsealable};

const MISSING: Text = Text { en: "must be filled in", zh: "必须填写" };
const CHOICE: Text = Text { en: "is none of the choices", zh: "不在可选项之中" };
const UNKNOWN: Text = Text { en: "is no field of this kind", zh: "这种连接器没有这个字段" };
const SEAL: Text = Text { en: "can't be sealed; try again", zh: "无法加密保存，请重试" };

/// In front of the purpose of each sealing of a connector's fields.
#[must_use]
pub fn owner(id: &ConnectorId) -> String {
    format!("connector:{id}")
}

/// Whose fields these are: `connector:{id}` or `sender:{id}` stands in front of the purpose of each sealing.
fn purpose(owner: &str, key: &str) -> String {
    format!("{owner}:{key}")
}

/// The settings for the row: what was filled in, over what stood there (`old`,
/// sealed as stored); an empty secret keeps the old one. Texts that people type.
///
/// # Errors
/// Every field that can't be so.
pub fn seal(
    sealer: &Sealer,
    kind: &Kind,
    id: &ConnectorId,
    given: &[(String, String)],
    old: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<Wrong>> {
    seal_fields(sealer, kind.fields, &owner(id), given, old)
}

/// [`seal`] for anything that has fields; `owner` is `connector:{id}` or `sender:{id}`.
///
/// # Errors
/// Every field that can't be so.
pub fn seal_fields(
    sealer: &Sealer,
    fields: &[Field],
    owner: &str,
    given: &[(String, String)],
    old: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut settings = Map::new();
    for (key, _) in given {
        if !fields.iter().any(|field| field.key == key) {
            wrong.push(Wrong { field: key.clone(), text: UNKNOWN });
        }
    }
    for field in fields {
        let typed = given.iter().rev().find(|(key, _)| key == field.key).map(|(_, value)| value.trim());
        match value_of(field, typed, old.get(field.key)) {
            Ok(Value::String(text)) if matches!(field.input, Input::Secret) && typed.is_some_and(|t| !t.is_empty()) => {
                match sealer.seal(&purpose(owner, field.key), &text) {
                    Ok(sealed) => drop(settings.insert(field.key.to_owned(), Value::String(sealed))),
                    Err(_) => wrong.push(Wrong { field: field.key.to_owned(), text: SEAL }),
                }
            }
            Ok(value) => drop(settings.insert(field.key.to_owned(), value)),
            Err(text) => wrong.push(Wrong { field: field.key.to_owned(), text }),
        }
    }
    if wrong.is_empty() { Ok(settings) } else { Err(wrong) }
}

fn value_of(field: &Field, typed: Option<&str>, old: Option<&Value>) -> Result<Value, Text> {
    let text = match (typed, &field.input) {
        // Write-only: an empty secret field means "as it was".
        (None | Some(""), Input::Secret) => match old {
            Some(sealed) => return Ok(sealed.clone()),
            None => "",
        },
        (None, _) => match old {
            Some(value) => return Ok(value.clone()),
            None => field.default,
        },
        (Some(text), _) => text,
    };
    if text.is_empty() && field.required {
        return Err(MISSING);
    }
    match &field.input {
        Input::Flag => Ok(Value::Bool(matches!(text, "true" | "on" | "1" | "yes"))),
        Input::List => Ok(Value::from(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>())),
        Input::Choice(choices) if !text.is_empty() && !choices.iter().any(|(value, _)| *value == text) => Err(CHOICE),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// The settings of a stored row with the secrets opened, for `Kind::open`.
///
/// # Errors
/// `Unsealable` when a secret was sealed under another master key, or the row is no JSON object.
pub fn open(sealer: &Sealer, kind: &Kind, id: &ConnectorId, stored: &str) -> Result<Value, Unsealable> {
    open_fields(sealer, kind.fields, &owner(id), stored)
}

/// [`open`] for anything that has fields; `owner` as when they were sealed.
///
/// # Errors
/// `Unsealable`, likewise.
pub fn open_fields(sealer: &Sealer, fields: &[Field], owner: &str, stored: &str) -> Result<Value, Unsealable> {
    let mut settings: Map<String, Value> = serde_json::from_str(stored).map_err(|_| Unsealable)?;
    for field in fields.iter().filter(|field| matches!(field.input, Input::Secret)) {
        if let Some(Value::String(sealed)) = settings.get(field.key)
            && !sealed.is_empty()
        {
            let opened = sealer.open(&purpose(owner, field.key), sealed)?;
            settings.insert(field.key.to_owned(), Value::String(opened.expose().to_owned()));
        }
    }
    Ok(Value::Object(settings))
}

/// A stored row's settings with every secret opened by the first and sealed by the second; `None` where it has none.
///
/// # Errors
/// `Unsealable` when a secret does not open with the first, or the row is no JSON object.
pub fn reseal_fields(
    (old, new): (&Sealer, &Sealer),
    fields: &[Field],
    owner: &str,
    stored: &str,
) -> Result<Option<String>, Unsealable> {
    let mut settings: Map<String, Value> = serde_json::from_str(stored).map_err(|_| Unsealable)?;
    let mut any = false;
    for field in fields.iter().filter(|field| matches!(field.input, Input::Secret)) {
        if let Some(Value::String(sealed)) = settings.get_mut(field.key)
            && !sealed.is_empty()
        {
            let purpose = purpose(owner, field.key);
            *sealed = new.seal(&purpose, old.open(&purpose, sealed)?.expose())?;
            any = true;
        }
    }
    Ok(any.then(|| Value::Object(settings).to_string()))
}
