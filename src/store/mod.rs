//! The only SQL of the product, one noun a file, its struct beside its statements.
//!
//! It knows how rows are kept and which changes are one transaction. It must
//! not know what a protocol or a page is: it never hashes, signs, or calls out.
//!
//! Reading is a method of [`Store`]; writing is a method of [`Tx`], which exists
//! only inside [`Store::write`]. The closure may run again (a retried
//! transaction), so it owns what it needs and lends it to each run:
//!
//! ```no_run
//! # use hufu::base::id::{GrantId, UserId};
//! # use hufu::store::{Result, Store};
//! # async fn example(store: &Store, user: UserId, grant: GrantId, now: i64) -> Result<()> {
//! let ended = store
//!     .write(move |tx| {
//!         let (user, grant) = (user.clone(), grant.clone());
//!         Box::pin(async move {
//!             tx.end_sessions_of(&user, None, now, "sign_out").await?;
//!             tx.end_grant(&grant, now, "sign_out").await
//!         })
//!     })
//!     .await?;
//! # let _ = ended;
//! # Ok(())
//! # }
//! ```

pub mod app_tokens;
pub mod artifact;
pub mod attempts;
pub mod audit;
pub mod backlog;
mod backup;
mod cache;
pub mod clients;
pub mod connectors;
pub mod consents;
pub mod credentials;
pub mod departments;
pub mod epoch;
pub mod exchange;
pub mod grants;
pub mod identities;
pub mod keys;
pub mod leases;
pub mod leaving;
pub mod logouts;
pub mod members;
pub mod merge_cases;
pub mod merges;
pub mod merging;
mod migrate;
mod open;
pub mod orgs;
pub mod paces;
mod postgres;
mod reads;
pub mod reseal;
pub mod resources;
pub mod roster;
mod row;
pub mod senders;
pub mod sent_messages;
pub mod sessions;
pub mod settings;
mod sqlite;
pub mod subjects;
pub mod sync_pages;
pub mod sync_queue;
pub mod sync_runs;
pub mod sync_vanished;
mod transaction;
pub mod users;
mod value;
pub mod verification_files;
mod writer;

use std::sync::Arc;

use futures::future::BoxFuture;

use open::Inner;

pub use cache::UnderEpoch;
pub use transaction::Tx;

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

/// The store. Cheap to clone; its background work ends with its last clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<open::Inner>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Opens the store and brings its schema up to date.
    ///
    /// # Errors
    /// `Down` when it can't be reached, `Corrupt` when the schema is newer than the program.
    pub async fn open(location: &Location) -> Result<Self> {
        let inner = match location {
            Location::Sqlite(path) => open::sqlite(path).await?,
            Location::Postgres(address) => open::postgres(address).await?,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `change` in one durable transaction and answers what it answered;
    /// an error rolls back. When this returns `Ok`, the change is on disk.
    /// See the example at the head of this module.
    ///
    /// # Errors
    /// What `change` answered, or `Down`.
    pub async fn write<T, F>(&self, change: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + Sync + 'static,
    {
        match &self.inner.backend {
            open::Backend::Sqlite { writer, .. } => writer.write(change).await,
            open::Backend::Postgres(pool) => {
                let Inner { epoch, queued, .. } = &*self.inner;
                transaction::write_with_retries(pool, epoch, queued, change).await
            }
        }
    }

    /// Whether the store answers at all, for `/readyz`.
    ///
    /// # Errors
    /// `Down` when it does not.
    pub async fn ping(&self) -> Result<()> {
        self.one(row::statement("SELECT CAST(1 AS BIGINT)")).await.map(|_| ())
    }
}
