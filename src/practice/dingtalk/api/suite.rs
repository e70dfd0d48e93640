//! Tokens of third-party (ISV) applications (§6): a new one at each call.

use serde_json::json;

use super::super::super::Practice;
use super::super::super::world::World;
use super::super::TOKEN_LIFE;
use super::super::call::{Call, Given};
use super::super::codes::AppToken;
use super::super::state::client;
use super::{Answer, Problem};
use crate::base::secret::same;

fn suite(world: &World, body: &Given) -> Result<String, Problem> {
    let key = body.word("suiteKey");
    let known = client(&world.clients, &key);
    if !known.is_some_and(|client| same(&client.client_secret, &body.word("suiteSecret"))) {
        return Err(Problem::new(400, "invalidSuiteKey", "无效的suiteKey或者suiteSecret"));
    }
    if world.dingtalk.app(&key).suite_ticket != body.word("suiteTicket") {
        return Err(Problem::new(400, "invalidSuiteTicket", "无效的suiteTicket"));
    }
    Ok(key)
}

pub(super) fn corp_access_token(practice: &Practice, world: &mut World, call: &Call) -> Answer {
    let body = call.json().ok_or_else(Problem::no_body)?;
    let client_id = suite(world, &body)?;
    let corp = body.word("authCorpId");
    let app = world.dingtalk.app(&client_id);
    if !app.third_party || !app.serves(&corp) {
        return Err(Problem::new(400, "invalidAuthInfo", "企业未授权该应用"));
    }
    let text = practice.random().alphanumeric(32).to_lowercase();
    let expires_at = practice.now() + TOKEN_LIFE;
    world.dingtalk.app_tokens.put(text.clone(), AppToken { client_id, corp, expires_at });
    Ok(json!({"accessToken": text, "expireIn": TOKEN_LIFE}))
}

/// Of no use at the simulated interfaces.
pub(super) fn suite_access_token(practice: &Practice, world: &mut World, call: &Call) -> Answer {
    let body = call.json().ok_or_else(Problem::no_body)?;
    suite(world, &body)?;
    Ok(json!({"accessToken": practice.random().alphanumeric(32).to_lowercase(), "expireIn": TOKEN_LIFE}))
}
