//! Who it is: the token in the header, in the query or in the form.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::answer;

pub(super) async fn user(State(practice): State<Practice>, asked: Asked) -> Response {
    let now = practice.now();
    let world = practice.world();
    let switches = world.switches(Platform::Oauth2);
    let token = asked.bearer().or_else(|| asked.query.get("access_token")).or_else(|| asked.form.get("access_token"));
    let access = world.alive(Platform::Oauth2, token.unwrap_or_default(), now);
    let Some(person) = access.and_then(|access| world.person(&access.person)) else {
        let words = (99_991_668, "invalid_token", "The access token is wrong or has expired");
        return answer::refused(&switches, StatusCode::UNAUTHORIZED, words);
    };
    let id = match () {
        () if switches.is_on(Switch::NullId) => Value::Null,
        () if switches.is_on(Switch::TextId) => json!(person.number.to_string()),
        () => json!(person.number),
    };
    let verified = person.email_verified;
    let mut body = Map::new();
    let mut put = |name: &str, value| body.insert(name.to_owned(), value);
    put("id", id);
    put("login", json!(person.login));
    put("username", json!(person.login));
    put("name", json!(person.name.as_deref().filter(|name| !name.is_empty())));
    put("email", json!(person.email));
    if !switches.is_on(Switch::NoEmailVerified) {
        let text = switches.is_on(Switch::StringBooleans);
        put("email_verified", if text { json!(verified.to_string()) } else { json!(verified) });
    }
    put("avatar_url", json!(format!("https://oauth.example.net/avatars/{}", person.number)));
    put("groups", json!(person.groups));
    answer::good(&switches, body)
}
