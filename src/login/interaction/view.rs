//! What the pages of an interaction are told.

use serde::{Deserialize, Serialize};

use crate::base::clock::Seconds;
use crate::connectors::{Form, FrameEnd, ScannedWith};
use crate::login::password::Rules;
use crate::login::scan::ScanState;
use crate::oidc::response::AuthorizationResponse;
use crate::store::members::Membership;

/// What a page is told: which one, and everything on it. `web/login` has one template per arm.
#[derive(Debug)]
pub enum View {
    /// Pick a way in; the password form is there when the method is on.
    Choose(Choose),
    /// A connector's own form.
    Ask(AskView),
    /// A picture for a phone's camera.
    Scan(ScanView),
    /// The platform's own page in a frame.
    Frame(FrameView),
    /// The platform whose browser this is may know them: its page asks by itself.
    Silent(SilentView),
    /// A number, or the code sent to it, for something other than signing in by it.
    Number(NumberView),
    /// An unknown identity and its two doors.
    Stranger(Stranger),
    /// An administrator reset the password: choose a new one.
    NewPassword {
        /// Where one is going.
        context: Context,
        /// What was wrong with the last one tried.
        mistake: Option<PasswordMistake>,
        /// They forgot theirs; otherwise an administrator asks for another.
        forgotten: bool,
    },
    /// Go on as this person?
    Account {
        /// Where one is going.
        context: Context,
        /// What the person is called.
        name: String,
        /// What they sign in with.
        username: Option<String>,
    },
    /// In which organisation?
    Organisation(OrgView),
    /// The application asks for these scopes.
    Consent(ConsentView),
    /// Done: to the application.
    Issue(AuthorizationResponse),
    /// Done: to our own page.
    Ours(&'static str),
    /// Signed in again: to the account page, where what was pressed before waits.
    GoOn,
    /// Done before: "you are signed in, back to the application".
    Finished {
        /// Where one came from.
        context: Context,
    },
    /// It ended without a way back: say why.
    Ended {
        /// Where one came from.
        context: Context,
        /// Why.
        reason: Ended,
    },
}

/// What every page of an interaction says: where one is going.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The application's name; empty for our own pages.
    pub application: String,
    /// The application's picture, as registered.
    pub logo_uri: Option<String>,
    /// Its privacy policy.
    pub policy_uri: Option<String>,
    /// Its terms.
    pub tos_uri: Option<String>,
    /// Host of the redirect URI.
    pub host: String,
    /// `ui_locales`, for the choice of language.
    pub ui_locales: Vec<String>,
    /// prompt=create, or the register tab.
    pub create: bool,
    /// Whether the page's POST may end at the application (its origin goes into form-action).
    pub may_leave: bool,
    /// One is going to the console, not to an application or one's account.
    pub console: bool,
}

/// The page of a connector's own form.
#[derive(Debug)]
pub struct AskView {
    /// Where one is going.
    pub context: Context,
    /// The instance's name, for the path `answer/{name}`.
    pub name: String,
    /// The instance's title.
    pub title: String,
    /// What to ask.
    pub form: Form,
    /// Proving an old account for linking: what will be linked.
    pub linking: Option<Linking>,
    /// The moment, for counting down.
    pub now: Seconds,
    /// For a number: whose codes are sent.
    pub countries: Countries,
    /// What it sends goes to a practice phone.
    pub practice: bool,
}

/// The countries whose numbers get codes.
#[derive(Clone, Debug, Default)]
pub struct Countries {
    /// ISO 3166 codes.
    pub all: Vec<String>,
    /// The one chosen at first.
    pub first: String,
}

/// A page that asks for a number or a code.
#[derive(Debug)]
pub struct NumberView {
    /// Where one is going.
    pub context: Context,
    /// What for.
    pub what: NumberFor,
    /// Which of the two forms.
    pub form: Form,
    /// The moment, for counting down.
    pub now: Seconds,
    /// Whose codes are sent.
    pub countries: Countries,
    /// They go to a practice phone.
    pub practice: bool,
}

/// Why a number is asked for.
#[derive(Clone, Debug)]
pub enum NumberFor {
    /// To set a new password.
    Forgotten,
    /// The number one has, before it is changed or taken away.
    Own,
    /// A number for one's account.
    Another,
    /// To find out whose an unknown identity is.
    FirstSignIn {
        /// The platform's title.
        title: String,
        /// How the platform calls the person.
        name: String,
    },
}

/// The page of a picture to be scanned.
#[derive(Debug)]
pub struct ScanView {
    /// Where one is going.
    pub context: Context,
    /// The instance's name, for a new picture.
    pub name: String,
    /// The instance's title.
    pub title: String,
    /// With what it is scanned.
    pub app: ScannedWith,
    /// What to draw; `None`: the platform drew it.
    pub text: Option<String>,
    /// Digest of the scene, so that a new picture has a new address.
    pub scene: String,
    /// What has become of it.
    pub state: ScanState,
    /// It is scanned with a practice phone.
    pub practice: bool,
    /// Proving an old account for linking: what will be linked.
    pub linking: Option<Linking>,
}

/// The page with a platform's frame.
#[derive(Debug)]
pub struct FrameView {
    /// Where one is going.
    pub context: Context,
    /// The instance's name.
    pub name: String,
    /// The instance's title.
    pub title: String,
    /// The address of the frame, as the browser opens it.
    pub url: String,
    /// How it says that it is done.
    pub ends: FrameEnd,
    /// Width and height in CSS pixels.
    pub size: (u16, u16),
    /// The only address it may send the window to.
    pub callback_url: String,
    /// Its answer would still be taken.
    pub is_good: bool,
    /// Proving an old account for linking: what will be linked.
    pub linking: Option<Linking>,
}

/// The page that asks a platform by itself.
#[derive(Debug)]
pub struct SilentView {
    /// Where one is going.
    pub context: Context,
    /// The instance's name.
    pub name: String,
    /// The instance's title.
    pub title: String,
}

/// The sign-in page.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that stands on the page or does not")]
#[derive(Debug, Default)]
pub struct Choose {
    /// Where one is going.
    pub context: Context,
    /// The password form is shown.
    pub password: bool,
    /// "Create an account" is offered.
    pub registration: bool,
    /// Platforms in the administrator's order.
    pub methods: Vec<Method>,
    /// A telephone number is a name here too.
    pub numbers: bool,
    /// A number alone is enough: it is sent a code.
    pub codes: bool,
    /// What was typed before, or `login_hint`.
    pub username: String,
    /// What to say beside the form.
    pub notice: Option<Notice>,
    /// The rules of a new password, for the register form.
    pub rules: Rules,
    /// What is wrong in the register form, and what had been typed.
    pub registration_mistake: Option<RegistrationMistake>,
    /// What had been typed as the name.
    pub registration_name: String,
    /// What had been typed as the address.
    pub registration_email: String,
    /// Proving an old account for linking: what will be linked.
    pub linking: Option<Linking>,
    /// A forgotten password can be replaced by a code to one's phone.
    pub forgotten: bool,
    /// The organisation whose ways in these are.
    pub company: Option<Company>,
    /// There are others than these.
    pub narrowed: bool,
    /// Some organisation has a domain: its people need no password here.
    pub by_address: bool,
}

/// An organisation, as its people know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// What it is called.
    pub name: String,
    /// A `data:` URI of its picture.
    pub logo: Option<String>,
}

/// A button.
#[expect(clippy::struct_excessive_bools, reason = "four words about a button, none of which excludes another")]
#[derive(Clone, Debug)]
pub struct Method {
    /// The instance's name, for the path.
    pub name: String,
    /// What stands on it.
    pub title: String,
    /// Its symbol in `static/icons.svg`.
    pub icon: &'static str,
    /// A practice platform; the page says so.
    pub practice: bool,
    /// Used last on this device.
    pub last_used: bool,
    /// The way in where this page is being looked at: it comes first.
    pub preferred: bool,
    /// The platform's QR code may stand in our page.
    pub frame: bool,
}

/// Something to say on the sign-in page.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Wrong name or password, or too many tries: one sentence for all (security.md row 67).
    WrongPassword,
    /// A platform failed: whose it is, and a reference for the administrator.
    Upstream {
        /// The connector's title.
        title: String,
        /// How it failed.
        what: UpstreamNotice,
        /// The request's id.
        reference: String,
    },
    /// Only a name was given, and no organisation goes by its domain.
    PasswordMissing,
    /// The server is busy hashing.
    Busy,
    /// Registration is off.
    RegistrationOff,
    /// This account may not open the console.
    NotAdministrator,
    /// The application wanted somebody else.
    OtherAccountWanted,
    /// The number was proven, and nobody here signs in by it.
    NobodysNumber,
    /// The way by which this browser was signed in was taken away.
    WayRemoved,
    /// An administrator changes nothing by a code sent to a number.
    NotByCode,
}

/// How a platform failed, in the few words people get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpstreamNotice {
    /// The person refused over there.
    Cancelled,
    /// The platform's or the connector's rule keeps them out.
    NotAllowed,
    /// It did not answer.
    Unreachable,
    /// It answered something unusable.
    BadReply,
    /// Our settings there are wrong.
    Misconfigured,
    /// The platform showed a preview of the page, with a person it made up.
    Preview,
    /// Unknown here, and its rule lets nobody new in.
    NotInvited,
    /// Belongs to somebody else already.
    Taken,
    /// Practice and real people are never linked.
    OtherWorld,
    /// An administrator takes no way in by a code sent to a number.
    NotByCode,
    /// A number not used for so long that it may be somebody else's.
    Stale,
    /// A number, and they sign in by another one.
    HasNumber,
}

/// The first visit of an unknown identity.
#[derive(Debug, Default)]
pub struct Stranger {
    /// Where one is going.
    pub context: Context,
    /// The platform's title.
    pub title: String,
    /// How the platform calls them.
    pub name: String,
    /// Their login name there.
    pub username: String,
    /// The address the platform gave.
    pub email: Option<String>,
    /// Whether the door "new here" is open.
    pub may_create: bool,
    /// The number they proved, as it may be shown.
    pub phone: Option<String>,
}

/// What is about to be linked to whom.
#[derive(Clone, Debug)]
pub struct Linking {
    /// The platform's title.
    pub title: String,
    /// How the platform calls the person.
    pub name: String,
}

/// What a new password lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordMistake {
    /// Fewer characters than asked.
    TooShort,
    /// More characters than allowed.
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
    /// Not two to 64 letters, digits, dots, dashes or underscores.
    Username,
    /// Somebody has it.
    UsernameTaken,
    /// Empty.
    Name,
    /// Not one plain address.
    Email,
    /// Somebody has it.
    EmailTaken,
    /// The password's rules.
    Password(PasswordMistake),
    /// Too many tries, or no hashing slot.
    TryLater,
}

/// The chooser of organisations.
#[derive(Debug, Default)]
pub struct OrgView {
    /// Where one is going.
    pub context: Context,
    /// Who is signed in.
    pub name: String,
    /// What may be chosen; none: the application is for organisations the person does not belong to.
    pub options: Vec<Membership>,
}

/// The consent page.
#[derive(Debug, Default)]
pub struct ConsentView {
    /// Where one is going.
    pub context: Context,
    /// Who is signed in.
    pub name: String,
    /// Scopes asked for now and not agreed to before.
    pub new_scopes: Vec<String>,
    /// Agreed to before.
    pub known_scopes: Vec<String>,
    /// Single claims asked for.
    pub claims: Vec<String>,
    /// The organisation the person acts in.
    pub organisation: Option<String>,
}

/// Why an interaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It was opened more than an hour ago.
    Expired,
    /// The person left it.
    Cancelled,
}
