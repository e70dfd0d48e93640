//! DingTalk (钉钉): its page or QR code outside, its one-time code inside; the
//! company is asked for the member each time (upstreams/dingtalk.md).

mod api;
mod check;
mod directory;
mod event;
mod form;
mod member;
mod pushed;
mod stream;

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::directory::{Roster, RosterTurn, Wanted};
use super::fields::Settings;
use super::hook::{Heard, HookTurn, Push, Sink};
use super::push::{Channel, EncodingKey};
use super::wechat_website::given;
use super::{
    Check, Codes, Connector, Finding, Fit, Form, Frame, FrameEnd, Identity, Kind, Reply, Step, Text, Trouble, Turn,
    Wrong, code_flow,
};
use crate::base::id::ConnectorId;
use crate::base::place::Place;
use crate::base::secret::Secret;
use api::{App, Way};

/// This platform.
pub static KIND: Kind = Kind {
    id: "dingtalk",
    name: Text { en: "DingTalk", zh: "钉钉" },
    about: Text {
        en: "Members of a company on DingTalk, inside DingTalk or in any browser.",
        zh: "钉钉企业的成员，在钉钉内或任意浏览器中登录。",
    },
    icon: "dingtalk",
    fits,
    hook: true,
    fields: form::FIELDS,
    identified_by: &[],
    guide: form::GUIDE,
    practice: form::PRACTICE,
    open,
};

const PAGE: &str = "https://login.dingtalk.com/oauth2/auth";

fn fits(place: Place) -> Fit {
    match place {
        Place::Dingtalk => Fit::Preferred,
        Place::Desk | Place::Phone => Fit::Offered,
        Place::WechatPhone | Place::WechatDesk | Place::Wecom => Fit::Hidden,
    }
}

struct Dingtalk {
    app: App,
    corp_id: String,
    agent_id: String,
    members_only: bool,
    company_accounts: bool,
    stream: bool,
    channel: Option<Channel>,
}

fn open(settings: &Value, _connector: &ConnectorId) -> Result<Arc<dyn Connector>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let app =
        App { key: settings.line("app_key"), secret: settings.secret("app_secret").unwrap_or_else(|| Secret::new("")) };
    let corp_id = settings.line("corp_id");
    let plain =
        corp_id.starts_with("ding") && corp_id.len() <= 64 && corp_id.bytes().all(|b| b.is_ascii_alphanumeric());
    if !corp_id.is_empty() && !plain {
        settings.wrong("corp_id", form::NOT_A_CORP_ID);
    }
    let secret = |key: &str| settings.secret(key).filter(|secret| !secret.is_empty());
    let key = secret("aes_key").and_then(|key| EncodingKey::parse(key.expose()).ok());
    let channel = match (settings.line("events").as_str(), secret("token"), key) {
        ("push", Some(token), Some(key)) => {
            // The console's subscription names the key, one made by interface the company (§10.2).
            let receivers = vec![app.key.clone(), corp_id.clone()];
            Some(Channel { token, key: Some(key), receivers })
        }
        ("push", ..) => {
            settings.wrong("events", form::PUSH_NEEDS);
            None
        }
        _ => None,
    };
    let dingtalk = Dingtalk {
        app,
        corp_id,
        agent_id: settings.line("agent_id"),
        members_only: settings.flag("members_only"),
        company_accounts: settings.flag("company_accounts"),
        stream: settings.line("events") == "stream",
        channel,
    };
    settings.finish()?;
    Ok(Arc::new(dingtalk))
}

impl Connector for Dingtalk {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            if turn.place == Place::Dingtalk {
                // The page is unreliable in there; DingTalk gives the page a code by itself (§5).
                let form = Form::InAppCode { corp_id: self.corp_id.clone(), client_id: self.app.key.clone() };
                return Ok(Step::Ask { form, memo: None });
            }
            let url = self.address(turn, false)?;
            let frame = if turn.frame {
                Some(Frame { url: self.address(turn, true)?, ends: FrameEnd::Posts, size: (300, 300) })
            } else {
                None
            };
            Ok(Step::Go { url, memo: None, frame })
        })
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let way = Way { outbound: &turn.outbound, tokens: &*turn.tokens };
            let identity = match &reply {
                Reply::Callback(callback) => member::of_page(self, way, member::code(callback)?).await?,
                Reply::Form(fields) => member::of_inside(self, way, &given(fields)?).await?,
                Reply::Code(fields) if fields.contains_key("in_app") => {
                    member::of_inside(self, way, &given(fields)?).await?
                }
                Reply::Code(fields) => member::of_page(self, way, &given(fields)?).await?,
            };
            Ok(Step::Known(Box::new(identity)))
        })
    }

    fn hook<'a>(&'a self, turn: &'a HookTurn, push: Push) -> BoxFuture<'a, Result<Heard, Trouble>> {
        Box::pin(async move { pushed::hear(self, turn, &push) })
    }

    fn company(&self) -> Option<&str> {
        Some(&self.corp_id)
    }

    fn is_member(&self, identity: &Identity) -> bool {
        identity.member.is_some()
    }

    fn roster<'a>(&'a self, turn: &'a RosterTurn, wanted: Wanted) -> Option<BoxFuture<'a, Result<Roster, Trouble>>> {
        let way = Way { outbound: &turn.outbound, tokens: &*turn.tokens };
        Some(Box::pin(directory::read(self, way, wanted)))
    }

    fn tells_changes(&self) -> bool {
        self.stream || self.channel.is_some()
    }

    fn listen<'a>(&'a self, turn: &'a HookTurn, sink: &'a dyn Sink) -> Option<BoxFuture<'a, Trouble>> {
        self.stream.then(|| -> BoxFuture<'a, Trouble> { Box::pin(stream::listen(self, turn, sink)) })
    }

    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(check::run(self, check))
    }

    fn codes(&self) -> Codes {
        Codes::FromPrograms
    }

    fn public(&self) -> Value {
        json!({ "corp_id": self.corp_id, "client_id": self.app.key, "agent_id": self.agent_id, "scope": "openid corpid" })
    }
}

impl Dingtalk {
    /// The sign-in page. In a frame the company can't be preselected without showing administrators' companies only
    /// (§3.5), so there the membership alone decides.
    fn address(&self, turn: &Turn, framed: bool) -> Result<String, Trouble> {
        let exclusive = if self.company_accounts { "true" } else { "" };
        let parameters = [
            ("redirect_uri", turn.callback_url.as_str()),
            ("response_type", "code"),
            ("client_id", &self.app.key),
            ("scope", if framed { "openid" } else { "openid corpid" }),
            ("prompt", "consent"),
            ("state", &turn.state),
            ("corpId", if framed { "" } else { &self.corp_id }),
            ("exclusiveLogin", exclusive),
            ("exclusiveCorpId", if self.company_accounts { &self.corp_id } else { "" }),
            ("iframe", if framed { "true" } else { "" }),
        ];
        code_flow::authorization_url(PAGE, &parameters)
    }
}
