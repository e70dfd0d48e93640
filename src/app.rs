//! The composition root: builds the structs; nothing else does.

use std::sync::Arc;

use crate::admin::Admin;
use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::base::secret::Sealer;
use crate::config::Config;
use crate::login::Login;
use crate::oidc::Oidc;
use crate::store::Store;

/// Everything a running Hufu is made of. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub clock: Clock,
    pub random: Random,
    pub sealer: Arc<Sealer>,
    pub store: Store,
    pub oidc: Oidc,
    pub login: Login,
    pub admin: Admin,
}

/// Why it does not start: a sentence each.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

impl App {
    /// Opens the store and builds the layers. `clock` and `random` come from the caller.
    ///
    /// # Errors
    /// [`StartError`]: the store, the master key, the issuer that was stored at first start.
    pub async fn build(_config: Config, _clock: Clock, _random: Random) -> Result<Self, StartError> {
        todo!()
    }
}
