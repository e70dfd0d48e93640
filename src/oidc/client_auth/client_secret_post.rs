//! `client_secret_post` (RFC 6749 §2.3.1): id and secret in the form.

use super::{AuthenticatedClient, failed, secret};
use crate::oidc::Oidc;
use crate::oidc::error::Error;
use crate::store::clients::AuthMethod;

impl Oidc {
    pub(super) async fn by_post(&self, id: &str, presented: &str) -> Result<AuthenticatedClient, Error> {
        let client = self.client_using(id, AuthMethod::ClientSecretPost).await?;
        let proven = secret::matches(client.as_deref(), presented, self.clock.now());
        match client {
            Some(client) if proven => Ok(AuthenticatedClient { client, confidential: true }),
            _ => Err(failed()),
        }
    }
}
