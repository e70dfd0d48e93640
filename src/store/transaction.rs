//! One transaction, and how it is run on PostgreSQL.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use sqlx::{Executor as _, PgPool, Postgres, Transaction};
use tokio::sync::Notify;

use super::row::{Row, Statement, failed, limited, statement};
use super::{Error, Result, postgres, sqlite};

/// A closure that takes longer is stopped: it would hold everybody else up.
const CHANGE_LIMIT: Duration = Duration::from_secs(10);

/// How often a transaction that lost against another is run.
const ATTEMPTS: u32 = 8;

/// One transaction: the only place where rows are written. On SQLite it is a
/// SAVEPOINT inside a group that commits together; on PostgreSQL a transaction
/// that is retried on a serialization failure, so the closure may run again.
pub struct Tx {
    connection: Connection,
    /// A statement failed: what the closure answers no longer counts.
    broken: Option<String>,
    /// It failed because another transaction was in the way.
    lost: bool,
    /// The epoch as this transaction raised it.
    pub(super) raised: Option<i64>,
    /// It queued a logout token.
    pub(super) queued: bool,
}

enum Connection {
    /// The writer's own connection; the group's BEGIN and COMMIT are the writer's.
    Grouped(rusqlite::Connection),
    /// A transaction of its own; dropping it rolls back.
    Own(Transaction<'static, Postgres>),
}

impl Tx {
    pub(super) fn grouped(connection: rusqlite::Connection) -> Self {
        Self { connection: Connection::Grouped(connection), broken: None, lost: false, raised: None, queued: false }
    }

    fn own(transaction: Transaction<'static, Postgres>) -> Self {
        Self { connection: Connection::Own(transaction), broken: None, lost: false, raised: None, queued: false }
    }

    /// How many rows a statement changed.
    pub(super) async fn run(&mut self, statement: Statement<'_>) -> Result<u64> {
        let outcome = match &mut self.connection {
            Connection::Grouped(connection) => {
                sqlite::run(connection, &statement).map_err(|error| (false, sqlite::failed(&error)))
            }
            Connection::Own(transaction) => {
                let done = transaction.execute(postgres::bound(statement)).await;
                done.map(|done| done.rows_affected()).map_err(|error| (is_lost(&error), failed(&error)))
            }
        };
        outcome.map_err(|failure| self.noted(failure))
    }

    /// Whether a statement changed a row.
    pub(super) async fn changed(&mut self, statement: Statement<'_>) -> Result<bool> {
        Ok(self.run(statement).await? > 0)
    }

    /// The first row a statement answers, if there is one.
    pub(super) async fn one(&mut self, statement: Statement<'_>) -> Result<Option<Row>> {
        let outcome = match &mut self.connection {
            Connection::Grouped(connection) => {
                sqlite::one(connection, &statement).map_err(|error| (false, sqlite::failed(&error)))
            }
            Connection::Own(transaction) => {
                let row = transaction.fetch_optional(postgres::bound(statement)).await;
                let row = row.map_err(|error| (is_lost(&error), failed(&error)));
                row.and_then(|row| row.map(|row| postgres::taken(&row)).transpose().map_err(|error| (false, error)))
            }
        };
        outcome.map_err(|failure| self.noted(failure))
    }

    fn noted(&mut self, (lost, error): (bool, Error)) -> Error {
        // serialization_failure and deadlock_detected (PostgreSQL, appendix A).
        self.lost |= lost;
        self.broken.get_or_insert_with(|| error.to_string());
        error
    }

    /// Runs a closure, whatever it does: an endless or panicking one is an error like any other,
    /// and one that goes on after a failed statement has failed too (PostgreSQL
    /// would silently roll back at COMMIT).
    pub(super) async fn guarded<T, F>(&mut self, change: &F) -> Result<T>
    where
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T>>,
    {
        self.broken = None;
        self.lost = false;
        let run = AssertUnwindSafe(change(self)).catch_unwind();
        let answer = match tokio::time::timeout(CHANGE_LIMIT, run).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Error::Down("a change panicked".to_owned())),
            Err(_) => Err(Error::Down("a change took too long".to_owned())),
        };
        match (answer, self.broken.take()) {
            (Ok(_), Some(why)) => Err(Error::Down(format!("a statement failed in the transaction: {why}"))),
            (answer, _) => answer,
        }
    }

    /// `false` when another transaction was in the way and this one is to run again.
    async fn commit(self) -> std::result::Result<bool, sqlx::Error> {
        let Connection::Own(transaction) = self.connection else { return Ok(true) };
        match transaction.commit().await {
            Ok(()) => Ok(true),
            Err(error) if is_lost(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Tells every process to read again what it caches. It also queues the
    /// transactions that change configuration behind one another, because all update one row.
    pub(super) async fn raise_epoch(&mut self) -> Result<()> {
        let row = self.one(statement("UPDATE epoch SET value = value + 1 WHERE id = 1 RETURNING value")).await?;
        let mut row = row.ok_or_else(|| Error::Corrupt("the epoch row is gone".to_owned()))?;
        self.raised = Some(row.number()?);
        Ok(())
    }
}

impl Tx {
    /// As `raise_epoch`, but only from this value: `false` when anything cached was written since.
    pub(super) async fn raise_epoch_from(&mut self, value: i64) -> Result<bool> {
        let raise = statement("UPDATE epoch SET value = value + 1 WHERE id = 1 AND value = $1 RETURNING value");
        let Some(mut row) = self.one(raise.bind(value)).await? else { return Ok(false) };
        self.raised = Some(row.number()?);
        Ok(true)
    }
}

fn is_lost(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code == "40001" || code == "40P01")
}

/// An ordinary transaction of its own, run again when another was in the way.
pub(super) async fn write_with_retries<T, F>(pool: &PgPool, epoch: &AtomicI64, queued: &Notify, change: F) -> Result<T>
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T>>,
{
    for attempt in 0..ATTEMPTS {
        let mut tx = Tx::own(limited(pool.begin()).await?);
        match tx.guarded(&change).await {
            Ok(answer) => {
                let (raised, rings) = (tx.raised, tx.queued);
                if limited(tx.commit()).await? {
                    epoch.fetch_max(raised.unwrap_or(0), Ordering::SeqCst);
                    if rings {
                        queued.notify_one();
                    }
                    return Ok(answer);
                }
            }
            Err(error) if !tx.lost => return Err(error),
            Err(_) => drop(tx),
        }
        tokio::time::sleep(Duration::from_millis(1 << attempt)).await;
    }
    Err(Error::Down("too many transactions are in each other's way".to_owned()))
}
