//! `POST /introspect` (RFC 7662).

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::web::fault::OAuthFault;
use crate::web::form::OAuthForm;

/// What the caller may know of a token.
///
/// # Errors
/// The protocol's, as JSON.
pub async fn introspect(State(app): State<App>, form: OAuthForm) -> Result<Json<serde_json::Value>, OAuthFault> {
    let answer = app.oidc.introspect(&form.params, form.authorization.as_deref(), &form.address).await;
    answer.map(Json).map_err(|error| form.fault(error))
}
