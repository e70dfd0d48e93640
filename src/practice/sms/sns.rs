//! Amazon SNS `Publish` to a telephone number (§3): what can't be delivered is
//! dropped in silence, with a message id.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, PrimitiveDateTime};

use super::super::jws::hex;
use super::super::platform::Platform;
use super::super::{Practice, answer};
use super::numbers;
use super::raw::{Raw, value};
use super::settings::{House, Settings};
use super::sigv4::Authorization;
use super::state::{Sent, take};
use crate::base::clock::Seconds;

const XMLNS: &str = "http://sns.amazonaws.com/doc/2010-03-31/";
const SKEW: Seconds = 5 * 60;
const PER_SECOND: usize = 20;

/// A refusal: status, code, words.
struct Fault(u16, String, String);

fn fault(status: u16, code: &str, message: impl Into<String>) -> Fault {
    Fault(status, code.to_owned(), message.into())
}

pub(super) async fn call(State(practice): State<Practice>, raw: Raw) -> Response {
    let host = raw.hosts.last().cloned().unwrap_or_default();
    if Platform::of_host(&host) != Some(Platform::Sms) || !host.starts_with("sns.") {
        return answer::empty(StatusCode::NOT_FOUND);
    }
    let request_id = uuid(&practice);
    match publish(&practice, &raw, &host) {
        Ok(id) => {
            let result = format!("<PublishResult><MessageId>{id}</MessageId></PublishResult>");
            let meta = format!("<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>");
            let body = format!("<PublishResponse xmlns=\"{XMLNS}\">{result}{meta}</PublishResponse>");
            written(StatusCode::OK, body, &request_id)
        }
        Err(Fault(status, code, message)) => {
            let side = if status < 500 { "Sender" } else { "Receiver" };
            let message = quick_xml::escape::escape(&message);
            let error = format!("<Error><Type>{side}</Type><Code>{code}</Code><Message>{message}</Message></Error>");
            let tail = format!("<RequestId>{request_id}</RequestId>");
            let body = format!("<ErrorResponse xmlns=\"{XMLNS}\">{error}{tail}</ErrorResponse>");
            written(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), body, &request_id)
        }
    }
}

fn written(status: StatusCode, body: String, request_id: &str) -> Response {
    let mut response = answer::text(status, "text/xml", body);
    answer::set_named(&mut response, "x-amzn-requestid", request_id);
    response
}

fn publish(practice: &Practice, raw: &Raw, host: &str) -> Result<String, Fault> {
    let settings = practice.world().sms.settings(House::Aws).clone();
    authenticate(practice, &settings, raw, host)?;
    if let Some(code) = practice.world().sms.settings(House::Aws).take_fail() {
        return Err(told(&code));
    }
    let form = raw.form_pairs();
    if value(&form, "Action") != Some("Publish") || value(&form, "Version") != Some("2010-03-31") {
        return Err(fault(400, "InvalidAction", "Could not find operation for this action and version"));
    }
    let to = value(&form, "PhoneNumber").unwrap_or_default();
    if numbers::international(to).is_none() {
        let words = format!("Invalid parameter: PhoneNumber Reason: {to} is not valid to publish to");
        return Err(fault(400, "InvalidParameter", words));
    }
    let text =
        value(&form, "Message").ok_or_else(|| fault(400, "InvalidParameter", "Invalid parameter: Empty message"))?;
    if text.len() > 1600 {
        return Err(fault(400, "InvalidParameter", "Invalid parameter: Message too long"));
    }
    let now = practice.now();
    let at_once = practice.world().sms.sent.iter().filter(|sent| sent.house == House::Aws && sent.at == now).count();
    if settings.limits && at_once >= PER_SECOND {
        return Err(fault(400, "Throttling", "Rate exceeded"));
    }
    let sender = attribute(&form, "AWS.SNS.SMS.SenderID").unwrap_or("NOTICE");
    if sender.len() > 11 || !sender.bytes().any(|b| b.is_ascii_alphabetic()) {
        return Err(fault(400, "InvalidParameter", "Invalid parameter: AWS.SNS.SMS.SenderID"));
    }
    let price = attribute(&form, "AWS.SNS.SMS.MaxPrice").and_then(|price| price.parse::<f64>().ok());
    let silent =
        settings.drops || settings.opted_out.iter().any(|number| number == to) || price.is_some_and(|max| max < 0.01);
    let id = uuid(practice);
    let parameters: Map<String, Value> = form.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let sent = Sent {
        house: House::Aws,
        to: to.to_owned(),
        from: sender.to_owned(),
        text: text.to_owned(),
        parameters: Value::Object(parameters),
        id: id.clone(),
        delivered: !silent,
        at: now,
    };
    take(practice, sent);
    Ok(id)
}

fn told(code: &str) -> Fault {
    let status = match code {
        "AuthorizationError" | "InvalidSecurity" | "ExpiredToken" | "InvalidClientTokenId" => 403,
        "Throttled" => 429,
        "InternalError" => 500,
        "ServiceUnavailable" => 503,
        _ => 400,
    };
    let message = if code == "Throttling" { "Rate exceeded" } else { "The request was refused" };
    fault(status, code, message)
}

fn authenticate(practice: &Practice, settings: &Settings, raw: &Raw, host: &str) -> Result<(), Fault> {
    let header = raw.header("authorization");
    let header =
        header.ok_or_else(|| fault(403, "MissingAuthenticationToken", "Request is missing Authentication Token"))?;
    let incomplete =
        || fault(400, "IncompleteSignature", "Authorization header requires Credential, SignedHeaders and Signature");
    let authorization = Authorization::read(header, "AWS4-HMAC-SHA256").ok_or_else(incomplete)?;
    let date = raw.header("x-amz-date").ok_or_else(incomplete)?;
    let sent_at = instant(date).ok_or_else(incomplete)?;
    let unknown = || fault(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
    let credential = settings.credential(authorization.key_id).ok_or_else(unknown)?;
    if credential.token.as_deref() != raw.header("x-amz-security-token") {
        return Err(unknown());
    }
    let region = host.split('.').nth(1).unwrap_or_default();
    let wanted = format!("{}/{region}/sns/aws4_request", date.get(..8).unwrap_or_default());
    if authorization.scope != wanted {
        let words = format!("Credential should be scoped to a valid region, not '{}'.", authorization.scope_part(1));
        return Err(fault(403, "SignatureDoesNotMatch", words));
    }
    let now = practice.now();
    if (now - sent_at).abs() > SKEW {
        let words =
            format!("Signature expired: {date} is now earlier than {} ({} - 5 min.)", basic(now - SKEW), basic(now));
        return Err(fault(403, "SignatureDoesNotMatch", words));
    }
    let needed = ["host", "x-amz-date"].iter().all(|name| authorization.signed.contains(name));
    let token = raw.header("x-amz-security-token").is_none() || authorization.signed.contains(&"x-amz-security-token");
    if needed && token && authorization.is_right(raw, ("AWS4-HMAC-SHA256", "AWS4"), &credential.secret, date) {
        return Ok(());
    }
    let words = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.";
    Err(fault(403, "SignatureDoesNotMatch", words))
}

/// `20250601T083000Z`.
fn instant(text: &str) -> Option<Seconds> {
    let shape = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    PrimitiveDateTime::parse(text, &shape).ok().map(|at| at.assume_utc().unix_timestamp())
}

fn basic(at: Seconds) -> String {
    let shape = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    OffsetDateTime::from_unix_timestamp(at).ok().and_then(|at| at.format(&shape).ok()).unwrap_or_default()
}

/// `MessageAttributes.entry.N.Name` and its value.
fn attribute<'a>(form: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    let (name, _) = form.iter().find(|(name, value)| name.ends_with(".Name") && value == wanted)?;
    value(form, &format!("{}.Value.StringValue", name.strip_suffix(".Name")?))
}

fn uuid(practice: &Practice) -> String {
    let hex = hex(&practice.random().bytes::<16>());
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}
