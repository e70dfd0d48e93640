//! The signing keys: made on first start, sealed at rest, rotated with overlap.
//!
//! Every algorithm has a key that signs and a next one that is published
//! already, so that nobody meets an unknown key after a change (security.md
//! lesson 109). RS256 and PS256 have keys of their own: no key of the set fits
//! two algorithms (protocol.md §1.2).

mod held;
mod rotation;

use std::sync::{Arc, PoisonError, RwLock};

use held::Held;
pub use held::sealed_for;

use super::jose::{Algorithm, SigningKey, VerifyingKey};
use crate::base::clock::{Clock, Seconds};
use crate::base::random::Random;
use crate::base::secret::Sealer;
use crate::store::{Error, Result, Store};

/// How long anybody may keep our JWK set, in seconds (`Cache-Control: max-age`).
pub const JWKS_MAX_AGE: Seconds = 300;

/// How long a key is published before it may sign: twice what anybody may cache (security.md row 23).
pub const LEAD: Seconds = 2 * JWKS_MAX_AGE;

/// How long a key signs before the next one takes over by itself.
pub const PERIOD: Seconds = 90 * 86_400;

/// The longest life of anything a key signs; so long it stays published after its last signature.
pub const LONGEST_LIFE: Seconds = 86_400;

/// The keys this process signs and publishes with, read again when the epoch moves. Cheap to clone.
#[derive(Clone)]
pub struct KeyRing {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Clock,
    random: Random,
    sealer: Arc<Sealer>,
    loaded: RwLock<Arc<Loaded>>,
    /// Held while the rows are read, so that a new epoch is read once and not by every request at once.
    reading: tokio::sync::Mutex<()>,
}

/// The rows as they were at one epoch.
struct Loaded {
    epoch: i64,
    keys: Vec<Held>,
}

/// Why a rotation can't be done now.
#[derive(Debug, thiserror::Error)]
pub enum RotationRefused {
    /// The next key has not been published long enough for everybody's cache (security.md lesson 109).
    #[error("too early: the next key may sign from {earliest}")]
    TooEarly { earliest: Seconds },
    #[error(transparent)]
    Store(#[from] Error),
}

impl KeyRing {
    /// Reads the keys, making the missing ones (two nodes that start at once end with one set).
    ///
    /// # Errors
    /// `Down`, or `Corrupt` when a key does not open under this master key.
    pub async fn open(store: &Store, clock: &Clock, random: &Random, sealer: &Arc<Sealer>) -> Result<Self> {
        let ring = Self {
            inner: Arc::new(Inner {
                store: store.clone(),
                clock: clock.clone(),
                random: random.clone(),
                sealer: Arc::clone(sealer),
                loaded: RwLock::new(Arc::new(Loaded { epoch: i64::MIN, keys: Vec::new() })),
                reading: tokio::sync::Mutex::new(()),
            }),
        };
        ring.read().await?;
        ring.make_missing().await?;
        Ok(ring)
    }

    /// Lets the next key of every algorithm sign from now on, once it has been
    /// published for [`LEAD`], and publishes the one after it. The `kid`s that sign now.
    ///
    /// # Errors
    /// [`RotationRefused`].
    pub async fn rotate(&self) -> std::result::Result<Vec<String>, RotationRefused> {
        self.rotate_now().await
    }

    /// What the schedule wants done now (called by `jobs`): publish the next key, retire the old, sweep the dead.
    ///
    /// # Errors
    /// `Down`.
    pub async fn keep(&self) -> Result<()> {
        self.follow_schedule().await
    }

    /// The JWK set (RFC 7517 §5): public members only, the next keys and the retired ones with live tokens included.
    ///
    /// # Errors
    /// `Down` or `Corrupt` when the keys must be read again and can't be.
    pub async fn jwk_set(&self) -> Result<serde_json::Value> {
        let now = self.inner.clock.now();
        let loaded = self.current().await?;
        let keys: Vec<_> = loaded.keys.iter().filter(|key| key.is_published(now)).map(|key| &key.public).collect();
        Ok(serde_json::json!({ "keys": keys }))
    }

    /// The key that signs with `algorithm` now.
    pub(super) async fn signing(&self, algorithm: Algorithm) -> Result<SigningKey> {
        let now = self.inner.clock.now();
        let loaded = self.current().await?;
        let key = loaded
            .signing(algorithm, now)
            .ok_or_else(|| Error::Corrupt(format!("there is no signing key for {}", algorithm.as_str())))?;
        Ok(key.signer.clone())
    }

    /// The published key of this `kid`.
    pub(super) async fn verifying(&self, kid: &str) -> Result<Option<VerifyingKey>> {
        let now = self.inner.clock.now();
        let loaded = self.current().await?;
        Ok(loaded.keys.iter().find(|key| key.kid() == kid && key.is_published(now)).map(|key| key.verifier.clone()))
    }

    /// The keys, read again if the epoch moved since.
    async fn current(&self) -> Result<Arc<Loaded>> {
        let loaded = self.loaded();
        if loaded.epoch == self.inner.store.epoch() { Ok(loaded) } else { self.read_if_stale().await }
    }

    fn loaded(&self) -> Arc<Loaded> {
        Arc::clone(&self.inner.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn read_if_stale(&self) -> Result<Arc<Loaded>> {
        let _reading = self.inner.reading.lock().await;
        let loaded = self.loaded();
        if loaded.epoch == self.inner.store.epoch() { Ok(loaded) } else { self.read().await }
    }

    /// Reads the rows, opening only keys that were not open yet.
    async fn read(&self) -> Result<Arc<Loaded>> {
        let epoch = self.inner.store.epoch();
        let before = self.loaded();
        let mut keys = Vec::new();
        for row in self.inner.store.keys().await? {
            keys.push(match before.keys.iter().find(|key| key.kid() == row.id) {
                Some(open) => open.with_row(row),
                None => Held::open(row, &self.inner.sealer)?,
            });
        }
        keys.sort_by(|a, b| (a.row.signs_from, &a.row.id).cmp(&(b.row.signs_from, &b.row.id)));
        let loaded = Arc::new(Loaded { epoch, keys });
        *self.inner.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&loaded);
        Ok(loaded)
    }
}

impl Loaded {
    /// Keys that are not retired, in the order in which they sign.
    fn standing(&self, algorithm: Algorithm, now: Seconds) -> impl Iterator<Item = &Held> {
        self.keys
            .iter()
            .filter(move |key| key.signer.algorithm == algorithm && key.row.signs_until.is_none_or(|until| now < until))
    }

    /// The latest whose time has come; the first of the others after an early rotation.
    fn signing(&self, algorithm: Algorithm, now: Seconds) -> Option<&Held> {
        self.standing(algorithm, now)
            .filter(|key| key.row.signs_from <= now)
            .last()
            .or_else(|| self.standing(algorithm, now).next())
    }

    /// The one that signs after it.
    fn next(&self, algorithm: Algorithm, now: Seconds) -> Option<&Held> {
        let signing = self.signing(algorithm, now)?;
        self.standing(algorithm, now).find(|key| key.row.signs_from > signing.row.signs_from)
    }
}
