//! Delivering a message to the application's server address: five seconds, three repeats, a record of each (§5.6 to §5.8).

use std::time::Duration;

use super::super::platform::Platform;
use super::super::switches::{Switch, Switches};
use super::super::{Practice, answer, push};
use super::apps::{App, PushFormat, PushMode};
use super::asked::Known;
use super::event::{Event, envelope};
use super::reply::{Between, read};
use super::seal::{Flaw, seal, signature};
use super::tickets::{Attempt, Delivery, Outcome};

/// One request, ready to be sent as often as needed.
struct Parcel {
    url: String,
    body: String,
}

/// Delivers a message and gives what the chat shows.
pub(super) async fn deliver(practice: &Practice, known: &Known, openid: &str, event: &Event) -> Outcome {
    let Some(hook) = known.client.hook.as_deref() else { return Outcome::Silent };
    let mut delivery = Delivery {
        number: 0,
        appid: known.appid().to_owned(),
        event: event.name().to_owned(),
        attempts: Vec::new(),
        outcome: Outcome::Unavailable { why: "No answer in time".to_owned() },
    };
    let renewed = practice.world().is_on(Platform::Wechat, Switch::PushRenewed);
    let mut parcel = pack(practice, known, (hook, openid), event);
    for repeat in 0..=known.app.push_retries {
        if repeat > 0 && renewed {
            parcel = pack(practice, known, (hook, openid), event);
        }
        let Some(ready) = &parcel else { break };
        let attempt = send(practice, &known.app, &ready.url, &ready.body).await;
        // Nothing came back, or the server itself failed: it is repeated.
        let heard = (200..500).contains(&attempt.status);
        if heard {
            let between = Between { app: &known.app, appid: known.appid(), openid };
            delivery.outcome = if attempt.status == 200 {
                read(&between, &attempt.answer)
            } else {
                Outcome::Unavailable { why: format!("The answer has status {}", attempt.status) }
            };
        }
        delivery.attempts.push(attempt);
        if heard {
            break;
        }
    }
    let outcome = delivery.outcome.clone();
    practice.world().wechat.record(delivery);
    outcome
}

/// What a mini program posts to its own server.
pub(super) async fn send_json(practice: &Practice, app: &App, url: &str, body: &serde_json::Value) -> Attempt {
    post(practice, app, (url, "application/json"), &body.to_string()).await
}

/// Sends a recorded request once more, to the letter.
pub(super) async fn send(practice: &Practice, app: &App, url: &str, body: &str) -> Attempt {
    let content_type = if app.push_format == PushFormat::Json { "application/json" } else { "text/xml" };
    post(practice, app, (url, content_type), body).await
}

async fn post(practice: &Practice, app: &App, (url, content_type): (&str, &str), body: &str) -> Attempt {
    let within = Duration::from_millis(app.push_milliseconds);
    let request = http::Request::post(url)
        .header("content-type", content_type)
        .header("user-agent", "Mozilla/4.0")
        .body(body.as_bytes().to_vec());
    let response = match request {
        Ok(request) => push::send(practice, request, within).await.ok(),
        Err(_) => None,
    };
    let (status, answer) = response.map_or_else(Default::default, |response| {
        (response.status().as_u16(), String::from_utf8_lossy(response.body()).into_owned())
    });
    Attempt { url: url.to_owned(), body: body.to_owned(), status, answer }
}

fn pack(practice: &Practice, known: &Known, (hook, openid): (&str, &str), event: &Event) -> Option<Parcel> {
    let switches = practice.world().switches(Platform::Wechat);
    let app = &known.app;
    let old = if switches.is_on(Switch::PushOldTimestamp) { 3_600 } else { 0 };
    let timestamp = (practice.now() - old).to_string();
    let nonce = u32::from_be_bytes(practice.random().bytes()).to_string();
    let mut query = vec![("signature", signature(&[&app.token, &timestamp, &nonce]))];
    if switches.is_on(Switch::PushBadSignature) {
        query[0].1 = spoiled(&query[0].1);
    }
    query.extend([("timestamp", timestamp.clone()), ("nonce", nonce.clone()), ("openid", openid.to_owned())]);
    let spaced = switches.is_on(Switch::SpacedKeys);
    let mut plain = event.body(app.push_format, spaced);
    if switches.is_on(Switch::PushDoctype) {
        plain = format!("<!DOCTYPE xml [<!ENTITY file SYSTEM \"file:///etc/hostname\">]>{plain}");
    }
    let body = if app.push_mode == PushMode::Plain {
        plain
    } else {
        let receiver = if switches.is_on(Switch::PushForeignAppid) { "wx0000000000000000" } else { known.appid() };
        let sealed = seal(&app.aes_key, practice.random().bytes(), &plain, receiver, flaw(&switches))?;
        let mut msg_signature = signature(&[&app.token, &timestamp, &nonce, &sealed]);
        if switches.is_on(Switch::PushBadMsgSignature) {
            msg_signature = spoiled(&msg_signature);
        }
        query.extend([("encrypt_type", "aes".to_owned()), ("msg_signature", msg_signature)]);
        match app.push_mode {
            PushMode::Compatible => event.beside(app.push_format, &sealed),
            _ => envelope(app.push_format, &app.gh_id, &sealed),
        }
    };
    let pairs: Vec<(String, String)> = query.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Some(Parcel { url: answer::with_query(hook, &pairs), body })
}

fn flaw(switches: &Switches) -> Flaw {
    [
        (Switch::PushPadZero, Flaw::PadZero),
        (Switch::PushPadHuge, Flaw::PadHuge),
        (Switch::PushGiantLength, Flaw::GiantLength),
        (Switch::PushTruncated, Flaw::Truncated),
    ]
    .into_iter()
    .find_map(|(switch, flaw)| switches.is_on(switch).then_some(flaw))
    .unwrap_or_default()
}

/// Another hex digit at the end.
fn spoiled(signature: &str) -> String {
    let last = if signature.ends_with('0') { '1' } else { '0' };
    let front = signature.get(..signature.len().saturating_sub(1)).unwrap_or_default();
    format!("{front}{last}")
}

/// What came back to a handshake.
#[derive(Debug, serde::Serialize)]
pub(super) struct Handshake {
    /// Whether the body was the echostr, byte for byte.
    pub(super) accepted: bool,
    pub(super) status: u16,
    pub(super) body: String,
}

/// Asks the server address to prove itself, as the console does on saving (§5.5).
pub(super) async fn handshake(practice: &Practice, known: &Known, badly_signed: bool) -> Handshake {
    let timestamp = practice.now().to_string();
    let nonce = u32::from_be_bytes(practice.random().bytes()).to_string();
    let echostr = u64::from_be_bytes(practice.random().bytes()).to_string();
    let mut signature = signature(&[&known.app.token, &timestamp, &nonce]);
    if badly_signed {
        signature = spoiled(&signature);
    }
    let query = [("signature", &*signature), ("timestamp", &timestamp), ("nonce", &nonce), ("echostr", &echostr)];
    let url = answer::with_query(known.client.hook.as_deref().unwrap_or_default(), &answer::pairs(&query));
    let request = http::Request::get(url).header("user-agent", "Mozilla/4.0").body(Vec::new());
    let within = Duration::from_millis(known.app.push_milliseconds);
    let response = match request {
        Ok(request) => push::send(practice, request, within).await.ok(),
        Err(_) => None,
    };
    let Some(response) = response else { return Handshake { accepted: false, status: 0, body: String::new() } };
    let status = response.status().as_u16();
    Handshake {
        accepted: status == 200 && response.body() == echostr.as_bytes(),
        status,
        body: String::from_utf8_lossy(response.body()).into_owned(),
    }
}
