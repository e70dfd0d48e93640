//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).

use super::Oidc;
use super::error::Error;
use super::params::Params;
use crate::base::id::ClientId;
use crate::store::sessions::Session;

/// A logout request whose way back is verified.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct LogoutRequest {
    /// Who asks, if that is known.
    pub client_id: Option<ClientId>,
    /// Where to go afterwards: registered for `client_id`, `state` appended.
    pub return_to: Option<String>,
    /// The hint names the person signed in here: no need to ask again.
    pub confirmed: bool,
    pub ui_locales: Vec<String>,
}

impl Oidc {
    /// Reads a logout request made in a browser where `session` is signed in.
    ///
    /// # Errors
    /// What is to be shown on a page; nothing is ever sent back on error.
    pub async fn read_logout(&self, _params: &Params, _session: Option<&Session>) -> Result<LogoutRequest, Error> {
        todo!()
    }
}
