//! The grant types, one a file: what each takes and what it gives for it.
//!
//! A grant type looks, compares everything, signs, then exchanges. It knows
//! artifacts and grants; it must not know who may call it: the token endpoint does.

pub mod authorization_code;
pub mod client_credentials;
pub mod code;
mod issue;
pub mod refresh_token;
pub mod target;

use super::error::{Code, Error};

/// The grant types we have (`grant_types_supported`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4.
    ClientCredentials,
}

impl GrantType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials];

    /// The `grant_type` value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant_type| grant_type.as_str() == name)
    }
}

/// The one answer to every code and refresh token that is not honoured: it tells a thief nothing.
pub(super) fn invalid_grant() -> Error {
    Error::new(Code::InvalidGrant, "the code or token is not valid: unknown, used, expired, revoked or not yours")
}

/// A missing parameter of the token request.
pub(super) fn missing(description: &'static str) -> Error {
    Error::new(Code::InvalidRequest, description)
}
