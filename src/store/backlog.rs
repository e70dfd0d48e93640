//! How much waits, for whoever watches over the installation.

use super::open::Backend;
use super::row::statement;
use super::{Error, Result, Store};

/// Rows that wait for somebody to take them up, on whichever node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Logout tokens to be sent.
    pub logout_tokens: i64,
    /// Changes that directories pushed.
    pub directory_changes: i64,
    /// Passes over directories under way.
    pub directory_reads: i64,
}

/// Connections of this process to PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Busy.
    pub in_use: usize,
    /// Open and free.
    pub idle: usize,
}

impl Store {
    /// What waits in the store.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn backlog(&self) -> Result<Backlog> {
        let select = statement(
            "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM logout_deliveries),
            (SELECT CAST(COUNT(*) AS BIGINT) FROM directory_changes),
            (SELECT CAST(COUNT(*) AS BIGINT) FROM sync_runs WHERE state = 'running')",
        );
        let row = self.one(select).await?;
        let mut row = row.ok_or_else(|| Error::Corrupt("a count without a row".to_owned()))?;
        Ok(Backlog { logout_tokens: row.number()?, directory_changes: row.number()?, directory_reads: row.number()? })
    }

    /// Changes that wait for the writer of SQLite; PostgreSQL has no such queue.
    #[must_use]
    pub fn waiting_changes(&self) -> usize {
        match &self.inner.backend {
            Backend::Sqlite { writer, .. } => writer.waiting(),
            Backend::Postgres(_) => 0,
        }
    }

    /// Connections to PostgreSQL.
    #[must_use]
    pub fn connections(&self) -> Option<Connections> {
        match &self.inner.backend {
            Backend::Sqlite { .. } => None,
            Backend::Postgres(pool) => {
                let open = usize::try_from(pool.size()).unwrap_or(usize::MAX);
                let idle = pool.num_idle().min(open);
                Some(Connections { in_use: open - idle, idle })
            }
        }
    }
}
