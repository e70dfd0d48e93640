//! An application's own tokens by the new interface (§6).

use serde_json::json;

use super::super::super::Practice;
use super::super::super::world::World;
use super::super::TOKEN_LIFE;
use super::super::call::Call;
use super::super::codes::AppToken;
use super::super::state::{State, client};
use super::{Answer, Problem};
use crate::base::secret::same;

/// The token of an internal application: the same one while it lives, and then for longer (§6).
pub(in crate::practice::dingtalk) fn grant(
    practice: &Practice,
    state: &mut State,
    client_id: &str,
    corp: &str,
) -> String {
    let now = practice.now();
    let text = state
        .current_app_token(client_id, corp, now)
        .unwrap_or_else(|| practice.random().alphanumeric(32).to_lowercase());
    let token = AppToken { client_id: client_id.to_owned(), corp: corp.to_owned(), expires_at: now + TOKEN_LIFE };
    state.app_tokens.put(text.clone(), token);
    text
}

fn is_known(world: &World, client_id: &str, secret: &str) -> bool {
    client(&world.clients, client_id).is_some_and(|client| same(&client.client_secret, secret))
}

pub(super) fn access_token(practice: &Practice, world: &mut World, call: &Call) -> Answer {
    let body = call.json().ok_or_else(Problem::no_body)?;
    let key = body.word("appKey");
    if !is_known(world, &key, &body.word("appSecret")) {
        return Err(Problem::bad_client());
    }
    world.dingtalk.meter.admit(&key, call.api(), practice.now()).map_err(Problem::too_many)?;
    let corp = world.dingtalk.app(&key).corp_id;
    let token = grant(practice, &mut world.dingtalk, &key, &corp);
    Ok(json!({"accessToken": token, "expireIn": TOKEN_LIFE}))
}

/// `POST /v1.0/oauth2/{corpId}/token`, the one with underscores.
pub(super) fn corp_token(practice: &Practice, world: &mut World, call: &Call) -> Answer {
    let body = call.json().ok_or_else(Problem::no_body)?;
    let corp = call.api().split('/').nth(3).unwrap_or_default().to_owned();
    let client_id = body.word("client_id");
    if !is_known(world, &client_id, &body.word("client_secret")) {
        return Err(Problem::new(400, "invalid.client", "无效的client_id或者client_secret"));
    }
    if body.word("grant_type") != "client_credentials" {
        return Err(Problem::new(400, "unsupported.grant.type", "不支持的grant_type"));
    }
    if !world.dingtalk.companies.contains_key(&corp) {
        return Err(Problem::new(500, "unknownError", "未知错误"));
    }
    if !world.dingtalk.app(&client_id).serves(&corp) {
        return Err(Problem::new(401, "unauthorized.client", "企业未授权该应用"));
    }
    world.dingtalk.meter.admit(&client_id, "/v1.0/oauth2/token", practice.now()).map_err(Problem::too_many)?;
    let token = grant(practice, &mut world.dingtalk, &client_id, &corp);
    Ok(json!({"access_token": token, "expires_in": TOKEN_LIFE}))
}

/// `POST /v1.0/oauth2/jsapiTickets`; nobody checks the ticket here.
pub(super) fn jsapi_ticket(practice: &Practice, world: &mut World, call: &Call) -> Answer {
    super::application(practice, world, call, "")?;
    Ok(json!({"jsapiTicket": practice.random().alphanumeric(64), "expireIn": TOKEN_LIFE}))
}
