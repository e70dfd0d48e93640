//! The counter that tells every process when what it cached is stale.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::reads::Reads;
use super::row::statement;
use super::{Error, Result, Store};

/// How often another process's changes are looked for.
const INTERVAL: Duration = Duration::from_millis(500);

impl Store {
    /// The epoch this process last saw; read again twice a second and after own writes.
    #[must_use]
    pub fn epoch(&self) -> i64 {
        self.inner.epoch.load(Ordering::SeqCst)
    }

    /// Reads it now (tests, and whoever can't wait half a second).
    ///
    /// # Errors
    /// `Down`, `Corrupt` when the row is gone.
    pub async fn refresh_epoch(&self) -> Result<i64> {
        let value = read(&self.inner.reads).await?;
        self.inner.epoch.fetch_max(value, Ordering::SeqCst);
        Ok(value)
    }
}

/// The row as it stands.
pub(super) async fn read(reads: &Reads) -> Result<i64> {
    let row = reads.one(statement("SELECT value FROM epoch WHERE id = 1")).await?;
    row.ok_or_else(|| Error::Corrupt("the epoch row is gone".to_owned()))?.number()
}

/// Follows the row until the task is aborted. While the store is away the last value stands.
pub(super) async fn watch(reads: Reads, epoch: Arc<AtomicI64>) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Ok(value) = read(&reads).await {
            epoch.fetch_max(value, Ordering::SeqCst);
        }
    }
}
