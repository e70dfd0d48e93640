//! GitHub and GitHub Enterprise Server, from the reference of `upstreams/` §1:
//! no OpenID, token errors with status 200, a form unless JSON is asked for,
//! and an API with habits of its own.

mod applications;
mod authorize;
mod headers;
mod orgs;
mod refresh;
mod scopes;
mod token;
mod token_answer;
mod user;

use axum::Router;
use axum::routing::{get, post};

use super::Practice;
use super::platform::Platform;

/// Codes live ten minutes.
const CODE_LIFE: i64 = 600;

pub(super) fn routes() -> Router<Practice> {
    ["github.com", "ghe.example.org"].into_iter().fold(
        api("/api.github.com").merge(api("/ghe.example.org/api/v3")),
        |all, host| {
            all.route(&format!("/{host}/login/oauth/authorize"), get(authorize::authorize).post(authorize::authorize))
                .route(&format!("/{host}/login/oauth/access_token"), post(token::token))
        },
    )
}

fn api(base: &str) -> Router<Practice> {
    let path = |rest: &str| format!("{base}{rest}");
    Router::new()
        .route(&path("/user"), get(user::user))
        .route(&path("/user/{id}"), get(user::by_id))
        .route(&path("/user/emails"), get(user::emails))
        .route(&path("/user/orgs"), get(orgs::orgs))
        .route(&path("/user/teams"), get(orgs::teams))
        .route(&path("/user/memberships/orgs"), get(orgs::memberships))
        .route(&path("/user/memberships/orgs/{org}"), get(orgs::membership))
        .route(&path("/orgs/{org}/members/{username}"), get(orgs::is_member))
        .route(&path("/applications/{client_id}/token"), post(applications::check).delete(applications::revoke))
        .route(&path("/applications/{client_id}/grant"), axum::routing::delete(applications::revoke_grant))
}

/// The base of the URLs that the API names.
fn api_url(platform: Platform) -> &'static str {
    if platform == Platform::Ghes { "https://ghe.example.org/api/v3" } else { "https://api.github.com" }
}

/// The base of the URLs that people open.
fn site_url(platform: Platform) -> &'static str {
    if platform == Platform::Ghes { "https://ghe.example.org" } else { "https://github.com" }
}
