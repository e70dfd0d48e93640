//! `GET` and `POST /userinfo` (OIDC Core §5.3, RFC 6750 §2).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::app::App;
use crate::oidc::userinfo::Userinfo;
use crate::web::bearer::the_token;
use crate::web::fault::OAuthFault;
use crate::web::form::is_form;

/// With the token in the header.
///
/// # Errors
/// RFC 6750's, with their challenge.
pub async fn get(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, OAuthFault> {
    answer(&app, query.as_deref(), &headers, &[]).await
}

/// With the token in the header or in the form.
///
/// # Errors
/// As [`get`].
pub async fn post(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthFault> {
    let form = if is_form(&headers) { &body[..] } else { &[] };
    answer(&app, query.as_deref(), &headers, form).await
}

async fn answer(app: &App, query: Option<&str>, headers: &HeaderMap, form: &[u8]) -> Result<Response, OAuthFault> {
    let bearer = |error| OAuthFault::of_bearer(Some(error));
    let token = the_token(query, headers, form).map_err(bearer)?.ok_or_else(|| OAuthFault::of_bearer(None))?;
    Ok(match app.oidc.userinfo(&token).await.map_err(bearer)? {
        Userinfo::Json(claims) => Json(claims).into_response(),
        Userinfo::Jwt(jwt) => ([(CONTENT_TYPE, "application/jwt")], jwt).into_response(),
    })
}
