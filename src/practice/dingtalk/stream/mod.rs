//! Stream mode (§10.1): a ticket, a WebSocket, events that are acknowledged or come again.
//!
//! It knows connections and what waits for them; it must not know what an event is about.

mod frames;
mod open;
mod queue;
mod socket;

use std::collections::VecDeque;

use axum::Router;
use axum::routing::any;
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

use super::super::Practice;
use super::super::shelf::Shelf;
use super::super::world::World;
use super::events::Event;
use crate::base::clock::Seconds;

pub(super) use frames::{disconnect, ping};
pub(super) use open::open;
pub(super) use queue::{enqueue, release};

const HOST: &str = "wss-open-connection.dingtalk.com";
const TICKET_LIMIT: usize = 1000;
const PARCEL_LIMIT: usize = 2000;
const LINE_LIMIT: usize = 100;
const HISTORY: usize = 200;

/// Connections, and the events that wait for them.
pub(super) struct Streams {
    tickets: Shelf<Ticket>,
    lines: Vec<Line>,
    parcels: VecDeque<Parcel>,
    /// Message ids that were acknowledged, with the status the application gave.
    acknowledged: VecDeque<(String, String)>,
    counter: u64,
}

/// Good for one connection.
struct Ticket {
    client_id: String,
    expires_at: Seconds,
}

/// A connection that is open.
struct Line {
    id: String,
    client_id: String,
    door: Sender<Sent>,
}

/// What goes to a connection.
#[derive(Clone, Debug)]
pub(super) enum Sent {
    Text(String),
    Binary(Vec<u8>),
    Close,
}

/// An event on its way to an application.
struct Parcel {
    message_id: String,
    client_id: String,
    event: Event,
    /// The connection it went to, and when.
    sent: Option<(String, Seconds)>,
    /// Not before this moment: the application asked for it later.
    not_before: Seconds,
    deliveries: u32,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            tickets: Shelf::new(TICKET_LIMIT),
            lines: Vec::new(),
            parcels: VecDeque::new(),
            acknowledged: VecDeque::new(),
            counter: 0,
        }
    }
}

impl Streams {
    /// Sends the same to every connection of an application; to how many.
    pub(super) fn tell(&self, client_id: &str, sent: &Sent) -> usize {
        let mine = self.lines.iter().filter(|line| line.client_id == client_id);
        mine.filter(|line| line.door.try_send(sent.clone()).is_ok()).count()
    }

    /// What is open, what waits and what was acknowledged, as the control API shows it.
    pub(super) fn report(&self) -> Value {
        json!({
            "connections": self.lines.iter().map(|line| json!({"id": line.id, "client_id": line.client_id})).collect::<Vec<_>>(),
            "waiting": self.parcels.iter().map(|parcel| json!({
                "messageId": parcel.message_id, "eventType": parcel.event.kind, "client_id": parcel.client_id,
                "sent": parcel.sent.is_some(), "deliveries": parcel.deliveries,
            })).collect::<Vec<_>>(),
            "acknowledged": self.acknowledged.iter().map(|(id, status)| json!({"messageId": id, "status": status})).collect::<Vec<_>>(),
        })
    }

    /// What was sent but never acknowledged goes again at once.
    pub(super) fn redeliver(&mut self) {
        self.parcels.iter_mut().for_each(|parcel| parcel.sent = None);
    }
}

pub(super) fn routes() -> Router<Practice> {
    Router::new().route(&format!("/{HOST}/connect"), any(socket::connect))
}

/// Lets waiting events go, as far as there are connections.
pub(super) fn pump(practice: &Practice, world: &mut World) {
    queue::pump(practice, world);
}
