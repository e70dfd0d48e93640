//! Google's debugging endpoint: the claims of an ID token, every value a text (§2.4).

use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::fields::Asked;
use super::super::{Practice, answer};

pub(super) async fn tokeninfo(State(practice): State<Practice>, asked: Asked) -> Response {
    let claims = asked.query.get("id_token").and_then(payload);
    let alive = claims.as_ref().and_then(|claims| claims.get("exp")?.as_i64()).is_some_and(|exp| practice.now() < exp);
    match claims {
        Some(claims) if alive => {
            let texts = claims.into_iter().map(|(name, value)| (name, as_text(value))).collect::<Map<_, _>>();
            answer::json(StatusCode::OK, &Value::Object(texts))
        }
        _ => answer::oauth_error(StatusCode::BAD_REQUEST, "invalid_token", "Invalid Value"),
    }
}

fn payload(token: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()
}

fn as_text(value: Value) -> Value {
    match value {
        Value::String(text) => json!(text),
        other => json!(other.to_string()),
    }
}
