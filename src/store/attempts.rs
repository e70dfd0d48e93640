//! How often something was tried: one budget per canonical name, kept in the
//! store so that every node counts the same.

use super::row::statement;
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;

/// How many tries in which time, and what follows.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Tries before the block.
    pub tries: i64,
    /// Seconds in which they count together.
    pub window: Seconds,
    /// Seconds of the first block.
    pub block: Seconds,
    /// `None`: after the block the count begins anew. Else each try after a block doubles the next one,
    /// up to so many seconds, until `window` has passed without a try since the last block ended.
    pub longest: Option<Seconds>,
}

impl Limit {
    /// The block that follows the try which made `failures` of them; 0 while there is budget left.
    fn after(&self, failures: i64) -> Seconds {
        let over = failures - self.tries;
        if over < 0 {
            return 0;
        }
        let Some(longest) = self.longest else { return self.block };
        // Sixty doublings of a second are longer than anything.
        self.block.saturating_mul(1_i64 << over.min(60)).min(longest)
    }
}

/// Whether a try may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// It was charged; so many are left.
    Allowed {
        /// Tries that remain before the block.
        left: i64,
    },
    /// Refused until then.
    Blocked {
        /// The end of the block.
        until: Seconds,
    },
}

impl Store {
    /// Until when `name` is refused; 0 when it is not.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn blocked_until(&self, name: &str) -> Result<Seconds> {
        let row = self.one(statement("SELECT blocked_until FROM attempts WHERE name = $1").bind(name)).await?;
        row.map_or(Ok(0), |mut row| row.number())
    }
}

impl Store {
    /// How many names that begin so are refused now, and until when the last of them is.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn blocked_under(&self, start: &str, now: Seconds) -> Result<(i64, Seconds)> {
        let select = statement(
            "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(MAX(blocked_until), 0) AS BIGINT) FROM attempts
            WHERE name LIKE $1 AND blocked_until > $2",
        );
        let row = self.one(select.bind(format!("{start}%")).bind(now)).await?;
        let mut row = row.ok_or_else(|| Error::Corrupt("a count without a row".to_owned()))?;
        Ok((row.number()?, row.number()?))
    }
}

impl Tx {
    /// Charges one try under `name` before the comparison it pays for, in one conditional upsert.
    /// The try that spends the budget is still allowed and starts the block.
    ///
    /// # Errors
    /// `Down`.
    pub async fn charge_attempt(&mut self, name: &str, limit: Limit, now: Seconds) -> Result<Charge> {
        if limit.tries < 1 {
            return Ok(Charge::Blocked { until: now.saturating_add(limit.block) });
        }
        let charge = statement(
            "INSERT INTO attempts (name, failures, total, window_ends, blocked_until) VALUES ($1, 1, 1, $3, 0)
            ON CONFLICT (name) DO UPDATE SET
                total = attempts.total + 1,
                failures = CASE WHEN attempts.window_ends <= $2 OR (attempts.blocked_until > 0 AND $4 = 0)
                    THEN 1 ELSE attempts.failures + 1 END,
                window_ends = CASE WHEN attempts.window_ends <= $2 OR (attempts.blocked_until > 0 AND $4 = 0)
                    THEN excluded.window_ends ELSE attempts.window_ends END,
                blocked_until = 0
            WHERE attempts.blocked_until <= $2 RETURNING failures",
        );
        let charge = charge.bind(name).bind(now).bind(now.saturating_add(limit.window));
        if let Some(mut row) = self.one(charge.bind(i64::from(limit.longest.is_some()))).await? {
            let failures = row.number()?;
            self.block(name, limit, (failures, now)).await?;
            return Ok(Charge::Allowed { left: (limit.tries - failures).max(0) });
        }
        let row = self.one(statement("SELECT blocked_until FROM attempts WHERE name = $1").bind(name)).await?;
        // Without a row the block has just been swept or cleared: still refused, for this once.
        let until = row.map_or(Ok::<_, Error>(now), |mut row| row.number())?;
        Ok(Charge::Blocked { until })
    }

    /// Blocks a name whose row this transaction has just charged, and so holds, where its budget is spent.
    async fn block(&mut self, name: &str, limit: Limit, (failures, now): (i64, Seconds)) -> Result<()> {
        let block = limit.after(failures);
        if block == 0 {
            return Ok(());
        }
        let until = now.saturating_add(block);
        let remembered = limit.longest.map_or(0, |_| until.saturating_add(limit.window));
        let put = statement(
            "UPDATE attempts SET blocked_until = $2, window_ends = CASE WHEN window_ends < $3 THEN $3 ELSE window_ends END
            WHERE name = $1",
        );
        self.run(put.bind(name).bind(until).bind(remembered)).await.map(|_| ())
    }

    /// Forgets the failures under `name` after a success.
    ///
    /// # Errors
    /// `Down`.
    pub async fn clear_attempts(&mut self, name: &str) -> Result<()> {
        self.run(statement("DELETE FROM attempts WHERE name = $1").bind(name)).await.map(|_| ())
    }

    /// Takes back one charge under `name`: the try turned out to be none.
    ///
    /// # Errors
    /// `Down`.
    pub async fn refund_attempt(&mut self, name: &str) -> Result<()> {
        let refund = statement(
            "UPDATE attempts SET failures = failures - 1, total = total - 1, blocked_until = 0
            WHERE name = $1 AND failures > 0",
        );
        self.run(refund.bind(name)).await.map(|_| ())
    }

    /// Deletes at most `limit` names whose window and block are over; how many went.
    ///
    /// # Errors
    /// `Down`.
    pub async fn sweep_attempts(&mut self, now: Seconds, limit: i64) -> Result<u64> {
        let delete = statement(
            "DELETE FROM attempts WHERE name IN (SELECT name FROM attempts
            WHERE window_ends <= $1 AND blocked_until <= $1 ORDER BY window_ends LIMIT $2)",
        );
        self.run(delete.bind(now).bind(limit)).await
    }
}
