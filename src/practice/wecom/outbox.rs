//! Pushes the waiting events, one after another: five seconds each, three more tries, then it is lost (§8.3).

use std::time::Duration;

use serde_json::json;

use super::super::platform::Platform;
use super::super::wechat::seal::{Flaw, seal, signature};
use super::super::{Practice, push};
use super::corp::{Corp, HOME, with};
use super::events::Event;

const PATIENCE: Duration = Duration::from_secs(5);
const TRIES: u8 = 4;
const REMEMBERED: usize = 200;

/// Somebody was hired, renamed or left among the practice people: the company takes it over and tells of it.
pub(in crate::practice) fn people_changed(practice: &Practice) {
    start(practice, HOME);
}

/// Starts to push, unless somebody does.
pub(super) fn start(practice: &Practice, corpid: &str) {
    let idle = with(practice, corpid, |corp| {
        !corp.queue.waiting.is_empty() && !std::mem::replace(&mut corp.queue.running, true)
    });
    if idle == Some(true) {
        tokio::spawn(run(practice.clone(), corpid.to_owned()));
    }
}

async fn run(practice: Practice, corpid: String) {
    loop {
        let next = with(&practice, &corpid, |corp| {
            let next = corp.queue.waiting.pop_front();
            corp.queue.running = next.is_some();
            next
        });
        let Some(Some(event)) = next else { return };
        deliver(&practice, &corpid, &event).await;
    }
}

/// Where the company's events go.
pub(super) fn hook(practice: &Practice, corpid: &str) -> Option<String> {
    let own = with(practice, corpid, |corp| corp.settings.contact.hook.clone()).flatten();
    let registered = || practice.world().client(Platform::Wecom, corpid)?.hook.clone();
    own.or_else(|| if corpid == HOME { registered() } else { None })
}

async fn deliver(practice: &Practice, corpid: &str, event: &Event) {
    let Some(hook) = hook(practice, corpid) else { return note(practice, corpid, event, (0, None)) };
    for attempt in 1..=TRIES {
        let Some(request) = request(practice, corpid, &hook, &event.xml) else { return };
        let status = match push::send(practice, request, PATIENCE).await {
            Ok(answer) => Some(answer.status().as_u16()),
            Err(_) => None,
        };
        note(practice, corpid, event, (attempt, status));
        if status == Some(200) {
            return;
        }
    }
}

fn note(practice: &Practice, corpid: &str, event: &Event, (attempt, status): (u8, Option<u16>)) {
    let entry = json!({"change": event.change, "xml": event.xml, "attempt": attempt, "status": status});
    with(practice, corpid, |corp: &mut Corp| {
        if corp.pushed.len() >= REMEMBERED {
            corp.pushed.pop_front();
        }
        corp.pushed.push_back(entry);
    });
}

fn request(practice: &Practice, corpid: &str, hook: &str, xml: &str) -> Option<http::Request<Vec<u8>>> {
    let (encrypted, query) = sealed(practice, corpid, xml)?;
    let joint = if hook.contains('?') { '&' } else { '?' };
    let to = format!("<ToUserName><![CDATA[{corpid}]]></ToUserName><AgentID><![CDATA[]]></AgentID>");
    let body = format!("<xml>{to}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>");
    http::Request::post(format!("{hook}{joint}{query}")).header("content-type", "text/xml").body(body.into_bytes()).ok()
}

/// The ciphertext, and `msg_signature`, `timestamp` and `nonce` as a query.
pub(super) fn sealed(practice: &Practice, corpid: &str, message: &str) -> Option<(String, String)> {
    let (contact, quirks) =
        with(practice, corpid, |corp| (corp.settings.contact.clone(), corp.settings.quirks.clone()))?;
    let receiver = if quirks.wrong_receiver { "wwstranger00000000" } else { corpid };
    let encrypted = seal(&contact.aes_key, practice.random().bytes(), message, receiver, Flaw::None)?;
    let timestamp = practice.now().to_string();
    let nonce = (u32::from_be_bytes(practice.random().bytes()) % 1_000_000_000).to_string();
    let token = if quirks.wrong_signature { "another" } else { contact.token.as_str() };
    let signature = signature(&[token, &timestamp, &nonce, &encrypted]);
    Some((encrypted, format!("msg_signature={signature}&timestamp={timestamp}&nonce={nonce}")))
}
