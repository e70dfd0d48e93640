//! Conversations with the world: who is this, says the platform?
//!
//! A connector is given what just came back (nothing, a form, a callback) and
//! says what to do next. It sees `base` only, never the store, a page or the
//! protocol we speak ourselves; the engine in `login` does what no connector
//! may forget: state, nonce, PKCE, browser binding, single use, limits, audit.

pub mod answer;
pub mod app_token;
pub mod claims;
pub mod code_flow;
mod dingtalk;
pub mod directory;
mod doctor;
pub mod fields;
pub mod github;
pub mod google;
pub mod hook;
pub mod moving;
pub mod oauth2;
pub mod oidc;
pub mod openid;
mod outsider;
pub mod password;
pub mod phone_codes;
pub mod push;
pub mod senders;
pub mod settings;
pub mod sms;
pub mod step;
pub mod wechat;
mod wechat_mini;
mod wechat_official;
mod wechat_website;
mod wecom;
pub mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, UserId};
use crate::base::lang::Lang;
use crate::base::outbound::Outbound;
use crate::base::place::Place;
use crate::base::secret::Secret;

pub use app_token::AppTokens;
pub use outsider::Outsider;
pub use phone_codes::PhoneCodes;
pub use step::{Form, Frame, FrameEnd, Picture, Scan, ScannedWith, Step};

/// One way of finding out who somebody is.
pub trait Connector: Send + Sync {
    /// What to show first.
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>>;
    /// What came back.
    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>>;
    /// The doctor's live checks.
    fn check<'a>(&'a self, check: &'a Check) -> BoxFuture<'a, Vec<Finding>>;

    /// A push of the platform: its address check, or something that happened.
    fn hook<'a>(&'a self, _turn: &'a hook::HookTurn, _push: hook::Push) -> BoxFuture<'a, Result<hook::Heard, Trouble>> {
        Box::pin(async { Err(Trouble::Misconfigured("this platform pushes nothing".to_owned())) })
    }

    /// A part of the platform's directory; `None` when this connector has none.
    fn roster<'a>(
        &'a self,
        _turn: &'a directory::RosterTurn,
        _wanted: directory::Wanted,
    ) -> Option<BoxFuture<'a, Result<directory::Roster, Trouble>>> {
        None
    }

    /// The company over there whose directory this is; what is asked of it counts together, whichever instance asks.
    fn company(&self) -> Option<&str> {
        None
    }

    /// Whether the platform says that this is a member of the company that an administrator takes it for. A platform
    /// with a directory knows; of any other, whoever it lets in is one.
    fn is_member(&self, _identity: &Identity) -> bool {
        true
    }

    /// The key space of an application whose people can be moved to this one; `None` when this platform moves nobody.
    fn left_space(&self, _application: &str) -> Option<String> {
        None
    }

    /// What became of these subjects, at most [`moving::AT_ONCE`] of them.
    fn moved<'a>(
        &'a self,
        _turn: &'a directory::RosterTurn,
        _moving: &'a moving::Moving,
        _subjects: &'a [String],
    ) -> moving::Told<'a> {
        Box::pin(async { Err(Trouble::Misconfigured("this platform moves nobody".to_owned())) })
    }

    /// Listens on a long-lived connection until it breaks; `None` when this connector has none. One node does it at a time.
    fn listen<'a>(&'a self, _turn: &'a hook::HookTurn, _sink: &'a dyn hook::Sink) -> Option<BoxFuture<'a, Trouble>> {
        None
    }

    /// Whether the platform tells by itself what changes in its directory, as this instance is set up.
    fn tells_changes(&self) -> bool {
        false
    }

    /// What an application may know to start a sign-in by itself (client ids, corp ids, scopes); never a secret.
    fn public(&self) -> serde_json::Value {
        serde_json::Value::Object(serde_json::Map::new())
    }

    /// Whether an application may bring a code of this platform itself (`Reply::Code`).
    fn codes(&self) -> Codes {
        Codes::Never
    }

    /// What this instance says about a place, over what its kind says.
    fn shown_in(&self, _place: Place) -> Option<Fit> {
        None
    }

    /// Whether a conversation begun in this place has the platform draw a picture, which counts against a quota.
    fn draws_in(&self, _place: Place) -> bool {
        false
    }

    /// Whether it is a program of the tenant's own that brings `Reply::Code` and stands in for the phone's page.
    fn is_program(&self) -> bool {
        false
    }

    /// Whether `Turn::silent` may be tried: a sign-in without a tap, in the platform's own browser.
    fn silent_in(&self, _place: Place) -> bool {
        false
    }
}

/// What a connector is given each time.
pub struct Turn {
    /// The instance.
    pub connector: ConnectorId,
    /// The way out of this instance: real or practice, never both.
    pub outbound: Outbound,
    /// The moment of this turn.
    pub now: Seconds,
    /// The exact `redirect_uri` of this instance.
    pub callback_url: String,
    /// 43 characters of `[A-Za-z0-9]`, made by the engine.
    pub state: String,
    /// The same shape; comes back inside an ID token.
    pub nonce: String,
    /// PKCE, made by the engine.
    pub code_verifier: Secret,
    /// A name or address typed before, or `login_hint`.
    pub hint: Option<String>,
    /// The application asked for a fresh sign-in (prompt=login): forwarded where the platform can.
    pub prompt_login: bool,
    /// The oldest sign-in over there that the application takes, in seconds.
    pub max_age: Option<i64>,
    /// The connector's own JSON between turns, kept server-side. What `begin` puts in `Step::Go.memo` comes back here.
    pub memo: Option<String>,
    /// The language of the pages.
    pub lang: Lang,
    /// The browser's `User-Agent`.
    pub agent: String,
    /// The same, told apart.
    pub place: Place,
    /// Only what needs no tap; what comes of it recognises people and never makes new ones.
    pub silent: bool,
    /// The person opened the platform's QR code inside our page.
    pub frame: bool,
    /// 32 characters of `[A-Za-z0-9]`: what a picture to be scanned carries (`Step::Scan`).
    pub scene: String,
    /// Checks a name and password of ours; only `password` uses it.
    pub local: Arc<dyn LocalPasswords>,
    /// App-level tokens, shared by nodes.
    pub tokens: Arc<dyn AppTokens>,
    /// Codes to phones; only `sms` uses it.
    pub phone_codes: Arc<dyn PhoneCodes>,
}

/// Written in `login`: look-up, dummy hash, gate, limits, rehash.
pub trait LocalPasswords: Send + Sync {
    /// Whose name and password these are.
    fn verify<'a>(&'a self, name: &'a str, password: &'a Secret) -> BoxFuture<'a, Result<UserId, Trouble>>;
}

/// What came back.
#[derive(Debug)]
pub enum Reply {
    /// The query (or replayed form) of the callback, each name once.
    Callback(BTreeMap<String, String>),
    /// The fields of the form that `Ask` showed.
    Form(BTreeMap<String, Secret>),
    /// What an application of our own got from the platform itself (`code`, `phone_code`, `redirect_uri`,
    /// `code_verifier` …), with no browser and no state; only from first-party applications (design.md §6).
    Code(BTreeMap<String, Secret>),
}

/// Whether an application may bring a platform's code itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Codes {
    /// They belong to our own callback alone.
    Never,
    /// The platform gives them to the program that asks, and to nothing else.
    FromPrograms,
    /// The same kind of code also goes through browsers, where it can be caught.
    FromBrowsers,
}

/// Why it did not work; each has a sentence for the person and a line for the audit.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The person refused over there.
    #[error("cancelled at the platform")]
    Cancelled,
    /// Wrong name or password, wrong code.
    #[error("wrong name or password")]
    Wrong,
    /// Too many tries, or no hashing slot free: later.
    #[error("try later")]
    TryLater {
        /// From when on, if that is known.
        until: Option<Seconds>,
    },
    /// The platform's rule keeps them out (organisation, hosted domain).
    #[error("not allowed in: {0}")]
    NotAllowed(String),
    /// The platform says whom this is, and that they are not of the company: whoever was, has left it.
    #[error("not allowed in: {}", .0.why)]
    NotMember(Box<Outsider>),
    /// The platform showed a preview of the page and made up a person for it: nobody is to be looked up by that.
    #[error("a preview of the page, not the person")]
    Preview,
    /// The platform answered something that can't be used.
    #[error("unusable answer: {0}")]
    BadReply(String),
    /// The platform did not answer.
    #[error("not reachable: {0}")]
    Unreachable(String),
    /// The settings are wrong: the platform does not accept our client, secret or redirect.
    #[error("misconfigured: {0}")]
    Misconfigured(String),
}

/// Who somebody is, in the platform's words.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Identity {
    /// Strongest first; never empty, but for `local`.
    pub keys: Vec<Key>,
    /// Only from `password`: the person themselves.
    #[serde(skip)]
    pub local: Option<UserId>,
    /// The name to show.
    pub name: Option<String>,
    /// Login name over there: shown, proposed as user name, never a key.
    pub username: Option<String>,
    /// First name, where it is given apart.
    pub given_name: Option<String>,
    /// Last name, likewise.
    pub family_name: Option<String>,
    /// The address, and whether the connector's rule calls it proven.
    pub email: Option<(String, bool)>,
    /// The number, and whether the connector's rule calls it proven.
    pub phone: Option<(String, bool)>,
    /// BCP 47.
    pub locale: Option<String>,
    /// Stored as text, never fetched or hot-linked.
    pub avatar: Option<String>,
    /// Organisations over there that let them in.
    pub orgs: Vec<String>,
    /// Groups over there.
    pub groups: Vec<String>,
    /// It came without a tap: it recognises, and never creates or links (upstreams/wechat.md §4.6).
    #[serde(default)]
    pub silent: bool,
    /// The platform's own id of the member in its company, where that is not a key (DingTalk's userid).
    #[serde(default)]
    pub member: Option<String>,
    /// The platform says that they are not of the company, which lets others in as well.
    #[serde(skip)]
    pub is_outsider: bool,
    /// When they signed in over there, if the platform says so.
    pub auth_time: Option<Seconds>,
    /// RFC 8176 words for how.
    pub amr: Vec<String>,
}

/// A stable subject in a key space of design.md §4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Whose numbering this is.
    pub space: String,
    /// Who, in that numbering.
    pub value: String,
}

/// What the doctor is given.
pub struct Check {
    /// The way out of this instance.
    pub outbound: Outbound,
    /// The exact `redirect_uri` of this instance.
    pub callback_url: String,
    /// The moment of the check.
    pub now: Seconds,
    /// The language of the findings.
    pub lang: Lang,
    /// The instance.
    pub connector: ConnectorId,
    /// The address for pushes of this instance.
    pub hook_url: String,
    /// App-level tokens, shared by nodes.
    pub tokens: Arc<dyn AppTokens>,
}

/// One line of the doctor's report.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at, in the asked language.
    pub subject: String,
    /// What was found, and what to do about it.
    pub text: String,
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works; worth a look.
    Warning,
    /// Does not work.
    Error,
}

/// A platform, as the gallery shows it.
pub struct Kind {
    /// `github`, `google`, `oidc`, `oauth2`, `password`.
    pub id: &'static str,
    /// What it is called.
    pub name: Text,
    /// Whom it is for, in a sentence; the gallery shows it.
    pub about: Text,
    /// Name of the symbol in `static/icons.svg`.
    pub icon: &'static str,
    /// What is filled in for an instance.
    pub fields: &'static [Field],
    /// The fields that say whose ids an instance's people have, where its key space does not: another issuer's
    /// `1001` is somebody else.
    pub identified_by: &'static [&'static str],
    /// Where to click on the platform's side, per language; our values are filled in beside it.
    pub guide: Text,
    /// What becomes of it in this place.
    pub fits: fn(Place) -> Fit,
    /// The platform pushes to `/hook/{name}`: the guide shows that address.
    pub hook: bool,
    /// Field values for the practice platform of this kind; empty where there is none.
    pub practice: &'static [(&'static str, &'static str)],
    /// Builds the connector from its settings (JSON object of the fields; secrets opened).
    pub open: Open,
}

/// Whether a method is of use in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It can't work there.
    Hidden,
    /// It works.
    Offered,
    /// It is the way in there.
    Preferred,
}

impl Fit {
    /// Works everywhere.
    #[must_use]
    pub const fn everywhere(_place: Place) -> Self {
        Self::Offered
    }
}

/// From settings to a connector, or every field that can't be so.
pub type Open = fn(settings: &serde_json::Value, connector: &ConnectorId) -> Result<Arc<dyn Connector>, Vec<Wrong>>;

/// A sentence in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// 中文.
    pub zh: &'static str,
}

impl Text {
    /// The sentence in one of them.
    #[must_use]
    pub const fn get(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}

/// A field of the kind's settings: the console's form, masking and sealing come from it.
pub struct Field {
    /// Its name in the settings.
    pub key: &'static str,
    /// Its name on the page.
    pub label: Text,
    /// A sentence below it.
    pub help: Text,
    /// How it is filled in.
    pub input: Input,
    /// Whether it may not stay empty.
    pub required: bool,
    /// What an empty one means.
    pub default: &'static str,
}

/// How a field is filled in, and its JSON type: `Flag` is a bool, `List` an array of strings, the rest strings.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// One line.
    Line,
    /// A full web address.
    Url,
    /// Sealed, write-only.
    Secret,
    /// On or off.
    Flag,
    /// One per line.
    List,
    /// Several lines, kept as one text.
    Lines,
    /// One of these: value and name.
    Choice(&'static [(&'static str, Text)]),
}

/// A field that can't be so.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// Its key; empty when it is the settings as a whole.
    pub field: String,
    /// Why, and what to do.
    pub text: Text,
}

macro_rules! connectors {
    ($($module:ident)*) => {
        static KINDS: &[&Kind] = &[$(&$module::KIND),*];
    };
}

// Adding a platform is one file and one word here.
connectors! { password sms github google oidc oauth2 wechat_website wechat_official wechat_mini dingtalk wecom }

/// Every kind there is, in the gallery's order.
#[must_use]
pub fn kinds() -> &'static [&'static Kind] {
    KINDS
}

/// The kind with this id.
#[must_use]
pub fn kind(id: &str) -> Option<&'static Kind> {
    kinds().iter().copied().find(|kind| kind.id == id)
}

/// What a connector is called in `lang`: one that has the name of its kind has it in each language; any other title is
/// what the administrator wrote.
#[must_use]
pub fn called(title: &str, lang: Lang) -> &str {
    let named = |kind: &&Kind| kind.name.en == title || kind.name.zh == title;
    kinds().iter().copied().find(named).map_or(title, |kind| kind.name.get(lang))
}
