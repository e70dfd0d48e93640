//! `/_control/sms`: what was sent, and what the houses know and refuse.

use axum::extract::{Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::super::control::merge;
use super::super::{Practice, answer, guard};
use super::settings::{House, Settings};

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    Router::new()
        .route("/_control/sms", get(overview))
        .route("/_control/sms/sent", get(sent).delete(forget))
        .route("/_control/sms/{house}", get(read).patch(change).delete(restore))
        .layer(from_fn_with_state(practice.clone(), guard::own_machine))
}

async fn overview(State(practice): State<Practice>) -> Response {
    answer::json(StatusCode::OK, &json!(practice.world().sms.settings))
}

/// Everything the houses took, oldest first.
async fn sent(State(practice): State<Practice>) -> Response {
    answer::json(StatusCode::OK, &json!(practice.world().sms.sent))
}

async fn forget(State(practice): State<Practice>) -> Response {
    practice.world().sms.sent.clear();
    answer::empty(StatusCode::NO_CONTENT)
}

async fn read(State(practice): State<Practice>, Path(house): Path<House>) -> Response {
    answer::json(StatusCode::OK, &json!(practice.world().sms.settings(house)))
}

/// Changes what the body names.
async fn change(State(practice): State<Practice>, Path(house): Path<House>, Json(named): Json<Value>) -> Response {
    let mut world = practice.world();
    let mut whole = json!(world.sms.settings(house));
    merge(&mut whole, named);
    match serde_json::from_value::<Settings>(whole) {
        Ok(settings) => {
            *world.sms.settings(house) = settings;
            answer::empty(StatusCode::NO_CONTENT)
        }
        Err(error) => answer::oauth_error(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", &error.to_string()),
    }
}

async fn restore(State(practice): State<Practice>, Path(house): Path<House>) -> Response {
    *practice.world().sms.settings(house) = Settings::practice(house);
    answer::empty(StatusCode::NO_CONTENT)
}
