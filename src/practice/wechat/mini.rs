//! A mini program's server calls: `/sns/jscode2session` and the phone number (§6.1, §6.2).

use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::answer::{Answer, Family, Refusal, fine, members, written};
use super::apps::AppKind;
use super::asked::{authenticated, by_token, needed, parameters, posted};
use super::ids;
use super::quota::{Quota, charge};
use super::sns_token::spend;
use super::tickets::{Code, Gives, pair};

/// `wx.login` and the phone button give codes for five minutes.
const CODE_LIFE: i64 = 300;

/// A code as the person's mini program gets it.
pub(in crate::practice) fn new_code(practice: &Practice, appid: &str, person: &str, number: bool) -> String {
    let text = format!("0{}", practice.random().alphanumeric(31));
    let gives = if number { Gives::Number } else { Gives::Session };
    let (appid, person) = (appid.to_owned(), person.to_owned());
    let code = Code { appid, person, gives, expires_at: practice.now() + CODE_LIFE, used: false };
    practice.world().wechat.codes.put(text.clone(), code);
    text
}

pub(super) async fn session(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Sns, opened(&practice, &asked))
}

fn opened(practice: &Practice, asked: &Asked) -> Answer {
    let fields = parameters(asked);
    let appid = needed(fields, "appid", (41002, "appid missing"))?;
    let secret = needed(fields, "secret", (41004, "appsecret missing"))?;
    let code = needed(fields, "js_code", (41008, "missing code"))?;
    let known = authenticated(practice, appid, secret)?;
    if fields.get("grant_type") != Some("authorization_code") {
        return Err(Refusal::new(40002, "invalid grant_type"));
    }
    let holder = practice.world().wechat.codes.get(code).map(|code| code.person.clone()).unwrap_or_default();
    charge(practice, Quota::Session, &pair(appid, &holder))?;
    let spent = spend(practice, appid, code, |gives| *gives == Gives::Session)?;
    let session_key = STANDARD.encode(practice.random().bytes::<16>());
    let mut world = practice.world();
    world.wechat.session_keys.put(pair(appid, &spent.person), session_key.clone());
    let Some(person) = world.person(&spent.person) else { return Err(Refusal::new(40029, "invalid code")) };
    if person.wechat.risky {
        return Err(Refusal::new(40226, "code blocked"));
    }
    let mut all = members([("session_key", json!(session_key)), ("openid", json!(ids::openid(appid, &person.key)))]);
    if let Some(unionid) = ids::unionid(&known.client, person) {
        let empty = world.is_on(Platform::Wechat, Switch::EmptyUnionid);
        all.insert("unionid".to_owned(), json!(if empty { String::new() } else { unionid }));
    }
    if world.is_on(Platform::Wechat, Switch::ErrcodeZero) {
        all.extend(fine([]));
    }
    Ok(all)
}

pub(super) async fn phone_number(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Cgi, number(&practice, &asked))
}

fn number(practice: &Practice, asked: &Asked) -> Answer {
    let known = by_token(practice, asked, AppKind::MiniProgram)?;
    let body = posted(asked)?;
    let invalid = || Refusal::new(40029, "invalid code");
    let code = body.get("code").and_then(Value::as_str).filter(|code| !code.is_empty()).ok_or_else(invalid)?;
    charge(practice, Quota::Phone, known.appid())?;
    let owner = practice.world().wechat.codes.get(code).map(|code| ids::openid(known.appid(), &code.person));
    let named = body.get("openid").and_then(Value::as_str);
    // The error's number is a guess (§16.6).
    if owner.is_some_and(|owner| named.is_some_and(|named| named != owner)) {
        return Err(Refusal::new(40003, "invalid openid"));
    }
    let spent = spend(practice, known.appid(), code, |gives| *gives == Gives::Number).map_err(|_| invalid())?;
    let world = practice.world();
    let parts = world.person(&spent.person).and_then(super::super::people::Person::mobile_parts);
    let Some((country, national)) = parts else { return Err(invalid()) };
    let as_number = world.is_on(Platform::Wechat, Switch::CountryCodeNumber);
    let country_code = if as_number { json!(country.parse::<u32>().unwrap_or(0)) } else { json!(country) };
    let shown = if country == "86" { national.clone() } else { format!("+{country}{national}") };
    let foreign = world.is_on(Platform::Wechat, Switch::ForeignWatermark);
    let appid = if foreign { "wx0000000000000000" } else { known.appid() };
    Ok(fine([(
        "phone_info",
        json!({
            "phoneNumber": shown,
            "purePhoneNumber": national,
            "countryCode": country_code,
            "watermark": {"timestamp": practice.now(), "appid": appid},
        }),
    )]))
}
