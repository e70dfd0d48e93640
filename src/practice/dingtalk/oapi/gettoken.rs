//! `GET /gettoken` (§6): the same token again while it lives, for longer.

use axum::extract::State;
use axum::response::Response;
use http::Method;
use serde_json::json;

use super::super::super::Practice;
use super::super::api::app_token::grant;
use super::super::call::Call;
use super::super::state::client;
use super::Answer;
use super::desk::before;
use super::errors::{Fault, response};
use crate::base::secret::same;

pub(super) async fn gettoken(State(practice): State<Practice>, call: Call) -> Response {
    if let Some(instead) = before(&practice, &call) {
        return instead;
    }
    let outcome = answer_to(&practice, &call);
    response(&practice, outcome)
}

fn answer_to(practice: &Practice, call: &Call) -> Answer {
    // A body is not read here.
    let (Some(key), Some(secret)) = (call.query.get("appkey"), call.query.get("appsecret")) else {
        return Err(Fault::new(40_035, "不合法的参数"));
    };
    if call.method != Method::GET {
        return Err(Fault::new(40_035, "不合法的参数"));
    }
    let mut world = practice.world();
    let known = client(&world.clients, key).is_some_and(|client| same(&client.client_secret, secret));
    if !known {
        return Err(Fault::new(40_096, "不合法的appKey或appSecret"));
    }
    world.dingtalk.meter.admit(key, call.api(), practice.now()).map_err(Fault::too_many)?;
    let corp = world.dingtalk.app(key).corp_id;
    let token = grant(practice, &mut world.dingtalk, key, &corp);
    Ok(json!({"access_token": token, "expires_in": super::super::TOKEN_LIFE}))
}
