//! Codes at the old interface: those of the page inside DingTalk (§5) and those of the legacy sign-in (§4).

use aws_lc_rs::hmac;
use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::super::Practice;
use super::super::call::Call;
use super::super::codes::CodeKind;
use super::super::state::client;
use super::super::who::Who;
use super::desk::{Desk, before, result};
use super::errors::{Fault, response};
use super::{Answer, user};
use crate::base::secret::same;

/// Seconds that the caller's clock may differ (§4).
const DRIFT: i64 = 60;

/// A code of this kind and application, used up.
fn take(desk: &mut Desk<'_>, kind: CodeKind) -> Result<(Who, Option<String>), Fault> {
    let text = desk.given.text("code").ok_or_else(Fault::bad_code)?;
    let (client_id, now) = (desk.client_id.clone(), desk.now);
    let code = desk.world.dingtalk.codes.get_mut(&text).ok_or_else(Fault::bad_code)?;
    if code.kind != kind || code.client_id != client_id || code.used || now >= code.expires_at {
        return Err(Fault::bad_code());
    }
    code.used = true;
    Ok((code.who.clone(), code.corp.clone()))
}

/// `POST /topapi/v2/user/getuserinfo`.
pub(super) fn in_app(desk: &mut Desk<'_>) -> Answer {
    result(whoever(desk)?)
}

/// `GET /user/getuserinfo`: the old spelling, with its members at the top.
pub(super) fn in_app_long_ago(desk: &mut Desk<'_>) -> Answer {
    let found = whoever(desk)?;
    Ok(
        json!({"userid": found["userid"], "name": found["name"], "is_sys": found["sys"], "sys_level": found["sys_level"]}),
    )
}

fn whoever(desk: &mut Desk<'_>) -> Answer {
    let (who, corp) = take(desk, CodeKind::InApp)?;
    if corp.is_some_and(|corp| corp != desk.corp) {
        return Err(Fault::bad_code());
    }
    let member = desk.company()?.member_of(desk.people(), &who).ok_or_else(Fault::no_user)?;
    let union_id = desk.union_id(&member)?;
    Ok(json!({
        "userid": member.userid, "device_id": format!("{:x}", user::order(&member)),
        "sys": member.admin || member.boss, "sys_level": member.level(),
        "associated_unionid": format!("N2o5{}", union_id.get(..8).unwrap_or_default()),
        "unionid": union_id, "name": member.name,
    }))
}

/// `POST /sns/getuserinfo_bycode`: signed, not token based.
pub(super) async fn legacy(State(practice): State<Practice>, call: Call) -> Response {
    if let Some(instead) = before(&practice, &call) {
        return instead;
    }
    let outcome = signed(&practice, &call);
    response(&practice, outcome)
}

fn signed(practice: &Practice, call: &Call) -> Answer {
    let timestamp = call.query.get("timestamp").unwrap_or_default();
    let moment: i64 = timestamp.parse().map_err(|_| Fault::new(853_001, "时间戳格式不正确"))?;
    if (moment / 1000 - practice.now()).abs() > DRIFT {
        return Err(Fault::new(853_002, "时间戳与服务器时间相差超过一分钟"));
    }
    let key = call.query.get("accessKey").unwrap_or_default();
    let mut world = practice.world();
    let client = client(&world.clients, key).ok_or_else(|| Fault::new(853_003, "accessKey不存在"))?;
    let secret = hmac::Key::new(hmac::HMAC_SHA256, client.client_secret.as_bytes());
    let signature = STANDARD.encode(hmac::sign(&secret, timestamp.as_bytes()));
    if !same(&signature, call.query.get("signature").unwrap_or_default()) {
        return Err(Fault::new(853_004, "签名不匹配"));
    }
    let text = call.given().word("tmp_auth_code");
    let now = practice.now();
    let code = world.dingtalk.codes.get_mut(&text).ok_or_else(Fault::bad_code)?;
    if code.kind != CodeKind::Sns || code.client_id != key || code.used || now >= code.expires_at {
        return Err(Fault::bad_code());
    }
    code.used = true;
    let who = code.who.clone();
    let app = world.dingtalk.app(key);
    let nick = super::super::api::profile::nick(&world, &who);
    Ok(json!({"user_info": {
        "nick": nick.unwrap_or_default(), "unionid": world.dingtalk.union_id(&who, &app),
        "openid": who.open_id(key), "main_org_auth_high_level": true,
    }}))
}
