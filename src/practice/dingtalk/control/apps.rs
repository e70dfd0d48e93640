//! The console of an application.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::super::Practice;
use super::super::apps::App;
use super::super::push;
use super::super::state::client;
use super::{done, full, missing, ok, wrong};

pub(super) async fn read(State(practice): State<Practice>, Path(client_id): Path<String>) -> Response {
    let world = practice.world();
    match client(&world.clients, &client_id) {
        Some(_) => ok(&json!(world.dingtalk.app(&client_id))),
        None => missing("application"),
    }
}

/// Changes what the body names.
pub(super) async fn change(
    State(practice): State<Practice>,
    Path(client_id): Path<String>,
    Json(named): Json<serde_json::Map<String, Value>>,
) -> Response {
    let mut world = practice.world();
    if client(&world.clients, &client_id).is_none() {
        return missing("application");
    }
    let Value::Object(mut whole) = json!(world.dingtalk.app(&client_id)) else { return done() };
    whole.extend(named);
    match serde_json::from_value::<App>(Value::Object(whole)) {
        Ok(app) => {
            if world.dingtalk.put_app(&client_id, app) {
                done()
            } else {
                full()
            }
        }
        Err(error) => wrong(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

/// The form "HTTP push" of the console.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    url: String,
    token: String,
    aes_key: String,
}

/// Saves it: the address must answer `check_url`; 502 with the reason when it does not.
pub(super) async fn subscribe(
    State(practice): State<Practice>,
    Path(client_id): Path<String>,
    Json(form): Json<Form>,
) -> Response {
    let app = {
        let world = practice.world();
        if client(&world.clients, &client_id).is_none() {
            return missing("application");
        }
        let known = world.dingtalk.app(&client_id);
        App { token: form.token, aes_key: form.aes_key, callback_tags: None, ..known }
    };
    match push::subscribe(&practice, &client_id, app, &form.url).await {
        Ok(()) => done(),
        Err(why) => wrong(StatusCode::BAD_GATEWAY, &why),
    }
}
