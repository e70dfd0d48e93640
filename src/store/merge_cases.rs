//! Two people whom one sign-in showed to be one; nothing moves until somebody merges them.

use super::row::{Row, listed, statement};
use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::UserId;

/// A proposal.
#[derive(Clone, Debug)]
pub struct MergeCase {
    /// ULID.
    pub id: String,
    /// Who was signed in: the one whom the stronger key led to.
    pub user: UserId,
    /// Whom a weaker key of the same identity belongs to.
    pub other: UserId,
    /// The key space of that key.
    pub space: String,
    /// When it was seen first.
    pub found_at: Seconds,
}

macro_rules! columns {
    () => {
        listed!(""; "id", "user_id", "other_id", "space", "found_at")
    };
}

impl Store {
    /// Open proposals, oldest first, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn merge_cases(&self, limit: i64) -> Result<Vec<MergeCase>> {
        let select = statement(concat!("SELECT ", columns!(), " FROM merge_cases ORDER BY id LIMIT $1"));
        self.all(select.bind(limit), read).await
    }
}

fn read(row: &mut Row) -> Result<MergeCase> {
    Ok(MergeCase {
        id: row.text()?,
        user: UserId::new(row.text()?),
        other: UserId::new(row.text()?),
        space: row.text()?,
        found_at: row.number()?,
    })
}

impl Tx {
    /// Writes a proposal down; `false` when it stands already.
    ///
    /// # Errors
    /// `Conflict("reference")` when one of them is gone, `Down`.
    pub async fn put_merge_case(&mut self, case: &MergeCase) -> Result<bool> {
        let insert = statement(concat!(
            "INSERT INTO merge_cases (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id, other_id) DO NOTHING"
        ));
        let insert = insert
            .bind(&case.id)
            .bind(case.user.as_str())
            .bind(case.other.as_str())
            .bind(&case.space)
            .bind(case.found_at);
        self.changed(insert).await
    }

    /// Takes away the proposals between two people, whichever way round; how many there were.
    ///
    /// # Errors
    /// `Down`.
    pub async fn close_merge_cases(&mut self, one: &UserId, other: &UserId) -> Result<u64> {
        let delete = statement(
            "DELETE FROM merge_cases WHERE (user_id = $1 AND other_id = $2) OR (user_id = $2 AND other_id = $1)",
        );
        self.run(delete.bind(one.as_str()).bind(other.as_str())).await
    }
}
