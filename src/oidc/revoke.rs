//! Token revocation (RFC 7009).

use super::Oidc;
use super::error::Error;
use super::grants::missing;
use super::jose;
use super::params::Params;
use crate::base::bearer::{Bearer, row_digest};
use crate::base::id::{ClientId, GrantId};
use crate::store::artifact::Kind;
use crate::store::{Error as StoreError, Result as StoreResult};

impl Oidc {
    /// Revokes a token of the authenticated client; an unknown one is no error,
    /// a wrong `token_type_hint` neither. A refresh token takes its whole grant
    /// with it, an access token only itself (RFC 7009 §2.1).
    ///
    /// # Errors
    /// `invalid_client`, `invalid_request`, `temporarily_unavailable`.
    pub async fn revoke(&self, params: &Params, authorization: Option<&str>, address: &str) -> Result<(), Error> {
        let caller = self.authenticate(params, authorization, address).await?;
        let token = params.get("token").ok_or_else(|| missing("token is missing"))?;
        if token.len() > jose::LONGEST {
            return Ok(());
        }
        let kind = if Bearer::RefreshToken.is_shape_of(token) { Kind::RefreshToken } else { Kind::AccessToken };
        let Some(found) = self.store.look(kind, &row_digest(token)).await? else { return Ok(()) };
        if found.client_id.as_ref() != Some(&caller.client.id) {
            return Ok(());
        }
        let grant_id = found.grant_id.ok_or_else(|| StoreError::Corrupt("a token without a grant".to_owned()))?;
        if kind == Kind::RefreshToken {
            self.end_grant(&grant_id, &caller.client.id, "token_revoked").await?;
        } else {
            self.drop_access_token(found.digest, &grant_id, &caller.client.id).await?;
        }
        Ok(())
    }

    async fn drop_access_token(&self, digest: String, grant: &GrantId, client: &ClientId) -> StoreResult<()> {
        let notice = self.notice("access_token_revoked", client, grant);
        self.store
            .write(move |tx| {
                let (digest, notice) = (digest.clone(), notice.clone());
                Box::pin(async move {
                    if tx.revoke(Kind::AccessToken, &digest).await? {
                        tx.audit(&notice).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}
