//! Alibaba Cloud SMS (阿里云短信服务), `SendSms` of Dysmsapi 2017-05-25 under
//! signature V3 (upstreams/sms.md §1).

pub mod acs3;
mod codes;
mod details;
mod form;

use std::sync::Arc;

use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::{Map, Value};

use super::super::fields::Settings;
use super::super::{Text, Wrong, answer, push};
use super::exchange::Unwritable;
use super::report::{Arrival, Asked};
use super::text::{NOT_A_HOST, Regions, fill, is_host};
use super::trouble::told;
use super::{Message, Receipt, SendTrouble, Sender, SenderKind, Sending, Why, exchange};
use crate::base::phone::Phone;
use crate::base::secret::Secret;

/// This kind.
pub static KIND: SenderKind = SenderKind {
    id: "aliyun",
    name: Text { en: "Alibaba Cloud SMS", zh: "阿里云短信" },
    fields: form::FIELDS,
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
    codes: &[codes::BUSINESS, codes::GATEWAY],
};

struct Aliyun {
    account: acs3::Account,
    host: String,
    signature: String,
    template: String,
    /// The template for every country but the mainland; empty: not served.
    template_abroad: String,
    parameters: Vec<(String, String)>,
    regions: Regions,
}

fn open(settings: &Value) -> Result<Arc<dyn Sender>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let parameters = settings.pairs("template_params", '=');
    let host = settings.line("host");
    if !is_host(&host) {
        settings.wrong("host", NOT_A_HOST);
    }
    let aliyun = Aliyun {
        account: acs3::Account {
            key_id: settings.line("access_key_id"),
            secret: settings.secret("access_key_secret").unwrap_or_else(|| Secret::new("")),
            token: None,
        },
        host,
        signature: settings.line("sign_name"),
        template: settings.line("template_code"),
        template_abroad: settings.line("template_code_abroad"),
        parameters,
        regions: Regions::read(&settings),
    };
    settings.finish()?;
    Ok(Arc::new(aliyun))
}

impl Sender for Aliyun {
    fn serves(&self, to: &Phone) -> bool {
        self.regions.hold(to) && (to.mainland().is_some() || !self.template_abroad.is_empty())
    }

    fn send<'a>(&'a self, cx: &'a Sending, message: &'a Message) -> BoxFuture<'a, Result<Receipt, SendTrouble>> {
        Box::pin(async move {
            let answer = exchange::exchange(cx, |nonce| self.request(message, cx, nonce)).await?;
            read(&answer)
        })
    }

    fn answers(&self) -> bool {
        true
    }

    fn ask<'a>(&'a self, cx: &'a Sending, asked: &'a Asked) -> BoxFuture<'a, Result<Option<Arrival>, SendTrouble>> {
        Box::pin(async move {
            let query = details::query(asked);
            let answer =
                exchange::exchange(cx, |nonce| self.call("QuerySendDetails", query.clone(), (cx, nonce))).await?;
            details::read(asked, &answer)
        })
    }
}

impl Aliyun {
    fn request(&self, message: &Message, cx: &Sending, nonce: &str) -> Result<Request<Vec<u8>>, Unwritable> {
        // Bare in the mainland, elsewhere with the country code; never a plus sign.
        let (to, own) = match message.to.mainland() {
            Some(number) => (number, &self.template),
            None => (message.to.digits(), &self.template_abroad),
        };
        let texts = self.parameters.iter().map(|(name, text)| (name.clone(), Value::String(fill(text, message))));
        let mut query = vec![
            ("PhoneNumbers".to_owned(), to.to_owned()),
            ("SignName".to_owned(), message.signature.clone().unwrap_or_else(|| self.signature.clone())),
            ("TemplateCode".to_owned(), message.template.clone().unwrap_or_else(|| own.clone())),
        ];
        if !self.parameters.is_empty() {
            // A JSON text whose values are strings, or `isv.INVALID_JSON_PARAM`.
            query.push(("TemplateParam".to_owned(), Value::Object(texts.collect::<Map<_, _>>()).to_string()));
        }
        self.call("SendSms", query, (cx, nonce))
    }

    fn call(
        &self,
        action: &str,
        query: Vec<(String, String)>,
        (cx, nonce): (&Sending, &str),
    ) -> Result<Request<Vec<u8>>, Unwritable> {
        let call = acs3::Call { query, ..acs3::Call::post(&self.host, action, "2017-05-25") };
        acs3::request(&self.account, &call, cx.now, nonce)
    }
}

/// HTTP 200 says nothing here: only `Code` does (sms.md §1.3).
fn read(answer: &Response<Vec<u8>>) -> Result<Receipt, SendTrouble> {
    let (code, detail, id) = match answer::object(answer.body()) {
        Ok(body) => {
            let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let id = if text("BizId").is_empty() { text("RequestId") } else { text("BizId") };
            (text("Code"), text("Message"), id)
        }
        // The gateway answers XML where it was not told otherwise.
        Err(_) => match push::xml::read(answer.body()) {
            Ok(fields) => {
                let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
                (text("Code"), text("Message"), String::new())
            }
            Err(_) => Default::default(),
        },
    };
    if code == "OK" && answer.status().is_success() {
        return Ok(Receipt { message_id: id });
    }
    if code.is_empty() || code == "OK" {
        let throttled = answer.headers().contains_key("x-acs-retry-after");
        return Err(if throttled {
            SendTrouble::new(Why::AccountLimit, "Throttling", "x-acs-retry-after")
        } else {
            SendTrouble::of_status(answer.status())
        });
    }
    // It quotes the text that was signed: number and code are in it.
    let detail = if code == "SignatureDoesNotMatch" { "" } else { detail.as_str() };
    Err(told(KIND.codes, &code, detail, Why::Refused))
}
