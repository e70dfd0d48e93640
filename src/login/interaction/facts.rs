//! What is known of a sign-in under way; the payload of its artifact.

use serde::{Deserialize, Serialize};

use super::{Notice, PasswordMistake, RegistrationMistake, Talk};
use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, OrgId, SessionId, UserId};
use crate::connectors::{Form, Identity};
use crate::oidc::authorize::AuthorizeRequest;

/// How long an interaction may take, in seconds.
pub const LIFE: Seconds = 3600;

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

/// Everything learnt so far. Facts choose the page, never the permission.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Facts {
    /// What it is for.
    pub purpose: Purpose,
    /// When it was opened.
    pub asked_at: Seconds,
    /// The last sign-in made in this interaction; the browser's session is read anew each time.
    #[serde(default)]
    pub login: Option<SignedInFact>,
    /// A password was right, and must be changed before it counts.
    #[serde(default)]
    pub half: Option<Half>,
    /// A sign-in made here is wanted, whoever is signed in already.
    #[serde(default)]
    pub again: bool,
    /// What was pressed on the account page before that.
    #[serde(default)]
    pub wish: Option<Wish>,
    /// Who binds what comes in next.
    #[serde(default)]
    pub binding: Option<UserId>,
    /// What a binding came to.
    #[serde(default)]
    pub bound: Option<Bound>,
    /// One's own number is being changed.
    #[serde(default)]
    pub own: Option<OwnNumber>,
    /// A forgotten password: the conversation about one's number.
    #[serde(default)]
    pub forgotten: Option<NumberStep>,
    /// An identity nobody has, and what is to become of it.
    #[serde(default)]
    pub stranger: Option<Pending>,
    /// A conversation with a connector that goes on inside our pages.
    #[serde(default)]
    pub talk: Option<Talk>,
    /// The platform whose browser this is was asked without a tap; once is enough.
    #[serde(default)]
    pub silent_tried: bool,
    /// Whoever signs in here wants to stay signed in on this device.
    #[serde(default)]
    pub remember: bool,
    /// Whom "go on as …" was answered for.
    #[serde(default)]
    pub chosen: Option<UserId>,
    /// "Somebody else" was answered: the session of that moment does not count.
    #[serde(default)]
    pub not_as: Option<UserId>,
    /// Whose ways in the page shows.
    #[serde(default)]
    pub ways: Ways,
    /// In which organisation to go on.
    #[serde(default)]
    pub organisation: Option<ChosenOrg>,
    /// Who said yes on the consent page of this interaction.
    #[serde(default)]
    pub allowed_by: Option<UserId>,
    /// It was ended by the person.
    #[serde(default)]
    pub end: Option<End>,
    /// The answer was given.
    #[serde(default)]
    pub finished: bool,
    /// What to say on the sign-in page.
    #[serde(default)]
    pub notice: Option<Notice>,
    /// What had been typed, to be shown again.
    #[serde(default)]
    pub typed: Typed,
    /// What was wrong in the register form.
    #[serde(default)]
    pub registration_mistake: Option<RegistrationMistake>,
    /// What was wrong with the new password.
    #[serde(default)]
    pub password_mistake: Option<PasswordMistake>,
}

/// Whose ways in the sign-in page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ways {
    /// Those of the organisations that the application asks for; of everybody where it asks for none.
    #[default]
    Fitting,
    /// Those of the organisation whose domain a typed e-mail has.
    Of(OrgId),
    /// All: the person asked for the others.
    Every,
}

/// An organisation that was chosen, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenOrg {
    /// Who.
    pub user: UserId,
    /// Which; whether they belong is read anew each time.
    pub org: OrgId,
}

/// What somebody pressed on the account page that asks for a fresh sign-in first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// To add the method of this name.
    Bind(String),
    /// To take the way of this subject away.
    Unbind(String),
    /// The first number, or another one.
    Number,
    /// To take the number away.
    NoNumber,
    /// A first password.
    Password,
}

/// What a change of one's own ways in came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// It is done.
    Done,
    /// It is somebody else's.
    Taken,
    /// It is the last way in.
    Last,
    /// The organisation behind it lets in only people it knows.
    NotInvited,
    /// It was not finished, or not by whoever began it.
    Not,
}

/// One's own number: another one, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnNumber {
    /// Whose.
    pub user: UserId,
    /// The one they have, in E.164.
    pub old: Option<String>,
    /// It is to be taken away.
    pub remove: bool,
    /// When the old one was proven.
    pub proven_at: Option<Seconds>,
    /// What is asked.
    pub step: NumberStep,
}

/// A sign-in that happened, as a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedInFact {
    /// Who.
    pub user: UserId,
    /// The session it began.
    pub session: SessionId,
    /// When they proved themselves.
    pub auth_time: Seconds,
    /// By which connector.
    pub connector: ConnectorId,
}

/// A right password that an administrator had set: no session yet, the new one comes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Half {
    /// Whose password.
    pub user: UserId,
    /// The instance of the password form.
    pub connector: ConnectorId,
    /// When it was given.
    pub at: Seconds,
    /// The box "stay signed in".
    pub remembered: bool,
    /// No password was given: a code to their own number stands for it (design.md §4).
    #[serde(default)]
    pub ticket: bool,
}

impl Half {
    /// How long the new password may take after the old one, in seconds.
    const LIFE: Seconds = 900;
    /// The same after a code.
    const TICKET: Seconds = 300;

    fn ends(&self) -> Seconds {
        self.at + if self.ticket { Self::TICKET } else { Self::LIFE }
    }
}

/// An identity that belongs to nobody, kept server-side only (security.md §0, rule 9).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// What the platform said.
    pub identity: Identity,
    /// The instance it came through.
    pub connector: ConnectorId,
    /// Its title.
    pub title: String,
    /// A practice identity.
    pub practice: bool,
    /// Whether the door "new here" is open.
    pub may_create: bool,
    /// The door that was taken.
    pub door: Option<Door>,
    /// No doors: a number and its code say whose it is.
    #[serde(default)]
    pub by_phone: bool,
    /// The conversation about that number.
    #[serde(default)]
    pub number: Option<NumberStep>,
}

/// Where a conversation about a number stands; the sms method leads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberStep {
    /// What is asked.
    pub form: Form,
    /// The method's own JSON, sealed.
    pub memo: Option<String>,
}

/// What had been typed in forms; never a password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// As user name.
    pub username: String,
    /// As name.
    pub name: String,
    /// As address.
    pub email: String,
}

/// How a person ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// By "cancel".
    Cancelled,
    /// By "no" on the consent page.
    Denied,
}

impl Facts {
    /// A new interaction.
    #[must_use]
    pub fn new(purpose: Purpose, asked_at: Seconds) -> Self {
        let typed = match &purpose {
            Purpose::Authorize(request) => {
                Typed { username: request.login_hint.clone().unwrap_or_default(), ..Typed::default() }
            }
            Purpose::Account | Purpose::Console => Typed::default(),
        };
        Self {
            purpose,
            asked_at,
            login: None,
            half: None,
            again: false,
            wish: None,
            binding: None,
            bound: None,
            own: None,
            forgotten: None,
            stranger: None,
            talk: None,
            silent_tried: false,
            remember: false,
            chosen: None,
            not_as: None,
            ways: Ways::Fitting,
            organisation: None,
            allowed_by: None,
            end: None,
            finished: false,
            notice: None,
            typed,
            registration_mistake: None,
            password_mistake: None,
        }
    }

    /// The authorization request, if it is for one.
    #[must_use]
    pub fn request(&self) -> Option<&AuthorizeRequest> {
        match &self.purpose {
            Purpose::Authorize(request) => Some(request),
            Purpose::Account | Purpose::Console => None,
        }
    }

    /// Whether steps still count.
    #[must_use]
    pub fn is_open(&self, now: Seconds) -> bool {
        self.end.is_none() && !self.finished && now < self.asked_at + LIFE
    }

    /// The right password that waits for a new one, while it may.
    #[must_use]
    pub fn waiting_half(&self, now: Seconds) -> Option<&Half> {
        self.half.as_ref().filter(|half| now < half.ends())
    }

    /// The identity that is to be linked to whoever signs in next.
    #[must_use]
    pub fn linking(&self) -> Option<&Pending> {
        self.stranger.as_ref().filter(|pending| pending.door == Some(Door::Existing))
    }

    /// Forgets what the last page had to say.
    pub fn quiet(&mut self) {
        self.notice = None;
        self.registration_mistake = None;
        self.password_mistake = None;
    }
}
