//! One-time codes to a phone number, as a connector sees them; written in `login`.

use futures::future::BoxFuture;

use super::Trouble;
use super::step::PhoneWrong;
use crate::base::clock::Seconds;
use crate::base::secret::Secret;

/// How a code is sent: what an instance of `sms` says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendAs {
    /// Names of the senders to try, in order; empty: every one that is on.
    pub senders: Vec<String>,
    /// The provider's template; empty: the sender's own.
    pub template: String,
    /// The signature in front of the text; empty: the sender's own.
    pub signature: String,
    /// ISO 3166 codes of the countries that get codes; empty: only China (`CN`).
    pub countries: Vec<String>,
}

/// What came of asking for a code; the same for known and unknown numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeSent {
    /// It is on its way.
    Sent {
        /// E.164, for the next turn's memo.
        number: String,
        /// As it may be shown.
        masked: String,
        /// From when on another may be asked for.
        again_at: Seconds,
    },
    /// One was sent a moment ago and is still good.
    TooSoon {
        /// E.164.
        number: String,
        /// As it may be shown.
        masked: String,
        /// From when on another may be asked for.
        again_at: Seconds,
    },
    /// None was sent.
    Not(PhoneWrong),
}

/// What came of a code typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeChecked {
    /// It was right, and is used up.
    Right,
    /// It was not; so many tries are left.
    Wrong {
        /// 0: the code is destroyed.
        left: u32,
    },
    /// There is none any more: used, too old, or too many tries.
    Gone,
}

/// Sends and checks codes, each bound to number, purpose and this sign-in. A try is charged before anything is compared.
pub trait PhoneCodes: Send + Sync {
    /// Sends one to a number as it was typed (`country`: ISO 3166, the default region).
    fn send<'a>(
        &'a self,
        typed: &'a str,
        country: &'a str,
        how: &'a SendAs,
    ) -> BoxFuture<'a, Result<CodeSent, Trouble>>;
    /// Checks one for a number in E.164.
    fn check<'a>(&'a self, number: &'a str, code: &'a Secret) -> BoxFuture<'a, Result<CodeChecked, Trouble>>;
}
