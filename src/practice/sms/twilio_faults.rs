//! Who may send through Twilio, to whom, and how a refusal looks (§2.2, §2.3).

use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::super::{Practice, answer};
use super::numbers;
use super::raw::{Raw, value};
use super::settings::Settings;
use crate::base::secret::same;

/// A refusal.
pub(super) struct Fault {
    code: u32,
    status: u16,
    message: String,
}

impl Fault {
    fn new(code: u32, message: impl Into<String>) -> Self {
        let status = match code {
            20003 => 401,
            20404 => 404,
            20429 => 429,
            20500 => 500,
            20503 => 503,
            _ => 400,
        };
        Self { code, status, message: message.into() }
    }

    /// The refusal with that code, in general words.
    pub(super) fn told(code: &str) -> Self {
        let number = code.parse().unwrap_or(20500);
        let message = match number {
            20003 => "Authenticate",
            20429 => "Too Many Requests",
            21408 => "Permission to send an SMS has not been enabled for the region indicated by the 'To' number.",
            21602 => "Message body is required.",
            21603 => "A 'From' phone number is required.",
            21604 => "A 'To' phone number is required.",
            21608 => "The number is unverified. Trial accounts cannot send messages to unverified numbers.",
            21610 => "Attempt to send to unsubscribed recipient",
            21611 => "This 'From' number has exceeded the maximum number of queued messages",
            21617 => "The concatenated message body exceeds the 1600 character limit.",
            _ => "The request was refused.",
        };
        Self::new(number, message)
    }

    pub(super) fn not_found(path: &str) -> Self {
        Self::new(20404, format!("The requested resource {path} was not found"))
    }

    /// The answer, in the old shape or as RFC 9457 says.
    pub(super) fn answer(&self, problem: bool) -> Response {
        let Self { code, status, message } = self;
        let help = format!("https://www.twilio.com/docs/errors/{code}");
        let http = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = if problem {
            let body = json!({"type": help, "title": message, "status": status, "code": code, "detail": message});
            answer::text(http, "application/problem+json", body.to_string())
        } else {
            let body = json!({"code": code, "message": message, "more_info": help, "status": status});
            answer::json(http, &body)
        };
        if *code == 20003 {
            answer::set_named(&mut response, "www-authenticate", "Basic realm=\"Twilio API\"");
        }
        response
    }
}

/// The account's own token, or an API key of it; the path has to name the account.
pub(super) fn authenticate(settings: &Settings, raw: &Raw, account: &str) -> Result<(), Fault> {
    let known = basic(raw).is_some_and(|(id, secret)| {
        settings.credential(&id).is_some_and(|credential| same(&credential.secret, &secret))
    });
    if !known {
        return Err(Fault::told("20003"));
    }
    if account == settings.account { Ok(()) } else { Err(Fault::not_found(&raw.path)) }
}

fn basic(raw: &Raw) -> Option<(String, String)> {
    use base64::Engine as _;
    let encoded = raw.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).ok()?).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

/// Twilio's magic numbers first, then its rules.
pub(super) fn check(practice: &Practice, settings: &mut Settings, form: &[(String, String)]) -> Result<(), Fault> {
    let to = value(form, "To").ok_or_else(|| Fault::told("21604"))?;
    let body = value(form, "Body").ok_or_else(|| Fault::told("21602"))?;
    if body.chars().count() > 1600 {
        return Err(Fault::told("21617"));
    }
    match (value(form, "From"), value(form, "MessagingServiceSid")) {
        (None, None) => return Err(Fault::told("21603")),
        (Some(from), None) => sender(settings, from)?,
        _ => {}
    }
    recipient(settings, to)?;
    let now = practice.now();
    let last_minute = practice.world().sms.sent.iter().filter(|sent| sent.to == to && sent.at >= now - 1).count();
    // Twilio names no figure per recipient; this one only stops a run-away loop.
    if settings.limits && last_minute >= 30 { Err(Fault::told("20429")) } else { Ok(()) }
}

fn sender(settings: &Settings, from: &str) -> Result<(), Fault> {
    let named = from.len() <= 11 && from.bytes().any(|b| b.is_ascii_alphabetic());
    match from {
        "+15005550001" => Err(Fault::new(21212, format!("The 'From' number {from} is not a valid phone number."))),
        "+15005550008" => Err(Fault::told("21611")),
        _ if named || settings.senders.iter().any(|own| own == from) => Ok(()),
        _ if numbers::international(from).is_none() && from != "+15005550007" => {
            Err(Fault::new(21212, format!("The 'From' number {from} is not a valid phone number.")))
        }
        _ => {
            let words = "is not a valid, SMS-capable inbound phone number or short code for your account.";
            Err(Fault::new(21606, format!("The 'From' phone number provided {from} {words}")))
        }
    }
}

fn recipient(settings: &Settings, to: &str) -> Result<(), Fault> {
    match to {
        "+15005550001" => Err(invalid(to)),
        "+15005550002" => Err(Fault::new(21612, "The message from this 'From' can't be routed to this 'To' number.")),
        "+15005550003" => Err(Fault::told("21408")),
        "+15005550004" => Err(Fault::told("21610")),
        "+15005550009" => Err(Fault::new(21614, format!("'To' number {to} is not a valid mobile number"))),
        _ if settings.opted_out.iter().any(|number| number == to) => Err(Fault::told("21610")),
        _ if numbers::international(to).is_none() && !to.starts_with("+15005550") => Err(invalid(to)),
        _ => Ok(()),
    }
}

fn invalid(to: &str) -> Fault {
    Fault::new(21211, format!("The 'To' number {to} is not a valid phone number."))
}
