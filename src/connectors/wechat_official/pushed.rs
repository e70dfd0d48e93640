//! What WeChat pushes to an official account: the address check, scans and
//! follows, and withdrawals; everything else goes on to the tenant's own
//! server (upstreams/wechat.md §5.5 to §5.11).

use std::time::Duration;

use super::{WechatOfficial, our_scene};
use crate::base::secret::digest;
use crate::connectors::hook::{Answer, Heard, HookTurn, News, Push};
use crate::connectors::push::{Channel, Fields, wechat};
use crate::connectors::{Text, Trouble};

/// How long a message is remembered, in seconds: WeChat repeats it three times within fifteen.
const REMEMBERED: i64 = 120;
/// Of WeChat's five seconds: for the unionid, and for the tenant's own server.
const UNIONID: Duration = Duration::from_millis(1500);
const FORWARD: Duration = Duration::from_millis(3500);

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
            Ok(echo) => Answer::plain(&echo),
            Err(refused) => Answer::refused(403, &refused.to_string()),
        };
        return Ok(Heard { answer, news: Vec::new() });
    }
    let fields = match wechat::event(channel, &push.query, &push.body, turn.now) {
        Ok(fields) => fields,
        Err(refused) => return Ok(Heard { answer: Answer::refused(403, &refused.to_string()), news: Vec::new() }),
    };
    if channel.key.is_none() && reused_nonce(turn, &push).await? {
        return Ok(Heard { answer: Answer::refused(403, "this nonce was used with another body"), news: Vec::new() });
    }
    event(official, channel, turn, (&push, &fields)).await
}

/// In plain mode the signature does not cover the body: the same nonce with another one is not WeChat's (§13, case 13).
async fn reused_nonce(turn: &HookTurn, push: &Push) -> Result<bool, Trouble> {
    let word = |name: &str| push.query.get(name).map_or("", String::as_str);
    let nonce = format!("wechat-nonce:{}:{}:{}", turn.connector, word("timestamp"), word("nonce"));
    let body = format!("{nonce}:{}", digest(&String::from_utf8_lossy(&push.body)));
    let new_nonce = turn.once.first(&nonce, 1200).await?;
    let new_body = turn.once.first(&body, 1200).await?;
    Ok(!new_nonce && new_body)
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
        let news = if first(turn, fields).await? { vec![news] } else { Vec::new() };
        return Ok(Heard { answer: Answer::plain("success"), news });
    }
    if official.forward.is_empty() {
        return Ok(Heard { answer: Answer::plain("success"), news: Vec::new() });
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
    let openid = fields.get("FromUserName").unwrap_or_default();
    let unionid = tokio::time::timeout(UNIONID, official.unionid(&turn.outbound, &*turn.tokens, openid));
    let identity = official.app.identity(openid, unionid.await.ok().flatten().as_deref());
    let text = match turn.confirm.url(scene, &identity).await? {
        None => TOO_OLD.get(turn.lang).to_owned(),
        Some(_) if official.scan_approves => DONE.get(turn.lang).to_owned(),
        Some(url) => format!("{}\n{url}", CONFIRM.get(turn.lang)),
    };
    // A repeated delivery gets the same answer and has no second effect (§5.8).
    let news = if first(turn, fields).await? {
        let approved = official.scan_approves;
        vec![News::Seen { scene: scene.to_owned(), identity: Box::new(identity), approved }]
    } else {
        Vec::new()
    };
    let reply = wechat::text_reply(fields, &text, turn.now);
    let body = wechat::reply(channel, &reply, turn.now, &turn.random)
        .map_err(|refused| Trouble::Misconfigured(refused.to_string()))?;
    let answer = Answer { status: 200, media_type: "application/xml; charset=utf-8", body: body.into_bytes() };
    Ok(Heard { answer, news })
}

async fn first(turn: &HookTurn, fields: &Fields) -> Result<bool, Trouble> {
    let word = |name: &str| fields.get(name).unwrap_or_default();
    // Events have no MsgId; sender and second name them (§5.8).
    let who = if word("OpenID").is_empty() { word("FromUserName") } else { word("OpenID") };
    let mark = [word("MsgId"), who, word("CreateTime"), word("Event"), word("EventKey")].join("\n");
    turn.once.first(&format!("wechat-event:{}:{}", turn.connector, digest(&mark)), REMEMBERED).await
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
    let openid = fields.get("OpenID").filter(|_| ours)?;
    Some(News::Revoked { key: official.app.key(openid), closed })
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
