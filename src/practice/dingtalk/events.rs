//! Something happened in a company: every application that listens hears of it (§10.3).

use serde_json::{Map, Value, json};

use super::super::Practice;
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::super::world::World;
use super::CORP;
use super::apps::Way;
use super::{push, stream};

/// An event, before it is written for Stream or push.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) id: String,
    /// `user_add_org` and so on.
    pub(super) kind: String,
    pub(super) corp: String,
    /// Milliseconds.
    pub(super) born: i64,
    pub(super) data: Value,
}

impl Event {
    /// The flat object of the push: data beside the names of the event.
    pub(super) fn flat(&self) -> Value {
        let mut whole: Map<String, Value> = Map::new();
        whole.insert("EventType".to_owned(), json!(self.kind));
        whole.insert("EventTime".to_owned(), json!(self.born));
        whole.insert("CorpId".to_owned(), json!(self.corp));
        whole.insert("BizId".to_owned(), json!(self.id));
        whole.insert("eventId".to_owned(), json!(self.id));
        if let Value::Object(data) = &self.data {
            whole.extend(data.clone());
        }
        Value::Object(whole)
    }
}

/// Tells every application that serves the company and listens.
pub(super) fn announce(practice: &Practice, world: &mut World, corp: &str, (kind, data): (&str, Value)) {
    let state = &mut world.dingtalk;
    state.event_number += 1;
    let event = Event {
        id: format!("e{:08}", state.event_number),
        kind: kind.to_owned(),
        corp: corp.to_owned(),
        born: practice.now() * 1000,
        data: if world.is_on(Platform::Dingtalk, Switch::CapitalEvents) { capital(data) } else { data },
    };
    let clients = world.clients.iter().filter(|client| client.platform == Platform::Dingtalk);
    let clients: Vec<_> = clients.map(|client| (client.client_id.clone(), client.hook.clone())).collect();
    for (client_id, hook) in clients {
        let app = world.dingtalk.app(&client_id);
        if !app.serves(corp) {
            continue;
        }
        match (app.events, hook) {
            (Way::Stream, _) => stream::enqueue(practice, world, &client_id, &event),
            (Way::Http, Some(url)) => push::begin(practice, (client_id, app), url, event.clone()),
            _ => {}
        }
    }
}

/// Looks who came to the practice company and who went since the last time, and tells it.
pub(in crate::practice) fn notice(practice: &Practice) {
    let mut guard = practice.world();
    let world = &mut *guard;
    let Some(company) = world.dingtalk.companies.get_mut(CORP) else { return };
    let (came, went) = company.notice(&world.people, practice.now());
    for (kind, userids) in [("user_add_org", came), ("user_leave_org", went)] {
        if !userids.is_empty() {
            announce(practice, world, CORP, people(practice, kind, &userids));
        }
    }
}

/// Events about people.
pub(super) fn people(practice: &Practice, kind: &'static str, userids: &[String]) -> (&'static str, Value) {
    (kind, json!({"timeStamp": (practice.now() * 1000).to_string(), "userId": userids}))
}

/// Events about departments.
pub(super) fn departments(kind: &'static str, ids: &[u64]) -> (&'static str, Value) {
    (kind, json!({"deptId": ids}))
}

/// Names as older payloads write them.
fn capital(data: Value) -> Value {
    let Value::Object(fields) = data else { return data };
    let raised = fields.into_iter().map(|(name, value)| {
        let mut letters = name.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        (first.into_iter().chain(letters).collect::<String>(), value)
    });
    Value::Object(raised.collect())
}
