//! Client authentication at the token, introspection and revocation endpoints (RFC 6749 §2.3, RFC 7523).

use std::sync::Arc;

use super::Oidc;
use super::error::Error;
use super::params::Params;
use crate::store::clients::Client;

/// A client that proved who it is, or, with method `none`, merely named itself.
#[derive(Clone, Debug)]
pub struct AuthenticatedClient {
    pub client: Arc<Client>,
    /// `false` for a public client.
    pub confidential: bool,
}

impl Oidc {
    /// Authenticates by the one method the client is registered with.
    /// `authorization` is the header's value, if there was exactly one.
    ///
    /// # Errors
    /// `invalid_client`, or `invalid_request` for two methods at once.
    pub async fn authenticate(
        &self,
        _params: &Params,
        _authorization: Option<&str>,
    ) -> Result<AuthenticatedClient, Error> {
        todo!()
    }
}
