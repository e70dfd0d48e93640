//! Who may change the practice world: this machine's own pages and programs, nobody else's page.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, header};

use super::{Practice, answer};

/// The layer before the control API and the page that changes people.
pub(super) async fn own_machine(State(practice): State<Practice>, request: Request, next: Next) -> Response {
    match refusal(request.method(), request.headers(), practice.origin()) {
        None => next.run(request).await,
        Some(why) => answer::oauth_error(StatusCode::FORBIDDEN, "forbidden", why),
    }
}

fn refusal(method: &Method, headers: &HeaderMap, origin: &str) -> Option<&'static str> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // A foreign name that resolves to this machine (DNS rebinding) shows in Host.
    if let Some(host) = text(header::HOST)
        && !is_own_host(host, origin)
    {
        return Some("The practice world answers on its own address only");
    }
    if method == Method::GET || method == Method::HEAD {
        return None;
    }
    let cross_site = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if cross_site || text(header::ORIGIN).is_some_and(|from| from != origin) {
        return Some("This came from a foreign page");
    }
    None
}

fn is_own_host(host: &str, origin: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]") || origin.split("://").nth(1) == Some(host)
}

/// Whether the browser says that a form was sent from a foreign page.
pub(super) fn is_foreign(headers: &HeaderMap, origin: &str) -> bool {
    refusal(&Method::POST, headers, origin).is_some()
}
