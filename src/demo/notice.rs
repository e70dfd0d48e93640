//! What the last step came to, said once at the top of the page.

use super::texts::Texts;

/// The outcome of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    SignedIn,
    SteppedUp,
    StillSignedIn,
    Refreshed,
    /// prompt=none and nobody is signed in, or a page would be needed.
    NotSignedIn,
    Denied,
    /// A callback that belongs to no sign-in of this browser.
    Unknown,
    /// The issuer did not answer, or not as it should.
    Unreachable,
    /// The answer did not hold: signature, nonce, age.
    Refused,
    RefreshRefused,
}

impl Notice {
    pub(super) const fn is_good(self) -> bool {
        matches!(self, Self::SignedIn | Self::SteppedUp | Self::StillSignedIn | Self::Refreshed)
    }

    pub(super) const fn words(self, texts: &Texts) -> &'static str {
        match self {
            Self::SignedIn => texts.signed_in,
            Self::SteppedUp => texts.stepped_up,
            Self::StillSignedIn => texts.still_signed_in,
            Self::Refreshed => texts.refreshed,
            Self::NotSignedIn => texts.not_signed_in,
            Self::Denied => texts.denied,
            Self::Unknown => texts.unknown_answer,
            Self::Unreachable => texts.unreachable,
            Self::Refused => texts.refused,
            Self::RefreshRefused => texts.refresh_refused,
        }
    }
}
