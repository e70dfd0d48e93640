//! What a platform hands out: codes, access tokens and refresh tokens, and the sessions of people at it.

use super::pkce::Challenge;
use super::platform::Platform;
use crate::base::clock::Seconds;

/// An authorization code with everything it is bound to.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) platform: Platform,
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    /// Whether the authorization request named the redirect URI.
    pub(super) redirect_named: bool,
    pub(super) challenge: Option<Challenge>,
    pub(super) scopes: Vec<String>,
    pub(super) person: String,
    pub(super) nonce: Option<String>,
    pub(super) auth_time: Seconds,
    /// Whether a refresh token goes with it.
    pub(super) offline: bool,
    pub(super) expires_at: Seconds,
    /// The grant it was used for; `None` while unused.
    pub(super) used: Option<String>,
}

/// An access token.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) platform: Platform,
    /// Ties the tokens of one sign-in together.
    pub(super) grant: String,
    pub(super) client_id: String,
    pub(super) person: String,
    pub(super) scopes: Vec<String>,
    /// `None`: it lives until it is revoked.
    pub(super) expires_at: Option<Seconds>,
}

/// A refresh token.
#[derive(Clone, Debug)]
pub(super) struct Refresh {
    pub(super) platform: Platform,
    pub(super) grant: String,
    pub(super) client_id: String,
    pub(super) person: String,
    pub(super) scopes: Vec<String>,
    pub(super) auth_time: Seconds,
    pub(super) expires_at: Seconds,
}

/// Somebody who is signed in at a platform in one browser.
#[derive(Clone, Debug)]
pub(super) struct SignedIn {
    pub(super) person: String,
    pub(super) auth_time: Seconds,
}
