//! Token introspection (RFC 7662).

use super::Oidc;
use super::error::Error;
use super::params::Params;

impl Oidc {
    /// What an authenticated client may know of a token: `{"active":false}` for everything it may not.
    ///
    /// # Errors
    /// `invalid_client`, `invalid_request`.
    pub async fn introspect(&self, _params: &Params, _authorization: Option<&str>) -> Result<serde_json::Value, Error> {
        todo!()
    }
}
