//! `sub` values: their own random text per person and sector, never used again.

use super::row::statement;
use super::{Error, Result, Store, Tx};
use crate::base::id::{ClientId, UserId};

impl Store {
    /// The `sub` by which this application knows this person: one that a merge brought (design.md §4), else the one
    /// of `sector` (`""` is the public one), if it was made.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn subject(&self, user: &UserId, client: &ClientId, sector: &str) -> Result<Option<String>> {
        let select = statement(
            "SELECT COALESCE((SELECT value FROM moved_subjects WHERE user_id = $1 AND client_id = $2),
            (SELECT value FROM subjects WHERE user_id = $1 AND sector = $3))",
        );
        let row = self.one(select.bind(user.as_str()).bind(client.as_str()).bind(sector)).await?;
        row.map_or(Ok(None), |mut row| row.maybe_text())
    }

    /// Whose `sub` this is; of somebody absorbed, that is the one kept.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn user_of_subject(&self, sub: &str) -> Result<Option<UserId>> {
        let row = self.one(statement("SELECT user_id FROM subjects WHERE value = $1").bind(sub)).await?;
        let mut owner = row.map(|mut row| row.text().map(UserId::new)).transpose()?;
        for _ in 0..LONGEST_CHAIN {
            let Some(absorbed) = &owner else { break };
            let select = statement("SELECT kept_id FROM merges WHERE absorbed_id = $1 AND undone_at IS NULL");
            let Some(mut row) = self.one(select.bind(absorbed.as_str())).await? else { break };
            owner = Some(UserId::new(row.text()?));
        }
        Ok(owner)
    }
}

/// Merges one after the other that are followed from a `sub` to its person.
const LONGEST_CHAIN: usize = 16;

const SELECT: &str = "SELECT value FROM subjects WHERE user_id = $1 AND sector = $2";

impl Tx {
    /// Makes `candidate` the person's `sub` in `sector` unless they have one; the one that stands.
    ///
    /// # Errors
    /// `Conflict("subject")` when `candidate` belongs to somebody else, `Down`.
    pub async fn ensure_subject(&mut self, user: &UserId, sector: &str, candidate: &str) -> Result<String> {
        let insert =
            statement("INSERT INTO subjects (user_id, sector, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        if self.changed(insert.bind(user.as_str()).bind(sector).bind(candidate)).await? {
            return Ok(candidate.to_owned());
        }
        let row = self.one(statement(SELECT).bind(user.as_str()).bind(sector)).await?;
        row.ok_or(Error::Conflict("subject"))?.text()
    }
}
