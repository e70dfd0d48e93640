//! How the platforms answer: JSON, forms, pages and redirects, with their headers.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

// The decision of a person ends in a redirect to the application and from there
// further on; browsers hold every hop against `form-action`, so it stays open
// for web addresses here. Nothing on these pages is real.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
     form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'";

fn with_body(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, content_type);
    set(&mut response, header::CACHE_CONTROL, "no-store");
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

/// Sets a header; a value that is no header value is left out.
pub(super) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The same, for a header named by its text.
pub(super) fn set_named(response: &mut Response, name: &'static str, value: &str) {
    set(response, HeaderName::from_static(name), value);
}

pub(super) fn json(status: StatusCode, value: &Value) -> Response {
    with_body(status, "application/json; charset=utf-8", value.to_string())
}

/// `{"error": …, "error_description": …}` (RFC 6749 §5.2).
pub(super) fn oauth_error(status: StatusCode, error: &str, description: &str) -> Response {
    json(status, &serde_json::json!({"error": error, "error_description": description}))
}

pub(super) fn text(status: StatusCode, content_type: &'static str, body: String) -> Response {
    with_body(status, content_type, body)
}

pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A page with its policy.
pub(super) fn page(status: StatusCode, body: String) -> Response {
    let mut response = with_body(status, "text/html; charset=utf-8", body);
    set(&mut response, header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    set(&mut response, header::REFERRER_POLICY, "same-origin");
    response
}

/// 302, as the platforms do it.
pub(super) fn found(to: &str) -> Response {
    let mut response = empty(StatusCode::FOUND);
    set(&mut response, header::LOCATION, to);
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

/// 303: the answer to a changed form.
pub(super) fn see_other(to: &str) -> Response {
    let mut response = empty(StatusCode::SEE_OTHER);
    set(&mut response, header::LOCATION, to);
    response
}

/// Adds parameters to the query of an application's address.
pub(super) fn with_query(address: &str, pairs: &[(String, String)]) -> String {
    let added = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{added}")
}

/// A list of parameters out of literal names.
pub(super) fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
