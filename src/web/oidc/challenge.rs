//! `POST /authorize-challenge` (OAuth 2.0 for First-Party Applications, draft §5).

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::app::App;
use crate::login::challenge::{ChallengeError, Challenged};
use crate::login::{LoginError, Visitor};
use crate::oidc::error::{Code, Error};
use crate::web::fault::{Dressed, OAuthFault};
use crate::web::form::OAuthForm;
use crate::web::guard::proxies::{ClientAddress, UNKNOWN};
use crate::web::guard::trace::RequestId;

/// A code, or what is missing and an `auth_session` to bring it with.
///
/// # Errors
/// The protocol's, as JSON.
pub async fn challenge(
    State(app): State<App>,
    address: Option<Extension<ClientAddress>>,
    request_id: Option<Extension<RequestId>>,
    headers: HeaderMap,
    form: OAuthForm,
) -> Result<Response, OAuthFault> {
    let agent = headers.get(http::header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let visitor = Visitor {
        browser: String::new(),
        session: None,
        agent: agent.unwrap_or_default().chars().take(300).collect(),
        address: address.map_or_else(|| UNKNOWN.to_owned(), |address| address.0.0),
        request_id: request_id.map(|id| id.0.0).unwrap_or_default(),
    };
    match app.login.challenge(&form.params, form.authorization.as_deref(), visitor).await {
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
        Err(ChallengeError::Limit) => {
            let error = Error::new(Code::TemporarilyUnavailable, "too many tries, wait a minute");
            let mut response = OAuthFault::new(StatusCode::TOO_MANY_REQUESTS, error).into_response();
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
            Ok(response)
        }
        Err(ChallengeError::Protocol(error)) => Err(form.fault(error)),
        Err(ChallengeError::Login(LoginError::Store(error))) => Err(error.into()),
        Err(ChallengeError::Login(LoginError::Protocol(error))) => Err(form.fault(error)),
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
