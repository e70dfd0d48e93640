//! One answer in the many shapes such platforms give it.

use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::answer;
use super::super::switches::{Switch, Switches};

const JSON: &str = "application/json; charset=utf-8";

/// A good answer.
pub(super) fn good(switches: &Switches, data: Map<String, Value>) -> Response {
    let value = if switches.is_on(Switch::Envelope) {
        json!({"code": 0, "msg": "success", "data": data})
    } else {
        Value::Object(data)
    };
    written(switches, StatusCode::OK, &value)
}

/// A refusal; `number` is its code in an envelope.
pub(super) fn refused(switches: &Switches, status: StatusCode, (number, error, words): (u32, &str, &str)) -> Response {
    let value = if switches.is_on(Switch::Envelope) {
        json!({"code": number, "msg": words, "data": null})
    } else {
        json!({"error": error, "error_description": words})
    };
    let always_200 = switches.is_on(Switch::ErrorsWith200) || switches.is_on(Switch::Envelope);
    written(switches, if always_200 { StatusCode::OK } else { status }, &value)
}

fn written(switches: &Switches, status: StatusCode, value: &Value) -> Response {
    let text = value.to_string();
    if switches.is_on(Switch::Jsonp) {
        return answer::text(status, "text/html; charset=utf-8", format!("callback( {text} );\n"));
    }
    if switches.is_on(Switch::TextHtml) {
        return answer::text(status, "text/html; charset=utf-8", text);
    }
    if switches.is_on(Switch::PlainBom) {
        return answer::text(status, "text/plain", format!("\u{FEFF}{text}"));
    }
    answer::text(status, JSON, text)
}

/// A flat answer as a form.
pub(super) fn form(data: &Map<String, Value>) -> Response {
    let plain = data.iter().map(|(name, value)| match value {
        Value::String(text) => (name.clone(), text.clone()),
        other => (name.clone(), other.to_string()),
    });
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(plain).finish();
    answer::text(StatusCode::OK, "application/x-www-form-urlencoded", body)
}
