//! The platforms under their own names: `https://api.github.com/user` is what
//! `{origin}/api.github.com/user` is. Foreign names get 421 (RFC 9110 §15.5.20).

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tower::ServiceExt as _;

use super::answer;
use super::platform::Platform;

/// The authority that the client asked, before it became a piece of the path.
/// Signatures cover it.
#[derive(Clone, Debug)]
pub(super) struct AskedHost(pub(super) String);

/// Serves `practice` (made for `origin`) by the host that is asked.
pub(super) fn by_host(practice: Router, origin: &str) -> Router {
    let origin = origin.to_owned();
    Router::new().fallback(move |request: Request| dispatch(practice.clone(), origin.clone(), request))
}

async fn dispatch(practice: Router, origin: String, mut request: Request) -> Response {
    let authority = authority(&request).unwrap_or_default();
    let (name, port) = parts(&authority);
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    if is_own(&name, &origin) {
        return practice.oneshot(request).await.unwrap_or_else(|never| match never {});
    }
    if Platform::of_host(&name).is_none() {
        let why = "No practice platform has this name\n".to_owned();
        return answer::text(StatusCode::MISDIRECTED_REQUEST, "text/plain; charset=utf-8", why);
    }
    if let Some(to) = own_page(&request, &origin) {
        return answer::see_other(&to);
    }
    let Some(path) = inner_path(&request, &name) else { return answer::empty(StatusCode::BAD_REQUEST) };
    let mut uri = request.uri().clone().into_parts();
    (uri.scheme, uri.authority, uri.path_and_query) = (None, None, Some(path));
    let Ok(uri) = http::Uri::from_parts(uri) else { return answer::empty(StatusCode::BAD_REQUEST) };
    *request.uri_mut() = uri;
    adopt(request.headers_mut(), &authority, &origin);
    request.extensions_mut().insert(AskedHost(authority));
    let response = practice.oneshot(request).await.unwrap_or_else(|never| match never {});
    with_real_names(response, &origin, &port)
}

/// HTTP/2 names the host in the target, HTTP/1.1 in a header.
fn authority(request: &Request) -> Option<String> {
    let named = request.uri().authority().map(http::uri::Authority::as_str);
    let header = || request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    Some(named.or_else(header)?.to_ascii_lowercase())
}

fn parts(authority: &str) -> (String, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (name.to_owned(), Some(port)),
        _ => (authority.to_owned(), None),
    }
}

/// The practice world's own pages and its control API.
fn is_own(name: &str, origin: &str) -> bool {
    let own = url::Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned));
    matches!(name, "127.0.0.1" | "localhost" | "[::1]") || own.as_deref() == Some(name)
}

/// A link of a practice page to a page of the world itself.
fn own_page(request: &Request, origin: &str) -> Option<String> {
    let path = request.uri().path();
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let query = request.uri().query();
    // A page with a QR code names it to the phone.
    let own = first == "phone" || (query.is_none() && (first == "people" || path == "/"));
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    (request.method() == Method::GET && own).then(|| format!("{origin}{path}{query}"))
}

/// The same target with the host as its first piece, unless it is there already;
/// style and script of the pages lie beside the hosts.
fn inner_path(request: &Request, name: &str) -> Option<PathAndQuery> {
    let target = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let path = request.uri().path();
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let kind = path.rsplit_once('.').map_or("", |(_, kind)| kind);
    let asset = path.starts_with("/practice") && matches!(kind, "css" | "js");
    if asset || Platform::of_host(first).is_some() {
        return target.parse().ok();
    }
    format!("/{name}{target}").parse().ok()
}

/// What the platforms hold a form against is the practice origin; a form from
/// the same real host is one of their own.
fn adopt(headers: &mut HeaderMap, authority: &str, origin: &str) {
    let same = headers.get(header::ORIGIN).is_some_and(|from| *from == format!("https://{authority}"));
    if let (true, Ok(value)) = (same, HeaderValue::from_str(origin)) {
        headers.insert(header::ORIGIN, value);
    }
    let own = origin.split("://").nth(1).unwrap_or_default();
    if let Ok(value) = HeaderValue::from_str(own) {
        headers.insert(header::HOST, value);
    }
}

/// A redirect to another platform's page leads to its real name.
fn with_real_names(mut response: Response, origin: &str, port: &str) -> Response {
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let Some(location) = location.map(str::to_owned) else { return response };
    let path = location.strip_prefix(origin).unwrap_or(&location);
    let Some((host, rest)) = path.strip_prefix('/').map(|path| path.split_once('/').unwrap_or((path, ""))) else {
        return response;
    };
    if Platform::of_host(host).is_some() {
        answer::set(&mut response, header::LOCATION, &format!("https://{host}{port}/{rest}"));
    }
    response
}
