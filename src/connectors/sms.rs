//! A phone number, proven by a code that we send: two forms, no platform.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::fields::Settings;
use super::phone_codes::{CodeChecked, CodeSent, SendAs};
use super::step::PhoneWrong;
use super::{
    Check, Connector, Field, Finding, Form, Identity, Input, Key, Kind, Level, Reply, Step, Text, Trouble, Turn,
};
use crate::base::secret::Secret;

/// Sign-in by a code to a phone; sending and checking live in `login`.
pub static KIND: Kind = Kind {
    id: "sms",
    name: Text { en: "Phone", zh: "手机号" },
    about: Text {
        en: "A code by text message. Needs a provider that sends them.",
        zh: "用短信验证码登录，需要接入短信服务。",
    },
    icon: "phone",
    fits: super::Fit::everywhere,
    hook: false,
    fields: FIELDS,
    identified_by: &[],
    guide: Text {
        en: "1. Set up at least one sender: `hufu sender add` (Alibaba Cloud, Tencent Cloud, Twilio, AWS SNS).\n\
             2. Leave everything below empty to use every sender that is on, with its own template and signature.\n\
             3. Open only the countries you have people in: codes to other countries are where fraud earns its money.\n\
             4. Each number gets a code every 45 seconds at most; a code is good for five minutes and five tries. \
             The limits for a day: `hufu settings phone-limits`.",
        zh: "1. 先配置至少一个短信服务：`hufu sender add`（阿里云、腾讯云、Twilio、AWS SNS）。\n\
             2. 以下各项留空时，使用全部已启用的短信服务及其各自的模板和签名。\n\
             3. 只开放有用户的国家和地区：向其他地区盗刷短信是常见的牟利手段。\n\
             4. 每个号码 45 秒内最多收到一条验证码；验证码 5 分钟内有效，最多可输错 5 次。每日上限用命令 `hufu settings phone-limits` 调整。",
    },
    practice: &[("signature", "Hufu")],
    open: |settings, _| {
        let mut settings = Settings::read(FIELDS, settings)?;
        let countries = settings.list("countries");
        if countries.iter().any(|country| !is_country(country)) {
            settings.wrong("countries", NOT_A_COUNTRY);
        }
        let country = settings.line("country");
        if !country.is_empty() && !is_country(&country) {
            settings.wrong("country", NOT_A_COUNTRY);
        }
        let how = SendAs {
            senders: settings.list("senders"),
            template: settings.line("template"),
            signature: settings.line("signature"),
            countries,
        };
        settings.finish()?;
        Ok(Arc::new(Sms { how, country }))
    },
};

static FIELDS: &[Field] = &[
    Field {
        key: "senders",
        label: Text { en: "Senders", zh: "短信服务" },
        help: Text {
            en: "Names of senders, one a line, tried in this order. Empty: every sender that is on.",
            zh: "每行一个短信服务的名称，按顺序尝试；留空则使用全部已启用的服务。",
        },
        input: Input::List,
        required: false,
        default: "",
    },
    Field {
        key: "template",
        label: Text { en: "Template", zh: "模板" },
        help: Text {
            en: "The provider's template id. Empty: the sender's own.",
            zh: "服务商的模板编号；留空则用该短信服务自己的模板。",
        },
        input: Input::Line,
        required: false,
        default: "",
    },
    Field {
        key: "signature",
        label: Text { en: "Signature", zh: "签名" },
        help: Text {
            en: "The name in front of the text. Empty: the sender's own.",
            zh: "短信开头的签名；留空则用该短信服务自己的签名。",
        },
        input: Input::Line,
        required: false,
        default: "",
    },
    Field {
        key: "countries",
        label: Text { en: "Countries that get codes", zh: "允许的国家和地区" },
        help: Text {
            en: "Two letters each, one a line, such as CN or HK. Empty: only CN.",
            zh: "每行一个两位字母代码，如 CN、HK；留空则只允许 CN。",
        },
        input: Input::List,
        required: false,
        default: "",
    },
    Field {
        key: "country",
        label: Text { en: "Country chosen at first", zh: "默认国家或地区" },
        help: Text {
            en: "For numbers typed without a country code. Empty: the first one above.",
            zh: "用于未填区号的号码；留空则取上面的第一个。",
        },
        input: Input::Line,
        required: false,
        default: "",
    },
];

const NOT_A_COUNTRY: Text = Text {
    en: "Two capital letters a country, such as CN.",
    zh: "请填写两位大写字母的国家或地区代码，如 CN。",
};

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

struct Sms {
    how: SendAs,
    country: String,
}

/// Where a code went; kept on our side, so that the code is checked for the number it was sent to.
#[derive(Serialize, Deserialize)]
struct Memo {
    number: String,
    masked: String,
    again_at: i64,
}

impl Sms {
    async fn send(&self, turn: &Turn, typed: &str, country: &str) -> Result<Step, Trouble> {
        let chosen = [country, self.country.as_str(), self.how.countries.first().map_or("CN", String::as_str)];
        let country = chosen.into_iter().find(|code| is_country(code)).unwrap_or("CN");
        match turn.phone_codes.send(typed, country, &self.how).await? {
            CodeSent::Sent { number, masked, again_at } | CodeSent::TooSoon { number, masked, again_at } => {
                Ok(Memo { number, masked, again_at }.ask(None))
            }
            CodeSent::Not(wrong) => Ok(ask_number(Some(wrong))),
        }
    }

    async fn check(&self, turn: &Turn, memo: Memo, code: &Secret) -> Result<Step, Trouble> {
        match turn.phone_codes.check(&memo.number, code).await? {
            CodeChecked::Right => Ok(Step::Known(Box::new(known(memo.number)))),
            CodeChecked::Wrong { left } => Ok(memo.ask(Some(left))),
            CodeChecked::Gone => Ok(memo.ask(Some(0))),
        }
    }
}

impl Memo {
    fn ask(self, left: Option<u32>) -> Step {
        let memo = serde_json::to_string(&self).ok();
        Step::Ask { form: Form::PhoneCode { to: self.masked, again_at: self.again_at, left }, memo }
    }
}

const fn ask_number(wrong: Option<PhoneWrong>) -> Step {
    Step::Ask { form: Form::PhoneNumber { wrong }, memo: None }
}

/// Whoever reads the codes of a number. RFC 8176 §2: sms, otp.
fn known(number: String) -> Identity {
    Identity {
        keys: vec![Key { space: "phone".to_owned(), value: number.clone() }],
        phone: Some((number, true)),
        amr: vec!["sms".to_owned(), "otp".to_owned()],
        ..Identity::default()
    }
}

impl Connector for Sms {
    fn begin<'a>(&'a self, _turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async { Ok(ask_number(None)) })
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let Reply::Form(fields) = reply else {
                return Err(Trouble::BadReply("a form was expected".to_owned()));
            };
            let field = |name: &str| fields.get(name).map(Secret::expose).filter(|text| !text.is_empty());
            let memo = turn.memo.as_deref().and_then(|memo| serde_json::from_str::<Memo>(memo).ok());
            match (field("phone"), memo) {
                (Some(typed), _) => self.send(turn, typed, field("country").unwrap_or_default()).await,
                (None, Some(memo)) if fields.contains_key("again") => self.send(turn, &memo.number, "").await,
                (None, Some(_)) if fields.contains_key("other") => Ok(ask_number(None)),
                (None, Some(memo)) => match fields.get("code") {
                    Some(code) => self.check(turn, memo, code).await,
                    None => Ok(memo.ask(None)),
                },
                (None, None) => Ok(ask_number(fields.contains_key("phone").then_some(PhoneWrong::NotANumber))),
            }
        })
    }

    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(async move {
            let wide = self.how.countries.len() > 5;
            let (level, text) = if wide { (Level::Warning, WIDE) } else { (Level::Ok, NARROW) };
            vec![Finding {
                level,
                subject: COUNTRIES.get(check.lang).to_owned(),
                text: text.get(check.lang).to_owned(),
            }]
        })
    }

    fn public(&self) -> serde_json::Value {
        let countries = if self.how.countries.is_empty() { vec!["CN".to_owned()] } else { self.how.countries.clone() };
        let country = if self.country.is_empty() { countries.first().cloned() } else { Some(self.country.clone()) };
        serde_json::json!({ "countries": countries, "country": country })
    }
}

const COUNTRIES: Text = Text { en: "Countries", zh: "国家和地区" };
const NARROW: Text =
    Text { en: "Only the countries you named get codes.", zh: "只有指定的国家和地区会收到验证码。" };
const WIDE: Text = Text {
    en: "More than five countries get codes. Close those you have nobody in: each open one can be abused at your cost.",
    zh: "开放的国家和地区超过五个。请关闭没有用户的地区，以免被盗刷短信。",
};
