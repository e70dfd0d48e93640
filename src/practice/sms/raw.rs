//! A request with the bytes and names that its signature covers.

use aws_lc_rs::hmac;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode};
use sha2::{Digest as _, Sha256};

use super::super::fields::BODY_LIMIT;
use super::super::hosts::AskedHost;
use super::super::jws::hex as to_hex;

/// A request as it came.
pub(super) struct Raw {
    pub(super) method: Method,
    /// Hosts that the client may have signed: as sent, and the real one.
    pub(super) hosts: Vec<String>,
    /// The path without the real host.
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Raw {
    /// A header as text; unreadable ones count as absent.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn has_form(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    }

    /// The decoded query.
    pub(super) fn query_pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// The decoded form; nothing for another body.
    pub(super) fn form_pairs(&self) -> Vec<(String, String)> {
        if self.has_form() { form_urlencoded::parse(&self.body).into_owned().collect() } else { Vec::new() }
    }

    /// The hash of the body, in hexadecimal.
    pub(super) fn body_hash(&self) -> String {
        sha256_hex(&self.body)
    }

    /// `name:value` lines of the signed headers with `host` for Host; `None` when one was not sent.
    pub(super) fn canonical_headers(&self, signed: &[&str], host: &str) -> Option<String> {
        let mut lines = String::new();
        for name in signed {
            let value = if *name == "host" { host } else { self.header(name)?.trim() };
            lines.extend([name, ":", value, "\n"]);
        }
        Some(lines)
    }
}

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Response;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_LIMIT).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
        let (real, path) = parts.uri.path().trim_start_matches('/').split_once('/').unwrap_or_default();
        let sent = parts.headers.get("host").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let asked = parts.extensions.get::<AskedHost>().map(|AskedHost(name)| name.clone());
        Ok(Self {
            hosts: asked.or(sent).into_iter().chain([real.to_owned()]).collect(),
            path: format!("/{path}"),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            method: parts.method,
            headers: parts.headers,
            body,
        })
    }
}

/// The value of a name in a list of pairs; an empty one counts as absent.
pub(super) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
}

/// RFC 3986 §2.3: everything but the unreserved characters as `%XX`.
pub(super) fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Sorted `name=value` pairs, percent-encoded, joined by `&`.
pub(super) fn canonical_pairs(pairs: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = pairs.iter().collect();
    sorted.sort();
    let encoded = sorted.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value)));
    encoded.collect::<Vec<_>>().join("&")
}

pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

/// HMAC-SHA256.
pub(super) fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

/// HMAC-SHA256 in hexadecimal.
pub(super) fn keyed_hex(key: &[u8], text: &str) -> String {
    to_hex(&keyed(key, text))
}

/// HMAC-SHA1 in Base64: Alibaba's old signature and Twilio's callbacks.
pub(super) fn keyed_sha1(key: &str, text: &str) -> String {
    use base64::Engine as _;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}
