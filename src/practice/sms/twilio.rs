//! Twilio's `Messages` (§2.1, §2.3, §2.6).

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::super::{Practice, answer};
use super::raw::{Raw, value};
use super::settings::{House, Settings};
use super::state::{Sent, take};
use super::twilio_callback;
use super::twilio_faults::{Fault, authenticate, check};

/// `POST …/Messages.json`: 201, and everything after that is told later.
pub(super) async fn create(State(practice): State<Practice>, Path(account): Path<String>, raw: Raw) -> Response {
    let mut settings = practice.world().sms.settings(House::Twilio).clone();
    let result = authenticate(&settings, &raw, &account).and_then(|()| {
        if let Some(code) = practice.world().sms.settings(House::Twilio).take_fail() {
            return Err(Fault::told(&code));
        }
        if !raw.has_form() {
            // Twilio reads forms only: nothing of a JSON body arrives.
            return Err(Fault::told("21604"));
        }
        let form = raw.form_pairs();
        check(&practice, &mut settings, &form).map(|()| form)
    });
    match result {
        Ok(form) => created(&practice, &settings, &form),
        Err(fault) => fault.answer(settings.problem_json),
    }
}

fn created(practice: &Practice, settings: &Settings, form: &[(String, String)]) -> Response {
    let field = |name| value(form, name);
    let pool = field("MessagingServiceSid");
    let id = format!("SM{}", super::super::jws::hex(&practice.random().bytes::<16>()));
    let from = field("From").map_or_else(|| settings.senders.first().cloned().unwrap_or_default(), str::to_owned);
    let mut parameters = Map::new();
    for (name, value) in form {
        parameters.insert(name.clone(), json!(value));
    }
    let sent = Sent {
        house: House::Twilio,
        to: field("To").unwrap_or_default().to_owned(),
        from,
        text: field("Body").unwrap_or_default().to_owned(),
        parameters: Value::Object(parameters),
        id: id.clone(),
        delivered: !settings.drops,
        at: practice.now(),
    };
    let shown = shown(settings, &sent, if pool.is_some() { "accepted" } else { "queued" }, pool);
    if let Some(address) = field("StatusCallback") {
        twilio_callback::follow(practice, settings, &sent, address);
    }
    take(practice, sent);
    answer::json(StatusCode::CREATED, &shown)
}

/// `GET …/Messages/{sid}.json`.
pub(super) async fn read(
    State(practice): State<Practice>,
    Path((account, file)): Path<(String, String)>,
    raw: Raw,
) -> Response {
    let settings = practice.world().sms.settings(House::Twilio).clone();
    if let Err(fault) = authenticate(&settings, &raw, &account) {
        return fault.answer(settings.problem_json);
    }
    let id = file.strip_suffix(".json").unwrap_or_default();
    let known = practice.world().sms.sent.iter().find(|sent| sent.house == House::Twilio && sent.id == id).cloned();
    match known {
        Some(sent) => {
            let status = if sent.delivered { "delivered" } else { "undelivered" };
            answer::json(StatusCode::OK, &shown(&settings, &sent, status, None))
        }
        None => Fault::not_found(&raw.path).answer(settings.problem_json),
    }
}

fn shown(settings: &Settings, sent: &Sent, status: &str, pool: Option<&str>) -> Value {
    let account = &settings.account;
    let date = OffsetDateTime::from_unix_timestamp(sent.at).ok().and_then(|at| at.format(&Rfc2822).ok());
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", sent.id);
    json!({
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": sent.text,
        "date_created": date,
        "date_sent": null,
        "date_updated": date,
        "direction": "outbound-api",
        "error_code": null,
        "error_message": null,
        "from": pool.is_none().then_some(&sent.from),
        "messaging_service_sid": pool,
        "num_media": "0",
        "num_segments": if pool.is_some() { "0".to_owned() } else { segments(&sent.text).to_string() },
        "price": null,
        "price_unit": "USD",
        "sid": sent.id,
        "status": status,
        "subresource_uris": {"media": format!("{uri}/Media.json")},
        "to": sent.to,
        "uri": format!("{uri}.json"),
    })
}

/// 160 characters, or 70 with any beyond ASCII; 153 and 67 when there are several parts.
fn segments(text: &str) -> usize {
    let (one, more) = if text.is_ascii() { (160, 153) } else { (70, 67) };
    let units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    if units <= one { 1 } else { units.div_ceil(more) }
}
