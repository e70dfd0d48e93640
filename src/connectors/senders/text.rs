//! The words of a message, and the fields every provider has in common.

use super::super::fields::Settings;
use super::super::{Field, Input, Text};
use super::Message;
use crate::base::lang::Lang;
use crate::base::phone::Phone;

/// The text in English, unless the administrator wrote another.
pub const ENGLISH: &str = "{code} is your {product} code, good for {minutes} minutes. Never share it.";
/// The text in Chinese, likewise.
pub const CHINESE: &str = "【{product}】验证码 {code}，{minutes} 分钟内有效，请勿告知他人。";

/// Puts the message's parts for `{code}`, `{minutes}`, `{product}` and `{host}`,
/// in one pass: nothing that is put in is read again.
#[must_use]
pub fn fill(template: &str, message: &Message) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let minutes = message.minutes.to_string();
        let parts = [
            ("{code}", message.code.expose()),
            ("{minutes}", minutes.as_str()),
            ("{product}", message.product.as_str()),
            ("{host}", message.host.as_str()),
        ];
        let (taken, put) = parts.into_iter().find(|(name, _)| rest.starts_with(name)).unwrap_or(("{", "{"));
        filled.push_str(put);
        rest = &rest[taken.len()..];
    }
    filled.push_str(rest);
    filled
}

/// The texts of a provider that takes free text.
pub struct Texts {
    english: String,
    chinese: String,
    autofill: bool,
}

impl Texts {
    /// Reads the fields [`TEXT_EN`], [`TEXT_ZH`] and [`AUTOFILL`].
    #[must_use]
    pub fn read(settings: &Settings<'_>) -> Self {
        Self {
            english: settings.line("text_en"),
            chinese: settings.line("text_zh"),
            autofill: settings.flag("autofill"),
        }
    }

    /// The whole text; its last line lets phones fill in the code on our page
    /// only (domain-bound codes, sms.md §8).
    #[must_use]
    pub fn of(&self, message: &Message) -> String {
        let own = match message.lang {
            Lang::Zh => &self.chinese,
            Lang::En => &self.english,
        };
        let text = fill(message.template.as_deref().unwrap_or(own), message);
        if self.autofill && !message.host.is_empty() {
            return format!("{text}\n\n@{} #{}", message.host, message.code.expose());
        }
        text
    }
}

/// Which countries a sender is for.
pub struct Regions(Vec<String>);

impl Regions {
    /// Reads the field [`REGIONS`].
    #[must_use]
    pub fn read(settings: &Settings<'_>) -> Self {
        Self(settings.list("regions").iter().map(|region| region.to_ascii_uppercase()).collect())
    }

    /// Whether a number is from one of them; none named is all.
    #[must_use]
    pub fn hold(&self, to: &Phone) -> bool {
        self.0.is_empty() || self.0.iter().any(|region| region == to.country())
    }
}

/// Field: countries.
pub const REGIONS: Field = Field {
    key: "regions",
    label: Text { en: "Countries", zh: "国家和地区" },
    help: Text {
        en: "ISO codes, one a line, such as CN or HK. Empty: everywhere this sender can reach.",
        zh: "ISO 代码，每行一个，如 CN、HK。留空表示该通道能到达的所有地方。",
    },
    input: Input::List,
    required: false,
    default: "",
};

/// Field: the English text.
pub const TEXT_EN: Field = Field {
    key: "text_en",
    label: Text { en: "Text in English", zh: "英文短信内容" },
    help: Text {
        en: "{code}, {minutes}, {product} and {host} are filled in.",
        zh: "其中 {code}、{minutes}、{product}、{host} 会被替换。",
    },
    input: Input::Lines,
    required: false,
    default: ENGLISH,
};

/// Field: the Chinese text.
pub const TEXT_ZH: Field = Field {
    key: "text_zh",
    label: Text { en: "Text in Chinese", zh: "中文短信内容" },
    help: TEXT_EN.help,
    input: Input::Lines,
    required: false,
    default: CHINESE,
};

/// Field: the line for automatic filling.
pub const AUTOFILL: Field = Field {
    key: "autofill",
    label: Text { en: "Let phones fill in the code", zh: "允许手机自动填写验证码" },
    help: Text {
        en: "Adds a last line with the sign-in page's host, by which phones offer the code there and nowhere else.",
        zh: "在末尾附上登录页的域名，手机只会在该页面上提示自动填写。",
    },
    input: Input::Flag,
    required: false,
    default: "true",
};

/// A field of one line with nothing more to say.
#[must_use]
pub const fn line(key: &'static str, label: Text, help: Text, required: bool, default: &'static str) -> Field {
    Field { key, label, help, input: Input::Line, required, default }
}

/// Whether a text can stand as a host in a request: a name, perhaps with a port.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, "443"));
    name.contains('.')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        && port.parse::<u16>().is_ok()
}

/// What is said of a host that is none.
pub const NOT_A_HOST: Text = Text {
    en: "Give a host name only, such as api.example.com.",
    zh: "请只填写域名，例如 api.example.com。",
};
