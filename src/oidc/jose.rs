//! JSON Web Signatures (RFC 7515): what we sign, and what we believe.
//!
//! The only place that knows josekit. It signs with keys handed to it and
//! checks compact serializations against keys handed to it; whose keys those
//! are, and what a token means, is said by the callers. It must not know the
//! store. Encrypted tokens (JWE) and unencoded payloads (RFC 7797) do not exist
//! here, and keys never come out of a token's own header (RFC 8725 §3.1, §3.10).

mod compact;
mod make;
mod sign;
mod strict;
mod verify;

pub use compact::{Compact, LONGEST};
pub use make::{NewKey, make};
pub use sign::SigningKey;
pub use strict::object as strict_object;
pub use verify::{VerifyingKey, hmac_matches, key_for, keys_of};

/// The asymmetric algorithms we sign with and accept (RFC 7518 §3.1, RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// All of them, the default first.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// The `alg` value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of that name; `none`, the HMAC ones and all others are not algorithms here.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// Whether signing takes long enough to belong on a blocking thread (performance.md §1: 0.5 ms against 0.05).
    #[must_use]
    pub const fn is_slow(self) -> bool {
        matches!(self, Self::Rs256 | Self::Ps256)
    }
}

/// Why a token or a key is not believed. The text is for our own log; callers answer with their own error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub &'static str);
