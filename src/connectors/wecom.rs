//! WeChat Work (企业微信): web login on a desk, web authorisation inside the
//! application; members only (upstreams/wecom.md).

mod api;
mod check;
mod directory;
mod form;
mod member;
mod pushed;

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::directory::{Roster, RosterTurn, Wanted};
use super::fields::Settings;
use super::hook::{Heard, HookTurn, Push};
use super::push::{Channel, EncodingKey};
use super::wechat::code;
use super::wechat_website::given;
use super::{
    Check, Codes, Connector, Finding, Fit, Frame, FrameEnd, Identity, Kind, Reply, Step, Text, Trouble, Turn, Wrong,
    code_flow,
};
use crate::base::id::ConnectorId;
use crate::base::lang::Lang;
use crate::base::place::Place;
use crate::base::secret::Secret;
use api::{Corp, Way};

/// This platform.
pub static KIND: Kind = Kind {
    id: "wecom",
    name: Text { en: "WeChat Work", zh: "企业微信" },
    about: Text {
        en: "Members of a company on WeChat Work, inside it or by its QR code.",
        zh: "企业微信的成员，在企业微信内或扫码登录。",
    },
    icon: "wecom",
    fits,
    hook: true,
    fields: form::FIELDS,
    identified_by: &[],
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
};

const WEB: &str = "https://login.work.weixin.qq.com/wwlogin/sso/login";
const INSIDE: &str = "https://open.weixin.qq.com/connect/oauth2/authorize";

fn fits(place: Place) -> Fit {
    match place {
        Place::Wecom => Fit::Preferred,
        Place::Desk => Fit::Offered,
        Place::Phone | Place::WechatPhone | Place::WechatDesk | Place::Dingtalk => Fit::Hidden,
    }
}

struct Wecom {
    corp: Corp,
    /// Ask for private details inside the application.
    private: bool,
    require_visible: bool,
    linked_corps: Vec<String>,
    channel: Option<Channel>,
}

fn open(settings: &Value, _connector: &ConnectorId) -> Result<Arc<dyn Connector>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let secret = |key: &str| settings.secret(key).filter(|secret| !secret.is_empty());
    let (token, key) = (secret("token"), secret("encoding_aes_key"));
    let parsed = key.as_ref().map(|key| EncodingKey::parse(key.expose()));
    let corp = Corp {
        corpid: settings.line("corpid"),
        agentid: settings.line("agentid"),
        secret: secret("secret").unwrap_or_else(|| Secret::new("")),
    };
    if !corp.corpid.is_empty() && !is_corpid(&corp.corpid) {
        settings.wrong("corpid", form::NOT_A_CORPID);
    }
    if !corp.agentid.bytes().all(|b| b.is_ascii_digit()) || corp.agentid.len() > 12 {
        settings.wrong("agentid", form::NOT_AN_AGENTID);
    }
    let linked_corps = settings.list("linked_corps");
    if !linked_corps.iter().all(|corpid| is_corpid(corpid)) {
        settings.wrong("linked_corps", form::NOT_A_CORPID);
    }
    let receivers = vec![corp.corpid.clone()];
    let channel = match (token, parsed) {
        (None, None) => None,
        (Some(token), Some(Ok(key))) => Some(Channel { token, key: Some(key), receivers }),
        (_, Some(Err(_))) => {
            settings.wrong("encoding_aes_key", super::wechat::NOT_AN_AES_KEY);
            None
        }
        _ => {
            settings.wrong("encoding_aes_key", form::BOTH);
            None
        }
    };
    let private = settings.line("scope") == "private";
    let require_visible = settings.flag("require_visible");
    settings.finish()?;
    Ok(Arc::new(Wecom { corp, private, require_visible, linked_corps, channel }))
}

/// Goes into key spaces and addresses.
fn is_corpid(text: &str) -> bool {
    (text.starts_with("ww") || text.starts_with("wx"))
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

impl Connector for Wecom {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            if turn.place == Place::Wecom {
                return self.inside(turn);
            }
            let url = self.web(turn, &[])?;
            let frame = if turn.frame {
                let more = [("version", "2.4.4"), ("redirect_type", "self"), ("panel_size", "small")];
                Some(Frame { url: self.web(turn, &more)?, ends: FrameEnd::Goes, size: (320, 380) })
            } else {
                None
            };
            Ok(Step::Go { url, memo: None, frame })
        })
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let code = match &reply {
                Reply::Callback(callback) => code(callback)?.to_owned(),
                Reply::Code(fields) => given(fields)?,
                Reply::Form(_) => return Err(Trouble::BadReply("a callback was expected".to_owned())),
            };
            let way = Way { outbound: &turn.outbound, tokens: &*turn.tokens };
            let mut identity = member::of_code(self, way, &code).await?;
            identity.silent = turn.silent || turn.memo.as_deref() == Some("silent");
            Ok(Step::Known(Box::new(identity)))
        })
    }

    fn tells_changes(&self) -> bool {
        self.channel.is_some()
    }

    fn hook<'a>(&'a self, turn: &'a HookTurn, push: Push) -> BoxFuture<'a, Result<Heard, Trouble>> {
        Box::pin(async move { pushed::hear(self, turn, &push) })
    }

    fn company(&self) -> Option<&str> {
        Some(&self.corp.corpid)
    }

    fn is_member(&self, identity: &Identity) -> bool {
        identity.member.is_some()
    }

    fn roster<'a>(&'a self, turn: &'a RosterTurn, wanted: Wanted) -> Option<BoxFuture<'a, Result<Roster, Trouble>>> {
        let way = Way { outbound: &turn.outbound, tokens: &*turn.tokens };
        Some(Box::pin(directory::read(self, way, wanted)))
    }

    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(check::run(self, check))
    }

    fn codes(&self) -> Codes {
        Codes::FromBrowsers
    }

    fn public(&self) -> Value {
        json!({ "corpid": self.corp.corpid, "agentid": self.corp.agentid, "scope": self.scope(false) })
    }

    fn silent_in(&self, place: Place) -> bool {
        place == Place::Wecom
    }
}

impl Wecom {
    fn scope(&self, silent: bool) -> &'static str {
        if self.private && !silent { "snsapi_privateinfo" } else { "snsapi_base" }
    }

    fn inside(&self, turn: &Turn) -> Result<Step, Trouble> {
        // In the order of the documents, which some clients are said to check (§4).
        let parameters = [
            ("appid", self.corp.corpid.as_str()),
            ("redirect_uri", &turn.callback_url),
            ("response_type", "code"),
            ("scope", self.scope(turn.silent)),
            ("state", &turn.state),
            ("agentid", &self.corp.agentid),
        ];
        let url = code_flow::authorization_url(INSIDE, &parameters)?;
        let memo = turn.silent.then(|| "silent".to_owned());
        Ok(Step::Go { url: format!("{url}#wechat_redirect"), memo, frame: None })
    }

    fn web(&self, turn: &Turn, more: &[(&str, &str)]) -> Result<String, Trouble> {
        let mut parameters = vec![
            ("login_type", "CorpApp"),
            ("appid", self.corp.corpid.as_str()),
            ("agentid", &self.corp.agentid),
            ("redirect_uri", &turn.callback_url),
            ("state", &turn.state),
            ("lang", if turn.lang == Lang::Zh { "zh" } else { "en" }),
        ];
        parameters.extend_from_slice(more);
        code_flow::authorization_url(WEB, &parameters)
    }
}
