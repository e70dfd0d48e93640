//! Who takes a code to a phone.

use futures::future::BoxFuture;

use crate::base::clock::Seconds;
use crate::base::lang::Lang;
use crate::base::phone::Phone;
use crate::base::secret::Secret;
use crate::connectors::phone_codes::SendAs;

/// A code on its way.
#[derive(Debug)]
pub struct Message {
    /// To whom.
    pub to: Phone,
    /// Six digits.
    pub code: Secret,
    /// For how many seconds it is good, for the text.
    pub lifetime: Seconds,
    /// Where its code lies: by that it is known when somebody types it.
    pub row: String,
    /// By which senders, with what template and signature.
    pub how: SendAs,
    /// Only practice senders may take it; real ones take no other.
    pub practice: bool,
    /// The language of the text.
    pub lang: Lang,
}

/// No sender took it.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct NotDelivered {
    /// For the log: neither number nor code.
    pub why: String,
    /// No sender would have taken it to this number: another try is none of the provider's trouble.
    pub is_of_the_number: bool,
}

/// Takes codes to phones.
pub trait Delivery: Send + Sync {
    /// Takes one; at the latest after ten seconds it says whether somebody took it.
    fn deliver<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), NotDelivered>>;
}

/// An installation without senders.
pub struct NoSenders;

impl Delivery for NoSenders {
    fn deliver<'a>(&'a self, _: &'a Message) -> BoxFuture<'a, Result<(), NotDelivered>> {
        Box::pin(async { Err(NotDelivered { why: "no sender is set up".to_owned(), is_of_the_number: false }) })
    }
}
