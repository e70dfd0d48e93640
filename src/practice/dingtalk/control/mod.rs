//! `/_control/dingtalk/…`: what a test, or an administrator of the practice
//! company, does to it. Bodies are JSON.
//!
//! It changes the state and tells the events that follow; `"silent": true` or
//! `?silent=true` keeps a change quiet, as DingTalk sometimes does.

mod accounts;
mod apps;
mod company;
mod directory;
mod meters;
mod streams;

use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::Value;

use super::super::{Practice, answer, guard};

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    let path = |rest: &str| format!("/_control/dingtalk/{rest}");
    Router::new()
        .route(&path("apps/{client_id}"), get(apps::read).patch(apps::change))
        .route(&path("apps/{client_id}/subscribe"), post(apps::subscribe))
        .route(&path("codes"), post(accounts::mint))
        .route(&path("accounts/{person}"), get(accounts::read).put(accounts::write))
        .route(&path("accounts/{person}/migrate"), post(accounts::migrate))
        .route(&path("tokens/expire"), post(accounts::expire))
        .route(&path("directory"), get(directory::read).put(directory::make).delete(directory::unmake))
        .route(&path("companies/{corp}"), put(company::write))
        .route(&path("companies/{corp}/dissolve"), post(company::dissolve))
        .route(&path("companies/{corp}/members/{userid}"), put(company::put_member).delete(company::leave))
        .route(
            &path("companies/{corp}/departments/{id}"),
            put(company::put_department).patch(company::patch_department).delete(company::remove_department),
        )
        .route(&path("events"), post(streams::event))
        .route(&path("events/release"), post(streams::release))
        .route(&path("stream"), get(streams::read))
        .route(&path("stream/ping"), post(streams::ping))
        .route(&path("stream/disconnect"), post(streams::disconnect))
        .route(&path("stream/close"), post(streams::close))
        .route(&path("stream/frame"), post(streams::frame))
        .route(&path("stream/redeliver"), post(streams::redeliver))
        .route(&path("limits"), put(meters::limit))
        .route(&path("counts"), get(meters::read).delete(meters::forget))
        .route(&path("faults"), get(meters::faults).post(meters::plan).delete(meters::unplan))
        .layer(from_fn_with_state(practice.clone(), guard::own_machine))
}

fn ok(value: &Value) -> Response {
    answer::json(StatusCode::OK, value)
}

fn done() -> Response {
    answer::empty(StatusCode::NO_CONTENT)
}

fn wrong(status: StatusCode, why: &str) -> Response {
    answer::oauth_error(status, "invalid_request", why)
}

fn missing(what: &str) -> Response {
    wrong(StatusCode::NOT_FOUND, &format!("No such {what}"))
}

fn full() -> Response {
    wrong(StatusCode::INSUFFICIENT_STORAGE, "There are too many")
}

/// Whether events follow.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
struct Quiet {
    #[serde(default)]
    silent: bool,
}

/// A body that may be missing.
fn given<T: Default>(body: Option<Json<T>>) -> T {
    body.map_or_else(T::default, |Json(given)| given)
}
