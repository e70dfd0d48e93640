//! The OpenID Connect and OAuth 2 protocol: requests to answers.
//!
//! It has never heard of HTTP frameworks, pages or connectors: parameters come
//! in as `Params`, answers go out as typed values, and `web/oidc` turns the one
//! into the other.

pub mod accept;
pub mod access;
pub mod authorize;
pub mod back_channel;
pub mod challenge;
pub mod checks;
pub mod claims;
pub mod client_auth;
pub mod discovery;
pub mod end_session;
mod ending;
pub mod error;
pub mod grants;
pub mod id_token;
pub mod introspect;
pub mod jose;
pub mod keys;
mod mint;
mod org_claims;
pub mod params;
pub mod protected;
pub mod response;
pub mod revoke;
pub mod scope;
pub mod token;
pub mod userinfo;

use std::sync::Arc;

use crate::base::clock::{Clock, Seconds};
use crate::base::random::Random;
use crate::base::secret::Sealer;
use crate::store::Store;

/// The provider. Cheap to clone.
#[derive(Clone)]
pub struct Oidc {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) issuer: Arc<str>,
    pub(crate) keys: keys::KeyRing,
    pub(crate) lives: Lives,
    documents: Arc<discovery::Documents>,
    blocks: Arc<client_auth::limit::Blocks>,
}

/// How long things live, in seconds; the administrator's defaults of design.md §7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lives {
    /// An authorization code; at most 60 (FAPI 2.0 §5.3.2.1).
    pub code: Seconds,
    /// An access token.
    pub access_token: Seconds,
    /// An ID token.
    pub id_token: Seconds,
    /// Sliding.
    pub refresh_token: Seconds,
    /// Absolute.
    pub refresh_family: Seconds,
    /// In which an honest retry of a lost answer is served (security.md row 105).
    pub refresh_grace: Seconds,
}

impl Default for Lives {
    fn default() -> Self {
        Self {
            code: 60,
            access_token: 600,
            id_token: 3600,
            refresh_token: 30 * 86_400,
            refresh_family: 90 * 86_400,
            refresh_grace: 10,
        }
    }
}

impl Oidc {
    /// Builds the provider; `issuer` is configuration and never comes from a request.
    #[must_use]
    #[expect(clippy::too_many_arguments, reason = "one for each thing it owns; only the composition root calls it")]
    pub fn new(
        store: Store,
        clock: Clock,
        random: Random,
        sealer: Arc<Sealer>,
        issuer: &str,
        keys: keys::KeyRing,
        lives: Lives,
    ) -> Self {
        let documents = Arc::new(discovery::Documents::new(issuer));
        let blocks = Arc::default();
        Self { store, clock, random, sealer, issuer: Arc::from(issuer), keys, lives, documents, blocks }
    }

    /// The signing keys.
    #[must_use]
    pub fn keys(&self) -> &keys::KeyRing {
        &self.keys
    }

    /// The issuer identifier, byte for byte as published.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}
