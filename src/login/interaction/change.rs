//! Reading an interaction and changing it: re-read and reapplied when somebody was faster.

use super::facts::{Facts, LIFE, Purpose};
use crate::base::clock::Seconds;
use crate::base::id::InteractionId;
use crate::base::secret::digest;
use crate::login::attempts::{OPENED, PARTS, opened};
use crate::login::writes::{CHANGED, Write, allowed, commit};
use crate::login::{Login, LoginError, Visitor};
use crate::store::Error;
use crate::store::artifact::{Kind, NewArtifact};

/// How often a change is reapplied. Each race that is lost was won by somebody else, so this many may come at once:
/// a right code is used up by then, and must not be lost for a crowd of wrong ones.
const TRIES: usize = 32;
/// An expired one is remembered so long, so that its page can say where to start again.
const KEPT: Seconds = 86_400;

/// An interaction as read for its own browser.
pub(crate) struct Held {
    pub facts: Facts,
    version: i64,
}

impl Login {
    /// Opens an interaction for a page of ours (account, console) or an authorization request.
    ///
    /// # Errors
    /// `Protocol` with how long to wait, where too many came from this address; `Store`.
    pub async fn open(&self, purpose: Purpose, visitor: &Visitor) -> Result<InteractionId, LoginError> {
        let now = self.clock.now();
        let id = InteractionId::new(self.random.token());
        let facts = Facts::new(purpose, now);
        let artifact = NewArtifact {
            kind: Kind::Interaction,
            digest: digest(id.as_str()),
            grant_id: None,
            owner: Some(digest(&visitor.browser)),
            client_id: facts.request().map(|request| request.client_id.clone()),
            payload: NewArtifact::payload_of(&facts),
            expires_at: now + LIFE,
            keep_until: now + KEPT,
        };
        let part = id.as_str().bytes().next().unwrap_or_default() % PARTS;
        // Last, so that nobody waits long for the row it holds.
        let charge = Write::Charge(opened(&visitor.address, part), OPENED, now);
        allowed(commit(&self.store, vec![Write::Put(artifact), charge]).await)?;
        Ok(id)
    }

    /// The interaction, for the browser it was opened in.
    ///
    /// # Errors
    /// `Unknown`, `OtherBrowser`, `Store`.
    pub(crate) async fn hold(&self, id: &InteractionId, visitor: &Visitor) -> Result<Held, LoginError> {
        let row = self.store.look(Kind::Interaction, &digest(id.as_str())).await?.ok_or(LoginError::Unknown)?;
        let facts: Facts = row.read()?;
        if row.owner.as_deref() != Some(digest(&visitor.browser).as_str()) {
            return Err(LoginError::OtherBrowser { application: self.application_name(&facts).await? });
        }
        Ok(Held { facts, version: row.version })
    }

    /// Changes the facts and writes what goes with it in one transaction. `edit`
    /// says `None` when there is nothing to do any more (a stale form): the
    /// caller then just shows the interaction as it stands.
    ///
    /// # Errors
    /// `Unknown`, `OtherBrowser`, `Store`; a `Conflict` of what `edit` wrote is the caller's.
    pub(crate) async fn change<T, F>(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        edit: F,
    ) -> Result<Option<T>, LoginError>
    where
        F: Fn(&mut Facts) -> Option<(Vec<Write>, T)> + Send + Sync,
        T: Send,
    {
        let mut left = TRIES;
        loop {
            let Held { mut facts, version } = self.hold(id, visitor).await?;
            let Some((along, told)) = edit(&mut facts) else { return Ok(None) };
            let mut writes = vec![Write::Facts {
                digest: digest(id.as_str()),
                version,
                payload: NewArtifact::payload_of(&facts),
                expires_at: facts.asked_at + LIFE,
            }];
            writes.extend(along);
            left -= 1;
            match commit(&self.store, writes).await {
                Ok(()) => return Ok(Some(told)),
                Err(Error::Conflict(CHANGED)) if left > 0 => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What the application is called; empty for our own pages.
    pub(crate) async fn application_name(&self, facts: &Facts) -> Result<String, LoginError> {
        let Some(request) = facts.request() else { return Ok(String::new()) };
        let client = self.store.client(&request.client_id).await?;
        Ok(client.map_or_else(String::new, |client| client.metadata.client_name.clone()))
    }
}
