//! What every request passes before a handler sees it, and every answer on its way out.
//!
//! It knows bytes, headers and addresses. It must not know a protocol, a person
//! or a page: it refuses by a status, and `fault` finds the words.

pub mod body;
pub mod cors;
pub mod csrf;
pub mod framing;
pub mod headers;
pub mod host;
pub mod limits;
pub mod proxies;
pub mod trace;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};

use crate::app::App;

/// Guards of everything but the health checks. A layer stands inside those written below it.
pub(super) fn around(router: Router<App>, app: &App) -> Router<App> {
    router.layer(from_fn(body::whole)).layer(from_fn(limits::sizes)).layer(from_fn_with_state(app.clone(), host::ours))
}

/// Guards of everything, the last one being the first to see a request.
pub(super) fn outermost(router: Router<App>, app: &App) -> Router<App> {
    router
        .layer(from_fn_with_state(app.clone(), trace::catch_panic))
        .layer(from_fn_with_state(app.clone(), super::fault::dress))
        .layer(from_fn_with_state(app.clone(), headers::secure))
        .layer(from_fn_with_state(app.clone(), proxies::address))
        .layer(from_fn_with_state(app.clone(), trace::request))
}
