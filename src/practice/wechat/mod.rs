//! WeChat, from the reference of `upstreams/wechat`: website applications,
//! official accounts and mini programs on open.weixin.qq.com,
//! api.weixin.qq.com and mp.weixin.qq.com, with the follower's side of it
//! (scan, follow, write) and the pushes that go out.
//!
//! It knows WeChat's documents and the practice world; it must not know how an
//! application keeps its people. WeCom's companies sign in on the same
//! authorise page: `wecom::in_app` is where they leave.

mod answer;
pub(super) mod apps;
mod asked;
mod authorize;
mod cgi_token;
mod control;
mod event;
mod followers;
mod ids;
mod life;
mod mini;
mod page;
mod picture;
mod push;
mod qrconnect;
mod quota;
mod reply;
mod scenes;
pub(super) mod seal;
mod sns_token;
mod sns_user;
mod texts;
pub(super) mod tickets;

use axum::Router;
use axum::routing::{any, get, post};

use super::Practice;

pub(super) use life::{follow, pointed_at, say, unfollow};

use asked::Known;

/// The official account of that appid.
pub(super) fn account(practice: &Practice, appid: &str) -> Option<Known> {
    asked::known(practice, appid).filter(|known| is_account(&known.app))
}

/// Whether people can follow it.
pub(super) fn is_account(app: &apps::App) -> bool {
    app.kind == apps::AppKind::Service
}

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    let api = |rest: &str| format!("/api.weixin.qq.com{rest}");
    Router::new()
        .route("/open.weixin.qq.com/connect/qrconnect", get(qrconnect::qrconnect))
        .route("/open.weixin.qq.com/connect/qrcode/{uuid}", get(qrconnect::image))
        .route("/open.weixin.qq.com/connect/wait", get(qrconnect::wait))
        .route("/open.weixin.qq.com/connect/fast", post(qrconnect::fast))
        .route("/lp.open.weixin.qq.com/connect/l/qrconnect", get(qrconnect::poll))
        .route("/open.weixin.qq.com/connect/oauth2/authorize", get(authorize::authorize).post(authorize::authorize))
        .route(&api("/sns/oauth2/access_token"), any(sns_token::access_token))
        .route(&api("/sns/oauth2/refresh_token"), any(sns_token::refresh_token))
        .route(&api("/sns/auth"), get(sns_token::auth))
        .route(&api("/sns/userinfo"), get(sns_user::userinfo))
        .route(&api("/sns/jscode2session"), any(mini::session))
        .route(&api("/cgi-bin/token"), get(cgi_token::token))
        .route(&api("/cgi-bin/stable_token"), any(cgi_token::stable_token))
        .route(&api("/cgi-bin/clear_quota"), any(cgi_token::clear_quota))
        .route(&api("/cgi-bin/qrcode/create"), any(scenes::create))
        .route(&api("/cgi-bin/user/info"), get(followers::info))
        .route(&api("/cgi-bin/changeopenid"), any(followers::change_openid))
        .route(&api("/wxa/business/getuserphonenumber"), any(mini::phone_number))
        .route(&api("/wxa/getwxacodeunlimit"), any(scenes::mini_code))
        .route("/mp.weixin.qq.com/cgi-bin/showqrcode", get(scenes::show))
        .route("/thirdwx.qlogo.cn/mmopen/vi_32/{name}/{size}", get(scenes::avatar))
        .merge(control::routes(practice))
}
