//! `POST /token` (RFC 6749 §3.2).

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::oidc::token::TokenResponse;
use crate::web::fault::OAuthFault;
use crate::web::form::OAuthForm;

/// A code, a refresh token or a client's own word for tokens.
///
/// # Errors
/// The protocol's, as JSON.
pub async fn token(State(app): State<App>, form: OAuthForm) -> Result<Json<TokenResponse>, OAuthFault> {
    let answer = app.oidc.token(&form.params, form.authorization.as_deref(), &form.address).await;
    answer.map(Json).map_err(|error| form.fault(error))
}
