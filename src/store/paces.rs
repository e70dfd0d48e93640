//! When who asks a platform may ask it again: one row for each that counts, shared by every reader on every node.

use super::row::statement;
use super::{Error, Result, Tx};

impl Tx {
    /// Takes the next turn under `name`: the moment from which on one question may go, in milliseconds of `now`'s
    /// clock. Turns lie `apart` from each other, whoever takes them.
    ///
    /// # Errors
    /// `Down`.
    pub async fn take_turn(&mut self, name: &str, now: i64, apart: i64) -> Result<i64> {
        let take = statement(
            "INSERT INTO paces (name, next_at) VALUES ($1, $2 + $3) ON CONFLICT (name) DO UPDATE SET
            next_at = CASE WHEN paces.next_at > $2 THEN paces.next_at + $3 ELSE $2 + $3 END RETURNING next_at",
        );
        let row = self.one(take.bind(name).bind(now).bind(apart)).await?;
        let mut row = row.ok_or_else(|| Error::Corrupt("a turn without a row".to_owned()))?;
        Ok(row.number()? - apart)
    }
}
