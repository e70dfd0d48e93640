//! DingTalk, from the reference of `upstreams/dingtalk`: the sign-in page on
//! login.dingtalk.com, the new interface on api.dingtalk.com, the old one on
//! oapi.dingtalk.com, companies with their directories, and events by Stream or
//! by encrypted push.
//!
//! It knows DingTalk's documents and the practice world; it must not know how
//! an application keeps its people. Paragraphs named in the code (§) are those
//! of that page.

mod api;
mod apps;
mod call;
mod codes;
mod company;
mod control;
mod events;
mod faults;
mod limits;
mod login;
mod oapi;
mod push;
mod state;
mod stream;
mod who;

use axum::Router;

use super::Practice;

pub(super) use events::notice;
pub(super) use state::State;

/// The company that exists from the start; the people of the practice world who have a place at DingTalk are in it.
const CORP: &str = "dingpractice";
/// Codes live five minutes (§3.2, §5).
const CODE_LIFE: i64 = 300;
/// Tokens live two hours (§3.3, §6).
const TOKEN_LIFE: i64 = 7200;
/// Refresh tokens live thirty days (§3.3).
const REFRESH_LIFE: i64 = 30 * 86_400;

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    Router::new()
        .merge(login::routes())
        .merge(api::routes())
        .merge(oapi::routes())
        .merge(stream::routes())
        .merge(control::routes(practice))
}
