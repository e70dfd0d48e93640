//! What an application asked of the sign-in page (§3.1, §4). What is wrong is
//! shown on a page: nothing is redirected then.

use super::super::super::Practice;
use super::super::super::clients::Client;
use super::super::super::fields::{Asked, Fields};
use super::super::super::platform::Platform;
use super::super::apps::App;
use super::super::codes::CodeKind;

/// A request that was read and found in order.
pub(super) struct Wish {
    pub(super) kind: CodeKind,
    pub(super) client: Client,
    pub(super) app: App,
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    /// The scopes, as they were asked.
    pub(super) scopes: Vec<String>,
    /// The page stands in a frame of the application's page (§3.5).
    pub(super) framed: bool,
    /// Companies that somebody manages only (`org_type=management`).
    pub(super) managed_only: bool,
    /// The company is chosen already (`corpId`).
    pub(super) corp: Option<String>,
    pub(super) exclusive: bool,
    pub(super) exclusive_corp: Option<String>,
}

/// What is wrong with the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    UnknownClient,
    NotPublished,
    Redirect,
    Parameters,
    /// A frame with a company's scope must name `org_type` and `corpId` (§3.5).
    FrameParameters,
    /// The person is not in the company that is wanted.
    NotThere,
}

impl Wish {
    pub(super) fn web(practice: &Practice, asked: &Asked) -> Result<Self, Wrong> {
        let fields = &asked.query;
        if fields.repeats() {
            return Err(Wrong::Parameters);
        }
        let mut wish = Self::known(practice, fields, ("client_id", CodeKind::Web))?;
        wish.scopes = fields.words("scope", false);
        let scopes: Vec<&str> = wish.scopes.iter().map(String::as_str).collect();
        let scopes_fit = matches!(scopes.as_slice(), ["openid"] | ["openid", "corpid"]);
        // The documents demand `prompt`; without it the sign-in breaks.
        if fields.get("response_type") != Some("code") || !scopes_fit || fields.get("prompt") != Some("consent") {
            return Err(Wrong::Parameters);
        }
        wish.framed = fields.get("iframe") == Some("true");
        let text = |name: &str| fields.get(name).map(str::to_owned);
        wish.exclusive = fields.get("exclusiveLogin") == Some("true");
        wish.exclusive_corp = text("exclusiveCorpId").filter(|_| wish.exclusive);
        if wish.with_corp() {
            wish.managed_only = fields.get("org_type") == Some("management");
            wish.corp = text("corpId");
        }
        let named = fields.get("org_type").is_some() && wish.corp.is_some();
        let frame_fits = (named || !wish.with_corp()) && (wish.exclusive_corp.is_some() || !wish.exclusive);
        if wish.framed && !frame_fits { Err(Wrong::FrameParameters) } else { Ok(wish) }
    }

    pub(super) fn legacy(practice: &Practice, asked: &Asked) -> Result<Self, Wrong> {
        let fields = &asked.query;
        if fields.repeats() {
            return Err(Wrong::Parameters);
        }
        let mut wish = Self::known(practice, fields, ("appid", CodeKind::Sns))?;
        wish.scopes = fields.words("scope", false);
        let fits = fields.get("response_type") == Some("code") && fields.get("scope") == Some("snsapi_login");
        if fits { Ok(wish) } else { Err(Wrong::Parameters) }
    }

    fn known(practice: &Practice, fields: &Fields, (name, kind): (&str, CodeKind)) -> Result<Self, Wrong> {
        let client_id = fields.get(name).ok_or(Wrong::Parameters)?;
        let world = practice.world();
        let client = world.client(Platform::Dingtalk, client_id).cloned().ok_or(Wrong::UnknownClient)?;
        let app = world.dingtalk.app(client_id);
        if !app.published || app.disabled {
            return Err(Wrong::NotPublished);
        }
        let redirect_uri = client.redirect(fields.get("redirect_uri").or(Some(""))).ok_or(Wrong::Redirect)?;
        Ok(Self {
            kind,
            client,
            app,
            redirect_uri,
            state: fields.get("state").map(str::to_owned),
            scopes: Vec::new(),
            framed: false,
            managed_only: false,
            corp: None,
            exclusive: false,
            exclusive_corp: None,
        })
    }

    /// Whether a company is to be chosen.
    pub(super) fn with_corp(&self) -> bool {
        self.scopes.iter().any(|scope| scope == "corpid")
    }

    /// The origin of the page that a frame may speak to: the same as the redirect URI's (§3.5).
    pub(super) fn around(&self) -> String {
        url::Url::parse(&self.redirect_uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }
}
