//! api.dingtalk.com, the new interface: JSON bodies, an error's own status, the
//! token in a header (§1, §8).
//!
//! It knows bodies and answers; the company's contents come from `company`.

pub(super) mod app_token;
mod errors;
mod leave;
mod organisation;
pub(super) mod profile;
mod suite;
mod user_token;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::any;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::world::World;
use super::super::{Practice, answer};
use super::call::Call;
use super::{faults, limits::TooMany};
pub(super) use errors::Problem;

const HOST: &str = "/api.dingtalk.com";
const TOKEN_HEADER: &str = "x-acs-dingtalk-access-token";

/// What an interface answers.
pub(super) type Answer = Result<Value, Problem>;

struct Endpoint {
    method: Method,
    path: &'static str,
    run: fn(&Practice, &mut World, &Call) -> Answer,
}

const fn get(path: &'static str, run: fn(&Practice, &mut World, &Call) -> Answer) -> Endpoint {
    Endpoint { method: Method::GET, path, run }
}

const fn post(path: &'static str, run: fn(&Practice, &mut World, &Call) -> Answer) -> Endpoint {
    Endpoint { method: Method::POST, path, run }
}

static ENDPOINTS: &[Endpoint] = &[
    post("/v1.0/oauth2/userAccessToken", user_token::user_access_token),
    post("/v1.0/oauth2/accessToken", app_token::access_token),
    post("/v1.0/oauth2/{corp}/token", app_token::corp_token),
    post("/v1.0/oauth2/corpAccessToken", suite::corp_access_token),
    post("/v1.0/oauth2/suiteAccessToken", suite::suite_access_token),
    post("/v1.0/oauth2/jsapiTickets", app_token::jsapi_ticket),
    get("/v1.0/contact/users/{union_id}", profile::user),
    get("/v1.0/contact/empLeaveRecords", leave::records),
    get("/v1.0/contact/organizations/authInfos", organisation::auth_infos),
    post("/v1.0/gateway/connections/open", super::stream::open),
];

pub(super) fn routes() -> Router<Practice> {
    let router = Router::new().route(&format!("{HOST}/{{*rest}}"), any(async || unknown()));
    ENDPOINTS.iter().fold(router, |router, endpoint| {
        let handle =
            move |State(practice): State<Practice>, call: Call| async move { serve(&practice, &call, endpoint) };
        router.route(&format!("{HOST}{}", endpoint.path), any(handle))
    })
}

/// Paths nobody serves get status 200 (§8).
fn unknown() -> Response {
    answer::json(StatusCode::OK, &json!({"errcode": 404, "errmsg": "请求的URI地址不存在"}))
}

fn serve(practice: &Practice, call: &Call, endpoint: &Endpoint) -> Response {
    if call.method != endpoint.method {
        return unknown();
    }
    let mut world = practice.world();
    let state = &mut world.dingtalk;
    if state.meter.arrive(call.api(), practice.now()) == Err(TooMany::FromAnAddress) {
        return faults::punished();
    }
    if let Some(failure) = faults::take(&mut state.faults, call.api()) {
        return failure.response();
    }
    match (endpoint.run)(practice, &mut world, call) {
        Ok(value) => answer::json(StatusCode::OK, &value),
        Err(problem) => problem.response(&practice.random().alphanumeric(32).to_ascii_uppercase()),
    }
}

/// The application of the token in the header, and its company, if it may call.
fn application(
    practice: &Practice,
    world: &mut World,
    call: &Call,
    permission: &'static str,
) -> Result<(String, String), Problem> {
    let text = call.header(TOKEN_HEADER).ok_or_else(Problem::no_token)?;
    let now = practice.now();
    let state = &mut world.dingtalk;
    let token = state.app_tokens.get(text).filter(|token| now < token.expires_at).cloned();
    let token = token.ok_or_else(Problem::bad_token)?;
    let app = state.app(&token.client_id);
    if app.ip_whitelist.as_ref().is_some_and(|list| !list.iter().any(|known| known == "127.0.0.1")) {
        return Err(Problem::new(403, "Forbidden.AccessDenied.IpNotInWhiteList", "访问ip 127.0.0.1 不在白名单之中"));
    }
    state.meter.admit(&token.client_id, call.api(), now).map_err(Problem::too_many)?;
    if app.may(permission) { Ok((token.client_id, token.corp)) } else { Err(Problem::no_permission(permission)) }
}
