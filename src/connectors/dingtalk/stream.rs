//! Stream mode: a WebSocket that DingTalk sends events through, with a new
//! ticket for every connection (upstreams/dingtalk.md §10.1).

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::api::new_post;
use super::{Dingtalk, event};
use crate::base::outbound::socket::Socket;
use crate::connectors::Trouble;
use crate::connectors::answer::{self, Object, text_of};
use crate::connectors::hook::{HookTurn, Sink};
use crate::connectors::wechat::missing;

/// Without a sign of life for so long the connection is half open.
const SILENCE: Duration = Duration::from_mins(2);
/// How often we ask for one.
const PING: Duration = Duration::from_secs(40);

/// Listens until the connection breaks; what it returns is why.
pub(super) async fn listen(dingtalk: &Dingtalk, turn: &HookTurn, sink: &dyn Sink) -> Trouble {
    match run(dingtalk, turn, sink).await {
        Ok(()) => Trouble::Unreachable("DingTalk closed the connection".to_owned()),
        Err(trouble) => trouble,
    }
}

async fn run(dingtalk: &Dingtalk, turn: &HookTurn, sink: &dyn Sink) -> Result<(), Trouble> {
    let mut socket = open(dingtalk, turn).await?;
    let mut heard_at = tokio::time::Instant::now();
    let mut ping = tokio::time::interval(PING);
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            _ = ping.tick() => {
                if heard_at.elapsed() > SILENCE {
                    return Err(Trouble::Unreachable("the connection is silent".to_owned()));
                }
                socket.send(Message::Ping(Vec::new().into())).await.map_err(broken)?;
                continue;
            }
        };
        let Some(message) = message else { return Ok(()) };
        heard_at = tokio::time::Instant::now();
        match message.map_err(broken)? {
            Message::Text(text) => {
                if !frame(dingtalk, &mut socket, text.as_str(), sink).await? {
                    return Ok(());
                }
            }
            Message::Close(_) => return Ok(()),
            // A binary frame is in no document; pings are answered below us.
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn broken(error: tokio_tungstenite::tungstenite::Error) -> Trouble {
    Trouble::Unreachable(error.to_string())
}

async fn open(dingtalk: &Dingtalk, turn: &HookTurn) -> Result<Socket, Trouble> {
    let body = json!({
        "clientId": dingtalk.app.key,
        "clientSecret": dingtalk.app.secret.expose(),
        "subscriptions": [{ "type": "EVENT", "topic": "*" }],
        "ua": concat!("hufu/", env!("CARGO_PKG_VERSION")),
        "localIp": "127.0.0.1",
        "extras": {},
    });
    let opened = new_post(&turn.outbound, "/v1.0/gateway/connections/open", &body).await?;
    let word = |key: &str| opened.get(key).and_then(text_of);
    let (endpoint, ticket) = word("endpoint").zip(word("ticket")).ok_or_else(|| missing("endpoint and ticket"))?;
    let mut url = url::Url::parse(&endpoint).map_err(|_| Trouble::BadReply("an endpoint that is none".to_owned()))?;
    url.query_pairs_mut().append_pair("ticket", &ticket);
    Ok(turn.outbound.socket(url.as_str()).await?)
}

/// Deals with one frame; `false`: DingTalk asks us to come again.
async fn frame(dingtalk: &Dingtalk, socket: &mut Socket, text: &str, sink: &dyn Sink) -> Result<bool, Trouble> {
    let Ok(frame) = answer::object(text.as_bytes()) else {
        tracing::warn!("DingTalk sent a frame that is no JSON object");
        return Ok(true);
    };
    let headers = frame.get("headers").and_then(Value::as_object).cloned().unwrap_or_default();
    let word = |key: &str| headers.get(key).and_then(text_of).unwrap_or_default();
    let kind = frame.get("type").and_then(text_of).unwrap_or_default();
    match (kind.as_str(), word("topic").as_str()) {
        ("SYSTEM", "disconnect") => {
            let _ = reply(socket, &word("messageId"), "{}").await;
            Ok(false)
        }
        ("SYSTEM", "ping") => {
            let data = frame.get("data").and_then(text_of).unwrap_or_else(|| "{}".to_owned());
            reply(socket, &word("messageId"), &data).await?;
            Ok(true)
        }
        ("EVENT", _) => {
            let dealt = hear(dingtalk, &headers, &frame, sink).await;
            // Not dealt with: DingTalk sends it again later.
            let data = if dealt { r#"{"status":"SUCCESS","message":"success"}"# } else { r#"{"status":"LATER"}"# };
            reply(socket, &word("messageId"), data).await?;
            Ok(true)
        }
        ("SYSTEM", _) => Ok(true),
        _ => {
            reply(socket, &word("messageId"), "{}").await?;
            Ok(true)
        }
    }
}

/// Whether the event is dealt with. What is heard twice is read again twice, which does no harm.
async fn hear(dingtalk: &Dingtalk, headers: &Object, frame: &Object, sink: &dyn Sink) -> bool {
    let word = |key: &str| headers.get(key).and_then(text_of).unwrap_or_default();
    let ours = word("eventCorpId").is_empty() || word("eventCorpId") == dingtalk.corp_id;
    let news = if ours { event::news(&word("eventType"), &event::data(frame.get("data"))) } else { Vec::new() };
    if news.is_empty() {
        return true;
    }
    match sink.take(news).await {
        Ok(()) => true,
        Err(trouble) => {
            tracing::warn!(%trouble, "an event of DingTalk has to come again");
            false
        }
    }
}

async fn reply(socket: &mut Socket, message_id: &str, data: &str) -> Result<(), Trouble> {
    let headers = json!({ "contentType": "application/json", "messageId": message_id });
    let answer = json!({ "code": 200, "headers": headers, "message": "ok", "data": data });
    socket.send(Message::Text(answer.to_string().into())).await.map_err(broken)
}
