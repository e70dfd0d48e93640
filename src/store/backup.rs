//! Copies of a store that is in use, and whether it is whole.

use std::path::Path;

use sqlx::{ConnectOptions as _, Connection as _};

use super::open::Backend;
use super::row::{failed, statement};
use super::{Error, Result, Store, migrate, open};

impl Store {
    /// Writes a consistent copy of the SQLite file to `path` while it is served; the copy replaces a file of that name.
    ///
    /// # Errors
    /// `Down` when it can't be written, or for PostgreSQL, whose own tool is to be used; `Corrupt`.
    pub async fn backup_to(&self, path: &Path) -> Result<()> {
        let Backend::Sqlite { file, .. } = &self.inner.backend else {
            return Err(Error::Down("a PostgreSQL store is copied with pg_dump, not from here".to_owned()));
        };
        let options = open::sqlite_options(file)?;
        let mut connection = options.connect().await.map_err(|error| failed(&error))?;
        let outcome = migrate::copy_to(&mut connection, path).await;
        // The copy stands or not; closing changes nothing.
        let _ = connection.close().await;
        outcome
    }

    /// Whether the file is whole (`PRAGMA integrity_check`); on PostgreSQL only whether it answers.
    ///
    /// # Errors
    /// `Corrupt` with the first finding, `Down`.
    pub async fn integrity(&self) -> Result<()> {
        if matches!(self.inner.backend, Backend::Postgres(_)) {
            return self.ping().await;
        }
        // It reads the whole file, so it is not for the threads that answer requests.
        let (reads, runtime) = (self.inner.reads.clone(), tokio::runtime::Handle::current());
        let check = move || runtime.block_on(reads.one(statement("PRAGMA integrity_check(1)")));
        let row = tokio::task::spawn_blocking(check).await.map_err(|error| Error::Down(error.to_string()))??;
        match row.map(|mut row| row.text()).transpose()?.as_deref() {
            Some("ok") => Ok(()),
            finding => Err(Error::Corrupt(finding.unwrap_or("no answer").to_owned())),
        }
    }
}
