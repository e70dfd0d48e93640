//! A WeChat mini program: the code of `wx.login`, the phone number behind a
//! button, and a picture that a desk shows for the mini program to confirm
//! (upstreams/wechat.md §6).

mod form;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::answer::{Object, text_of};
use super::doctor::Report;
use super::fields::Settings;
use super::wechat::app_call::{AppCall, Ask, TokenMode, picture};
use super::wechat::{App, doctor, get, missing, openid};
use super::wechat_website::{app, given};
use super::{
    Check, Codes, Connector, Finding, Fit, Identity, Kind, Picture, Reply, Scan, ScannedWith, Step, Text, Trouble,
    Turn, Wrong,
};
use crate::base::clock::Seconds;
use crate::base::id::ConnectorId;
use crate::base::place::Place;
use crate::base::secret::Secret;

/// This platform.
pub static KIND: Kind = Kind {
    id: "wechat_mini",
    name: Text { en: "WeChat mini program", zh: "微信小程序" },
    about: Text {
        en: "Sign-in inside your mini program, and confirming one on a computer with it.",
        zh: "在小程序内登录，也可用小程序确认电脑上的登录。",
    },
    icon: "wechat",
    fits,
    hook: false,
    fields: form::FIELDS,
    identified_by: &[],
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
};

/// How long a code on the desk is good, in seconds; over there it never ends.
const LIFETIME: Seconds = 180;

fn fits(place: Place) -> Fit {
    if place.is_desk() { Fit::Offered } else { Fit::Hidden }
}

struct WechatMini {
    app: App,
    page: String,
    version: String,
    trust_phone: bool,
}

fn open(settings: &Value, _connector: &ConnectorId) -> Result<Arc<dyn Connector>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let mini = WechatMini {
        app: app(&mut settings),
        page: settings.line("page"),
        version: settings.line("version"),
        trust_phone: settings.flag("trust_phone"),
    };
    if mini.page.starts_with('/') || mini.page.contains(['?', '#', ' ']) {
        settings.wrong("page", form::NOT_A_PAGE);
    }
    settings.finish()?;
    Ok(Arc::new(mini))
}

impl Connector for WechatMini {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            if self.page.is_empty() {
                return Err(Trouble::Misconfigured("no page of the mini program confirms sign-ins".to_owned()));
            }
            let path = "/wxa/getwxacodeunlimit";
            let body = json!({
                "scene": turn.scene,
                "page": self.page,
                "env_version": self.version,
                // A trial or development page is not in the released version.
                "check_path": self.version == "release",
                "width": 430,
            });
            let answer = self.call(turn).send(path, &Ask::Post(&body)).await?;
            let (media_type, bytes) = picture(answer, path)?;
            let picture = Picture::Image { media_type, bytes };
            Ok(Step::Scan(Scan { picture, lifetime: LIFETIME, app: ScannedWith::Wechat }))
        })
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let Reply::Code(fields) = reply else {
                return Err(Trouble::BadReply("a mini program has no callback".to_owned()));
            };
            let mut identity = self.identity(turn, &given(&fields)?).await?;
            identity.phone = self.phone(turn, &fields, &identity).await?;
            Ok(Step::Known(Box::new(identity)))
        })
    }

    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(async move {
            let mut report = Report::new(check);
            doctor::secret(&mut report, check, &self.app, true).await;
            if !self.page.is_empty() {
                let call = AppCall {
                    app: &self.app,
                    mode: TokenMode::Stable,
                    outbound: &check.outbound,
                    tokens: &*check.tokens,
                };
                doctor::token(&mut report, form::DESK, call.token().await.map(drop));
            }
            report.finish()
        })
    }

    fn codes(&self) -> Codes {
        Codes::FromPrograms
    }

    fn public(&self) -> Value {
        json!({ "appid": self.app.appid, "confirm_page": self.page })
    }

    fn draws_in(&self, _place: Place) -> bool {
        true
    }

    fn is_program(&self) -> bool {
        true
    }

    fn shown_in(&self, _place: Place) -> Option<Fit> {
        self.page.is_empty().then_some(Fit::Hidden)
    }
}

impl WechatMini {
    fn call<'a>(&'a self, turn: &'a Turn) -> AppCall<'a> {
        AppCall { app: &self.app, mode: TokenMode::Stable, outbound: &turn.outbound, tokens: &*turn.tokens }
    }

    /// Who runs the mini program. The `session_key` in the answer is not kept.
    async fn identity(&self, turn: &Turn, code: &str) -> Result<Identity, Trouble> {
        let query = [
            ("appid", self.app.appid.as_str()),
            ("secret", self.app.secret.expose()),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        ];
        let answer = get(&turn.outbound, "/sns/jscode2session", &query).await?;
        let unionid = answer.get("unionid").and_then(text_of);
        Ok(self.app.identity(&openid(&answer)?, unionid.as_deref()))
    }

    /// The number behind `getPhoneNumber`, bound to the person by sending who it should be.
    async fn phone(
        &self,
        turn: &Turn,
        fields: &BTreeMap<String, Secret>,
        identity: &Identity,
    ) -> Result<Option<(String, bool)>, Trouble> {
        let Some(code) = fields.get("phone_code").filter(|code| !code.is_empty()) else { return Ok(None) };
        let who = identity.keys.first().map_or("", |key| key.value.as_str());
        let body = json!({ "code": code.expose(), "openid": who });
        let answer = self.call(turn).object("/wxa/business/getuserphonenumber", &Ask::Post(&body)).await?;
        let Some(Value::Object(info)) = answer.get("phone_info") else { return Err(missing("phone_info")) };
        let appid = info.get("watermark").and_then(|mark| mark.get("appid")).and_then(text_of);
        if appid.as_deref() != Some(self.app.appid.as_str()) {
            return Err(Trouble::BadReply("a phone number made for another application".to_owned()));
        }
        Ok(Some((number(info)?, self.trust_phone)))
    }
}

/// E.164 from the number without its country code, and the code, which comes as text or number.
fn number(info: &Object) -> Result<String, Trouble> {
    let digits = |key: &str| {
        let text = info.get(key).and_then(text_of)?;
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        Some(digits).filter(|digits| !digits.is_empty())
    };
    let plain = digits("purePhoneNumber").ok_or_else(|| missing("purePhoneNumber"))?;
    let country = digits("countryCode").ok_or_else(|| missing("countryCode"))?;
    let number = format!("+{country}{plain}");
    if (8..=16).contains(&number.len()) { Ok(number) } else { Err(missing("purePhoneNumber")) }
}
