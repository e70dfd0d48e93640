//! `/sns/oauth2/access_token`, `/sns/oauth2/refresh_token` and `/sns/auth` (§3.6 to §3.8).

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::super::Practice;
use super::super::fields::Asked;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::answer::{Answer, Family, Refusal, fine, members, written};
use super::asked::{Known, authenticated, known, needed, parameters};
use super::ids;
use super::quota::{Quota, charge};
use super::tickets::{Code, Gives, Refresh, UserToken, pair};

/// User access tokens live two hours.
const ACCESS_LIFE: i64 = 7_200;
/// Refresh tokens live thirty days, whatever happens.
const REFRESH_LIFE: i64 = 30 * 86_400;

pub(super) async fn access_token(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Sns, exchange(&practice, &asked))
}

fn exchange(practice: &Practice, asked: &Asked) -> Answer {
    let fields = parameters(asked);
    let appid = needed(fields, "appid", (41002, "appid missing"))?;
    let secret = needed(fields, "secret", (41004, "appsecret missing"))?;
    let code = needed(fields, "code", (41008, "missing code"))?;
    let known = authenticated(practice, appid, secret)?;
    if fields.get("grant_type") != Some("authorization_code") {
        return Err(Refusal::new(40002, "invalid grant_type"));
    }
    charge(practice, Quota::Sns, appid)?;
    let spent = spend(practice, appid, code, |gives| matches!(gives, Gives::Tokens { .. }))?;
    let Gives::Tokens { scope, snapshot } = spent.gives else { return Err(invalid_code()) };
    let token = UserToken { appid: appid.to_owned(), person: spent.person, scope, snapshot, expires_at: 0 };
    allowed(practice, &token)?;
    let access = new_text(practice);
    let refresh = new_text(practice);
    let now = practice.now();
    let token = UserToken { expires_at: now + ACCESS_LIFE, ..token };
    {
        let mut world = practice.world();
        world.wechat.tokens.put(access.clone(), token.clone());
        let kept = Refresh { access: access.clone(), token: token.clone(), expires_at: now + REFRESH_LIFE };
        world.wechat.refreshes.put(refresh.clone(), kept);
    }
    let mut all = told(&token, &access, &refresh);
    if token.scope != "snsapi_base"
        && let Some(unionid) = unionid_of(practice, &known, &token)
    {
        all.insert("unionid".to_owned(), json!(unionid));
    }
    if token.snapshot.is_some() {
        all.insert("is_snapshotuser".to_owned(), json!(1));
    }
    Ok(all)
}

/// Uses a code up: exactly one caller gets it, under the world's lock.
pub(super) fn spend(
    practice: &Practice,
    appid: &str,
    text: &str,
    fits: impl Fn(&Gives) -> bool,
) -> Result<Code, Refusal> {
    let now = practice.now();
    let mut world = practice.world();
    let named_expired = world.is_on(Platform::Wechat, Switch::CodeExpired);
    let code = world.wechat.codes.get_mut(text).filter(|code| code.appid == appid && fits(&code.gives));
    let Some(code) = code else { return Err(invalid_code()) };
    if now >= code.expires_at {
        return Err(if named_expired { Refusal::new(42003, "oauth_code expired") } else { invalid_code() });
    }
    if code.used {
        return Err(Refusal::new(40163, "code been used"));
    }
    code.used = true;
    Ok(code.clone())
}

fn invalid_code() -> Refusal {
    Refusal::new(40029, "invalid code")
}

/// Neither limited by WeChat nor withdrawn by the person.
pub(super) fn allowed(practice: &Practice, token: &UserToken) -> Result<(), Refusal> {
    let world = practice.world();
    if world.person(&token.person).is_none_or(|person| person.wechat.limited) {
        return Err(Refusal::new(50002, "user limited"));
    }
    if world.is_on(Platform::Wechat, Switch::PasswordChanged) {
        return Err(Refusal::new(42007, "access_token and refresh_token expired because of the user's new password"));
    }
    Ok(())
}

/// The openid that goes with a token.
pub(super) fn openid_of(token: &UserToken) -> String {
    token.snapshot.clone().unwrap_or_else(|| ids::openid(&token.appid, &token.person))
}

/// The unionid that goes with a token, if any.
pub(super) fn unionid_of(practice: &Practice, known: &Known, token: &UserToken) -> Option<String> {
    if token.snapshot.is_some() {
        return known.app.open_account.as_ref().map(|_| ids::snapshot_unionid());
    }
    let world = practice.world();
    if world.is_on(Platform::Wechat, Switch::EmptyUnionid) {
        return Some(String::new());
    }
    ids::unionid(&known.client, world.person(&token.person)?)
}

fn told(token: &UserToken, access: &str, refresh: &str) -> serde_json::Map<String, serde_json::Value> {
    members([
        ("access_token", json!(access)),
        ("expires_in", json!(ACCESS_LIFE)),
        ("refresh_token", json!(refresh)),
        ("openid", json!(openid_of(token))),
        ("scope", json!(token.scope)),
    ])
}

fn new_text(practice: &Practice) -> String {
    format!("96_{}", practice.random().alphanumeric(86))
}

pub(super) async fn refresh_token(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Sns, renew(&practice, &asked))
}

/// The same token with a new lifetime while it lives, a new one afterwards; no secret is asked for.
fn renew(practice: &Practice, asked: &Asked) -> Answer {
    let fields = parameters(asked);
    let appid = needed(fields, "appid", (41002, "appid missing"))?;
    let text = needed(fields, "refresh_token", (41003, "refresh_token missing"))?;
    known(practice, appid).ok_or_else(|| Refusal::new(40013, "invalid appid"))?;
    if fields.get("grant_type") != Some("refresh_token") {
        return Err(Refusal::new(40002, "invalid grant_type"));
    }
    charge(practice, Quota::Sns, appid)?;
    let now = practice.now();
    let fresh = new_text(practice);
    let mut world = practice.world();
    let wechat = &mut world.wechat;
    let kept = wechat.refreshes.get_mut(text).filter(|kept| kept.token.appid == appid);
    let Some(kept) = kept else { return Err(Refusal::new(40030, "invalid refresh_token")) };
    if now >= kept.expires_at {
        return Err(Refusal::new(42002, "refresh_token expired"));
    }
    let alive = wechat.tokens.get(&kept.access).is_some_and(|token| now < token.expires_at);
    if !alive {
        kept.access = fresh;
    }
    kept.token.expires_at = now + ACCESS_LIFE;
    let (access, token) = (kept.access.clone(), kept.token.clone());
    wechat.tokens.put(access.clone(), token.clone());
    Ok(told(&token, &access, text))
}

pub(super) async fn auth(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Sns, check(&practice, &asked))
}

fn check(practice: &Practice, asked: &Asked) -> Answer {
    let text = needed(&asked.query, "access_token", (41001, "access_token missing"))?;
    let openid = needed(&asked.query, "openid", (41009, "openid missing"))?;
    let token = practice.world().wechat.tokens.get(text).cloned();
    let alive = token.filter(|token| practice.now() < token.expires_at);
    let Some(token) = alive else { return Err(Refusal::new(40014, "invalid access_token")) };
    if openid_of(&token) == openid { Ok(fine([])) } else { Err(Refusal::new(40003, "invalid openid")) }
}

/// Whether the person withdrew what they gave the application.
pub(super) fn withdrawn(practice: &Practice, token: &UserToken) -> bool {
    practice.world().wechat.withdrawn.get(&pair(&token.appid, &token.person)).is_some()
}
