//! What WeChat pushes to an official account: the address check, scans and
//! follows, and withdrawals; everything else goes on to the tenant's own
//! server (upstreams/wechat.md §5.5 to §5.11).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{WechatOfficial, our_scene};
use crate::base::clock::Seconds;
use crate::base::secret::digest;
use crate::connectors::hook::{Answer, Heard, HookTurn, News, Push};
use crate::connectors::push::{Channel, Fields, WINDOW, wechat};
use crate::connectors::wechat::is_openid;
use crate::connectors::{Text, Trouble};

/// How long a nonce stays tied to its body, in seconds: longer than its timestamp can be good.
const TIED: Seconds = 2 * WINDOW + 60;
/// Of WeChat's five seconds: for the unionid, and for the tenant's own server.
const UNIONID: Duration = Duration::from_millis(1500);
const FORWARD: Duration = Duration::from_millis(3500);
/// What a forger is told.
const REUSED: &str = "this nonce was used with another body";

/// Hears one push.
///
/// # Errors
/// [`Trouble`] of what has to be asked while it is heard.
pub(super) async fn hear(official: &WechatOfficial, turn: &HookTurn, push: Push) -> Result<Heard, Trouble> {
    let Some(channel) = &official.channel else {
        return Err(Trouble::Misconfigured("no server token is filled in".to_owned()));
    };
    if !push.is_post {
        let answer = match wechat::handshake(channel, &push.query, turn.now) {
            // Its signature would do for a body as well.
            Ok(echo) if own_nonce(channel, turn, &push).await? => Answer::plain(&echo),
            Ok(_) => Answer::refused(403, REUSED),
            Err(refused) => Answer::refused(403, &refused.to_string()),
        };
        return Ok(Heard { answer, news: Vec::new() });
    }
    let fields = match wechat::event(channel, &push.query, &push.body, turn.now) {
        Ok(fields) => fields,
        Err(refused) => return Ok(Heard { answer: Answer::refused(403, &refused.to_string()), news: Vec::new() }),
    };
    if !own_nonce(channel, turn, &push).await? {
        return Ok(Heard { answer: Answer::refused(403, REUSED), news: Vec::new() });
    }
    event(official, channel, turn, (&push, &fields)).await
}

/// In plain mode the signature does not cover the body: a nonce belongs for good to what
/// it first came with, and the same nonce with something else is not WeChat's (§13, case 13).
async fn own_nonce(channel: &Channel, turn: &HookTurn, push: &Push) -> Result<bool, Trouble> {
    if channel.key.is_some() {
        return Ok(true);
    }
    let word = |name: &str| push.query.get(name).map_or("", String::as_str);
    // By the token, not the instance: what it signed for one would do for another with the same one.
    let nonce = format!("{}\n{}\n{}", channel.token.expose(), word("timestamp"), word("nonce"));
    let content = format!("{}\n{}\n{}", push.is_post, word("echostr"), STANDARD.encode(&push.body));
    turn.nonces.tie(&digest(&nonce), &digest(&content), TIED).await
}

async fn event(
    official: &WechatOfficial,
    channel: &Channel,
    turn: &HookTurn,
    (push, fields): (&Push, &Fields),
) -> Result<Heard, Trouble> {
    let word = |name: &str| fields.get(name).unwrap_or_default();
    let scene = match word("Event") {
        "subscribe" => our_scene(word("EventKey"), true),
        "SCAN" => our_scene(word("EventKey"), false),
        _ => None,
    };
    if let Some(scene) = scene {
        return seen(official, channel, turn, (scene, fields)).await;
    }
    if let Some(news) = withdrawn(official, fields) {
        return Ok(Heard { answer: Answer::plain("success"), news: vec![news] });
    }
    if official.forward.is_empty() {
        return Ok(nothing());
    }
    Ok(Heard { answer: forwarded(official, turn, push).await, news: Vec::new() })
}

/// Somebody scanned a code of ours, or followed the account by it: the answer is a link to say yes.
async fn seen(
    official: &WechatOfficial,
    channel: &Channel,
    turn: &HookTurn,
    (scene, fields): (&str, &Fields),
) -> Result<Heard, Trouble> {
    let openid = fields.get("FromUserName").filter(|openid| is_openid(openid));
    let Some(openid) = openid else { return Ok(nothing()) };
    let unionid = tokio::time::timeout(UNIONID, official.unionid(&turn.outbound, &*turn.tokens, openid));
    let identity = official.app.identity(openid, unionid.await.ok().flatten().as_deref());
    let page = turn.confirm.of(scene, &identity).await?;
    let approved = official.scan_approves && page.as_ref().is_none_or(|page| !page.must_ask);
    let text = match page {
        None => TOO_OLD.get(turn.lang).to_owned(),
        Some(_) if approved => DONE.get(turn.lang).to_owned(),
        Some(page) => format!("{}\n{}", CONFIRM.get(turn.lang), page.url),
    };
    // A repeated delivery gets the same answer, and the scene moves once (§5.8).
    let news = vec![News::Seen { scene: scene.to_owned(), identity: Box::new(identity), approved }];
    let reply = wechat::text_reply(fields, &text, turn.now);
    let body = wechat::reply(channel, &reply, turn.now, &turn.random)
        .map_err(|refused| Trouble::Misconfigured(refused.to_string()))?;
    let answer = Answer { status: 200, media_type: "application/xml; charset=utf-8", body: body.into_bytes() };
    Ok(Heard { answer, news })
}

/// Names a message. Events have no `MsgId`; sender and second name them (§5.8).
fn message(fields: &Fields) -> String {
    let word = |name: &str| fields.get(name).unwrap_or_default();
    let who = if word("OpenID").is_empty() { word("FromUserName") } else { word("OpenID") };
    digest(&[word("MsgId"), who, word("CreateTime"), word("Event"), word("EventKey")].join("\n"))
}

/// Taken, and nothing follows from it.
fn nothing() -> Heard {
    Heard { answer: Answer::plain("success"), news: Vec::new() }
}

/// Somebody withdrew what they allowed, or closed their account over there (§5.10).
fn withdrawn(official: &WechatOfficial, fields: &Fields) -> Option<News> {
    let closed = match fields.get("Event")? {
        "user_authorization_revoke" => false,
        "user_authorization_cancellation" => true,
        _ => return None,
    };
    let ours = fields.get("AppID").is_none_or(|appid| appid == official.app.appid);
    // `FromUserName` is the platform's own here.
    let openid = fields.get("OpenID").filter(|openid| ours && is_openid(openid))?;
    Some(News::Revoked { key: official.app.key(openid), closed, message: message(fields) })
}

/// The tenant's own server hears what is not ours, as WeChat sent it, and WeChat hears its answer.
async fn forwarded(official: &WechatOfficial, turn: &HookTurn, push: &Push) -> Answer {
    let silence = || Answer::plain("success");
    let Ok(mut url) = url::Url::parse(&official.forward) else { return silence() };
    url.query_pairs_mut().extend_pairs(&push.query);
    let media_type = if push.body.first() == Some(&b'{') { "application/json" } else { "text/xml" };
    let request = http::Request::post(url.as_str()).header("content-type", media_type).body(push.body.clone());
    let Ok(request) = request else { return silence() };
    match tokio::time::timeout(FORWARD, turn.outbound.send(request)).await {
        Ok(Ok(answer)) if answer.status().is_success() => {
            let xml = answer.body().first() == Some(&b'<');
            let media_type = if xml { "application/xml; charset=utf-8" } else { "text/plain; charset=utf-8" };
            Answer { status: 200, media_type, body: answer.into_body() }
        }
        Ok(Ok(answer)) => {
            tracing::warn!(status = answer.status().as_u16(), "the tenant's server did not take a WeChat event");
            silence()
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "the tenant's server did not take a WeChat event");
            silence()
        }
        Err(_) => {
            tracing::warn!("the tenant's server was too slow for a WeChat event");
            silence()
        }
    }
}

const CONFIRM: Text = Text {
    en: "Somebody is signing in on a computer with this code. If it is you, confirm here; if not, do nothing:",
    zh: "有人正在电脑上用此二维码登录。如是你本人，请点击确认；如不是，请忽略：",
};
const DONE: Text = Text { en: "You are signed in on the computer.", zh: "已在电脑上登录。" };
const TOO_OLD: Text = Text {
    en: "This code is no longer good. Show a new one on the computer and scan it.",
    zh: "二维码已失效，请在电脑上刷新后重新扫描。",
};
