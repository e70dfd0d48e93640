//! A WeChat official account: inside WeChat by web authorisation, on a desk by
//! a QR code with a scene whose scan the account is told of (upstreams/wechat.md §4, §5).

mod form;
mod moved;
mod pushed;

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::answer::{number_of, text_of};
use super::directory::RosterTurn;
use super::doctor::Report;
use super::fields::Settings;
use super::hook::{Heard, HookTurn, Push};
use super::moving::{Moving, Told};
use super::push::{Channel, EncodingKey};
use super::wechat::app_call::{AppCall, Ask, TokenMode};
use super::wechat::{App, code, doctor, is_appid};
use super::wechat_website::{app, given};
use super::{
    AppTokens, Check, Codes, Connector, Finding, Fit, Identity, Kind, Picture, Reply, Scan, ScannedWith, Step, Text,
    Trouble, Turn, Wrong, code_flow,
};
use crate::base::clock::Seconds;
use crate::base::id::ConnectorId;
use crate::base::outbound::Outbound;
use crate::base::place::Place;

/// This platform.
pub static KIND: Kind = Kind {
    id: "wechat_official",
    name: Text { en: "WeChat official account", zh: "微信服务号" },
    about: Text {
        en: "A verified service account: sign-in inside WeChat, and by scanning its code on a computer.",
        zh: "已认证的服务号：在微信内直接登录，也可在电脑上扫码登录。",
    },
    icon: "wechat",
    fits,
    hook: true,
    fields: form::FIELDS,
    identified_by: &[],
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
};

const PAGE: &str = "https://open.weixin.qq.com/connect/oauth2/authorize";
/// Our scenes begin so; the account's other QR codes have scenes of their own (upstreams/wechat.md §5.6).
const PREFIX: &str = "hufu_";
/// How long a code on the desk is good, in seconds: not longer over there than here (security.md row 93).
const LIFETIME: Seconds = 120;

fn fits(place: Place) -> Fit {
    match place {
        Place::WechatPhone | Place::WechatDesk => Fit::Preferred,
        Place::Desk => Fit::Offered,
        Place::Phone | Place::Dingtalk | Place::Wecom => Fit::Hidden,
    }
}

struct WechatOfficial {
    app: App,
    mode: TokenMode,
    /// What pushes are signed and sealed with; `None`: inside WeChat only.
    channel: Option<Channel>,
    /// The tenant chose that scanning is saying yes.
    scan_approves: bool,
    /// Where events go that are not ours.
    forward: String,
}

fn open(settings: &Value, _connector: &ConnectorId) -> Result<Arc<dyn Connector>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let app = app(&mut settings);
    let token = settings.secret("token").filter(|token| !token.is_empty());
    let key = settings.secret("encoding_aes_key").filter(|key| !key.is_empty());
    let parsed = key.map(|key| EncodingKey::parse(key.expose()));
    if matches!(parsed, Some(Err(_))) {
        settings.wrong("encoding_aes_key", super::wechat::NOT_AN_AES_KEY);
    }
    let key = parsed.and_then(Result::ok);
    let channel = token.map(|token| Channel { token, key, receivers: vec![app.appid.clone()] });
    let mode = if settings.line("token_mode") == "legacy" { TokenMode::Legacy } else { TokenMode::Stable };
    let official = WechatOfficial {
        app,
        mode,
        channel,
        scan_approves: settings.flag("scan_approves"),
        forward: settings.line("forward_url"),
    };
    settings.finish()?;
    Ok(Arc::new(official))
}

impl Connector for WechatOfficial {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move { if turn.place.is_wechat() { self.inside(turn) } else { self.on_a_desk(turn).await } })
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let code = match &reply {
                Reply::Callback(callback) => code(callback)?.to_owned(),
                Reply::Code(fields) => given(fields)?,
                Reply::Form(_) => return Err(Trouble::BadReply("a callback was expected".to_owned())),
            };
            Ok(Step::Known(Box::new(self.identity(turn, &code).await?)))
        })
    }

    fn hook<'a>(&'a self, turn: &'a HookTurn, push: Push) -> BoxFuture<'a, Result<Heard, Trouble>> {
        Box::pin(pushed::hear(self, turn, push))
    }

    fn left_space(&self, application: &str) -> Option<String> {
        (is_appid(application) && application != self.app.appid).then(|| moved::space(application))
    }

    fn moved<'a>(&'a self, turn: &'a RosterTurn, moving: &'a Moving, subjects: &'a [String]) -> Told<'a> {
        Box::pin(moved::ask(self, turn, moving, subjects))
    }

    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(self.examine(check))
    }

    fn codes(&self) -> Codes {
        Codes::FromBrowsers
    }

    fn public(&self) -> Value {
        json!({ "appid": self.app.appid, "scope": "snsapi_userinfo", "qr_code": self.channel.is_some() })
    }

    fn shown_in(&self, place: Place) -> Option<Fit> {
        (place == Place::Desk && self.channel.is_none()).then_some(Fit::Hidden)
    }

    fn draws_in(&self, place: Place) -> bool {
        !place.is_wechat()
    }

    fn silent_in(&self, place: Place) -> bool {
        place.is_wechat()
    }
}

impl WechatOfficial {
    /// Web authorisation. Silent when the engine asks for it; the popup only after a tap (upstreams/wechat.md §4.4).
    fn inside(&self, turn: &Turn) -> Result<Step, Trouble> {
        let scope = if turn.silent { "snsapi_base" } else { "snsapi_userinfo" };
        // The order is checked over there.
        let parameters = [
            ("appid", self.app.appid.as_str()),
            ("redirect_uri", &turn.callback_url),
            ("response_type", "code"),
            ("scope", scope),
            ("state", &turn.state),
            ("forcePopup", if turn.prompt_login { "true" } else { "" }),
        ];
        let url = code_flow::authorization_url(PAGE, &parameters)?;
        let memo = turn.silent.then(|| "silent".to_owned());
        // Without it the page stays blank.
        Ok(Step::Go { url: format!("{url}#wechat_redirect"), memo, frame: None })
    }

    async fn on_a_desk(&self, turn: &Turn) -> Result<Step, Trouble> {
        if self.channel.is_none() {
            return Err(Trouble::Misconfigured("no server token: this account is told of no scans".to_owned()));
        }
        let scene = format!("{PREFIX}{}", turn.scene);
        let body = json!({
            "expire_seconds": LIFETIME,
            "action_name": "QR_STR_SCENE",
            "action_info": { "scene": { "scene_str": scene } },
        });
        let call = self.call(&turn.outbound, &*turn.tokens);
        let answer = call.object("/cgi-bin/qrcode/create", &Ask::Post(&body)).await?;
        let url = answer.get("url").and_then(text_of).ok_or_else(|| super::wechat::missing("url"))?;
        let lifetime = answer.get("expire_seconds").and_then(number_of).unwrap_or(LIFETIME).clamp(30, LIFETIME);
        Ok(Step::Scan(Scan { picture: Picture::Text(url), lifetime, app: ScannedWith::Wechat }))
    }

    fn call<'a>(&'a self, outbound: &'a Outbound, tokens: &'a dyn AppTokens) -> AppCall<'a> {
        AppCall { app: &self.app, mode: self.mode, outbound, tokens }
    }

    async fn identity(&self, turn: &Turn, code: &str) -> Result<Identity, Trouble> {
        let granted = self.app.exchange(&turn.outbound, code).await?;
        // A base token asked for a profile is refused with 48001.
        if granted.scopes.iter().any(|scope| scope == "snsapi_userinfo") {
            return self.app.profile(&turn.outbound, &granted, turn.lang).await;
        }
        let unionid = match &granted.unionid {
            Some(unionid) => Some(unionid.clone()),
            None => self.unionid(&turn.outbound, &*turn.tokens, &granted.openid).await,
        };
        let mut identity = self.app.identity(&granted.openid, unionid.as_deref());
        identity.silent = turn.silent || turn.memo.as_deref() == Some("silent");
        Ok(identity)
    }

    /// A follower's unionid; what can't be had is not needed (upstreams/wechat.md §4.6.2).
    async fn unionid(&self, outbound: &Outbound, tokens: &dyn AppTokens, openid: &str) -> Option<String> {
        if self.app.union_group.is_empty() {
            return None;
        }
        let query = [("openid", openid), ("lang", "zh_CN")];
        let answer = self.call(outbound, tokens).object("/cgi-bin/user/info", &Ask::Get(&query)).await.ok()?;
        let same = super::wechat::openid(&answer).is_ok_and(|found| found == openid);
        let follows = answer.get("subscribe").and_then(number_of) == Some(1);
        answer.get("unionid").and_then(text_of).filter(|_| same && follows)
    }

    async fn examine(&self, check: &Check) -> Vec<Finding> {
        let mut report = Report::new(check);
        doctor::callback_host(&mut report, check);
        doctor::secret(&mut report, check, &self.app, false).await;
        match &self.channel {
            None => report.warning(form::PUSH, form::NO_PUSH, ""),
            Some(channel) => {
                let token = self.call(&check.outbound, &*check.tokens).token().await.map(drop);
                doctor::token(&mut report, form::PUSH, token);
                if channel.key.is_none() {
                    report.warning(form::PUSH, form::PLAIN_MODE, "");
                }
            }
        }
        report.finish()
    }
}

/// Our scene out of an `EventKey`; the tenant's own ones are none of ours.
fn our_scene(event_key: &str, followed: bool) -> Option<&str> {
    // A follow puts `qrscene_` before the scene, once (upstreams/wechat.md §5.6).
    let scene = if followed { event_key.strip_prefix("qrscene_")? } else { event_key };
    scene.strip_prefix(PREFIX).filter(|scene| scene.len() == 32 && scene.bytes().all(|b| b.is_ascii_alphanumeric()))
}
