//! A mini program in the place of the phone's page (upstreams/wechat.md §6.4):
//!
//! 1. `POST /scan/seen` `{"connector":"…","scene":"…","code":"…"}`: `code` is what the platform
//!    gave the mini program. The answer says what to show and holds a one-time `approval`. Where it has
//!    `links` (`title`, `name`), a yes also adds that account of another platform to the person's; where it has `binds` (a name),
//!    a yes makes the person's platform a way in to that account: warn of it.
//! 2. `POST /scan/answer` `{"approval":"…","answer":"47"}` with the number the person picked, or `"no"`.
//!
//! Who the person is comes from the platform's code alone; an id in the request would be read by nobody.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::visitor;
use crate::app::App;
use crate::base::secret::Secret;
use crate::login::LoginError;
use crate::login::scan::{Asked, ScanTrouble, Shown};
use crate::oidc::error::{Code, Error};
use crate::web::fault::OAuthFault;
use crate::web::guard::body::SMALL;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    connector: String,
    scene: String,
    code: Secret,
}

#[derive(Serialize)]
struct ToShow<'a> {
    application: &'a str,
    host: &'a str,
    agent: &'a str,
    address: &'a str,
    asked_at: i64,
    choices: [u8; 3],
    /// What will be linked to the person's account: to be shown as a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<ToLink<'a>>,
    /// The account that the person's becomes a way in to: to be shown as a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    binds: Option<&'a str>,
    approval: &'a str,
}

#[derive(Serialize)]
struct ToLink<'a> {
    title: &'a str,
    name: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    approval: String,
    answer: String,
}

/// `POST /scan/seen`.
///
/// # Errors
/// `invalid_request`; `invalid_grant` for a code or scene that is none; `temporarily_unavailable`.
pub async fn seen(State(app): State<App>, request: Request) -> Result<Response, OAuthFault> {
    let visitor = visitor(request.headers(), request.extensions());
    let seen: Seen = read(request).await?;
    let found = app.login.seen_by_program(&seen.connector, (&seen.scene, seen.code), &visitor).await;
    let (approval, asked) = found.map_err(told)?;
    Ok(Json(to_show(&approval, &asked)).into_response())
}

fn to_show<'a>(approval: &'a str, asked: &'a Asked) -> ToShow<'a> {
    ToShow {
        application: &asked.context.application,
        host: &asked.context.host,
        agent: &asked.agent,
        address: &asked.address,
        asked_at: asked.asked_at,
        choices: asked.choices,
        links: asked.links.as_ref().map(|links| ToLink { title: &links.title, name: &links.name }),
        binds: asked.binds.as_ref().map(|binds| binds.name.as_str()),
        approval,
    }
}

/// `POST /scan/answer`: `{"state":"approved"}` or `{"state":"refused"}`.
///
/// # Errors
/// As [`seen`].
pub async fn answer(State(app): State<App>, request: Request) -> Result<Response, OAuthFault> {
    let visitor = visitor(request.headers(), request.extensions());
    let answered: Answered = read(request).await?;
    let number = match answered.answer.as_str() {
        "no" => None,
        number => Some(number.parse().map_err(|_| invalid("answer is one of the choices, or no"))?),
    };
    let shown = app.login.answer_program(&answered.approval, number, &visitor).await;
    let state = match shown.map_err(|error| told(error.into()))? {
        Shown::Approved => "approved",
        Shown::Refused => "refused",
        Shown::Over => return Err(Error::new(Code::InvalidGrant, "the approval is used or too old").into()),
    };
    Ok(Json(serde_json::json!({ "state": state })).into_response())
}

async fn read<T: DeserializeOwned>(request: Request) -> Result<T, OAuthFault> {
    let body: Bytes =
        axum::body::to_bytes(request.into_body(), SMALL).await.map_err(|_| invalid("the body can not be read"))?;
    serde_json::from_slice(&body).map_err(|_| invalid("send a JSON object with exactly the documented fields"))
}

fn invalid(text: &'static str) -> OAuthFault {
    Error::new(Code::InvalidRequest, text).into()
}

fn told(trouble: ScanTrouble) -> OAuthFault {
    let error = match trouble {
        ScanTrouble::Connector => Error::new(Code::InvalidRequest, "no such connector takes codes of a mini program"),
        ScanTrouble::Code => Error::new(Code::InvalidGrant, "the platform does not take this code"),
        ScanTrouble::Scene => Error::new(Code::InvalidGrant, "nobody waits behind this scene any more"),
        ScanTrouble::Platform => Error::new(Code::TemporarilyUnavailable, "the platform does not answer"),
        ScanTrouble::Limit => Error::new(Code::TemporarilyUnavailable, "too many tries, wait a minute"),
        ScanTrouble::Login(LoginError::Store(error)) => return error.into(),
        ScanTrouble::Login(_) => Error::new(Code::ServerError, "something went wrong here"),
    };
    error.into()
}
