//! Callbacks that come by POST (`form_post)`: such a request carries no Lax
//! cookie, so it changes nothing; it is kept for a minute and read by the GET
//! that follows in the same browser (design.md §2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::attempts::{POSTED, posted};
use super::writes::{Write, allowed, commit};
use super::{Login, LoginError, Visitor};
use crate::base::clock::Seconds;
use crate::base::secret::digest;
use crate::store::artifact::{Exchange, Kind, NewArtifact};

/// How long it waits for its GET, in seconds.
const LIFE: Seconds = 60;
/// Most bytes of names and values together.
const LARGEST: usize = 16 * 1024;

#[derive(Serialize, Deserialize)]
struct Kept {
    connector: String,
    /// JSON of the parameters, sealed: among them is the platform's code.
    sealed: String,
}

impl Login {
    /// `POST /callback/{connector}` (`form_post)`: kept for a minute under a one-time key; the GET that follows reads it.
    ///
    /// # Errors
    /// `StrayCallback` when it is larger than 16 kB or for nobody; `Protocol` with how long to wait, where too many
    /// came from this address; `Store`.
    pub async fn keep_form_post(
        &self,
        connector: &str,
        params: BTreeMap<String, String>,
        visitor: &Visitor,
    ) -> Result<String, LoginError> {
        let waits = self.connectors.by_name(connector).await?.is_some_and(|instance| instance.is_usable());
        if !waits {
            return Err(LoginError::StrayCallback);
        }
        if params.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > LARGEST {
            return Err(LoginError::StrayCallback);
        }
        let key = self.random.token();
        let text = serde_json::to_string(&params).map_err(|_| LoginError::StrayCallback)?;
        let sealed = self.sealer.seal(&purpose(&key), &text).map_err(|_| LoginError::StrayCallback)?;
        let now = self.clock.now();
        let artifact = NewArtifact {
            kind: Kind::FormPost,
            digest: digest(&key),
            grant_id: None,
            owner: None,
            client_id: None,
            payload: NewArtifact::payload_of(&Kept { connector: connector.to_owned(), sealed }),
            expires_at: now + LIFE,
            keep_until: now + LIFE,
        };
        let charge = Write::Charge(posted(&visitor.address), POSTED, now);
        allowed(commit(&self.store, vec![Write::Put(artifact), charge]).await)?;
        Ok(key)
    }

    /// What [`Login::keep_form_post`] kept, once.
    ///
    /// # Errors
    /// `StrayCallback`, `Store`.
    pub async fn take_form_post(&self, connector: &str, key: &str) -> Result<BTreeMap<String, String>, LoginError> {
        let (taken, now) = (digest(key), self.clock.now());
        let row = self.store.look(Kind::FormPost, &taken).await?.ok_or(LoginError::StrayCallback)?;
        let kept: Kept = row.read()?;
        if kept.connector != connector || !row.is_live(now) {
            return Err(LoginError::StrayCallback);
        }
        let exchanged = self.store.write(move |tx| {
            let taken = taken.clone();
            Box::pin(async move { tx.exchange(Kind::FormPost, &taken, now, None, &[]).await })
        });
        if !matches!(exchanged.await?, Exchange::First) {
            return Err(LoginError::StrayCallback);
        }
        let opened = self.sealer.open(&purpose(key), &kept.sealed).map_err(|_| LoginError::StrayCallback)?;
        serde_json::from_str(opened.expose()).map_err(|_| LoginError::StrayCallback)
    }
}

fn purpose(key: &str) -> String {
    format!("form post:{}", digest(key))
}
