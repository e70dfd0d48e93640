//! What Google's sign-in button posts to an application (§2.5): made on demand
//! for a test, since the button's script belongs on the application's page.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::openid::button_credential;
use super::platform::Platform;
use super::{Practice, answer};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    person: String,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    client_id: Option<String>,
}

/// The form's fields as JSON; `g_csrf_token` must also stand in the cookie of that name.
pub(super) async fn credential(State(practice): State<Practice>, Json(wanted): Json<Wanted>) -> Response {
    let client_id = wanted.client_id.unwrap_or_else(|| Platform::Google.client_id().to_owned());
    match button_credential(&practice, wanted.person, wanted.nonce, client_id.clone()) {
        Ok(credential) => answer::json(
            StatusCode::OK,
            &json!({
                "credential": credential, "g_csrf_token": practice.random().alphanumeric(16),
                "select_by": "btn", "clientId": client_id,
            }),
        ),
        Err(_) => answer::oauth_error(StatusCode::NOT_FOUND, "invalid_request", "No such person"),
    }
}
