//! How often something was tried: one budget per canonical name, kept in the
//! store so that every node counts the same.

use super::{Result, Tx};
use crate::base::clock::Seconds;

/// How many tries in which time, and what follows.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Tries before the block.
    pub tries: i64,
    /// Seconds in which they count together.
    pub window: Seconds,
    /// Seconds of the block.
    pub block: Seconds,
}

/// Whether a try may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// It was charged; so many are left.
    Allowed { left: i64 },
    /// Refused until then.
    Blocked { until: Seconds },
}

impl Tx {
    /// Charges one try under `name` before the comparison it pays for, in one conditional UPDATE.
    pub async fn charge_attempt(&mut self, _name: &str, _limit: Limit, _now: Seconds) -> Result<Charge> {
        todo!()
    }
    /// Forgets the failures under `name` after a success.
    pub async fn clear_attempts(&mut self, _name: &str) -> Result<()> {
        todo!()
    }
    pub async fn sweep_attempts(&mut self, _now: Seconds, _limit: i64) -> Result<u64> {
        todo!()
    }
}
