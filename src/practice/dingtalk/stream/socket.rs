//! One WebSocket of a Stream, from its ticket to its end.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::{MissedTickBehavior, interval};

use super::super::super::Practice;
use super::super::super::platform::Platform;
use super::super::super::switches::Switch;
use super::queue::acknowledge;
use super::{LINE_LIMIT, Line, Sent, frames, ping, pump};

/// Frames that wait for a slow reader.
const DOOR: usize = 256;
/// How often waiting events are looked through; the clock decides what is due.
const TICK: Duration = Duration::from_millis(100);
/// Seconds between pings.
const PING: i64 = 60;
const FRAME_LIMIT: usize = 64 * 1024;

#[derive(serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    ticket: String,
}

/// `GET /connect?ticket=`; a ticket that is unknown, used or too old is refused.
pub(super) async fn connect(
    State(practice): State<Practice>,
    Query(asked): Query<Asked>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(refused) => return refused.into_response(),
    };
    let (id, inbox) = {
        let now = practice.now();
        let mut world = practice.world();
        let streams = &mut world.dingtalk.streams;
        let ticket = streams.tickets.remove(&asked.ticket).filter(|ticket| now < ticket.expires_at);
        let Some(ticket) = ticket else { return (StatusCode::UNAUTHORIZED, "invalid ticket").into_response() };
        if streams.lines.len() >= LINE_LIMIT {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let (door, inbox) = channel(DOOR);
        let id = practice.random().alphanumeric(20);
        streams.lines.push(Line { id: id.clone(), client_id: ticket.client_id, door });
        (id, inbox)
    };
    let upgrade = upgrade.max_message_size(FRAME_LIMIT).max_frame_size(FRAME_LIMIT);
    let end = Ending { practice: practice.clone(), id };
    upgrade.on_upgrade(move |socket| async move {
        talk(&practice, socket, inbox).await;
        drop(end);
    })
}

/// Takes the connection off the list, however it ended.
struct Ending {
    practice: Practice,
    id: String,
}

impl Drop for Ending {
    fn drop(&mut self) {
        let id = &self.id;
        self.practice.world().dingtalk.streams.lines.retain(|line| line.id != *id);
    }
}

async fn talk(practice: &Practice, mut socket: WebSocket, mut inbox: Receiver<Sent>) {
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pinged = practice.now();
    loop {
        let going = tokio::select! {
            sent = inbox.recv() => match sent {
                Some(sent) => speak(practice, &mut socket, sent).await,
                None => false,
            },
            said = socket.recv() => match said {
                Some(Ok(Message::Text(text))) => listen(practice, &text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => false,
                Some(Ok(_)) => true,
            },
            _ = tick.tick() => {
                pump(practice, &mut practice.world());
                let now = practice.now();
                if now >= pinged + PING {
                    pinged = now;
                    speak(practice, &mut socket, ping(practice, Some(r#"{"opaque":"practice"}"#))).await
                } else {
                    true
                }
            }
        };
        if !going {
            return;
        }
    }
}

/// Sends a frame; `false` when that was the end.
async fn speak(practice: &Practice, socket: &mut WebSocket, sent: Sent) -> bool {
    // A connection that is open and dead: nothing goes through in either direction.
    if practice.world().is_on(Platform::Dingtalk, Switch::DeadStream) {
        return true;
    }
    let message = match sent {
        Sent::Text(text) => Message::text(text),
        Sent::Binary(bytes) => Message::binary(bytes),
        Sent::Close => {
            let _ = socket.send(Message::Close(None)).await;
            return false;
        }
    };
    socket.send(message).await.is_ok()
}

fn listen(practice: &Practice, text: &str) -> bool {
    let mut world = practice.world();
    if world.is_on(Platform::Dingtalk, Switch::DeadStream) {
        return true;
    }
    if let Some(heard) = frames::heard(text) {
        acknowledge(practice, &mut world, heard);
    }
    true
}
