//! What every answer says of itself to a browser (security.md rows 1 to 3).

use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::app::App;
use crate::web::page::InOurFrames;

/// For a page that says nothing else. Where a POST may leave our origin, `page` leaves `form-action` out.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Adds them.
pub(super) fn secure(app: &App, path: &str, response: &mut Response) {
    let own_origin_only = ["/account", "/admin"].iter().any(|own| path.starts_with(own));
    let framing = if response.extensions().get::<InOurFrames>().is_some() { "SAMEORIGIN" } else { "DENY" };
    let headers = response.headers_mut();
    put(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    if !headers.contains_key(CACHE_CONTROL) {
        put(headers, CACHE_CONTROL, "no-store");
    }
    if let Some(hsts) = strict_transport(app.oidc.issuer(), app.config.hsts_subdomains) {
        put(headers, STRICT_TRANSPORT_SECURITY, hsts);
    }
    // Also on redirects: they carry codes and the browser's next request must not name this URL.
    put(headers, REFERRER_POLICY, "same-origin");
    if headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        page(headers, framing, own_origin_only);
    }
}

fn page(headers: &mut HeaderMap, framing: &'static str, own_origin_only: bool) {
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    put(headers, X_FRAME_OPTIONS, framing);
    put(headers, HeaderName::from_static("permissions-policy"), PERMISSIONS);
    if own_origin_only {
        // Elsewhere it would cut off the window that opened a sign-in.
        put(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    }
}

/// The header's value; `None` without https, and for names that can't be pinned (RFC 6797 §8.1.1).
fn strict_transport(issuer: &str, subdomains: bool) -> Option<&'static str> {
    let url = url::Url::parse(issuer).ok().filter(|url| url.scheme() == "https")?;
    match url.host()? {
        url::Host::Domain(name) if name != "localhost" && !name.ends_with(".localhost") => {
            Some(if subdomains { "max-age=63072000; includeSubDomains" } else { "max-age=63072000" })
        }
        _ => None,
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s3_only_https_names_are_pinned() {
        assert_eq!(strict_transport("https://id.example.com", false), Some("max-age=63072000"));
        assert_eq!(strict_transport("https://id.example.com", true), Some("max-age=63072000; includeSubDomains"));
        for never in ["http://id.example.com", "https://localhost", "https://127.0.0.1", "https://[::1]:8443"] {
            assert_eq!(strict_transport(never, true), None, "{never}");
        }
    }
}
