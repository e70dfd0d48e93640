//! `GET /api/v1/connectors`: what a program has to know of the methods to begin by itself.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::app::App;
use crate::base::id::ClientId;
use crate::oidc::params::Params;
use crate::web::fault::OAuthFault;

/// The methods that are on; with `?client_id=`, those this application may use. Nothing in it is secret.
///
/// # Errors
/// The store's; `invalid_request`.
pub async fn get(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, OAuthFault> {
    let params = Params::parse(query.as_deref().unwrap_or_default().as_bytes())?;
    let short = |id: &&str| id.len() <= 256 && !id.chars().any(char::is_control);
    let client = params.get("client_id").filter(short).map(ClientId::new);
    let connectors = app.login.public_connectors(client.as_ref()).await;
    let connectors = connectors.map_err(|error| match error {
        crate::login::LoginError::Store(error) => OAuthFault::from(error),
        _ => OAuthFault::from(crate::oidc::error::Error::new(
            crate::oidc::error::Code::ServerError,
            "something went wrong here",
        )),
    })?;
    Ok(Json(json!({ "connectors": connectors })).into_response())
}
