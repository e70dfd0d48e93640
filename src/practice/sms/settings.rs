//! What a house knows of its customer, and how it is told to misbehave.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A house that sends short messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum House {
    Aliyun,
    Twilio,
    Aws,
    Tencent,
}

impl House {
    pub(super) const ALL: [Self; 4] = [Self::Aliyun, Self::Twilio, Self::Aws, Self::Tencent];
}

/// A key to sign with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credential {
    pub(super) id: String,
    pub(super) secret: String,
    /// The session token that goes with a temporary key.
    #[serde(default)]
    pub(super) token: Option<String>,
}

/// One refusal to give instead of the true answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fail {
    /// The house's own code: `isv.OUT_OF_SERVICE`, `21610`, `LimitExceeded.DailyLimit`, …
    pub(super) code: String,
    /// How many requests it meets; all when absent.
    #[serde(default)]
    pub(super) times: Option<u32>,
}

/// The customer and the switches of one house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) credentials: Vec<Credential>,
    /// Twilio's `AccountSid`, Tencent's `SmsSdkAppId`.
    pub(super) account: String,
    /// Approved signatures.
    pub(super) signs: Vec<String>,
    /// Approved templates: `${code}` at Alibaba, `{1}` at Tencent.
    pub(super) templates: BTreeMap<String, String>,
    /// Numbers one may send from (Twilio).
    pub(super) senders: Vec<String>,
    /// Whether the limits per phone and per second hold.
    pub(super) limits: bool,
    pub(super) fail: Option<Fail>,
    /// Numbers (E.164) that answered STOP.
    pub(super) opted_out: Vec<String>,
    /// What is taken never arrives: Amazon drops it silently (sandbox, money spent), Twilio tells it
    /// by its callback, Alibaba when it is asked.
    pub(super) drops: bool,
    /// Twilio answers errors as RFC 9457 says.
    pub(super) problem_json: bool,
}

const SIGNS: [&str; 2] = ["Hufu", "练习平台"];

impl Settings {
    /// What a house knows from the start.
    pub(super) fn practice(house: House) -> Self {
        let key =
            |id: &str| Credential { id: id.to_owned(), secret: super::super::CLIENT_SECRET.to_owned(), token: None };
        let mut settings = Self {
            credentials: vec![key(super::super::platform::Platform::Sms.client_id())],
            account: String::new(),
            signs: Vec::new(),
            templates: BTreeMap::new(),
            senders: Vec::new(),
            limits: true,
            fail: None,
            opted_out: Vec::new(),
            drops: false,
            problem_json: false,
        };
        let text = |name: &str, text: &str| BTreeMap::from([(name.to_owned(), text.to_owned())]);
        let signs = || SIGNS.map(str::to_owned).to_vec();
        match house {
            House::Aliyun => {
                settings.signs = signs();
                settings.templates = text("SMS_100000001", "您的验证码为${code}，五分钟内有效，请勿告知他人。");
            }
            House::Tencent => {
                "1400000001".clone_into(&mut settings.account);
                settings.signs = signs();
                settings.templates = text("1000001", "{1}为您的验证码，请于{2}分钟内填写，请勿告知他人。");
                settings.templates.extend(text("1000002", "{1}为您的验证码，请勿告知他人。"));
            }
            House::Twilio => {
                "AC00000000000000000000000000000001".clone_into(&mut settings.account);
                settings.credentials = vec![key(&settings.account), key("SK00000000000000000000000000000001")];
                settings.senders = vec!["+15005550006".to_owned()];
            }
            House::Aws => {}
        }
        settings
    }

    pub(super) fn credential(&self, id: &str) -> Option<&Credential> {
        self.credentials.iter().find(|credential| credential.id == id)
    }

    /// The refusal that was asked for, counted.
    pub(super) fn take_fail(&mut self) -> Option<String> {
        let fail = self.fail.as_mut()?;
        match &mut fail.times {
            Some(0) => return None,
            Some(left) => *left -= 1,
            None => {}
        }
        Some(fail.code.clone())
    }
}
