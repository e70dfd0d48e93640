//! A plain OAuth 2 provider at oauth.example.net, and by switches the many
//! odd ones it stands for (`upstreams/` §5): envelopes, status 200 for errors,
//! JSON under other content types, forms, JSONP.
//!
//! Its addresses: `/oauth/authorize`, `/oauth/token`, `/api/user`.

mod answer;
mod authorize;
mod token;
mod user;

use axum::Router;
use axum::routing::get;

use super::Practice;

const CODE_LIFE: i64 = 600;
const ACCESS_LIFE: i64 = 7200;

pub(super) fn routes() -> Router<Practice> {
    Router::new()
        .route("/oauth.example.net/oauth/authorize", get(authorize::authorize).post(authorize::authorize))
        .route("/oauth.example.net/oauth/token", get(token::token).post(token::token))
        .route("/oauth.example.net/api/user", get(user::user).post(user::user))
}
