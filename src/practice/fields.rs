//! A request as the platforms read it: its headers, its query and its form, in order and with repeats.

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, header};

/// Bytes of a body that are read at most.
pub(super) const BODY_LIMIT: usize = 64 * 1024;

/// Named texts in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`.
    pub(super) fn parse(text: &str) -> Self {
        Self(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// Reads a flat JSON object; octokit posts its parameters so.
    fn from_json(text: &[u8]) -> Option<Self> {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(text).ok()?;
        let plain = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => Some(text),
            serde_json::Value::Null => None,
            other => Some(other.to_string()),
        };
        Some(Self(object.into_iter().filter_map(|(name, value)| Some((name, plain(value)?))).collect()))
    }

    /// The first value of that name; a parameter without a value counts as absent (RFC 6749 §3.1).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Whether a name comes more than once (RFC 6749 §3.1 forbids it).
    pub(super) fn repeats(&self) -> bool {
        self.0.iter().enumerate().any(|(at, (name, _))| self.0.iter().skip(at + 1).any(|(other, _)| other == name))
    }

    /// Sets a value in place of all of that name.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// The words of a space-separated value (commas pass too where `commas` says so).
    pub(super) fn words(&self, name: &str, commas: bool) -> Vec<String> {
        let text = self.get(name).unwrap_or_default();
        text.split(|c: char| c == ' ' || (commas && c == ','))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// A request, read.
pub(super) struct Asked {
    pub(super) method: Method,
    /// The whole path, beginning with the real host.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) query: Fields,
    pub(super) form: Fields,
    /// The body as it came, for what is no form (nested JSON, XML).
    pub(super) body: Bytes,
}

impl Asked {
    /// A header as text; unreadable ones count as absent.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The real host, which is the first piece of the path.
    pub(super) fn host(&self) -> &str {
        self.path.trim_start_matches('/').split('/').next().unwrap_or_default()
    }

    /// What an authorization endpoint reads: the query, or the form of a POST by
    /// the application (OpenID Connect Core §3.1.2.1).
    pub(super) fn authorization(&self) -> &Fields {
        if self.query.get("client_id").is_some() || self.form.get("client_id").is_none() {
            &self.query
        } else {
            &self.form
        }
    }

    /// The client's id and secret, from the body or from Basic authentication (RFC 6749 §2.3.1).
    pub(super) fn client(&self) -> (Option<String>, Option<String>) {
        if let Some((id, secret)) = self.basic() {
            return (Some(id), Some(secret));
        }
        (self.form.get("client_id").map(str::to_owned), self.form.get("client_secret").map(str::to_owned))
    }

    fn basic(&self) -> Option<(String, String)> {
        use base64::Engine as _;
        let encoded = self.header("authorization")?.strip_prefix("Basic ")?;
        let text = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        Some((form_decoded(id), form_decoded(secret)))
    }

    /// The access token of the Authorization header, with either of the words GitHub takes.
    pub(super) fn bearer(&self) -> Option<&str> {
        let (word, token) = self.header("authorization")?.split_once(' ')?;
        (word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("token")).then(|| token.trim())
    }
}

/// RFC 6749 §2.3.1: id and secret are form-encoded before Base64.
fn form_decoded(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}

impl<S: Send + Sync> FromRequest<S> for Asked {
    type Rejection = Response;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_LIMIT).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let form = match content_type {
            Some(kind) if kind.starts_with("application/json") => Fields::from_json(&body).unwrap_or_default(),
            _ => Fields::parse(&String::from_utf8_lossy(&body)),
        };
        Ok(Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            headers: parts.headers,
            query: Fields::parse(parts.uri.query().unwrap_or_default()),
            form,
            body,
        })
    }
}
