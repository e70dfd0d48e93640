//! The counter that tells every process when what it cached is stale.

use super::{Result, Store};

impl Store {
    /// The epoch this process last saw; read again twice a second and after own writes.
    #[must_use]
    pub fn epoch(&self) -> i64 {
        todo!()
    }
    /// Reads it now (tests, and the poller).
    pub async fn refresh_epoch(&self) -> Result<i64> {
        todo!()
    }
}
