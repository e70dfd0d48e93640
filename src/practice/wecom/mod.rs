//! WeCom (企业微信), from the reference of `upstreams/wecom` §12: sign-in pages
//! outside and inside the client, the API behind them, a company with its
//! departments and people, and the events it pushes.
//!
//! It knows WeCom's documents and the practice world; it must not know how an
//! application keeps its people.

mod agent_api;
mod callback;

mod control;
mod control_people;
mod corp;
mod department_api;
mod departments;
mod detail;
mod directory;
mod domains;
mod events;
mod fault;
mod gate;
mod gettoken;
mod identity;
mod in_app;
mod list_api;
mod login;
mod member;
mod outbox;
mod pages;
mod persona;
mod range;
mod settings;
mod sign_in;
mod texts;
mod tickets;
mod user_api;
mod write_departments;
mod write_users;

use axum::Router;
use axum::routing::{get, post};

use super::Practice;
pub(super) use corp::WeCom;
pub(super) use in_app::in_app;
pub(super) use outbox::people_changed;

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    let api = |rest: &str| format!("/qyapi.weixin.qq.com/cgi-bin/{rest}");
    Router::new()
        .route("/login.work.weixin.qq.com/wwlogin/sso/login", get(login::login).post(login::login))
        .route("/open.work.weixin.qq.com/wwopen/sso/qrConnect", get(login::login).post(login::login))
        .route("/open.work.weixin.qq.com/wwopen/uriconfirm", get(login::wrong_domain))
        .route("/practice-wecom.js", get(pages::script))
        .route(&api("gettoken"), get(gettoken::gettoken))
        .route(&api("auth/getuserinfo"), get(identity::current))
        .route(&api("user/getuserinfo"), get(identity::old))
        .route(&api("auth/getuserdetail"), post(detail::detail))
        .route(&api("user/get"), get(user_api::get))
        .route(&api("user/getuserid"), post(user_api::by_mobile))
        .route(&api("user/get_userid_by_email"), post(user_api::by_email))
        .route(&api("user/simplelist"), get(list_api::simple))
        .route(&api("user/list"), get(list_api::full))
        .route(&api("user/list_id"), post(list_api::ids))
        .route(&api("user/create"), post(write_users::create))
        .route(&api("user/update"), post(write_users::update))
        .route(&api("user/delete"), get(write_users::delete))
        .route(&api("department/list"), get(department_api::list))
        .route(&api("department/simplelist"), get(department_api::simple))
        .route(&api("department/get"), get(department_api::get))
        .route(&api("department/create"), post(write_departments::create))
        .route(&api("department/update"), post(write_departments::update))
        .route(&api("department/delete"), get(write_departments::delete))
        .route(&api("agent/get"), get(agent_api::get))
        .route(&api("getcallbackip"), get(agent_api::callback_ips))
        .merge(control::routes(practice))
}
