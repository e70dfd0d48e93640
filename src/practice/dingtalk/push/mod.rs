//! The encrypted push to an application's own address (§10.2), with its check and its retries.

mod seal;

use std::time::Duration;

use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::super::Practice;
use super::super::platform::Platform;
use super::super::push::send;
use super::apps::{App, Way};
use super::events::Event;
use crate::base::clock::Seconds;
use seal::{Envelope, Seal};

const FAILED_LIMIT: usize = 1000;

/// A push that nobody took.
#[derive(Clone, Debug)]
pub(super) struct FailedPush {
    pub(super) client_id: String,
    pub(super) failed_at: Seconds,
    event: Event,
}

impl FailedPush {
    /// As `get_call_back_failed_result` lists it.
    pub(super) fn row(&self) -> Value {
        let mut detail = json!({"corpid": self.event.corp});
        if let Value::Object(fields) = &mut detail {
            match self.event.data.get("userId") {
                Some(userids) => fields.insert("userid".to_owned(), userids.clone()),
                None => fields.insert("callbackData".to_owned(), self.event.data.clone()),
            };
        }
        json!({"call_back_tag": self.event.kind, "event_time": self.event.born, self.event.kind.as_str(): detail})
    }
}

/// Sends an event, without anybody waiting for it; with its retries (§10.2).
pub(super) fn begin(practice: &Practice, (client_id, app): (String, App), url: String, event: Event) {
    if app.callback_tags.as_ref().is_some_and(|tags| !tags.contains(&event.kind)) {
        return;
    }
    let practice = practice.clone();
    tokio::spawn(async move {
        let message = event.flat().to_string();
        let mut pauses = app.retry_milliseconds.iter();
        loop {
            if deliver(&practice, (&client_id, &app), &url, &message).await.is_ok() {
                return;
            }
            let Some(pause) = pauses.next() else { break };
            tokio::time::sleep(Duration::from_millis((*pause).min(60_000))).await;
        }
        let failed_at = practice.now();
        let failed = &mut practice.world().dingtalk.failed;
        if failed.len() < FAILED_LIMIT {
            failed.push(FailedPush { client_id, failed_at, event });
        }
    });
}

/// Saves the console's form (or registers by the interface): the address must answer the check first.
///
/// # Errors
/// What was wrong with the answer; nothing is saved then.
pub(super) async fn subscribe(practice: &Practice, client_id: &str, app: App, url: &str) -> Result<(), String> {
    deliver(practice, (client_id, &app), url, r#"{"EventType":"check_url"}"#).await?;
    let mut world = practice.world();
    let platform = Platform::Dingtalk;
    let found = world.clients.iter_mut().find(|it| it.platform == platform && it.client_id == client_id);
    if let Some(client) = found {
        client.hook = Some(url.to_owned());
    }
    world.dingtalk.put_app(client_id, App { events: Way::Http, ..app });
    Ok(())
}

/// One push; `Ok` when the answer was the encrypted word `success`.
async fn deliver(practice: &Practice, (client_id, app): (&str, &App), url: &str, message: &str) -> Result<(), String> {
    // Who subscribes by the interface is the company; in the console, the application (§10.2).
    let owner = if app.callback_tags.is_some() { app.corp_id.as_str() } else { client_id };
    let seal = Seal::new(&app.token, &app.aes_key, owner).ok_or("the aes_key is not 43 characters of a key")?;
    let timestamp = (practice.now() * 1000).to_string();
    let nonce = practice.random().alphanumeric(8);
    let envelope = seal.close(message, practice.random().bytes::<16>(), (timestamp, nonce));
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("signature", envelope.signature.as_str()),
            ("msg_signature", &envelope.signature),
            ("timestamp", &envelope.timestamp),
            ("nonce", &envelope.nonce),
        ])
        .finish();
    let joint = if url.contains('?') { '&' } else { '?' };
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("{url}{joint}{query}"))
        .header("content-type", "application/json")
        .body(json!({"encrypt": envelope.encrypt}).to_string().into_bytes())
        .map_err(|error| error.to_string())?;
    let within = Duration::from_millis(app.push_milliseconds.min(60_000));
    let response = send(practice, request, within).await.map_err(|error| error.to_string())?;
    if response.status() != StatusCode::OK {
        return Err(format!("status {}", response.status()));
    }
    let reply: Envelope = serde_json::from_slice(response.body()).map_err(|_| "no encrypted JSON in the answer")?;
    match seal.open(&reply)?.as_str() {
        "success" => Ok(()),
        _ => Err("the encrypted answer is not the word success".to_owned()),
    }
}
