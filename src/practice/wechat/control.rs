//! `/_control/wechat`: what people do at official accounts and in mini programs,
//! what was pushed, and what Tencent's consoles would change.

use axum::extract::{Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::super::{Practice, answer, guard};
use super::asked::{Known, known};
use super::tickets::{Settings, pair};
use super::{ids, life, mini, push};

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    Router::new()
        .route("/_control/wechat/settings", get(settings).put(set_settings))
        .route("/_control/wechat/deliveries", get(deliveries).delete(forget))
        .route("/_control/wechat/deliveries/{number}/again", post(again))
        .route("/_control/wechat/migrations", post(migrate))
        .route("/_control/wechat/{appid}/handshake", post(handshake))
        .route("/_control/wechat/{appid}/people/{person}", get(person))
        .route("/_control/wechat/{appid}/people/{person}/{act}", post(act))
        .layer(from_fn_with_state(practice.clone(), guard::own_machine))
}

fn ok(value: &Value) -> Response {
    answer::json(StatusCode::OK, value)
}

fn nothing(what: &str) -> Response {
    answer::oauth_error(StatusCode::NOT_FOUND, "invalid_request", what)
}

async fn settings(State(practice): State<Practice>) -> Response {
    ok(&json!(practice.world().wechat.settings))
}

async fn set_settings(State(practice): State<Practice>, Json(settings): Json<Settings>) -> Response {
    practice.world().wechat.settings = settings;
    answer::empty(StatusCode::NO_CONTENT)
}

async fn deliveries(State(practice): State<Practice>) -> Response {
    ok(&json!(practice.world().wechat.deliveries))
}

async fn forget(State(practice): State<Practice>) -> Response {
    practice.world().wechat.deliveries.clear();
    answer::empty(StatusCode::NO_CONTENT)
}

/// Sends the first request of a recorded delivery once more, to the letter.
async fn again(State(practice): State<Practice>, Path(number): Path<u64>) -> Response {
    let found = {
        let world = practice.world();
        let delivery = world.wechat.deliveries.iter().find(|delivery| delivery.number == number);
        delivery.and_then(|delivery| Some((delivery.appid.clone(), delivery.attempts.first()?.clone())))
    };
    let Some((appid, attempt)) = found else { return nothing("No such delivery") };
    let Some(known) = known(&practice, &appid) else { return nothing("No such application") };
    ok(&json!(push::send(&practice, &known.app, &attempt.url, &attempt.body).await))
}

#[derive(serde::Deserialize)]
struct Migration {
    /// Original id (`gh_…`) of the old account.
    from: String,
    /// Appid of the new one.
    to: String,
}

/// All followers move; openids can be converted for fifteen days from now.
async fn migrate(State(practice): State<Practice>, Json(migration): Json<Migration>) -> Response {
    let now = practice.now();
    let mut world = practice.world();
    let is_old = |app: &super::apps::App| app.gh_id == migration.from;
    let old = world.clients.iter().find(|client| client.wechat.as_ref().is_some_and(is_old));
    let Some(old) = old.map(|client| client.client_id.clone()) else { return nothing("No such account") };
    let keys: Vec<String> = world.people.iter().map(|person| person.key.clone()).collect();
    for key in keys {
        if let Some(following) = world.wechat.following.remove(&pair(&old, &key)) {
            world.wechat.following.put(pair(&migration.to, &key), following);
        }
    }
    world.wechat.migrations.push_back((migration.from, migration.to, now));
    while world.wechat.migrations.len() > 20 {
        world.wechat.migrations.pop_front();
    }
    answer::empty(StatusCode::NO_CONTENT)
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Details {
    /// Handshake: spoil the signature.
    bad_signature: bool,
    /// `marketing`: the scene.
    scene: String,
    /// `say`: the words.
    text: String,
    /// `privacy`: the event and its `RevokeInfo`.
    event: String,
    revoke_info: String,
}

async fn handshake(
    State(practice): State<Practice>,
    Path(appid): Path<String>,
    details: Option<Json<Details>>,
) -> Response {
    let Some(known) = known(&practice, &appid) else { return nothing("No such application") };
    let details = details.unwrap_or_default();
    ok(&json!(push::handshake(&practice, &known, details.bad_signature).await))
}

/// How the application knows the person.
async fn person(State(practice): State<Practice>, Path((appid, key)): Path<(String, String)>) -> Response {
    let Some(known) = known(&practice, &appid) else { return nothing("No such application") };
    let world = practice.world();
    let Some(person) = world.person(&key) else { return nothing("No such person") };
    ok(&json!({
        "openid": ids::openid(known.appid(), &key),
        "unionid": ids::unionid(&known.client, person),
        "following": world.wechat.following.get(&pair(known.appid(), &key)),
        "session_key": world.wechat.session_keys.get(&pair(known.appid(), &key)),
        "undecided": world.wechat.undecided.get(&pair(known.appid(), &key)),
    }))
}

/// Follow, unfollow, marketing, say, privacy, login-code, phone-code.
async fn act(
    State(practice): State<Practice>,
    Path((appid, person, act)): Path<(String, String, String)>,
    details: Option<Json<Details>>,
) -> Response {
    let Some(known) = known(&practice, &appid) else { return nothing("No such application") };
    let numbered = practice.world().person(&person).map(|person| person.mobile.is_some());
    let Some(has_number) = numbered else { return nothing("No such person") };
    let details = details.unwrap_or_default();
    match act.as_str() {
        "login-code" => ok(&json!({"code": mini::new_code(&practice, &appid, &person, false)})),
        "phone-code" if has_number => ok(&json!({"code": mini::new_code(&practice, &appid, &person, true)})),
        "phone-code" => answer::oauth_error(StatusCode::CONFLICT, "invalid_request", "This person has no number"),
        _ => pushed(&practice, &known, (&person, &act), &details).await,
    }
}

async fn pushed(practice: &Practice, known: &Known, (person, act): (&str, &str), details: &Details) -> Response {
    let outcome = match act {
        "follow" => life::follow(practice, known, person).await,
        "unfollow" => life::unfollow(practice, known, person).await,
        "marketing" => life::marketing(practice, known, person, &details.scene).await,
        "say" => life::say(practice, known, person, &details.text).await,
        "privacy" => life::privacy(practice, known, person, (&details.event, &details.revoke_info)).await,
        _ => return nothing("Say follow, unfollow, marketing, say, privacy, login-code or phone-code"),
    };
    ok(&json!(outcome))
}
