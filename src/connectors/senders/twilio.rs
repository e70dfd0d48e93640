//! Twilio, the Messages resource (upstreams/sms.md §2).

mod codes;
mod form;
pub mod report;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::Value;

use super::super::fields::Settings;
use super::super::{Text, Wrong, answer};
use super::exchange::Unwritable;
use super::report::{Arrival, Forged, Report};
use super::text::{NOT_A_HOST, Regions, Texts, is_host};
use super::trouble::told;
use super::{Message, Receipt, SendTrouble, Sender, SenderKind, Sending, Why, encode, exchange};
use crate::base::phone::Phone;
use crate::base::secret::Secret;

/// This kind.
pub static KIND: SenderKind = SenderKind {
    id: "twilio",
    name: Text { en: "Twilio", zh: "Twilio" },
    fields: form::FIELDS,
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
    codes: &[codes::CODES],
};

/// What is posted with HTTP Basic.
pub struct Credentials {
    /// The account's sid, or an API key's (`SK…`).
    pub username: String,
    /// The auth token, or the API key's secret.
    pub password: Secret,
}

struct Twilio {
    account: String,
    credentials: Credentials,
    /// What Twilio signs its reports with; absent where only an API key is known.
    auth_token: Option<Secret>,
    host: String,
    from: String,
    service: String,
    texts: Texts,
    regions: Regions,
}

fn open(settings: &Value) -> Result<Arc<dyn Sender>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let (host, account) = (settings.line("host"), settings.line("account_sid"));
    if !is_host(&host) {
        settings.wrong("host", NOT_A_HOST);
    }
    if !account.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        settings.wrong("account_sid", form::NOT_A_SID);
    }
    let (from, service) = (settings.line("from"), settings.line("messaging_service_sid"));
    if from.is_empty() == service.is_empty() {
        settings.wrong("from", form::ONE_OF_TWO);
    }
    let key = settings.line("api_key_sid");
    let secret = settings.secret("secret").unwrap_or_else(|| Secret::new(""));
    let own = key.is_empty().then(|| secret.clone());
    let twilio = Twilio {
        auth_token: settings.secret("auth_token").or(own),
        credentials: Credentials { username: if key.is_empty() { account.clone() } else { key }, password: secret },
        account,
        host,
        from,
        service,
        texts: Texts::read(&settings),
        regions: Regions::read(&settings),
    };
    settings.finish()?;
    Ok(Arc::new(twilio))
}

impl Sender for Twilio {
    fn serves(&self, to: &Phone) -> bool {
        self.regions.hold(to)
    }

    fn send<'a>(&'a self, cx: &'a Sending, message: &'a Message) -> BoxFuture<'a, Result<Receipt, SendTrouble>> {
        Box::pin(async move {
            let url = format!("https://{}/2010-04-01/Accounts/{}/Messages.json", self.host, self.account);
            let form = self.form(message, cx.report_to.as_deref());
            let answer = exchange::exchange(cx, |_| post(&url, &self.credentials, &form)).await?;
            read(&answer)
        })
    }

    fn heard(&self, report: &Report<'_>) -> Result<Option<Arrival>, Forged> {
        let token = self.auth_token.as_ref().ok_or(Forged)?;
        Ok(report::arrival(&report::signed_fields(token, report)?))
    }
}

impl Twilio {
    fn form(&self, message: &Message, report_to: Option<&str>) -> Vec<(String, String)> {
        let mut form = vec![("To".to_owned(), message.to.e164().to_owned())];
        match &message.signature {
            Some(sender) => form.push(("From".to_owned(), sender.clone())),
            None if self.service.is_empty() => form.push(("From".to_owned(), self.from.clone())),
            None => form.push(("MessagingServiceSid".to_owned(), self.service.clone())),
        }
        form.push(("Body".to_owned(), self.texts.of(message)));
        // A code that arrives too late helps nobody; Twilio takes 1 to 36000 seconds.
        let life = message.minutes.saturating_mul(60).clamp(1, 36_000);
        form.push(("ValidityPeriod".to_owned(), life.to_string()));
        // A report that could not be verified is not asked for.
        if let Some(address) = report_to.filter(|_| self.auth_token.is_some()) {
            form.push(("StatusCallback".to_owned(), address.to_owned()));
        }
        form
    }
}

/// A form with HTTP Basic, as every resource of Twilio takes it.
pub fn post(url: &str, credentials: &Credentials, form: &[(String, String)]) -> Result<Request<Vec<u8>>, Unwritable> {
    let basic = STANDARD.encode(format!("{}:{}", credentials.username, credentials.password.expose()));
    Ok(Request::post(url)
        .header("authorization", format!("Basic {basic}"))
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encode::form(form).into_bytes())?)
}

fn read(answer: &Response<Vec<u8>>) -> Result<Receipt, SendTrouble> {
    let body = answer::object(answer.body()).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| body.get(name).and_then(Value::as_i64).map(|code| code.to_string());
    if !answer.status().is_success() {
        // RFC 9457 where newer products speak it: `code` and `detail`.
        let detail = if text("message").is_empty() { text("detail") } else { text("message") };
        return Err(match number("code") {
            Some(code) => told(KIND.codes, &code, detail, SendTrouble::of_status(answer.status()).why),
            None => SendTrouble::of_status(answer.status()),
        });
    }
    // A 201 may carry a failure of its own.
    let failed = matches!(text("status"), "failed" | "undelivered" | "canceled");
    match number("error_code") {
        Some(code) => Err(told(KIND.codes, &code, text("error_message"), Why::Refused)),
        None if failed => Err(SendTrouble::new(Why::Refused, text("status"), text("error_message"))),
        None if text("sid").is_empty() => Err(SendTrouble::of_status(answer.status())),
        None => Ok(Receipt { message_id: text("sid").to_owned() }),
    }
}
