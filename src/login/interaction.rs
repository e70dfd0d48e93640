//! The interaction: a bag of facts, and the pure function that says what is missing.

use serde::{Deserialize, Serialize};

use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, SessionId, UserId};
use crate::oidc::authorize::AuthorizeRequest;
use crate::oidc::response::AuthorizationResponse;

/// What the sign-in is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An application's authorization request.
    Authorize(Box<AuthorizeRequest>),
    /// `/account`.
    Account,
    /// `/admin`; only administrators get through.
    Console,
}

/// Which way an unknown identity goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// "I am new here."
    New,
    /// "I have an account": prove it by signing in to it.
    Existing,
}

/// What a page is told: which one, and everything on it. `web/login` has one template per arm.
#[derive(Debug)]
pub enum View {
    /// Pick a way in; the password form is there when the method is on.
    Choose(Choose),
    /// An unknown identity and its two doors.
    Stranger(Stranger),
    /// An administrator reset the password: choose a new one.
    NewPassword { context: Context, mistake: Option<PasswordMistake> },
    /// Go on as this person?
    Account { context: Context, name: String, username: Option<String> },
    /// The application asks for these scopes.
    Consent(ConsentView),
    /// Done: to the application.
    Issue(AuthorizationResponse),
    /// Done: to our own page.
    Ours(&'static str),
    /// Done before: "you are signed in, back to the application".
    Finished { context: Context },
    /// It ended without a way back: say why.
    Ended { context: Context, reason: Ended },
}

/// What every page of an interaction says: where one is going.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The application's name; empty for our own pages.
    pub application: String,
    pub logo_uri: Option<String>,
    pub policy_uri: Option<String>,
    pub tos_uri: Option<String>,
    /// Host of the redirect URI.
    pub host: String,
    /// `ui_locales`, for the choice of language.
    pub ui_locales: Vec<String>,
    /// prompt=create, or the register tab.
    pub create: bool,
    /// Whether the page's POST may end at the application (its origin goes into form-action).
    pub may_leave: bool,
}

/// The sign-in page.
#[derive(Debug, Default)]
pub struct Choose {
    pub context: Context,
    /// The password form is shown.
    pub password: bool,
    /// "Create an account" is offered.
    pub registration: bool,
    /// Platforms in the administrator's order.
    pub methods: Vec<Method>,
    /// What was typed before, or `login_hint`.
    pub username: String,
    /// What to say beside the form.
    pub notice: Option<Notice>,
    /// The rules of a new password, for the register form.
    pub rules: super::password::Rules,
    /// What is wrong in the register form, and what had been typed.
    pub registration_mistake: Option<RegistrationMistake>,
    pub registration_name: String,
    pub registration_email: String,
    /// Proving an old account for linking: what will be linked.
    pub linking: Option<Linking>,
}

/// A button.
#[derive(Clone, Debug)]
pub struct Method {
    pub name: String,
    pub title: String,
    pub icon: &'static str,
    pub practice: bool,
    /// Used last on this device.
    pub last_used: bool,
}

/// Something to say on the sign-in page.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Wrong name or password, or too many tries: one sentence for all (security.md row 67).
    WrongPassword,
    /// A platform failed: whose it is, and a reference for the administrator.
    Upstream { title: String, what: UpstreamNotice, reference: String },
    /// The server is busy hashing.
    Busy,
    /// Registration is off.
    RegistrationOff,
    /// This account may not open the console.
    NotAdministrator,
    /// The application wanted somebody else.
    OtherAccountWanted,
}

/// How a platform failed, in the few words people get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpstreamNotice {
    Cancelled,
    NotAllowed,
    Unreachable,
    BadReply,
    Misconfigured,
    /// Unknown here, and its rule lets nobody new in.
    NotInvited,
    /// Belongs to somebody else already.
    Taken,
}

/// The first visit of an unknown identity.
#[derive(Debug, Default)]
pub struct Stranger {
    pub context: Context,
    /// The platform's title.
    pub title: String,
    /// How the platform calls them.
    pub name: String,
    pub username: String,
    pub email: Option<String>,
    /// Whether the door "new here" is open.
    pub may_create: bool,
}

/// What is about to be linked to whom.
#[derive(Clone, Debug)]
pub struct Linking {
    pub title: String,
    pub name: String,
}

/// What a new password lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordMistake {
    TooShort,
    TooLong,
    /// Lacks one of the demanded classes of characters.
    Classes,
    /// On the list of common ones, or the name itself.
    Common,
    /// The same as before.
    Same,
}

/// What is wrong in the register form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationMistake {
    Username,
    UsernameTaken,
    Name,
    Email,
    EmailTaken,
    Password(PasswordMistake),
    TryLater,
}

/// The consent page.
#[derive(Debug, Default)]
pub struct ConsentView {
    pub context: Context,
    /// Who is signed in.
    pub name: String,
    /// Scopes asked for now and not agreed to before.
    pub new_scopes: Vec<String>,
    /// Agreed to before.
    pub known_scopes: Vec<String>,
    /// Single claims asked for.
    pub claims: Vec<String>,
}

/// Why an interaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    Expired,
    Cancelled,
}

/// A sign-in that happened, as a fact.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedInFact {
    pub user: UserId,
    pub session: SessionId,
    pub auth_time: Seconds,
    pub connector: ConnectorId,
}
