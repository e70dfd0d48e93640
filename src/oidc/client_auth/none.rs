//! `none`: a public client only says its name; PKCE and the redirect URI are what binds its codes (RFC 6749 §2.1).

use super::{AuthenticatedClient, failed};
use crate::oidc::Oidc;
use crate::oidc::error::Error;
use crate::store::clients::AuthMethod;

impl Oidc {
    pub(super) async fn by_name(&self, id: &str) -> Result<AuthenticatedClient, Error> {
        let client = self.client_using(id, AuthMethod::None).await?.ok_or_else(failed)?;
        Ok(AuthenticatedClient { client, confidential: false })
    }
}
