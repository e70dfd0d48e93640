//! `/_control/wecom`: companies, their settings, tokens, pushes and domains.

use axum::extract::{Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::control::merge;
use super::super::{Practice, answer, guard};
use super::corp::{Corp, authority, with};
use super::persona::Persona;
use super::settings::Settings;
use super::{callback, control_people, domains};

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    let corp = |rest: &str| format!("/_control/wecom/{{corpid}}{rest}");
    Router::new()
        .route("/_control/wecom", get(overview))
        .route(&corp(""), get(read).patch(change).put(found))
        .route(&corp("/requests"), get(counted).delete(forget))
        .route(&corp("/tokens/expire"), post(expire))
        .route(&corp("/personas/{person}"), put(persona).delete(no_persona))
        .route(&corp("/pushed"), get(pushed))
        .route(&corp("/hook/verify"), post(verify))
        .route(&corp("/domains"), post(domain))
        .merge(control_people::routes())
        .layer(from_fn_with_state(practice.clone(), guard::own_machine))
}

pub(super) fn done() -> Response {
    answer::empty(StatusCode::NO_CONTENT)
}

pub(super) fn wrong(status: StatusCode, why: &str) -> Response {
    answer::oauth_error(status, "invalid_request", why)
}

pub(super) fn no_corp() -> Response {
    wrong(StatusCode::NOT_FOUND, "No such company; GET /_control/wecom lists them")
}

fn told(value: Option<Value>) -> Response {
    value.map_or_else(no_corp, |value| answer::json(StatusCode::OK, &value))
}

async fn overview(State(practice): State<Practice>) -> Response {
    let world = practice.world();
    let corps = world.wecom.corps.iter().map(|(id, corp)| {
        json!({"corpid": id, "name": corp.settings.name, "people": corp.directory.len(),
               "departments": corp.directory.departments.len()})
    });
    answer::json(StatusCode::OK, &corps.collect())
}

async fn read(State(practice): State<Practice>, Path(corpid): Path<String>) -> Response {
    told(with(&practice, &corpid, |corp| json!(corp.settings)))
}

/// Changes what the body names of the settings.
async fn change(State(practice): State<Practice>, Path(corpid): Path<String>, Json(named): Json<Value>) -> Response {
    let sets_fail = named.get("fail").is_some();
    let result = with(&practice, &corpid, |corp| {
        let mut whole = json!(corp.settings);
        merge(&mut whole, named);
        corp.settings = serde_json::from_value::<Settings>(whole)?;
        if sets_fail {
            corp.failing = 0;
        }
        Ok::<(), serde_json::Error>(())
    });
    match result {
        None => no_corp(),
        Some(Ok(())) => done(),
        Some(Err(error)) => wrong(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

/// Founds a company of that corpid.
async fn found(State(practice): State<Practice>, Path(corpid): Path<String>) -> Response {
    let domain = authority(practice.issuer()).unwrap_or_default();
    let founded = practice.world().wecom.found(&corpid, &domain);
    if founded {
        answer::empty(StatusCode::CREATED)
    } else {
        wrong(StatusCode::INSUFFICIENT_STORAGE, "Too many companies")
    }
}

/// Requests by API.
async fn counted(State(practice): State<Practice>, Path(corpid): Path<String>) -> Response {
    told(with(&practice, &corpid, |corp| json!(corp.counted)))
}

async fn forget(State(practice): State<Practice>, Path(corpid): Path<String>) -> Response {
    with(&practice, &corpid, |corp| corp.counted.clear()).map_or_else(no_corp, |()| done())
}

#[derive(Deserialize)]
struct Expire {
    /// 40014 or 42001.
    errcode: i64,
}

/// Ends every token of the company early.
async fn expire(State(practice): State<Practice>, Path(corpid): Path<String>, Json(how): Json<Expire>) -> Response {
    let mut world = practice.world();
    let names: Vec<String> = world
        .wecom
        .tokens
        .iter()
        .filter(|(_, token)| token.corpid == corpid)
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in names {
        if let Some(token) = world.wecom.tokens.get_mut(&name) {
            token.ended = Some(how.errcode);
        }
    }
    done()
}

/// Says who somebody is for the company: `{"member":"ZhangSan"}`, `{"linked":"wwother/LiSi"}`, `"outsider"`, `"contact"`, `"parent"`.
async fn persona(
    State(practice): State<Practice>,
    Path((corpid, person)): Path<(String, String)>,
    Json(persona): Json<Persona>,
) -> Response {
    let put = |corp: &mut Corp| {
        if corp.personas.len() < 1000 {
            corp.personas.insert(person, persona);
        }
    };
    with(&practice, &corpid, put).map_or_else(no_corp, |()| done())
}

async fn no_persona(State(practice): State<Practice>, Path((corpid, person)): Path<(String, String)>) -> Response {
    with(&practice, &corpid, |corp| corp.personas.remove(&person)).map_or_else(no_corp, |_| done())
}

/// Every attempt to push, oldest first.
async fn pushed(State(practice): State<Practice>, Path(corpid): Path<String>) -> Response {
    told(with(&practice, &corpid, |corp| json!(corp.pushed)))
}

#[derive(Deserialize)]
struct Hook {
    url: Option<String>,
    token: Option<String>,
    aes_key: Option<String>,
}

/// "Save" on the page of the receive-event server: the address is verified, and kept when it passes.
async fn verify(State(practice): State<Practice>, Path(corpid): Path<String>, Json(new): Json<Hook>) -> Response {
    let before = with(&practice, &corpid, |corp| {
        let contact = &mut corp.settings.contact;
        let before = contact.clone();
        contact.hook = new.url.or(contact.hook.take());
        contact.token = new.token.unwrap_or_else(|| contact.token.clone());
        contact.aes_key = new.aes_key.unwrap_or_else(|| contact.aes_key.clone());
        before
    });
    let Some(before) = before else { return no_corp() };
    match callback::verify(&practice, &corpid).await {
        Ok(()) => answer::json(StatusCode::OK, &json!({"verified": true})),
        Err(why) => {
            with(&practice, &corpid, |corp| corp.settings.contact = before);
            answer::json(StatusCode::OK, &json!({"verified": false, "why": why}))
        }
    }
}

#[derive(Deserialize)]
struct Domain {
    agentid: String,
    /// Where the domain is reached (`http://localhost:8080`).
    address: String,
    /// `WW_verify_….txt`.
    file: String,
    content: String,
    /// Also the callback domain of the web login.
    #[serde(default)]
    web: bool,
}

/// "Save" on the page of the trusted domain: the file is fetched first.
async fn domain(State(practice): State<Practice>, Path(corpid): Path<String>, Json(new): Json<Domain>) -> Response {
    if let Err(why) = domains::proven(&practice, &new.address, &new.file, &new.content).await {
        return answer::json(StatusCode::OK, &json!({"verified": false, "errcode": 85005, "why": why}));
    }
    let host = authority(&new.address).unwrap_or_default();
    let set = |corp: &mut Corp| {
        let agent = corp.settings.agents.get_mut(&new.agentid)?;
        if new.web {
            agent.web_domain.clone_from(&host);
        }
        agent.trusted_domain = host;
        Some(())
    };
    match with(&practice, &corpid, set) {
        Some(Some(())) => answer::json(StatusCode::OK, &json!({"verified": true})),
        Some(None) => wrong(StatusCode::NOT_FOUND, "No such application"),
        None => no_corp(),
    }
}
