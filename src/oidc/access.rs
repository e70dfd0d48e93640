//! An access token that comes back: what it was made for, and whether it still stands.

use serde::{Deserialize, Serialize};

use super::{Oidc, jose};
use crate::base::bearer::row_digest;
use crate::base::clock::Seconds;
use crate::base::id::ClientId;
use crate::store::artifact::Kind;
use crate::store::grants::AliveGrant;
use crate::store::{Error, Result};

/// The payload of an `AccessToken` artifact, opaque or JWT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    /// Whom it speaks for, as its client knows them; the client itself for `client_credentials`.
    pub sub: String,
    /// A part of the grant's scopes.
    pub scopes: Vec<String>,
    /// Where it may be used; the issuer stands for our own endpoints.
    pub audience: Vec<String>,
    /// `iat`.
    pub issued_at: Seconds,
    /// `jti`.
    pub jti: String,
}

/// An access token that is honoured: live, with a live grant.
pub(super) struct Honoured {
    pub(super) token: AccessToken,
    pub(super) client_id: ClientId,
    pub(super) expires_at: Seconds,
    pub(super) grant: AliveGrant,
}

impl Oidc {
    /// Finds the token by the digest of its whole text, so that nothing cut,
    /// changed or signed elsewhere is one; `None` when it may not be used.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn honour(&self, text: &str) -> Result<Option<Honoured>> {
        if text.len() > jose::LONGEST {
            return Ok(None);
        }
        let now = self.clock.now();
        let Some(found) = self.store.look(Kind::AccessToken, &row_digest(text)).await?.filter(|it| it.is_live(now))
        else {
            return Ok(None);
        };
        let (Some(grant_id), Some(client_id)) = (&found.grant_id, &found.client_id) else {
            return Err(Error::Corrupt("an access token without grant or client".to_owned()));
        };
        let Some(grant) = self.store.alive_grant(grant_id, now).await? else { return Ok(None) };
        let token: AccessToken = found.read()?;
        Ok(Some(Honoured { token, client_id: client_id.clone(), expires_at: found.expires_at, grant }))
    }
}
