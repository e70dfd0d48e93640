//! `/connect/oauth2/authorize`: the page inside WeChat's own browser (§4.2 to §4.5).

use std::time::Duration;

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::StatusCode;

use super::super::consent::{self, Decision, Question};
use super::super::fields::Asked;
use super::super::phone::holder;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::texts::Texts;
use super::super::{Practice, answer, push};
use super::apps::AppKind;
use super::asked::{Known, known};
use super::page;
use super::tickets::{Code, Gives};

/// Codes of this flow live five minutes.
const CODE_LIFE: i64 = 300;
const STATE_LIMIT: usize = 128;
/// The order that a pattern asks for; what else there is comes afterwards.
const ORDER: [&str; 5] = ["appid", "redirect_uri", "response_type", "scope", "state"];

/// Why the page goes no further.
enum Stop {
    /// An error page with the platform's words.
    Words(&'static str),
    /// Nothing at all is shown.
    Blank,
}

pub(super) async fn authorize(
    State(practice): State<Practice>,
    OriginalUri(uri): OriginalUri,
    asked: Asked,
) -> Response {
    let appid = asked.query.get("appid").unwrap_or_default();
    if is_corp(appid) {
        return super::super::wecom::in_app(&practice, &asked);
    }
    let texts = Texts::of(&asked);
    match read(&practice, &asked, uri.query().unwrap_or_default()) {
        Ok(wish) => decide(&practice, &asked, &wish).await,
        Err(Stop::Words(words)) => page::fault(texts, words),
        Err(Stop::Blank) => answer::text(StatusCode::OK, "text/html; charset=utf-8", String::new()),
    }
}

/// WeCom's companies sign in on the same page; their ids begin so.
fn is_corp(appid: &str) -> bool {
    appid.starts_with("ww")
}

struct Wish {
    known: Known,
    redirect_uri: String,
    scope: String,
    state: Option<String>,
    snapshot: bool,
}

fn read(practice: &Practice, asked: &Asked, query: &str) -> Result<Wish, Stop> {
    let inside = asked.header("user-agent").is_some_and(|agent| agent.to_ascii_lowercase().contains("micromessenger"))
        || holder::inside(asked).is_some_and(|place| place.starts_with("wechat"));
    if !inside {
        return Err(Stop::Words("请在微信客户端打开链接"));
    }
    let get = |name: &str| asked.query.get(name);
    let is_there = |name: &str| asked.query.names().any(|known| known == name);
    let appid = get("appid").ok_or(Stop::Words("10012 appid 参数为空"))?;
    let redirect_uri = get("redirect_uri").ok_or(Stop::Words("10011 redirect_uri 参数为空"))?;
    let scope = get("scope").ok_or(Stop::Words("10010 scope 参数为空"))?;
    if is_there("state") && get("state").is_none() {
        return Err(Stop::Words("10013 state 参数为空"));
    }
    if !in_order(query) || get("response_type") != Some("code") {
        return Err(Stop::Blank);
    }
    if get("state").is_some_and(|state| state.len() > STATE_LIMIT) {
        return Err(Stop::Words("state 参数过长"));
    }
    let known = known(practice, appid).ok_or(Stop::Words("AppID 参数错误"))?;
    permitted(practice, &known, scope)?;
    let redirect_uri =
        known.client.redirect(Some(redirect_uri)).ok_or(Stop::Words("10003 redirect_uri 域名与后台配置不一致"))?;
    let switched = practice.world().is_on(Platform::Wechat, Switch::Snapshot);
    let wants_profile = scope.split(',').any(|word| word == "snsapi_userinfo");
    Ok(Wish {
        redirect_uri,
        scope: scope.to_owned(),
        state: get("state").map(str::to_owned),
        snapshot: wants_profile && (switched || get("forceSnapShot") == Some("true")),
        known,
    })
}

fn permitted(practice: &Practice, known: &Known, scope: &str) -> Result<(), Stop> {
    if known.app.kind == AppKind::Website {
        return Err(Stop::Words("10016 该 AppID 不是公众号"));
    }
    if known.app.banned {
        return Err(Stop::Words("10004 公众号被封禁"));
    }
    let is_scope = |word: &str| matches!(word, "snsapi_base" | "snsapi_userinfo");
    if known.app.kind != AppKind::Service || !known.app.verified || !scope.split(',').all(is_scope) {
        return Err(Stop::Words("10005 Scope 参数错误或没有 Scope 权限"));
    }
    if practice.world().is_on(Platform::Wechat, Switch::TooFrequent) {
        return Err(Stop::Words("10009 操作太频繁，请稍候再试"));
    }
    Ok(())
}

/// The five come first and in order, `state` may be missing.
fn in_order(query: &str) -> bool {
    let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
    let (front, [last]) = ORDER.split_at(4) else { return false };
    front.iter().all(|wanted| names.next() == Some(wanted)) && {
        let mut rest = names;
        rest.next().is_none_or(|next| next == *last || !rest.any(|name| name == *last))
    }
}

async fn decide(practice: &Practice, asked: &Asked, wish: &Wish) -> Response {
    let switches = practice.world().switches(Platform::Wechat);
    let owner = switches.auto.clone().or_else(|| holder::person(practice, asked, Platform::Wechat));
    let appid = wish.known.appid();
    let base = wish.scope.split(',').all(|word| word == "snsapi_base");
    let from_chat = holder::inside(asked).is_some_and(|place| place.strip_prefix("wechat:") == Some(appid));
    // A follower who comes from the account's chat or menu is not asked; forcePopup changes nothing there.
    let silent = owner
        .as_deref()
        .is_some_and(|person| base || wish.snapshot || (from_chat && practice.world().wechat.follows(appid, person)));
    if let Some(person) = owner.as_deref().filter(|_| silent) {
        return give(practice, asked, wish, person).await;
    }
    let hint = owner.as_deref().and_then(|key| practice.world().person(key).map(|person| person.sub.clone()));
    let scopes: Vec<String> = wish.scope.split(',').map(str::to_owned).collect();
    let question = Question {
        platform: Platform::Wechat,
        client_name: &wish.known.client.name,
        redirect_uri: &wish.redirect_uri,
        scopes: &scopes,
        hint: hint.as_deref(),
        fresh: false,
    };
    match consent::decide(practice, asked, &question) {
        Decision::Ask => consent::ask(practice, asked, &question),
        Decision::Deny if switches.is_on(Switch::SilentDeny) => page::note(Texts::of(asked)),
        // Seen in the field, with an empty state and no reason (§4.5).
        Decision::Deny => {
            let pairs = answer::pairs(&[("state", ""), ("code", "authdeny"), ("reason", "")]);
            answer::found(&answer::with_query(&wish.redirect_uri, &pairs))
        }
        Decision::Allow(agreed) => agreed.leave(give(practice, asked, wish, &agreed.person).await),
    }
}

async fn give(practice: &Practice, asked: &Asked, wish: &Wish, person: &str) -> Response {
    let appid = wish.known.appid();
    if wish.known.app.test_account && !practice.world().wechat.follows(appid, person) {
        return page::fault(Texts::of(asked), "10006 请先关注此测试号");
    }
    let text = format!("0{}", practice.random().alphanumeric(31));
    let snapshot = wish.snapshot.then(|| super::ids::snapshot_openid(&text));
    let code = Code {
        appid: appid.to_owned(),
        person: person.to_owned(),
        gives: Gives::Tokens { scope: wish.scope.clone(), snapshot },
        expires_at: practice.now() + CODE_LIFE,
        used: false,
    };
    practice.world().wechat.codes.put(text.clone(), code);
    let mut pairs = answer::pairs(&[("code", &text)]);
    pairs.extend(wish.state.clone().map(|state| ("state".to_owned(), state)));
    let url = answer::with_query(&wish.redirect_uri, &pairs);
    let switches = practice.world().switches(Platform::Wechat);
    if switches.is_on(Switch::DoubleCallbackBefore) {
        fetch(practice, &url).await;
    }
    if switches.is_on(Switch::DoubleCallbackAfter) {
        let (practice, url) = (practice.clone(), url.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            fetch(&practice, &url).await;
        });
    }
    answer::found(&url)
}

/// The callback, requested from Tencent's own address and without cookies (§4.5).
async fn fetch(practice: &Practice, url: &str) {
    let request = http::Request::get(url).header("user-agent", "Mozilla/5.0 MicroMessenger Client").body(Vec::new());
    if let Ok(request) = request {
        let answer = push::send(practice, request, Duration::from_secs(5)).await;
        tracing::debug!(status = answer.map_or(0, |answer| answer.status().as_u16()), "the callback was called twice");
    }
}
