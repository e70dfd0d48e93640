//! `POST /v1.0/gateway/connections/open` (§10.1).

use serde_json::json;

use super::super::super::Practice;
use super::super::super::world::World;
use super::super::api::{Answer, Problem};
use super::super::call::Call;
use super::super::state::client;
use super::{HOST, Ticket};
use crate::base::secret::same;

/// How long a ticket waits for its connection; DingTalk does not say.
const TICKET_LIFE: i64 = 90;

pub(in crate::practice::dingtalk) fn open(practice: &Practice, world: &mut World, call: &Call) -> Answer {
    let body = call.json().ok_or_else(Problem::no_body)?;
    let client_id = body.word("clientId");
    if !client(&world.clients, &client_id).is_some_and(|it| same(&it.client_secret, &body.word("clientSecret"))) {
        return Err(Problem::bad_client());
    }
    if !body.has("subscriptions") {
        return Err(Problem::new(400, "invalidParameter.param.invalid", "subscriptions不能为空"));
    }
    let ticket = practice.random().alphanumeric(32);
    let expires_at = practice.now() + TICKET_LIFE;
    world.dingtalk.streams.tickets.put(ticket.clone(), Ticket { client_id, expires_at });
    Ok(json!({"endpoint": format!("wss://{HOST}:443/connect"), "ticket": ticket}))
}
