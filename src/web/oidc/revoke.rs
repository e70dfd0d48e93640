//! `POST /revoke` (RFC 7009).

use axum::extract::State;
use http::StatusCode;

use crate::app::App;
use crate::web::fault::OAuthFault;
use crate::web::form::OAuthForm;

/// 200 without a body, also for a token nobody knows (RFC 7009 §2.2).
///
/// # Errors
/// The protocol's, as JSON.
pub async fn revoke(State(app): State<App>, form: OAuthForm) -> Result<StatusCode, OAuthFault> {
    let answer = app.oidc.revoke(&form.params, form.authorization.as_deref(), &form.address).await;
    answer.map(|()| StatusCode::OK).map_err(|error| form.fault(error))
}
