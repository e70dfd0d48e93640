//! AWS SNS, `Publish` to a phone number (upstreams/sms.md §3).
//!
//! A number that opted out, an account in the sandbox and a spent budget are no
//! errors here: SNS answers 200 and sends nothing. Only `CloudWatch` tells.

mod codes;
mod form;

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::Value;

use super::super::fields::Settings;
use super::super::push::{Fields, xml};
use super::super::{Text, Wrong};
use super::exchange::Unwritable;
use super::text::{NOT_A_HOST, Regions, Texts, is_host};
use super::trouble::told;
use super::{Message, Receipt, SendTrouble, Sender, SenderKind, Sending, Why, encode, exchange};
use crate::base::clock::Seconds;
use crate::base::phone::Phone;
use crate::base::secret::Secret;

/// This kind.
pub static KIND: SenderKind = SenderKind {
    id: "aws",
    name: Text { en: "AWS SNS", zh: "AWS SNS" },
    fields: form::FIELDS,
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
    codes: &[codes::CODES],
};

/// Who signs, and where.
pub struct Account {
    /// Access key id.
    pub key_id: String,
    /// Its secret.
    pub secret: Secret,
    /// The token of temporary credentials.
    pub token: Option<Secret>,
    /// `us-east-1`.
    pub region: String,
    /// `sns.us-east-1.amazonaws.com`.
    pub host: String,
}

/// An attribute of the message: name, type, value.
pub type Attribute = (&'static str, &'static str, String);

struct Sns {
    account: Account,
    attributes: Vec<Attribute>,
    texts: Texts,
    regions: Regions,
}

fn open(settings: &Value) -> Result<Arc<dyn Sender>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let region = settings.line("region");
    let typed = settings.line("host");
    let host = if typed.is_empty() { format!("sns.{region}.amazonaws.com") } else { typed };
    if !is_host(&host) {
        settings.wrong("host", NOT_A_HOST);
    }
    if !region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        settings.wrong("region", form::NOT_A_REGION);
    }
    let sns = Sns {
        account: Account {
            key_id: settings.line("access_key_id"),
            secret: settings.secret("secret_access_key").unwrap_or_else(|| Secret::new("")),
            token: None,
            region,
            host,
        },
        attributes: attributes(&settings),
        texts: Texts::read(&settings),
        regions: Regions::read(&settings),
    };
    settings.finish()?;
    Ok(Arc::new(sns))
}

fn attributes(settings: &Settings<'_>) -> Vec<Attribute> {
    let mut attributes = vec![
        ("AWS.SNS.SMS.SenderID", "String", settings.line("sender_id")),
        // Codes must not wait behind advertising, which is the account's default.
        ("AWS.SNS.SMS.SMSType", "String", "Transactional".to_owned()),
        ("AWS.SNS.SMS.MaxPrice", "Number", settings.line("max_price")),
        ("AWS.MM.SMS.OriginationNumber", "String", settings.line("origination_number")),
    ];
    attributes.retain(|(_, _, value)| !value.is_empty());
    attributes
}

impl Sender for Sns {
    fn serves(&self, to: &Phone) -> bool {
        self.regions.hold(to)
    }

    fn send<'a>(&'a self, cx: &'a Sending, message: &'a Message) -> BoxFuture<'a, Result<Receipt, SendTrouble>> {
        Box::pin(async move {
            let mut attributes = self.attributes.clone();
            if let Some(name) = &message.signature {
                attributes.retain(|(key, _, _)| *key != "AWS.SNS.SMS.SenderID");
                attributes.insert(0, ("AWS.SNS.SMS.SenderID", "String", name.clone()));
            }
            let form = publish(message.to.e164(), &self.texts.of(message), &attributes);
            let answer = exchange::exchange(cx, |_| request(&self.account, &form, cx.now)).await?;
            read(&answer)
        })
    }
}

/// The form of a `Publish`.
#[must_use]
pub fn publish(to: &str, text: &str, attributes: &[Attribute]) -> Vec<(String, String)> {
    let fixed = [("Action", "Publish"), ("Version", "2010-03-31"), ("PhoneNumber", to), ("Message", text)];
    let mut form = fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    for (at, (name, kind, value)) in attributes.iter().enumerate() {
        let entry = format!("MessageAttributes.entry.{}", at + 1);
        form.push((format!("{entry}.Name"), (*name).to_owned()));
        form.push((format!("{entry}.Value.DataType"), (*kind).to_owned()));
        form.push((format!("{entry}.Value.StringValue"), value.clone()));
    }
    form
}

/// The request under Signature Version 4. The content type is signed exactly as it is sent.
pub fn request(account: &Account, form: &[(String, String)], now: Seconds) -> Result<Request<Vec<u8>>, Unwritable> {
    let body = encode::form(form).into_bytes();
    let url = format!("https://{}/", account.host);
    let content_type = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    let token = account.token.as_ref().map(|token| token.expose().to_owned());
    let identity = Credentials::new(account.key_id.clone(), account.secret.expose(), token, None, "hufu").into();
    let time = UNIX_EPOCH + Duration::from_secs(u64::try_from(now).unwrap_or(0));
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&account.region)
        .name("sns")
        .time(time)
        .settings(SigningSettings::default())
        .build()
        .map_err(|_| Unwritable)?
        .into();
    let headers = [content_type].into_iter();
    let signable = SignableRequest::new("POST", &url, headers, SignableBody::Bytes(&body)).map_err(|_| Unwritable)?;
    let (instructions, _) = sign(signable, &parameters).map_err(|_| Unwritable)?.into_parts();
    let mut request = Request::post(&url).header(content_type.0, content_type.1);
    for (name, value) in instructions.headers() {
        request = request.header(name, value);
    }
    Ok(request.body(body)?)
}

fn read(answer: &Response<Vec<u8>>) -> Result<Receipt, SendTrouble> {
    let fields = xml::read(answer.body()).unwrap_or_default();
    let message_id = ending(&fields, "MessageId");
    if answer.status().is_success() && !message_id.is_empty() {
        return Ok(Receipt { message_id });
    }
    let code = ending(&fields, "Code");
    if code.is_empty() || answer.status().is_success() {
        return Err(SendTrouble::of_status(answer.status()));
    }
    let detail = if code == "SignatureDoesNotMatch" { String::new() } else { ending(&fields, "Message") };
    Err(refused(&code, &detail))
}

/// `InvalidParameter` is said of the number and of everything else; the message tells which.
fn refused(code: &str, detail: &str) -> SendTrouble {
    let of_number = detail.contains("PhoneNumber") || detail.contains("E164") || detail.contains("Phone number");
    if code.starts_with("InvalidParameter") && of_number {
        return SendTrouble::new(Why::BadNumber, "InvalidParameter.PhoneNumber", detail);
    }
    told(KIND.codes, code, detail, Why::Refused)
}

/// By the last name of its path: `Error/Code` and, from other front doors, `Errors/Error/Code`.
fn ending(fields: &Fields, name: &str) -> String {
    let found = fields.iter().find(|(path, _)| path.rsplit('/').next() == Some(name));
    found.map(|(_, value)| value.to_owned()).unwrap_or_default()
}
