//! One-time links: the one printed at first start, and those an administrator asks for on the command line.

use super::{Actor, Admin, AdminError};
use crate::base::bearer::Bearer;
use crate::base::clock::Seconds;
use crate::base::secret::digest;
use crate::store::Error;
use crate::store::artifact::{Kind, NewArtifact};

/// How long a set-up link works.
const LIFE: Seconds = 86_400;

impl Admin {
    /// A new link that makes its holder an administrator, once, within a day.
    ///
    /// # Errors
    /// `Forbidden`, `Store`.
    pub async fn set_up_link(&self, actor: &Actor) -> Result<String, AdminError> {
        self.put_link(actor, Bearer::Link.make(&self.random, &self.clock)).await
    }

    /// The link of a first start, or `None` when somebody administers already.
    /// It is derived from the day, so that two nodes that start at once print one link.
    ///
    /// # Errors
    /// `Store`.
    pub async fn first_link(&self) -> Result<Option<String>, AdminError> {
        if self.store.administrators().await? > 0 {
            return Ok(None);
        }
        let now = self.clock.now();
        let token = Bearer::Link.around(&self.sealer.derive("first_link", &(now / LIFE).to_string()));
        match self.put_link(&Actor::set_up(), token.clone()).await {
            Ok(link) => Ok(Some(link)),
            Err(AdminError::Store(Error::Conflict(_))) => {
                let row = self.store.look(Kind::SetupLink, &digest(&token)).await?;
                if row.is_some_and(|row| row.is_live(now)) {
                    return Ok(Some(self.link(&token)));
                }
                self.put_link(&Actor::set_up(), Bearer::Link.make(&self.random, &self.clock)).await.map(Some)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether this is a link that still makes its holder an administrator.
    ///
    /// # Errors
    /// `Store`.
    pub async fn is_live_link(&self, token: &str) -> Result<bool, AdminError> {
        if !Bearer::Link.is_shape_of(token) {
            return Ok(false);
        }
        let row = self.store.look(Kind::SetupLink, &digest(token)).await?;
        Ok(row.is_some_and(|row| row.is_live(self.clock.now())))
    }

    fn link(&self, token: &str) -> String {
        format!("{}/setup/{token}", self.issuer)
    }

    async fn put_link(&self, actor: &Actor, token: String) -> Result<String, AdminError> {
        self.permit(actor).await?;
        let now = self.clock.now();
        let artifact = NewArtifact {
            kind: Kind::SetupLink,
            digest: digest(&token),
            grant_id: None,
            owner: None,
            client_id: None,
            payload: "{}".to_owned(),
            expires_at: now + LIFE,
            keep_until: now + 2 * LIFE,
        };
        let entry = self.entry(actor, "setup_link.create", "installation", &serde_json::json!({}));
        self.store
            .write(move |tx| {
                let (artifact, entry) = (artifact.clone(), entry.clone());
                Box::pin(async move {
                    tx.put(&artifact).await?;
                    tx.audit(&entry).await
                })
            })
            .await?;
        Ok(self.link(&token))
    }
}
