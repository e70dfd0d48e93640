//! The signing keys: made on first start, sealed at rest, rotated with overlap.

use std::sync::Arc;

use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::base::secret::Sealer;
use crate::store::Store;

/// The keys this process signs and publishes with, read again when the epoch moves. Cheap to clone.
#[derive(Clone)]
pub struct KeyRing {
    _todo: (),
}

/// Why a rotation can't be done now.
#[derive(Debug, thiserror::Error)]
pub enum RotationRefused {
    /// The next key has not been published long enough for everybody's cache (security.md lesson 109).
    #[error("too early: the next key may sign from {earliest}")]
    TooEarly { earliest: crate::base::clock::Seconds },
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

impl KeyRing {
    /// Reads the keys, making the missing ones (two nodes that start at once end with one set).
    ///
    /// # Errors
    /// `Down`, or `Corrupt` when a key does not open under this master key.
    pub async fn open(
        _store: &Store,
        _clock: &Clock,
        _random: &Random,
        _sealer: &Arc<Sealer>,
    ) -> crate::store::Result<Self> {
        todo!()
    }

    /// Publishes a next key for every algorithm and schedules the change; `now_please` skips to it once the lead has passed.
    ///
    /// # Errors
    /// [`RotationRefused`].
    pub async fn rotate(&self) -> Result<Vec<String>, RotationRefused> {
        todo!()
    }

    /// What the schedule wants done now (called by `jobs`): publish the next key, retire the old, sweep the dead.
    ///
    /// # Errors
    /// `Down`.
    pub async fn keep(&self) -> crate::store::Result<()> {
        todo!()
    }
}
