//! The application's own tokens: `/cgi-bin/token`, which replaces, and
//! `/cgi-bin/stable_token`, which repeats; neither knows of the other (§5.1, §5.2).

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::answer::{Answer, Family, Refusal, fine, members, written};
use super::apps::AppKind;
use super::asked::{Known, authenticated, known, needed, parameters, posted};
use super::quota::{self, Quota, charge};
use super::tickets::AppToken;

const LIFE: i64 = 7_200;
/// How long a replaced token still works, and how early a stable one is renewed.
const OVERLAP: i64 = 300;
/// Between two forced renewals.
const FORCED_APART: i64 = 30;
/// The practice world is reached from this machine only.
const CALLER: &str = "127.0.0.1";

pub(super) async fn token(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Cgi, legacy(&practice, &asked))
}

fn legacy(practice: &Practice, asked: &Asked) -> Answer {
    let fields = parameters(asked);
    let appid = needed(fields, "appid", (41002, "appid missing"))?;
    let secret = needed(fields, "secret", (41004, "appsecret missing"))?;
    if fields.get("grant_type") != Some("client_credential") {
        return Err(Refusal::new(40002, "invalid grant_type"));
    }
    let known = authenticated(practice, appid, secret)?;
    admitted(&known)?;
    charge(practice, Quota::Token, appid)?;
    let now = practice.now();
    let text = format!("97_{}", practice.random().alphanumeric(110));
    let mut world = practice.world();
    let overlap = if world.is_on(Platform::Wechat, Switch::ShortOverlap) { 0 } else { OVERLAP };
    world.wechat.legacy.each(|token| {
        if token.appid == appid && token.replaced_at.is_none() {
            token.replaced_at = Some(now + overlap);
        }
    });
    let token = AppToken { appid: appid.to_owned(), expires_at: now + LIFE, replaced_at: None };
    world.wechat.legacy.put(text.clone(), token);
    Ok(members([("access_token", json!(text)), ("expires_in", json!(LIFE))]))
}

/// Website applications have no such token, and the caller's address must be listed.
fn admitted(known: &Known) -> Result<(), Refusal> {
    if known.app.kind == AppKind::Website {
        return Err(Refusal::new(40013, "invalid appid"));
    }
    let listed = known.app.ip_whitelist.as_ref().is_none_or(|list| list.iter().any(|address| address == CALLER));
    if listed {
        return Ok(());
    }
    Err(Refusal(40164, format!("invalid ip {CALLER} ipv6 ::ffff:{CALLER}, not in whitelist")))
}

pub(super) async fn stable_token(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Cgi, stable(&practice, &asked))
}

fn stable(practice: &Practice, asked: &Asked) -> Answer {
    let body = posted(asked)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let appid = text("appid").ok_or_else(|| Refusal::new(41002, "appid missing"))?;
    let secret = text("secret").ok_or_else(|| Refusal::new(41004, "appsecret missing"))?;
    if text("grant_type") != Some("client_credential") {
        return Err(Refusal::new(40002, "invalid grant_type"));
    }
    let known = authenticated(practice, appid, secret)?;
    admitted(&known)?;
    charge(practice, Quota::StableMinute, appid)?;
    charge(practice, Quota::StableDay, appid)?;
    let forced = body.get("force_refresh").and_then(Value::as_bool).unwrap_or(false) && may_force(practice, appid)?;
    let now = practice.now();
    let fresh = format!("98_{}", practice.random().alphanumeric(110));
    let mut world = practice.world();
    let current = |token: &&AppToken| token.appid == appid && token.replaced_at.is_none();
    let newest = world.wechat.stable.iter().filter(|(_, token)| current(token)).last();
    let (text, left) = match newest.map(|(text, token)| (text.to_owned(), token.expires_at - now)) {
        // Renewed five minutes before the end; until then the same one.
        Some((text, left)) if left > OVERLAP && !forced => (text, left),
        _ => {
            world.wechat.stable.each(|token| {
                if token.appid == appid && token.replaced_at.is_none() {
                    token.replaced_at = Some(if forced { now } else { token.expires_at });
                }
            });
            let token = AppToken { appid: appid.to_owned(), expires_at: now + LIFE, replaced_at: None };
            world.wechat.stable.put(fresh.clone(), token);
            (fresh, LIFE)
        }
    };
    Ok(members([("access_token", json!(text)), ("expires_in", json!(left))]))
}

/// Twenty times a day, and not within thirty seconds of the last time: then nothing is renewed.
fn may_force(practice: &Practice, appid: &str) -> Result<bool, Refusal> {
    let now = practice.now();
    let last = practice.world().wechat.forced_at.get(appid).copied();
    if last.is_some_and(|at| now - at < FORCED_APART) {
        return Ok(false);
    }
    charge(practice, Quota::Forced, appid)?;
    practice.world().wechat.forced_at.put(appid.to_owned(), now);
    Ok(true)
}

pub(super) async fn clear_quota(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Cgi, clear(&practice, &asked))
}

fn clear(practice: &Practice, asked: &Asked) -> Answer {
    let body = posted(asked)?;
    let by_token = super::asked::by_token(practice, asked, AppKind::Service)
        .or_else(|_| super::asked::by_token(practice, asked, AppKind::MiniProgram))?;
    let named = body.get("appid").and_then(Value::as_str).unwrap_or_default();
    let known = known(practice, named).filter(|known| known.appid() == by_token.appid());
    let Some(known) = known else { return Err(Refusal::new(40013, "invalid appid")) };
    charge(practice, Quota::Clear, known.appid())?;
    quota::clear(practice, known.appid());
    Ok(fine([]))
}
