//! Tencent Cloud SMS (腾讯云短信), `SendSms` of 2021-01-11 under TC3 (upstreams/sms.md §4).

mod codes;
mod form;
pub mod tc3;

use std::sync::Arc;

use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::{Map, Value, json};

use super::super::fields::Settings;
use super::super::{Text, Wrong, answer};
use super::exchange::Unwritable;
use super::text::{NOT_A_HOST, Regions, fill, is_host};
use super::trouble::told;
use super::{Message, Receipt, SendTrouble, Sender, SenderKind, Sending, Why, exchange};
use crate::base::phone::Phone;
use crate::base::secret::Secret;

/// This kind.
pub static KIND: SenderKind = SenderKind {
    id: "tencent",
    name: Text { en: "Tencent Cloud SMS", zh: "腾讯云短信" },
    fields: form::FIELDS,
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
    codes: &[codes::CODES],
};

struct Tencent {
    account: tc3::Account,
    host: String,
    region: String,
    application: String,
    signature: String,
    template: String,
    /// The template for every country but the mainland; empty: not served.
    template_abroad: String,
    parameters: Vec<String>,
    regions: Regions,
}

fn open(settings: &Value) -> Result<Arc<dyn Sender>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let host = settings.line("host");
    if !is_host(&host) {
        settings.wrong("host", NOT_A_HOST);
    }
    let parameters = settings.line("template_params");
    let tencent = Tencent {
        account: tc3::Account {
            id: settings.line("secret_id"),
            key: settings.secret("secret_key").unwrap_or_else(|| Secret::new("")),
            token: None,
        },
        host,
        region: settings.line("region"),
        application: settings.line("sdk_app_id"),
        signature: settings.line("sign_name"),
        template: settings.line("template_id"),
        template_abroad: settings.line("template_id_abroad"),
        parameters: parameters.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        regions: Regions::read(&settings),
    };
    settings.finish()?;
    Ok(Arc::new(tencent))
}

impl Sender for Tencent {
    fn serves(&self, to: &Phone) -> bool {
        self.regions.hold(to) && (to.mainland().is_some() || !self.template_abroad.is_empty())
    }

    fn send<'a>(&'a self, cx: &'a Sending, message: &'a Message) -> BoxFuture<'a, Result<Receipt, SendTrouble>> {
        Box::pin(async move {
            let answer = exchange::exchange(cx, |_| self.request(message, cx)).await?;
            read(&answer)
        })
    }
}

impl Tencent {
    fn request(&self, message: &Message, cx: &Sending) -> Result<Request<Vec<u8>>, Unwritable> {
        let call = tc3::Call {
            host: &self.host,
            service: "sms",
            action: "SendSms",
            version: "2021-01-11",
            region: &self.region,
            content_type: "application/json",
        };
        tc3::request(&self.account, &call, self.body(message).to_string().into_bytes(), cx.now)
    }

    fn body(&self, message: &Message) -> Value {
        let mainland = message.to.mainland().is_some();
        let own = if mainland { &self.template } else { &self.template_abroad };
        let mut body = Map::new();
        body.insert("PhoneNumberSet".to_owned(), json!([message.to.e164()]));
        body.insert("SmsSdkAppId".to_owned(), json!(self.application));
        body.insert("TemplateId".to_owned(), json!(message.template.as_ref().unwrap_or(own)));
        // Only the mainland has signatures of its own; abroad they would have to be approved apart.
        let own = Some(&self.signature).filter(|_| mainland);
        if let Some(signature) = message.signature.as_ref().or(own) {
            body.insert("SignName".to_owned(), json!(signature));
        }
        if !self.parameters.is_empty() {
            let texts = self.parameters.iter().map(|text| fill(text, message)).collect::<Vec<_>>();
            body.insert("TemplateParamSet".to_owned(), json!(texts));
        }
        Value::Object(body)
    }
}

/// Always HTTP 200: the error is either in `Response.Error` or beside the number (sms.md §4.2).
fn read(answer: &Response<Vec<u8>>) -> Result<Receipt, SendTrouble> {
    let body = answer::object(answer.body()).unwrap_or_default();
    let response = body.get("Response").unwrap_or(&Value::Null);
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let refused = |of: &Value| told(KIND.codes, &text(of, "Code"), &text(of, "Message"), Why::Refused);
    let error = &response["Error"];
    if !text(error, "Code").is_empty() {
        return Err(refused(error));
    }
    let sent = response["SendStatusSet"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !answer.status().is_success() || sent.is_empty() || sent.iter().any(|one| text(one, "Code").is_empty()) {
        return Err(SendTrouble::of_status(answer.status()));
    }
    match sent.iter().find(|one| text(one, "Code") != "Ok") {
        Some(one) => Err(refused(one)),
        None => Ok(Receipt { message_id: text(&sent[0], "SerialNo") }),
    }
}
