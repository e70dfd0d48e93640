//! The two OpenID providers: Google with its habits (`upstreams/` §2) and a
//! plain one at login.example.org. One code flow, and a table of what differs.

mod authorize;
mod callback;
mod claims;
mod discovery;
mod errors;
mod issue;
mod logout;
mod token;
mod tokeninfo;
mod userinfo;

use aws_lc_rs::error::Unspecified;
use axum::Router;
use axum::routing::{get, post};

use super::Practice;
use super::jws::KeyRing;
use super::platform::Platform;

/// Codes live ten minutes, access tokens an hour.
const CODE_LIFE: i64 = 600;
const ACCESS_LIFE: i64 = 3600;
const REFRESH_LIFE: i64 = 180 * 86_400;

pub(super) fn routes() -> Router<Practice> {
    Router::new()
        .route("/accounts.google.com/.well-known/openid-configuration", get(discovery::google))
        .route("/accounts.google.com/o/oauth2/v2/auth", get(authorize::google).post(authorize::google))
        .route("/oauth2.googleapis.com/token", post(token::google))
        .route("/oauth2.googleapis.com/revoke", post(token::google_revoke))
        .route("/oauth2.googleapis.com/tokeninfo", get(tokeninfo::tokeninfo))
        .route("/www.googleapis.com/oauth2/v3/certs", get(discovery::google_keys))
        .route("/openidconnect.googleapis.com/v1/userinfo", get(userinfo::google).post(userinfo::google))
        .route("/login.example.org/.well-known/openid-configuration", get(discovery::plain))
        .route("/login.example.org/authorize", get(authorize::plain).post(authorize::plain))
        .route("/login.example.org/token", post(token::plain))
        .route("/login.example.org/revoke", post(token::plain_revoke))
        .route("/login.example.org/jwks", get(discovery::plain_keys))
        .route("/login.example.org/userinfo", get(userinfo::plain).post(userinfo::plain))
        .route("/login.example.org/end_session", get(logout::end_session).post(logout::end_session))
}

/// The issuer as discovery and tokens name it when nobody lies.
pub(super) fn issuer(platform: Platform) -> &'static str {
    if platform == Platform::Google { "https://accounts.google.com" } else { "https://login.example.org" }
}

/// Runs `work` over the platform's keys, which are made at first use.
pub(super) fn with_keys<T>(
    practice: &Practice,
    platform: Platform,
    work: impl FnOnce(&mut KeyRing) -> Result<T, Unspecified>,
) -> Result<T, Unspecified> {
    let mut world = practice.world();
    if let std::collections::btree_map::Entry::Vacant(empty) = world.keys.entry(platform) {
        empty.insert(KeyRing::new(practice.random())?);
    }
    work(world.keys.get_mut(&platform).ok_or(Unspecified)?)
}

/// The ID token of Google's sign-in button: no code and no access token stand behind it.
pub(super) fn button_credential(
    practice: &Practice,
    person: String,
    nonce: Option<String>,
    client_id: String,
) -> Result<String, Unspecified> {
    let holder = issue::Holder {
        platform: Platform::Google,
        client_id,
        person,
        scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
        nonce,
        auth_time: practice.now(),
        grant: String::new(),
        offline: false,
    };
    claims::id_token(practice, &claims::Basis { holder: &holder, access_token: "" })
}
