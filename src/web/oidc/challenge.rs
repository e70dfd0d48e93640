//! `POST /authorize-challenge` (OAuth 2.0 for First-Party Applications, draft §5).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;
use crate::login::LoginError;
use crate::login::challenge::{ChallengeError, Challenged};
use crate::oidc::error::{Code, Error};
use crate::web::api::Caller;
use crate::web::fault::{Dressed, OAuthFault};
use crate::web::form::OAuthForm;

/// A code, or what is missing and an `auth_session` to bring it with.
///
/// # Errors
/// The protocol's, as JSON.
pub async fn challenge(
    State(app): State<App>,
    Caller(visitor): Caller,
    form: OAuthForm,
) -> Result<Response, OAuthFault> {
    match Box::pin(app.login.challenge(&form.params, form.authorization.as_deref(), visitor)).await {
        Ok(Challenged::Code { authorization_code, organizations }) => {
            Ok(Json(json!({ "authorization_code": authorization_code, "organizations": organizations }))
                .into_response())
        }
        Ok(Challenged::More { auth_session, missing }) => {
            let mut body = json!({
                "error": "insufficient_authorization",
                "error_description": "more is needed: see need and send it with auth_session",
                "auth_session": auth_session,
            });
            if let (Value::Object(body), Ok(Value::Object(missing))) = (&mut body, serde_json::to_value(missing)) {
                body.extend(missing);
            }
            Ok(refused(StatusCode::FORBIDDEN, &body))
        }
        Err(ChallengeError::Pages) => Ok(word("redirect_to_web", "open the authorization endpoint in a browser")),
        Err(ChallengeError::Session) => {
            Ok(word("invalid_session", "auth_session is unknown, used, expired or not yours: start again"))
        }
        Err(ChallengeError::Limit) => Err(Error::wait(60).into()),
        Err(ChallengeError::Protocol(error) | ChallengeError::Login(LoginError::Protocol(error))) => {
            Err(form.fault(error))
        }
        Err(ChallengeError::Login(LoginError::Store(error))) => Err(error.into()),
        Err(ChallengeError::Login(LoginError::Busy(_))) => {
            Err(Error::new(Code::TemporarilyUnavailable, "try again in a moment").into())
        }
        Err(ChallengeError::Login(_)) => Ok(word("invalid_session", "the sign-in is over: start again")),
    }
}

fn word(error: &str, description: &str) -> Response {
    refused(StatusCode::BAD_REQUEST, &json!({ "error": error, "error_description": description }))
}

fn refused(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.extensions_mut().insert(Dressed);
    response
}
