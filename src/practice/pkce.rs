//! Proof Key for Code Exchange (RFC 7636), as a platform checks it.

use crate::base::secret::{digest, same};

/// A challenge that came with an authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    S256(String),
    Plain(String),
}

/// Why a challenge is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChallengeFault {
    /// The method is not supported, or is missing where only S256 is.
    Method,
    /// The challenge has the wrong shape, or a method came without one.
    Shape,
}

impl Challenge {
    /// Reads `code_challenge` and `code_challenge_method`; `plain` says whether that method is taken.
    pub(super) fn read(
        challenge: Option<&str>,
        method: Option<&str>,
        plain: bool,
    ) -> Result<Option<Self>, ChallengeFault> {
        let Some(challenge) = challenge else {
            return if method.is_some() { Err(ChallengeFault::Shape) } else { Ok(None) };
        };
        let shape = |low: usize| {
            (low..=128).contains(&challenge.len())
                && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
        };
        match method {
            Some("S256") if challenge.len() == 43 && shape(43) => Ok(Some(Self::S256(challenge.to_owned()))),
            Some("plain") | None if plain && shape(43) => Ok(Some(Self::Plain(challenge.to_owned()))),
            Some("S256") => Err(ChallengeFault::Shape),
            Some("plain") | None if plain => Err(ChallengeFault::Shape),
            _ => Err(ChallengeFault::Method),
        }
    }

    /// Whether the verifier answers the challenge (RFC 7636 §4.6).
    pub(super) fn answered_by(&self, verifier: Option<&str>) -> bool {
        let Some(verifier) = verifier else { return false };
        match self {
            Self::S256(challenge) => same(challenge, &digest(verifier)),
            Self::Plain(challenge) => same(challenge, verifier),
        }
    }
}
