//! The metadata documents and the keys: public, the same for all, kept by caches for five minutes.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};

use crate::app::App;
use crate::oidc::discovery::Document;
use crate::web::fault::OAuthFault;

/// Both well-known addresses.
pub async fn discovery(State(app): State<App>, headers: HeaderMap) -> Response {
    send(&headers, app.oidc.discovery())
}

/// `GET /jwks`.
///
/// # Errors
/// 503 when the keys can't be read.
pub async fn jwks(State(app): State<App>, headers: HeaderMap) -> Result<Response, OAuthFault> {
    Ok(send(&headers, app.oidc.jwks().await?))
}

/// The document, or 304 for who has it (RFC 9110 §13.1.2).
fn send(headers: &HeaderMap, document: Document) -> Response {
    let mut known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let fresh = known.any(|tags| {
        tags.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == "*" || tag == document.etag)
    });
    // Half the lead of a key rotation at most (security.md row 23).
    let caching = [(CACHE_CONTROL, "public, max-age=300".to_owned()), (ETAG, document.etag)];
    if fresh {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(CONTENT_TYPE, "application/json")], document.body).into_response()
}
