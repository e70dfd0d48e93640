//! Claims about a person: their `sub`, and what scopes and single requests let an application see.

use super::Oidc;
use crate::base::id::UserId;
use crate::store;
use crate::store::clients::{Client, SubjectType};

/// Characters of a new `sub`: 131 random bits, nothing in it about the person.
const SUBJECT_LENGTH: usize = 22;

impl Oidc {
    /// The `sub` by which `client` knows this person (OIDC Core §8): one for
    /// all public clients, one for each sector of pairwise ones. Made when first
    /// asked for, and never given to anybody else.
    ///
    /// # Errors
    /// The store's.
    pub async fn subject_for(&self, user: &UserId, client: &Client) -> Result<String, store::Error> {
        let sector = sector_of(client)?;
        if let Some(subject) = self.store.subject(user, &sector).await? {
            return Ok(subject);
        }
        let user = user.clone();
        let candidate = self.random.alphanumeric(SUBJECT_LENGTH);
        self.store
            .write(move |tx| {
                let (user, sector, candidate) = (user.clone(), sector.clone(), candidate.clone());
                Box::pin(async move { tx.ensure_subject(&user, &sector, &candidate).await })
            })
            .await
    }
}

/// OIDC Core §8.1: the sector identifier, or the host of the redirect URI; empty for public subjects.
fn sector_of(client: &Client) -> Result<String, store::Error> {
    if client.metadata.subject_type == SubjectType::Public {
        return Ok(String::new());
    }
    if let Some(sector) = client.metadata.sector.as_ref().filter(|sector| !sector.is_empty()) {
        return Ok(sector.clone());
    }
    let uri = client.metadata.redirect_uris.first().and_then(|uri| url::Url::parse(uri).ok());
    let host = uri.as_ref().and_then(url::Url::host_str).filter(|host| !host.is_empty());
    // Without a sector every such client would share the public one: fail closed.
    host.map(str::to_owned).ok_or_else(|| store::Error::Corrupt(format!("client {} has no sector", client.id)))
}
