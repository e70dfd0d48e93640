//! A request as DingTalk reads it: parameters from query, form and JSON, or a JSON body only.

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Map, Value};

use super::super::fields::{BODY_LIMIT, Fields};

/// A request, read.
pub(super) struct Call {
    pub(super) method: Method,
    /// The whole path, beginning with the real host.
    pub(super) path: String,
    pub(super) query: Fields,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().filter(|text| !text.is_empty())
    }

    /// The path without the host.
    pub(super) fn api(&self) -> &str {
        self.path.trim_start_matches('/').split_once('/').map_or("", |(host, _)| &self.path[host.len() + 1..])
    }

    fn is_json(&self) -> bool {
        self.header(header::CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with("application/json"))
    }

    /// The new interface's body; nothing else is read there.
    pub(super) fn json(&self) -> Option<Given> {
        if !self.is_json() {
            return None;
        }
        serde_json::from_slice(&self.body).ok().map(Given)
    }

    /// The old interface's parameters: query, then a JSON or form body over it (§7).
    pub(super) fn given(&self) -> Given {
        let mut all: Map<String, Value> = Map::new();
        let mut take = |fields: &Fields| {
            for name in fields.names() {
                all.insert(name.to_owned(), Value::String(fields.get(name).unwrap_or_default().to_owned()));
            }
        };
        take(&self.query);
        if let Some(body) = self.json() {
            all.extend(body.0);
        } else {
            take(&Fields::parse(&String::from_utf8_lossy(&self.body)));
        }
        Given(all)
    }
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_LIMIT).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
        Ok(Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: Fields::parse(parts.uri.query().unwrap_or_default()),
            headers: parts.headers,
            body,
        })
    }
}

/// Named values, texts or JSON.
pub(super) struct Given(Map<String, Value>);

impl Given {
    /// A text that is not empty; numbers and truths count as their text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = match self.0.get(name)? {
            Value::String(text) => text.clone(),
            Value::Null => return None,
            other => other.to_string(),
        };
        (!text.is_empty()).then_some(text)
    }

    /// The same, with nothing for a missing one.
    pub(super) fn word(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    /// A number, also as text; `Err` for what is none.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, std::num::ParseIntError> {
        self.text(name).map(|text| text.parse()).transpose()
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| text == "true")
    }

    /// The texts of a list.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let items = self.0.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}
