//! How a short message leaves the house: providers of SMS, each behind the
//! same small trait, and the rule for going on to the next one.
//!
//! It knows the providers' documents (upstreams/sms.md) and sees `base` only.
//! It must not know who asks for a code, how codes are made and counted, or
//! where senders are stored; `login` does that. What a provider says is never
//! shown to the person: it becomes a [`Why`], and for the administrator a code
//! with a sentence of what to do.

pub mod aliyun;
pub mod aws;
pub mod encode;
pub mod exchange;
pub mod log;
pub mod report;
pub mod route;
pub mod tencent;
pub mod text;
pub mod trouble;
pub mod twilio;

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::Value;

use super::{Field, Text, Wrong};
use crate::base::clock::Seconds;
use crate::base::lang::Lang;
use crate::base::outbound::Outbound;
use crate::base::phone::Phone;
use crate::base::random::Random;
use crate::base::secret::Secret;

use report::{Arrival, Asked, Forged, Report};
pub use trouble::{Known, SendTrouble, Why};

/// A provider that takes messages.
pub trait Sender: Send + Sync {
    /// Whether its settings allow for this number at all (region, template).
    fn serves(&self, to: &Phone) -> bool;
    /// Hands the message over. `Ok` means accepted by the provider, never delivered.
    fn send<'a>(&'a self, cx: &'a Sending, message: &'a Message) -> BoxFuture<'a, Result<Receipt, SendTrouble>>;
    /// What a report that came in says: nothing while the message is still on its way.
    ///
    /// # Errors
    /// `Forged` when it is not the provider's; so is everything where no reports are asked for.
    fn heard(&self, _report: &Report<'_>) -> Result<Option<Arrival>, Forged> {
        Err(Forged)
    }
    /// Whether the provider can be asked what became of a message.
    fn answers(&self) -> bool {
        false
    }
    /// Asks what became of a message: nothing while it is still on its way.
    fn ask<'a>(&'a self, _cx: &'a Sending, _asked: &'a Asked) -> BoxFuture<'a, Result<Option<Arrival>, SendTrouble>> {
        Box::pin(async { Ok(None) })
    }
}

/// What a sender is given each time.
pub struct Sending {
    /// The way out of this instance: real or practice, never both.
    pub outbound: Outbound,
    /// The moment; signed by most providers.
    pub now: Seconds,
    /// Where the nonces of signatures come from.
    pub nonces: Nonces,
    /// Where the provider may tell what became of the message; absent where it can't reach us.
    pub report_to: Option<String>,
}

/// Where a request's nonce comes from.
#[derive(Clone, Debug)]
pub enum Nonces {
    /// A new one for each request, also for one that is repeated.
    Fresh(Random),
    /// Always this one, to repeat a worked example.
    Fixed(String),
}

impl Nonces {
    /// The nonce of the next request: 32 letters and digits.
    #[must_use]
    pub fn next(&self) -> String {
        match self {
            Self::Fresh(random) => random.alphanumeric(32),
            Self::Fixed(nonce) => nonce.clone(),
        }
    }
}

/// What is to be said, and to whom. Providers with approved templates take the
/// parts, the others a text made of them.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whose phone.
    pub to: Phone,
    /// The one-time code: digits, zeros in front kept.
    pub code: Secret,
    /// How long it is good for.
    pub minutes: i64,
    /// What people know this place as.
    pub product: String,
    /// Host of the sign-in page, for the line by which phones fill in the code; empty: no such line.
    pub host: String,
    /// The language of the text.
    pub lang: Lang,
    /// Another template than the sender's own.
    pub template: Option<String>,
    /// Another signature or sender name than the sender's own.
    pub signature: Option<String>,
}

/// The provider took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its id over there (`BizId`, `SerialNo`, `sid`, `MessageId`), to ask the provider by.
    pub message_id: String,
}

/// A provider, as the console shows it.
pub struct SenderKind {
    /// `aliyun`, `tencent`, `aws`, `twilio`, `log`.
    pub id: &'static str,
    /// What it is called.
    pub name: Text,
    /// What is filled in for an instance.
    pub fields: &'static [Field],
    /// Where to click on the provider's side.
    pub guide: Text,
    /// Field values for the practice provider; empty where there is none.
    pub practice: &'static [(&'static str, &'static str)],
    /// Builds the sender from its settings (JSON object of the fields; secrets opened).
    pub open: OpenSender,
    /// The provider's codes that are worth a sentence.
    pub codes: &'static [&'static [Known]],
}

/// From settings to a sender, or every field that can't be so.
pub type OpenSender = fn(settings: &Value) -> Result<Arc<dyn Sender>, Vec<Wrong>>;

impl SenderKind {
    /// What the administrator should do about this code of the provider's.
    #[must_use]
    pub fn advice(&self, trouble: &SendTrouble) -> Text {
        trouble::advice(self.codes, trouble)
    }
}

macro_rules! senders {
    ($($module:ident)*) => {
        static KINDS: &[&SenderKind] = &[$(&$module::KIND),*];
    };
}

// Adding a provider is one file and one word here.
senders! { aliyun tencent twilio aws log }

/// Every kind there is, in the console's order.
#[must_use]
pub fn kinds() -> &'static [&'static SenderKind] {
    KINDS
}

/// The kind with this id.
#[must_use]
pub fn kind(id: &str) -> Option<&'static SenderKind> {
    kinds().iter().copied().find(|kind| kind.id == id)
}
