//! `POST /v1.0/oauth2/userAccessToken` (§3.3).

use serde_json::{Value, json};

use super::super::super::Practice;
use super::super::super::platform::Platform;
use super::super::super::switches::Switch;
use super::super::super::world::World;
use super::super::call::{Call, Given};
use super::super::codes::{CodeKind, UserToken};
use super::super::state::client;
use super::super::{REFRESH_LIFE, TOKEN_LIFE};
use super::{Answer, Problem};
use crate::base::secret::same;

pub(super) fn user_access_token(practice: &Practice, world: &mut World, call: &Call) -> Answer {
    let body = call.json().ok_or_else(Problem::no_body)?;
    let client_id = body.word("clientId");
    let known = client(&world.clients, &client_id);
    if !known.is_some_and(|client| same(&client.client_secret, &body.word("clientSecret"))) {
        return Err(Problem::bad_client());
    }
    if !world.dingtalk.app(&client_id).may("open_app_api_base") {
        return Err(Problem::no_permission("open_app_api_base"));
    }
    world.dingtalk.meter.admit(&client_id, call.api(), practice.now()).map_err(Problem::too_many)?;
    let grant = match body.word("grantType").as_str() {
        "authorization_code" => by_code(practice, world, &body, &client_id)?,
        "refresh_token" => by_refresh_token(practice, world, &body, &client_id)?,
        _ => return Err(Problem::new(400, "invalidParameter.grantType", "不支持的grantType")),
    };
    Ok(issue(practice, world, grant))
}

fn by_code(practice: &Practice, world: &mut World, body: &Given, client_id: &str) -> Result<UserToken, Problem> {
    let now = practice.now();
    let code = world.dingtalk.codes.get_mut(&body.word("code")).ok_or_else(Problem::bad_code)?;
    if code.kind != CodeKind::Web || code.client_id != client_id || code.used || now >= code.expires_at {
        return Err(Problem::bad_code());
    }
    code.used = true;
    let (who, corp) = (code.who.clone(), code.corp.clone());
    Ok(UserToken { client_id: client_id.to_owned(), who, corp, expires_at: now + TOKEN_LIFE })
}

/// The old refresh token is over with its use.
fn by_refresh_token(
    practice: &Practice,
    world: &mut World,
    body: &Given,
    client_id: &str,
) -> Result<UserToken, Problem> {
    let now = practice.now();
    let unknown = || Problem::new(400, "invalidParameter.refreshToken.notFound", "不合法的refreshToken");
    let text = body.word("refreshToken");
    let mine = |token: &&UserToken| token.client_id == client_id && now < token.expires_at;
    world.dingtalk.refresh_tokens.get(&text).filter(mine).ok_or_else(unknown)?;
    let token = world.dingtalk.refresh_tokens.remove(&text).ok_or_else(unknown)?;
    Ok(UserToken { expires_at: now + TOKEN_LIFE, ..token })
}

fn issue(practice: &Practice, world: &mut World, grant: UserToken) -> Value {
    let (access, refresh) = (practice.random().alphanumeric(32), practice.random().alphanumeric(32));
    let mut answer = json!({"accessToken": access, "refreshToken": refresh, "expireIn": TOKEN_LIFE});
    if let (Some(corp), Value::Object(fields)) = (&grant.corp, &mut answer)
        && !world.is_on(Platform::Dingtalk, Switch::NoCorpId)
    {
        fields.insert("corpId".to_owned(), json!(corp));
    }
    let until = practice.now() + REFRESH_LIFE;
    world.dingtalk.refresh_tokens.put(refresh, UserToken { expires_at: until, ..grant.clone() });
    world.dingtalk.user_tokens.put(access, grant);
    answer
}
