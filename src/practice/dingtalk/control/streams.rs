//! Stream connections and events, by hand.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::super::Practice;
use super::super::super::platform::Platform;
use super::super::CORP;
use super::super::events::announce;
use super::super::stream::{self, Sent};
use super::{done, given, ok};

/// Which application's connections.
#[derive(serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Whose {
    client_id: String,
    /// Of a ping; null for one without data.
    data: Option<String>,
    /// Of a frame.
    text: Option<String>,
    /// Of a binary frame.
    binary: Option<String>,
}

impl Default for Whose {
    fn default() -> Self {
        let client_id = Platform::Dingtalk.client_id().to_owned();
        Self { client_id, data: Some(r#"{"opaque":"practice"}"#.to_owned()), text: None, binary: None }
    }
}

fn tell(practice: &Practice, whose: &Whose, sent: &Sent) -> Response {
    let reached = practice.world().dingtalk.streams.tell(&whose.client_id, sent);
    ok(&json!({"connections": reached}))
}

pub(super) async fn read(State(practice): State<Practice>) -> Response {
    ok(&practice.world().dingtalk.streams.report())
}

pub(super) async fn ping(State(practice): State<Practice>, body: Option<Json<Whose>>) -> Response {
    let whose = given(body);
    tell(&practice, &whose, &stream::ping(&practice, whose.data.as_deref()))
}

/// Asks to come back with a new ticket.
pub(super) async fn disconnect(State(practice): State<Practice>, body: Option<Json<Whose>>) -> Response {
    tell(&practice, &given(body), &stream::disconnect(&practice))
}

/// Ends the connections without a word.
pub(super) async fn close(State(practice): State<Practice>, body: Option<Json<Whose>>) -> Response {
    tell(&practice, &given(body), &Sent::Close)
}

/// Sends any frame.
pub(super) async fn frame(State(practice): State<Practice>, Json(whose): Json<Whose>) -> Response {
    let sent = match (&whose.text, &whose.binary) {
        (Some(text), _) => Sent::Text(text.clone()),
        (None, binary) => Sent::Binary(binary.clone().unwrap_or_default().into_bytes()),
    };
    tell(&practice, &whose, &sent)
}

/// What was not acknowledged goes again at once.
pub(super) async fn redeliver(State(practice): State<Practice>) -> Response {
    let mut world = practice.world();
    world.dingtalk.streams.redeliver();
    stream::pump(&practice, &mut world);
    done()
}

/// Any event.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Any {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Value,
    #[serde(default)]
    corp_id: Option<String>,
}

pub(super) async fn event(State(practice): State<Practice>, Json(any): Json<Any>) -> Response {
    let corp = any.corp_id.unwrap_or_else(|| CORP.to_owned());
    announce(&practice, &mut practice.world(), &corp, (&any.kind, any.data));
    done()
}

/// How held events go.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Order {
    /// The last one first.
    backwards: bool,
}

pub(super) async fn release(State(practice): State<Practice>, body: Option<Json<Order>>) -> Response {
    stream::release(&practice, &mut practice.world(), given(body).backwards);
    done()
}
