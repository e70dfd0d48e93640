//! Tokens, codes and user tickets, with what they are bound to.

use super::persona::Persona;
use crate::base::clock::Seconds;

/// `gettoken` says 7200.
pub(super) const TOKEN_LIFE: Seconds = 7200;
/// A code dies five minutes after nobody used it.
pub(super) const CODE_LIFE: Seconds = 300;
pub(super) const TICKET_LIFE: Seconds = 1800;

/// Which secret a token came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// An application, by agentid.
    Agent(String),
    ContactSync,
}

/// An access token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) corpid: String,
    pub(super) holder: Holder,
    pub(super) expires_at: Seconds,
    /// The platform ended it early, and says so with this code.
    pub(super) ended: Option<i64>,
}

/// A code of a sign-in.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) corpid: String,
    pub(super) agentid: String,
    pub(super) persona: Persona,
    pub(super) person: String,
    /// host[:port] that it was sent to.
    pub(super) sent_to: String,
    /// The sensitive fields that the member agreed to; `None` without `snsapi_privateinfo`.
    pub(super) fields: Option<Vec<String>>,
    pub(super) expires_at: Seconds,
}

/// A `user_ticket`.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    pub(super) corpid: String,
    pub(super) userid: String,
    pub(super) fields: Vec<String>,
    pub(super) expires_at: Seconds,
}
