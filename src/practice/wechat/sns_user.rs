//! `/sns/userinfo`: the profile, whose bytes are not always JSON (§2.6, §3.9).

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::super::Practice;
use super::super::fields::Asked;
use super::super::people::OddBytes;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::answer::{Answer, Family, Refusal, members, raw, written};
use super::asked::{known, needed};
use super::quota::{Quota, charge};
use super::seal::hex;
use super::sns_token::{allowed, openid_of, unionid_of, withdrawn};
use super::tickets::UserToken;

/// Stands in the nickname where odd bytes belong; no nickname here holds it otherwise.
const PLACE: char = '\u{F8FF}';

pub(super) async fn userinfo(State(practice): State<Practice>, asked: Asked) -> Response {
    let token = match bearer(&practice, &asked) {
        Ok(token) => token,
        Err(refusal) => return written(&practice, Family::Sns, Err(refusal)),
    };
    let odd = practice.world().person(&token.person).and_then(|person| person.wechat.odd);
    let answer = profile(&practice, &token);
    match (odd, answer) {
        (Some(odd), Ok(members)) if token.snapshot.is_none() => raw(Family::Sns, with_odd_bytes(members, odd)),
        (_, answer) => written(&practice, Family::Sns, answer),
    }
}

fn bearer(practice: &Practice, asked: &Asked) -> Result<UserToken, Refusal> {
    let text = needed(&asked.query, "access_token", (41001, "access_token missing"))?;
    let token = practice.world().wechat.tokens.get(text).cloned();
    let token =
        token.ok_or_else(|| Refusal::new(40001, "invalid credential, access_token is invalid or not latest"))?;
    charge(practice, Quota::Sns, &token.appid)?;
    // Whether the real one insists on the openid is not known (§16.5); the switch makes it lenient.
    let lenient = practice.world().is_on(Platform::Wechat, Switch::UserinfoWithoutOpenid);
    match asked.query.get("openid") {
        None if lenient => {}
        None => return Err(Refusal::new(41009, "openid missing")),
        Some(openid) if openid == openid_of(&token) => {}
        Some(_) => return Err(Refusal::new(40003, "invalid openid")),
    }
    if practice.now() >= token.expires_at {
        return Err(Refusal::new(42001, "access_token expired"));
    }
    Ok(token)
}

fn profile(practice: &Practice, token: &UserToken) -> Answer {
    allowed(practice, token)?;
    if withdrawn(practice, token) {
        return Err(Refusal::new(50001, "user unauthorized"));
    }
    let unauthorized = || Refusal::new(48001, "api unauthorized");
    let known = known(practice, &token.appid).ok_or_else(unauthorized)?;
    let switches = practice.world().switches(Platform::Wechat);
    if token.scope == "snsapi_base" || (token.snapshot.is_some() && !switches.is_on(Switch::SnapshotProfile)) {
        return Err(unauthorized());
    }
    let person = practice.world().person(&token.person).cloned().ok_or_else(unauthorized)?;
    let openid = if switches.is_on(Switch::ForeignOpenid) {
        super::ids::openid("another", "somebody")
    } else {
        openid_of(token)
    };
    let (nickname, avatar) = match &token.snapshot {
        Some(visit) => ("微信用户".to_owned(), avatar_url(visit)),
        None if person.wechat.no_avatar => (person.nickname().to_owned(), String::new()),
        None => (person.nickname().to_owned(), avatar_url(&person.key)),
    };
    // Since 2021 nobody's sex or region is told any more.
    let mut all = members([
        ("openid", json!(openid)),
        ("nickname", json!(nickname)),
        ("sex", json!(0)),
        ("language", json!("")),
        ("city", json!("")),
        ("province", json!("")),
        ("country", json!("")),
        ("headimgurl", json!(avatar)),
    ]);
    if !switches.is_on(Switch::NoPrivilege) {
        all.insert("privilege".to_owned(), json!([]));
    }
    if let Some(unionid) = unionid_of(practice, &known, token) {
        all.insert("unionid".to_owned(), json!(unionid));
    }
    Ok(all)
}

/// An address under which the practice world serves a picture.
fn avatar_url(of: &str) -> String {
    let name = hex(&Sha256::digest(of));
    format!("https://thirdwx.qlogo.cn/mmopen/vi_32/{}/132", name.get(..24).unwrap_or(&name))
}

fn with_odd_bytes(mut members: Map<String, Value>, odd: OddBytes) -> Vec<u8> {
    let nickname = members.get("nickname").and_then(Value::as_str).unwrap_or_default();
    members.insert("nickname".to_owned(), json!(format!("{nickname}{PLACE}")));
    let text = Value::Object(members).to_string().replace('/', "\\/");
    let bytes: &[u8] = match odd {
        OddBytes::Control => &[0x08],
        OddBytes::LoneSurrogate => &[0xED, 0xA0, 0xBD],
    };
    let (before, after) = text.split_once(PLACE).unwrap_or((&text, ""));
    [before.as_bytes(), bytes, after.as_bytes()].concat()
}
