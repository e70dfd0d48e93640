//! `sub` values: their own random text per person and sector, never used again.

use super::row::statement;
use super::{Error, Result, Store, Tx};
use crate::base::id::UserId;

impl Store {
    /// The `sub` of this person in `sector` (`""` is the public one), if one was made.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn subject(&self, user: &UserId, sector: &str) -> Result<Option<String>> {
        let row = self.one(statement(SELECT).bind(user.as_str()).bind(sector)).await?;
        row.map(|mut row| row.text()).transpose()
    }

    /// Whose `sub` this is.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn user_of_subject(&self, sub: &str) -> Result<Option<UserId>> {
        let row = self.one(statement("SELECT user_id FROM subjects WHERE value = $1").bind(sub)).await?;
        row.map(|mut row| row.text().map(UserId::new)).transpose()
    }
}

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
