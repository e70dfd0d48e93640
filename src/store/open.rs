//! Opening: pools, their settings, and the tasks that live as long as the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::cache::{Rows, UnderEpoch};
use super::clients::Client;
use super::connectors::ConnectorRow;
use super::orgs::OrgOfConnector;
use super::resources::Resource;
use super::row::{Row, failed, statement};
use super::writer::{Bells, Writer};
use super::{Error, Result, epoch, migrate};
use crate::base::id::{ClientId, ConnectorId};
use crate::base::secret::Secret;

/// How long a caller waits for a connection before it is told `Down`.
const POOL_WAIT: Duration = Duration::from_millis(1500);

/// Connections to PostgreSQL that one node holds at most.
const POSTGRES_CONNECTIONS: u32 = 16;

/// A connection that idled longer is asked whether it still lives before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// How long schema changes may take, the waiting for another node's included.
const MIGRATION_LIMIT: Duration = Duration::from_mins(5);

const READER: &str = "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA query_only = ON";

/// FULL: a commit is on disk when it is answered. The checkpoint is another task's work.
const WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0";

const POSTGRES: &str =
    "SET statement_timeout = '5s'; SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '30s'";

/// What the clones of a store share.
pub(super) struct Inner {
    /// Readers on SQLite; everything on PostgreSQL.
    pub(super) pool: AnyPool,
    pub(super) backend: Backend,
    pub(super) epoch: Arc<AtomicI64>,
    pub(super) clients: Rows<ClientId, Arc<Client>>,
    pub(super) resources: Rows<String, Arc<Resource>>,
    pub(super) settings: Rows<String, String>,
    pub(super) connectors: UnderEpoch<Vec<ConnectorRow>>,
    pub(super) org_connectors: UnderEpoch<Vec<(ConnectorId, OrgOfConnector)>>,
    /// Rung after a commit that queued a logout token.
    pub(super) queued: Arc<Notify>,
    /// Aborted when the last clone goes.
    _tasks: JoinSet<()>,
}

pub(super) enum Backend {
    Sqlite { writer: Writer, file: PathBuf },
    Postgres,
}

/// Opens a SQLite file, making it and its folder when they are not there.
pub(super) async fn sqlite(path: &Path) -> Result<Inner> {
    sqlx::any::install_default_drivers();
    let file = std::path::absolute(path).map_err(|error| unusable(path, &error))?;
    make_private(&file).map_err(|error| unusable(&file, &error))?;
    let options = sqlite_options(&file)?;
    limited(migrate::sqlite(&options, &file)).await?;

    let readers = u32::try_from(std::thread::available_parallelism().map_or(4, usize::from)).unwrap_or(4).clamp(2, 8);
    let pool = connect(&options, readers, READER).await?;
    let write_pool = connect(&options, 1, WRITER).await?;
    let committed = Arc::new(Notify::new());
    let (epoch, mut tasks) = watched(&pool).await?;
    tasks.spawn(keep_checkpointing(options, Arc::clone(&committed)));
    let queued = Arc::new(Notify::new());
    let rung = Bells { committed, queued: Arc::clone(&queued) };
    let writer = Writer::start(write_pool, Arc::clone(&epoch), rung);
    Ok(Inner::new(pool, Backend::Sqlite { writer, file }, (epoch, tasks), queued))
}

/// Connects to a PostgreSQL database that exists.
pub(super) async fn postgres(address: &Secret) -> Result<Inner> {
    sqlx::any::install_default_drivers();
    // The parser's own message could repeat the password.
    let wrong = |_| Error::Down("the address of PostgreSQL is not a URL such as postgres://user@host/name".to_owned());
    let options = address.expose().parse::<AnyConnectOptions>().map_err(wrong)?.disable_statement_logging();
    limited(migrate::postgres(&options)).await?;
    let pool = connect(&options, POSTGRES_CONNECTIONS, POSTGRES).await?;
    let watched = watched(&pool).await?;
    Ok(Inner::new(pool, Backend::Postgres, watched, Arc::new(Notify::new())))
}

impl Inner {
    fn new(pool: AnyPool, backend: Backend, watched: (Arc<AtomicI64>, JoinSet<()>), queued: Arc<Notify>) -> Self {
        let (epoch, tasks) = watched;
        Self {
            pool,
            backend,
            epoch,
            clients: Rows::default(),
            resources: Rows::default(),
            settings: Rows::default(),
            connectors: UnderEpoch::default(),
            org_connectors: UnderEpoch::default(),
            queued,
            _tasks: tasks,
        }
    }
}

async fn limited(migration: impl Future<Output = Result<()>>) -> Result<()> {
    let late = |_| Error::Down("the schema could not be brought up to date in time".to_owned());
    tokio::time::timeout(MIGRATION_LIMIT, migration).await.map_err(late)?
}

async fn watched(pool: &AnyPool) -> Result<(Arc<AtomicI64>, JoinSet<()>)> {
    let epoch = Arc::new(AtomicI64::new(epoch::read(pool).await?));
    let mut tasks = JoinSet::new();
    tasks.spawn(epoch::watch(pool.clone(), Arc::clone(&epoch)));
    Ok((epoch, tasks))
}

async fn connect(options: &AnyConnectOptions, connections: u32, setup: &'static str) -> Result<AnyPool> {
    let pool = AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(POOL_WAIT)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for < TRUSTED_IDLE {
                    return Ok(true);
                }
                Ok(connection.ping().await.is_ok())
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(sqlx::raw_sql(setup)).await.map(|_| ()) })
        })
        .connect_with(options.clone());
    pool.await.map_err(|error| failed(&error))
}

/// Pages in the log (4 KiB each) after which the writer is stopped for a moment, so that the log starts
/// again at its beginning: while changes never pause, it would grow without end.
const LONG_LOG: i64 = 16_384;

/// Moves committed pages from the log into the file, outside the writer, so that no commit waits for it.
async fn keep_checkpointing(options: AnyConnectOptions, committed: Arc<Notify>) {
    let mut connection = None;
    loop {
        committed.notified().await;
        if connection.is_none() {
            connection = options.connect().await.ok();
        }
        if let Some(open) = connection.as_mut()
            && let Err(error) = checkpoint(open).await
        {
            tracing::warn!(%error, "the write-ahead log could not be moved into the file");
            connection = None;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn checkpoint(connection: &mut AnyConnection) -> Result<()> {
    let answer = connection.fetch_optional(statement("PRAGMA wal_checkpoint(PASSIVE)")).await;
    let Some(mut row) = answer.map_err(|error| failed(&error))?.map(Row::new) else { return Ok(()) };
    let (_busy, pages) = (row.number()?, row.number()?);
    if pages > LONG_LOG {
        let restart = connection.execute(statement("PRAGMA wal_checkpoint(RESTART)")).await;
        restart.map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// The address of a file, with every character that means something in a URL escaped.
pub(super) fn sqlite_options(file: &Path) -> Result<AnyConnectOptions> {
    let text = file.to_str().ok_or_else(|| Error::Down(format!("{} is not UTF-8", file.display())))?;
    let path = text.split('/').map(escaped).collect::<Vec<_>>().join("/");
    let options = format!("sqlite://{path}?mode=rwc").parse::<AnyConnectOptions>();
    Ok(options.map_err(|error| failed(&error))?.disable_statement_logging())
}

fn escaped(segment: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    segment.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Nobody but the operator's own user may read the file, nor list a folder made for it.
#[cfg(unix)]
fn make_private(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    if let Some(folder) = file.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    // Only a new file is opened here: closing one that SQLite has open would drop SQLite's locks on it.
    match std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn make_private(file: &Path) -> std::io::Result<()> {
    file.parent().map_or(Ok(()), std::fs::create_dir_all)
}

fn unusable(path: &Path, error: &std::io::Error) -> Error {
    Error::Down(format!("{} can't be used: {error}", path.display()))
}
