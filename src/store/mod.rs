//! The only SQL of the product, one noun a file, its struct beside its statements.
//!
//! It knows how rows are kept and which changes are one transaction. It must
//! not know what a protocol or a page is: it never hashes, signs, or calls out.

pub mod artifact;
pub mod attempts;
pub mod audit;
pub mod clients;
pub mod connectors;
pub mod consents;
pub mod credentials;
pub mod epoch;
pub mod grants;
pub mod identities;
pub mod keys;
pub mod resources;
pub mod sessions;
pub mod settings;
pub mod subjects;
pub mod users;

use futures::future::BoxFuture;

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It can't be reached, or is too busy: try again later (503).
    #[error("the store is not reachable: {0}")]
    Down(String),
    /// Somebody else changed the row in between, or the value is taken.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// A row can't be read as what it should be: fail closed.
    #[error("a stored row is damaged: {0}")]
    Corrupt(String),
}

/// What every method of the store answers.
pub type Result<T> = std::result::Result<T, Error>;

/// Where the rows are.
#[derive(Clone, Debug)]
pub enum Location {
    /// A SQLite file.
    Sqlite(std::path::PathBuf),
    /// A PostgreSQL address, `postgres://…`.
    Postgres(crate::base::secret::Secret),
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    _todo: (),
}

/// One transaction: the only place where rows are written. On SQLite it is a
/// SAVEPOINT inside a group that commits together; on PostgreSQL a transaction
/// that is retried on a serialization failure, so the closure may run again.
pub struct Tx {
    _todo: (),
}

impl Store {
    /// Opens the store and brings its schema up to date.
    ///
    /// # Errors
    /// `Down` when it can't be reached, `Corrupt` when the schema is newer than the program.
    pub async fn open(_location: &Location) -> Result<Self> {
        todo!()
    }

    /// Runs `change` in one durable transaction and answers what it answered;
    /// an error rolls back. When this returns `Ok`, the change is on disk.
    ///
    /// # Errors
    /// What `change` answered, or `Down`.
    pub async fn write<T, F>(&self, _change: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + Sync + 'static,
    {
        todo!()
    }

    /// Whether the store answers at all, for `/readyz`.
    ///
    /// # Errors
    /// `Down` when it does not.
    pub async fn ping(&self) -> Result<()> {
        todo!()
    }
}
