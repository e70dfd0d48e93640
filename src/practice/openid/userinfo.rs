//! The userinfo endpoint (OpenID Connect Core §5.3).

use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::super::fields::Asked;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::{Practice, answer};
use super::claims::about;

pub(super) async fn google(State(practice): State<Practice>, asked: Asked) -> Response {
    userinfo(&practice, &asked, Platform::Google)
}

pub(super) async fn plain(State(practice): State<Practice>, asked: Asked) -> Response {
    userinfo(&practice, &asked, Platform::Oidc)
}

fn userinfo(practice: &Practice, asked: &Asked, platform: Platform) -> Response {
    let now = practice.now();
    let world = practice.world();
    let token = asked.bearer().or_else(|| asked.form.get("access_token")).unwrap_or_default();
    let access = world.alive(platform, token, now);
    let Some((access, person)) = access.and_then(|access| Some((access, world.person(&access.person)?))) else {
        let mut response = answer::oauth_error(StatusCode::UNAUTHORIZED, "invalid_token", "Invalid Credentials");
        answer::set(&mut response, header::WWW_AUTHENTICATE, "Bearer realm=\"practice\", error=\"invalid_token\"");
        return response;
    };
    let switches = world.switches(platform);
    let mut claims = about(platform, person, &access.scopes, &switches);
    if switches.is_on(Switch::UserinfoOtherSub) {
        claims.insert("sub".to_owned(), json!("000000000000000000001"));
    }
    let mut body = Value::Object(claims).to_string();
    if switches.is_on(Switch::DuplicateSub) {
        body.insert_str(1, "\"sub\":\"somebody-else\",");
    }
    answer::text(StatusCode::OK, "application/json; charset=utf-8", body)
}
