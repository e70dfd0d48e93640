//! WeChat on a website: the Open Platform's QR code, as a page or in a frame of ours (upstreams/wechat.md §3).

mod form;

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::doctor::Report;
use super::fields::Settings;
use super::wechat::{App, NOT_A_GROUP, NOT_AN_APPID, code, doctor, is_appid, is_group};
use super::{
    Check, Codes, Connector, Finding, Fit, Frame, FrameEnd, Identity, Kind, Reply, Step, Text, Trouble, Turn, Wrong,
    code_flow,
};
use crate::base::id::ConnectorId;
use crate::base::lang::Lang;
use crate::base::place::Place;
use crate::base::secret::Secret;

/// This platform.
pub static KIND: Kind = Kind {
    id: "wechat_website",
    name: Text { en: "WeChat", zh: "微信" },
    about: Text {
        en: "A website application: a WeChat QR code on a computer.",
        zh: "网站应用：在电脑网页上用微信扫码登录。",
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

const PAGE: &str = "https://open.weixin.qq.com/connect/qrconnect";
const SCOPE: &str = "snsapi_login";

/// A phone can't scan its own screen, and in WeChat's own browser this kind of application can do nothing else.
fn fits(place: Place) -> Fit {
    if place.is_desk() { Fit::Offered } else { Fit::Hidden }
}

struct WechatWebsite {
    app: App,
}

fn open(settings: &Value, _connector: &ConnectorId) -> Result<Arc<dyn Connector>, Vec<Wrong>> {
    let mut settings = Settings::read(form::FIELDS, settings)?;
    let app = app(&mut settings);
    settings.finish()?;
    Ok(Arc::new(WechatWebsite { app }))
}

/// The application out of the fields that the three kinds share.
pub(super) fn app(settings: &mut Settings<'_>) -> App {
    let app = App {
        appid: settings.line("appid"),
        secret: settings.secret("secret").unwrap_or_else(|| Secret::new("")),
        union_group: settings.line("union_group"),
    };
    if !app.appid.is_empty() && !is_appid(&app.appid) {
        settings.wrong("appid", NOT_AN_APPID);
    }
    if !is_group(&app.union_group) {
        settings.wrong("union_group", NOT_A_GROUP);
    }
    app
}

impl Connector for WechatWebsite {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let url = self.address(turn, &[])?;
            let frame = if turn.frame {
                // The frame comes back to our callback inside itself: the window can't be moved from there without a
                // click, and the click was made on the phone (upstreams/wechat.md §3.4, trap 1).
                let url = self.address(turn, &[("login_type", "jssdk"), ("self_redirect", "true")])?;
                Some(Frame { url, ends: FrameEnd::Goes, size: (300, 400) })
            } else {
                None
            };
            Ok(Step::Go { url: format!("{url}#wechat_redirect"), memo: None, frame })
        })
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

    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(async move {
            let mut report = Report::new(check);
            doctor::callback_host(&mut report, check);
            doctor::secret(&mut report, check, &self.app, false).await;
            report.finish()
        })
    }

    fn codes(&self) -> Codes {
        Codes::FromBrowsers
    }

    fn public(&self) -> Value {
        json!({ "appid": self.app.appid, "scope": SCOPE })
    }
}

/// The code that an application of ours got from the platform itself.
///
/// # Errors
/// `BadReply` when there is none.
pub(super) fn given(fields: &std::collections::BTreeMap<String, Secret>) -> Result<String, Trouble> {
    let code = fields.get("code").map_or("", Secret::expose);
    if code.is_empty() || code.len() > 512 {
        return Err(Trouble::BadReply("a code of the platform was expected".to_owned()));
    }
    Ok(code.to_owned())
}

impl WechatWebsite {
    fn address(&self, turn: &Turn, more: &[(&str, &str)]) -> Result<String, Trouble> {
        let mut parameters = vec![
            ("appid", self.app.appid.as_str()),
            ("redirect_uri", &turn.callback_url),
            ("response_type", "code"),
            ("scope", SCOPE),
            ("state", &turn.state),
            ("lang", if turn.lang == Lang::Zh { "cn" } else { "en" }),
        ];
        parameters.extend_from_slice(more);
        code_flow::authorization_url(PAGE, &parameters)
    }

    async fn identity(&self, turn: &Turn, code: &str) -> Result<Identity, Trouble> {
        let granted = self.app.exchange(&turn.outbound, code).await?;
        self.app.profile(&turn.outbound, &granted, turn.lang).await
    }
}
