//! login.dingtalk.com: the page where somebody says who they are, for the whole
//! window or in a frame (§3), and the legacy one of oapi.dingtalk.com (§4).
//!
//! It knows what an application asked and whom the page shows; it must not know
//! what a code is exchanged for.

mod authorize;
mod decision;
mod pages;
mod returned;
mod scan;
mod texts;
mod wish;

use axum::Router;
use axum::routing::{any, get};
use http::StatusCode;

use super::super::{Practice, answer};

const SCRIPT: &str = include_str!("../../../../static/practice-dingtalk.js");

pub(super) fn routes() -> Router<Practice> {
    Router::new()
        .route("/login.dingtalk.com/oauth2/auth", any(authorize::web))
        .route("/login.dingtalk.com/oauth2/scan/{id}", get(scan::state))
        .route("/oapi.dingtalk.com/connect/qrconnect", any(authorize::legacy))
        .route("/oapi.dingtalk.com/connect/oauth2/sns_authorize", any(authorize::legacy))
        .route(
            "/practice-dingtalk.js",
            get(async || answer::text(StatusCode::OK, "text/javascript; charset=utf-8", SCRIPT.to_owned())),
        )
}
