//! A person's ways in: bound, changed and taken away by one set of rules, which has two faces.
//!
//! The rules (`bind`, `number`, `unbind`) say what is written, or why nothing is: what belongs to somebody else,
//! what an organisation keeps to people it knows, the one number, the last way that works, the audit. The faces ask
//! for the proof: `page` at the account page, in an interaction; `program` for the applications of the person and
//! for services. The rules must not know which of the two asks.

mod bind;
mod number;
mod page;
mod program;
mod unbind;

use super::writes::{Event, LAST, SECOND, TAKEN, Write};
use super::{Login, Visitor};
use crate::base::clock::Seconds;
use crate::base::id::ClientId;
use crate::store::Error;
use crate::store::users::User;

pub use page::Unbound;
pub use program::{
    Account, Asker, Bound, IdentityTrouble, NumberSent, NumberTicket, PlatformCode, PublicConnector, TypedNumber, WayIn,
};

/// Sensitive changes need a sign-in that is younger (security.md row 77), in seconds.
pub const FRESH: Seconds = 300;
/// How long after that an answer may come to what was asked for in time: a code, a trip to a platform; in seconds.
const CONVERSATION: Seconds = 300;
/// How long the proof of the old number lets one prove a new one (design.md §4), in seconds.
pub const TICKET: Seconds = 300;
/// How often a lost race is run again.
const TRIES: usize = 3;

/// Whose ways in are changed, and on whose word.
struct Change<'a> {
    user: &'a User,
    /// Who stands in the audit.
    actor: String,
    /// The application that asks; none: the account page.
    client: Option<&'a ClientId>,
    visitor: &'a Visitor,
}

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is somebody else's.
    Taken,
    /// Nobody said yes to anything just now.
    Silent,
    /// A number has a way of its own, which asks for codes.
    Number,
    /// Practice and real people have nothing of each other.
    OtherWorld,
    /// The organisation behind it lets in only people it knows.
    NotInvited,
    /// They sign in by a number already.
    HasNumber,
    /// No working way in would be left.
    Last,
    /// It is none of theirs, or not any more.
    Missing,
}

impl Refused {
    /// For the audit.
    const fn word(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Silent => "silent",
            Self::Number => "number",
            Self::OtherWorld => "not of one world",
            Self::NotInvited => "not invited",
            Self::HasNumber => "has a number",
            Self::Last => "last way in",
            Self::Missing => "missing",
        }
    }

    /// What a lost race means to the rules, if anything.
    fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Conflict(TAKEN) => Some(Self::Taken),
            Error::Conflict(SECOND) => Some(Self::HasNumber),
            Error::Conflict(LAST) => Some(Self::Last),
            _ => None,
        }
    }
}

impl<'a> Change<'a> {
    /// By the person, at their account page.
    fn own(user: &'a User, visitor: &'a Visitor) -> Self {
        Self { user, actor: format!("user:{}", user.id), client: None, visitor }
    }
}

impl Login {
    /// The audit row of a change, done (`ok`) or refused.
    fn noted(&self, change: &Change<'_>, action: &'static str, (outcome, connector): (&str, Option<&str>)) -> Write {
        let mut detail = serde_json::Map::new();
        detail.extend(connector.map(|connector| ("connector".to_owned(), connector.into())));
        detail.extend(change.client.map(|client| ("client".to_owned(), client.as_str().into())));
        let event = Event {
            actor: change.actor.clone(),
            action,
            target: format!("user:{}", change.user.id),
            outcome: outcome.to_owned(),
            detail: detail.into(),
        };
        Write::Audit(self.entry(change.visitor, &event))
    }

    /// Whether a sign-in of that moment is young enough for a sensitive change.
    fn is_proven(&self, auth_time: Seconds, within: Seconds) -> bool {
        self.clock.now() - auth_time < within
    }
}
