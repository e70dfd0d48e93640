//! `/_control`: how a test sets switches and people, and reads back what reached the platforms.
//!
//! Bodies are JSON. `GET /_control` lists everything there is to set.

use axum::extract::{Path, Query, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, patch, post, put};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::clients::Client;
use super::people::Person;
use super::platform::Platform;
use super::switches::Switches;
use super::world::World;
use super::{Practice, answer, google_button, guard};

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    Router::new()
        .route("/_control", get(overview))
        .route("/_control/reset", post(reset))
        .route("/_control/requests", get(requests).delete(forget_requests))
        .route("/_control/switches", axum::routing::delete(clear_switches))
        .route("/_control/switches/{platform}", get(read_switches).put(set_switches))
        .route("/_control/people", get(people))
        .route("/_control/people/{key}", put(put_person).patch(patch_person).delete(remove_person))
        .route("/_control/clients", get(clients).post(register))
        .route("/_control/clients/{platform}/{client_id}", patch(patch_client))
        .route("/_control/keys/{platform}/rotate", post(rotate))
        .route("/_control/google/credential", post(google_button::credential))
        .layer(from_fn_with_state(practice.clone(), guard::own_machine))
}

fn ok(value: &Value) -> Response {
    answer::json(StatusCode::OK, value)
}

fn done() -> Response {
    answer::empty(StatusCode::NO_CONTENT)
}

fn wrong(status: StatusCode, why: &str) -> Response {
    answer::oauth_error(status, "invalid_request", why)
}

fn no_platform() -> Response {
    wrong(StatusCode::NOT_FOUND, "No such platform; GET /_control lists them")
}

async fn overview(State(practice): State<Practice>) -> Response {
    let world = practice.world();
    ok(&json!({
        "platforms": Platform::ALL.map(|platform| json!({
            "key": platform.key(), "host": platform.page_host(), "client_id": platform.client_id(),
            "switches": world.switches(platform),
        })),
        "people": world.people.iter().map(|person| &person.key).collect::<Vec<_>>(),
    }))
}

async fn reset(State(practice): State<Practice>) -> Response {
    let fresh = World::new(practice.issuer());
    let mut world = practice.world();
    // Keys cost time to make and carry no state of a test.
    let keys = std::mem::take(&mut world.keys);
    *world = fresh;
    world.keys = keys;
    done()
}

#[derive(serde::Deserialize)]
struct Which {
    platform: Option<Platform>,
    /// Only paths that contain this.
    path: Option<String>,
}

async fn requests(State(practice): State<Practice>, Query(which): Query<Which>) -> Response {
    let world = practice.world();
    let wanted = world.seen.iter().filter(|seen| {
        which.platform.is_none_or(|platform| platform == seen.platform)
            && which.path.as_deref().is_none_or(|part| seen.path.contains(part))
    });
    ok(&json!(wanted.collect::<Vec<_>>()))
}

async fn forget_requests(State(practice): State<Practice>) -> Response {
    practice.world().seen.clear();
    done()
}

async fn read_switches(State(practice): State<Practice>, Path(platform): Path<String>) -> Response {
    let Some(platform) = Platform::named(&platform) else { return no_platform() };
    ok(&json!(practice.world().switches(platform)))
}

async fn set_switches(
    State(practice): State<Practice>,
    Path(platform): Path<String>,
    Json(switches): Json<Switches>,
) -> Response {
    let Some(platform) = Platform::named(&platform) else { return no_platform() };
    practice.world().set_switches(platform, switches);
    done()
}

async fn clear_switches(State(practice): State<Practice>) -> Response {
    practice.world().clear_switches();
    done()
}

async fn people(State(practice): State<Practice>) -> Response {
    ok(&json!(practice.world().people))
}

async fn put_person(State(practice): State<Practice>, Path(key): Path<String>, Json(person): Json<Person>) -> Response {
    if person.key != key {
        return wrong(StatusCode::BAD_REQUEST, "The key in the path and in the body differ");
    }
    // A lock of its own: the company looks at the people afterwards.
    let put = practice.world().put_person(person);
    if put {
        super::wecom::people_changed(&practice);
        done()
    } else {
        wrong(StatusCode::INSUFFICIENT_STORAGE, "The practice world is full")
    }
}

/// Changes what the body names: a renamed login, another mail, a new `sub` under an old address.
async fn patch_person(State(practice): State<Practice>, Path(key): Path<String>, Json(named): Json<Value>) -> Response {
    let mut world = practice.world();
    let Some(person) = world.person(&key) else { return wrong(StatusCode::NOT_FOUND, "No such person") };
    let mut whole = json!(person);
    merge(&mut whole, named);
    match serde_json::from_value::<Person>(whole) {
        Ok(changed) if changed.key == key => {
            world.put_person(changed);
            drop(world);
            super::wecom::people_changed(&practice);
            done()
        }
        Ok(_) => wrong(StatusCode::BAD_REQUEST, "A key does not change"),
        Err(error) => wrong(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

async fn remove_person(State(practice): State<Practice>, Path(key): Path<String>) -> Response {
    practice.world().people.retain(|person| person.key != key);
    super::wecom::people_changed(&practice);
    done()
}

async fn clients(State(practice): State<Practice>) -> Response {
    ok(&json!(practice.world().clients))
}

async fn register(State(practice): State<Practice>, Json(client): Json<Client>) -> Response {
    if practice.world().put_client(client) {
        answer::empty(StatusCode::CREATED)
    } else {
        wrong(StatusCode::INSUFFICIENT_STORAGE, "Too many applications")
    }
}

/// Changes what the body names of a registered application.
async fn patch_client(
    State(practice): State<Practice>,
    Path((platform, client_id)): Path<(String, String)>,
    Json(named): Json<Value>,
) -> Response {
    let Some(platform) = Platform::named(&platform) else { return no_platform() };
    let mut world = practice.world();
    let Some(client) = world.client(platform, &client_id) else {
        return wrong(StatusCode::NOT_FOUND, "No such application");
    };
    let mut whole = json!(client);
    merge(&mut whole, named);
    match serde_json::from_value::<Client>(whole) {
        Ok(changed) if changed.platform == platform && changed.client_id == client_id => {
            world.put_client(changed);
            done()
        }
        Ok(_) => wrong(StatusCode::BAD_REQUEST, "Platform and client_id do not change"),
        Err(error) => wrong(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

/// Puts the named members over those that are there, objects member by member; null is a value like any other.
pub(super) fn merge(whole: &mut Value, named: Value) {
    match (whole, named) {
        (Value::Object(whole), Value::Object(named)) => {
            for (name, value) in named {
                merge(whole.entry(name).or_insert(Value::Null), value);
            }
        }
        (whole, named) => *whole = named,
    }
}

async fn rotate(State(practice): State<Practice>, Path(platform): Path<String>) -> Response {
    let Some(platform) = Platform::named(&platform) else { return no_platform() };
    let rotated = super::openid::with_keys(&practice, platform, |keys| keys.rotate(practice.random()));
    match rotated {
        Ok(()) => done(),
        Err(_) => wrong(StatusCode::INTERNAL_SERVER_ERROR, "No key could be made"),
    }
}
