//! `/_control/phone`: everything the phone's page does, as JSON.

use axum::extract::{Path, Query, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::json;

use super::super::fields::Asked;
use super::super::platform::Platform;
use super::super::{Practice, answer, guard};
use super::acts::{self, Act, Cannot};
use super::deeds::{self, Problem};

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    Router::new()
        .route("/_control/phone/scans", get(scans))
        .route("/_control/phone/scan", post(by_content))
        .route("/_control/phone/scans/{id}/{act}", post(by_id))
        .route("/_control/phone/people/{key}/{deed}", post(deed))
        .route("/_control/phone/messages", get(messages).delete(forget))
        .layer(from_fn_with_state(practice.clone(), guard::own_machine))
}

pub(super) fn refused(why: Cannot) -> Response {
    let status = match why {
        Cannot::Nobody | Cannot::NoCode => StatusCode::NOT_FOUND,
        Cannot::Expired => StatusCode::GONE,
        Cannot::Taken | Cannot::NotScanned => StatusCode::CONFLICT,
    };
    answer::oauth_error(status, "invalid_request", why.words())
}

/// Any deed of the page, its fields as a flat JSON object.
async fn deed(State(practice): State<Practice>, Path((key, name)): Path<(String, String)>, asked: Asked) -> Response {
    match deeds::perform(&practice, &key, &name, &asked.form).await {
        Ok(()) => answer::empty(StatusCode::NO_CONTENT),
        Err(Problem::Code(why)) => refused(why),
        Err(Problem::Unknown) => {
            answer::oauth_error(StatusCode::NOT_FOUND, "invalid_request", Problem::Unknown.words())
        }
        Err(problem) => answer::oauth_error(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", problem.words()),
    }
}

#[derive(serde::Deserialize)]
struct Which {
    platform: Option<Platform>,
    person: Option<String>,
    mobile: Option<String>,
}

/// Codes that wait, oldest first.
async fn scans(State(practice): State<Practice>, Query(which): Query<Which>) -> Response {
    let world = practice.world();
    let wanted = world.phone.scans(practice.now());
    let wanted = wanted.filter(|scan| which.platform.is_none_or(|platform| platform == scan.platform));
    answer::json(StatusCode::OK, &json!(wanted.collect::<Vec<_>>()))
}

#[derive(serde::Deserialize)]
struct Person {
    person: String,
}

async fn by_id(
    State(practice): State<Practice>,
    Path((id, act)): Path<(String, Act)>,
    Json(who): Json<Person>,
) -> Response {
    match acts::act(&practice, &who.person, &id, act).await {
        Ok(()) => answer::empty(StatusCode::NO_CONTENT),
        Err(why) => refused(why),
    }
}

#[derive(serde::Deserialize)]
struct Seen {
    person: String,
    /// The text inside the picture.
    content: String,
}

/// Scans what a picture says; answers the code's id, for confirming or refusing.
async fn by_content(State(practice): State<Practice>, Json(seen): Json<Seen>) -> Response {
    let id = practice.world().phone.scan_by_content(&seen.content).map(|scan| scan.id.clone());
    let Some(id) = id else { return refused(Cannot::NoCode) };
    match acts::act(&practice, &seen.person, &id, Act::Scan).await {
        Ok(()) => answer::json(StatusCode::OK, &json!({"id": id})),
        Err(why) => refused(why),
    }
}

/// Messages, newest last.
async fn messages(State(practice): State<Practice>, Query(which): Query<Which>) -> Response {
    let world = practice.world();
    let wanted = world.phone.messages().filter(|message| {
        which.person.as_ref().is_none_or(|person| message.person.as_ref() == Some(person))
            && which.mobile.as_ref().is_none_or(|mobile| message.mobile.as_ref() == Some(mobile))
            && which.platform.is_none_or(|platform| platform == message.platform)
    });
    answer::json(StatusCode::OK, &json!(wanted.collect::<Vec<_>>()))
}

async fn forget(State(practice): State<Practice>) -> Response {
    practice.world().phone.forget_messages();
    answer::empty(StatusCode::NO_CONTENT)
}
