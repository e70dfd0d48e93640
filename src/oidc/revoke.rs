//! Token revocation (RFC 7009).

use super::Oidc;
use super::error::Error;
use super::params::Params;

impl Oidc {
    /// Revokes a token of the authenticated client; an unknown one is no error.
    ///
    /// # Errors
    /// `invalid_client`, `invalid_request`, `temporarily_unavailable`.
    pub async fn revoke(&self, _params: &Params, _authorization: Option<&str>) -> Result<(), Error> {
        todo!()
    }
}
