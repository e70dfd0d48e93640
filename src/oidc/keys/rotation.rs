//! Making keys and letting one follow the other, on any number of nodes at once.

use std::sync::Arc;

use super::held::sealed_for;
use super::{KeyRing, LEAD, LONGEST_LIFE, PERIOD, RotationRefused};
use crate::base::clock::Seconds;
use crate::oidc::jose::{self, Algorithm};
use crate::store::keys::KeyRow;
use crate::store::{Error, Result};

/// So long two nodes can't both make the key after the same one; by then both have read it.
const CLAIM: Seconds = 3600;

/// One algorithm's change: `signing` signs from now on, its elders do not, `next` comes after it.
struct Change {
    signing: String,
    elders_until: Seconds,
    next: KeyRow,
}

impl KeyRing {
    /// Makes a signing and a next key for every algorithm that has none.
    pub(super) async fn make_missing(&self) -> Result<()> {
        let now = self.inner.clock.now();
        let loaded = self.current().await?;
        let missing: Vec<_> =
            Algorithm::ALL.into_iter().filter(|algorithm| loaded.signing(*algorithm, now).is_none()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let pairs = futures::future::try_join_all(missing.into_iter().map(|algorithm| async move {
            futures::try_join!(self.make(algorithm, now), self.make(algorithm, now + PERIOD))
        }))
        .await?;
        let pairs = Arc::new(pairs);
        self.inner
            .store
            .write(move |tx| {
                let pairs = Arc::clone(&pairs);
                Box::pin(async move {
                    for (first, next) in pairs.iter() {
                        // Another node was quicker: its set stands, whole.
                        if tx.insert_key(first).await? {
                            tx.insert_key(next).await?;
                        }
                    }
                    Ok(())
                })
            })
            .await?;
        self.read().await.map(|_| ())
    }

    /// See [`KeyRing::keep`].
    pub(super) async fn follow_schedule(&self) -> Result<()> {
        self.read().await?;
        self.make_missing().await?;
        let now = self.inner.clock.now();
        let loaded = self.loaded();
        let mut changes = Vec::new();
        for algorithm in Algorithm::ALL {
            let Some(signing) = loaded.signing(algorithm, now) else { continue };
            if loaded.next(algorithm, now).is_none() {
                let next = self.make(algorithm, (now + LEAD).max(signing.row.signs_from + PERIOD)).await?;
                let elders_until = signing.row.signs_from.min(now);
                changes.push(Change { signing: signing.kid().to_owned(), elders_until, next });
            }
        }
        self.apply(changes, now).await
    }

    /// See [`KeyRing::rotate`].
    pub(super) async fn rotate_now(&self) -> std::result::Result<Vec<String>, RotationRefused> {
        self.follow_schedule().await?;
        let now = self.inner.clock.now();
        let loaded = self.loaded();
        let mut nexts = Vec::new();
        for algorithm in Algorithm::ALL {
            let next = loaded.next(algorithm, now);
            nexts.push(next.ok_or_else(|| Error::Corrupt(format!("no next key for {}", algorithm.as_str())))?);
        }
        let earliest = nexts.iter().map(|key| key.row.created_at + LEAD).max().unwrap_or(now);
        if now < earliest {
            return Err(RotationRefused::TooEarly { earliest });
        }
        let mut changes = Vec::new();
        for key in &nexts {
            let after = self.make(key.signer.algorithm, (now + PERIOD).max(key.row.signs_from + 1)).await?;
            changes.push(Change { signing: key.kid().to_owned(), elders_until: now, next: after });
        }
        self.apply(changes, now).await?;
        Ok(nexts.iter().map(|key| key.kid().to_owned()).collect())
    }

    /// All changes in one transaction; of two nodes that want the same change one makes it.
    async fn apply(&self, changes: Vec<Change>, now: Seconds) -> Result<()> {
        let changes = Arc::new(changes);
        self.inner
            .store
            .write(move |tx| {
                let changes = Arc::clone(&changes);
                Box::pin(async move {
                    for change in changes.iter() {
                        if tx.once(&format!("key after {}", change.signing), now, now + CLAIM).await? {
                            let algorithm = &change.next.algorithm;
                            let published_until = now + LONGEST_LIFE;
                            tx.retire_keys(algorithm, &change.signing, change.elders_until, published_until).await?;
                            tx.insert_key(&change.next).await?;
                        }
                    }
                    tx.sweep_keys(now).await.map(|_| ())
                })
            })
            .await?;
        self.read().await.map(|_| ())
    }

    /// Makes a key that is to sign from `signs_from`.
    async fn make(&self, algorithm: Algorithm, signs_from: Seconds) -> Result<KeyRow> {
        let now = self.inner.clock.now();
        let kid = self.inner.random.alphanumeric(16);
        let named = kid.clone();
        let made = tokio::task::spawn_blocking(move || jose::make(algorithm, &named))
            .await
            .map_err(|_| Error::Down("a signing key could not be made".to_owned()))?
            .map_err(|refused| Error::Down(refused.to_string()))?;
        let private = self
            .inner
            .sealer
            .seal(&sealed_for(&kid), made.private.expose())
            .map_err(|_| Error::Corrupt("a signing key could not be sealed".to_owned()))?;
        Ok(KeyRow {
            id: kid,
            algorithm: algorithm.as_str().to_owned(),
            private,
            public: made.public,
            created_at: now,
            signs_from,
            signs_until: None,
            published_until: None,
        })
    }
}
