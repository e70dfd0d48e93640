//! Asking a platform through [`Outbound`]: every way in which that fails
//! becomes a [`Trouble`], and the answers are made regular before the `oauth2`
//! crate sees them (upstreams §3: it takes neither form answers, nor errors in
//! a 200, nor a missing `token_type`).

use futures::future::BoxFuture;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::Trouble;
use super::answer::{self, Object, Unreadable, number_of, text_of};
use crate::base::clock::Seconds;
use crate::base::outbound::{Outbound, OutboundError};
use crate::base::people::clean_name;

impl From<OutboundError> for Trouble {
    fn from(error: OutboundError) -> Self {
        match error {
            OutboundError::TooLarge(_) => Self::BadReply(error.to_string()),
            OutboundError::Forbidden(_) => Self::Misconfigured(error.to_string()),
            OutboundError::Unreachable(_) | OutboundError::Broken(_) | OutboundError::TimedOut => {
                Self::Unreachable(error.to_string())
            }
        }
    }
}

impl From<Unreadable> for Trouble {
    fn from(error: Unreadable) -> Self {
        Self::BadReply(error.to_string())
    }
}

/// A platform's own words, short and harmless enough for a log line.
#[must_use]
pub fn quoted(text: &str) -> String {
    clean_name(text, 200)
}

/// A GET with these headers.
///
/// # Errors
/// `Misconfigured` when the address or a header can't be sent, else what [`Outbound`] says.
pub async fn get(outbound: &Outbound, url: &str, headers: &[(&str, &str)]) -> Result<Response<Vec<u8>>, Trouble> {
    let mut request = Request::get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Vec::new()).map_err(|_| Trouble::Misconfigured("an address or header".to_owned()))?;
    Ok(outbound.send(request).await?)
}

/// Whether the platform asks us to come later, and when (429, 503).
#[must_use]
pub fn later(status: StatusCode, headers: &HeaderMap, now: Seconds) -> Option<Trouble> {
    if !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    Some(Trouble::TryLater { until: retry_after(headers).map(|wait| now.saturating_add(wait)) })
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3); dates are not understood.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Seconds> {
    let wait = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse::<Seconds>().ok()?;
    (0..=86_400).contains(&wait).then_some(wait)
}

/// A JSON object out of a 200; everything else is a [`Trouble`].
///
/// # Errors
/// `TryLater` for 429 and 503, `BadReply` for any other status and for what is no object.
pub fn object(answer: &Response<Vec<u8>>, what: &str, now: Seconds) -> Result<Object, Trouble> {
    if let Some(later) = later(answer.status(), answer.headers(), now) {
        return Err(later);
    }
    if answer.status() != StatusCode::OK {
        return Err(Trouble::BadReply(format!("{what}: status {}", answer.status().as_u16())));
    }
    answer::object(answer.body()).map_err(|error| Trouble::BadReply(format!("{what}: {error}")))
}

/// [`Outbound`] as the HTTP client of the `oauth2` crate, for token requests.
pub struct TokenWire<'a> {
    /// The way out.
    pub outbound: &'a Outbound,
    /// Sent besides the crate's own headers.
    pub headers: &'a [(String, String)],
    /// What the platform calls `client_id` in the form.
    pub client_id_name: &'a str,
    /// For `Retry-After`.
    pub now: Seconds,
}

impl<'c> oauth2::AsyncHttpClient<'c> for TokenWire<'_> {
    type Error = Trouble;
    type Future = BoxFuture<'c, Result<Response<Vec<u8>>, Trouble>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(async move {
            let answer = self.outbound.send(self.prepared(request)?).await?;
            regular(&answer, self.now)
        })
    }
}

impl TokenWire<'_> {
    fn prepared(&self, mut request: Request<Vec<u8>>) -> Result<Request<Vec<u8>>, Trouble> {
        for (name, value) in self.headers {
            let bad = || Trouble::Misconfigured(format!("the header {}", quoted(name)));
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
            request.headers_mut().insert(name, HeaderValue::from_str(value).map_err(|_| bad())?);
        }
        if self.client_id_name != "client_id" {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (name, value) in form_urlencoded::parse(request.body()) {
                form.append_pair(if name == "client_id" { self.client_id_name } else { &name }, &value);
            }
            let form = form.finish();
            *request.body_mut() = form.into_bytes();
        }
        Ok(request)
    }
}

/// The answer of a token endpoint as RFC 6749 §5 would have it.
fn regular(answer: &Response<Vec<u8>>, now: Seconds) -> Result<Response<Vec<u8>>, Trouble> {
    let status = answer.status();
    let body = answer::token(answer.body());
    let told = body.as_ref().is_ok_and(|body| body.get("error").and_then(text_of).is_some());
    if !told && let Some(later) = later(status, answer.headers(), now) {
        return Err(later);
    }
    if !told && !status.is_success() {
        return Err(Trouble::BadReply(format!("token endpoint: status {}", status.as_u16())));
    }
    let body = body.map_err(|error| Trouble::BadReply(format!("token endpoint: {error}")))?;
    let (status, body) = if told { (StatusCode::BAD_REQUEST, refusal(&body)) } else { (StatusCode::OK, grant(&body)?) };
    let mut answer = Response::new(body.to_string().into_bytes());
    *answer.status_mut() = status;
    Ok(answer)
}

fn refusal(body: &Object) -> Value {
    let word = |key| body.get(key).and_then(text_of).map(|text| quoted(&text));
    json!({ "error": word("error"), "error_description": word("error_description") })
}

fn grant(body: &Object) -> Result<Value, Trouble> {
    let Some(Value::String(token)) = body.get("access_token") else {
        return Err(Trouble::BadReply("token endpoint: no access_token".to_owned()));
    };
    // What is sent in a header must be visible ASCII (RFC 6750 §2.1).
    if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Trouble::BadReply("token endpoint: an access_token that can't be sent".to_owned()));
    }
    let kind = body.get("token_type").and_then(text_of).unwrap_or_else(|| "bearer".to_owned());
    if !kind.eq_ignore_ascii_case("bearer") {
        return Err(Trouble::BadReply("token endpoint: token_type is not Bearer".to_owned()));
    }
    let mut regular = json!({ "access_token": token, "token_type": "bearer" });
    if let Some(scope) = body.get("scope").and_then(scopes) {
        regular["scope"] = Value::String(scope);
    }
    if let Some(seconds) = body.get("expires_in").and_then(number_of).filter(|seconds| *seconds >= 0) {
        regular["expires_in"] = Value::from(seconds);
    }
    if let Some(Value::String(id_token)) = body.get("id_token") {
        regular["id_token"] = Value::String(id_token.clone());
    }
    Ok(regular)
}

/// Scopes by spaces, commas or as a list, joined by spaces.
fn scopes(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.split([' ', ',']).filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" ")),
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
        _ => None,
    }
}
