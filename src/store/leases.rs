//! What one node does at a time: a name, who holds it, until when.

use super::row::statement;
use super::{Result, Tx};
use crate::base::clock::Seconds;

impl Tx {
    /// Takes or renews a lease until `until`: `true` when `holder` has it now. One that ran out is taken over.
    ///
    /// # Errors
    /// `Down`.
    pub async fn take_lease(&mut self, name: &str, holder: &str, now: Seconds, until: Seconds) -> Result<bool> {
        let take = statement(
            "INSERT INTO leases (name, holder, ends_at) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at
            WHERE leases.holder = excluded.holder OR leases.ends_at <= $4",
        );
        self.changed(take.bind(name).bind(holder).bind(until).bind(now)).await
    }

    /// Gives a lease up; `false` when somebody else has it.
    ///
    /// # Errors
    /// `Down`.
    pub async fn give_lease_up(&mut self, name: &str, holder: &str) -> Result<bool> {
        let delete = statement("DELETE FROM leases WHERE name = $1 AND holder = $2");
        self.changed(delete.bind(name).bind(holder)).await
    }
}
