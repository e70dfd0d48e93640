//! Opening: pools, their settings, and the tasks that live as long as the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use rusqlite::Connection;
use sqlx::ConnectOptions as _;
use sqlx::PgPool;
use sqlx::any::AnyConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::cache::{Rows, UnderEpoch};
use super::clients::Client;
use super::connectors::ConnectorRow;
use super::orgs::OrgOfConnector;
use super::reads::Reads;
use super::resources::Resource;
use super::row::{failed, statement};
use super::sqlite::{self as file_of, Readers};
use super::writer::{Bells, Writer};
use super::{Error, Result, epoch, migrate};
use crate::base::id::{ClientId, ConnectorId};
use crate::base::secret::Secret;

/// How long schema changes may take, the waiting for another node's included.
const MIGRATION_LIMIT: Duration = Duration::from_mins(5);

/// What the clones of a store share.
pub(super) struct Inner {
    pub(super) reads: Reads,
    pub(super) backend: Backend,
    pub(super) epoch: Arc<AtomicI64>,
    pub(super) clients: Rows<ClientId, Arc<Client>>,
    pub(super) resources: Rows<String, Arc<Resource>>,
    pub(super) settings: Rows<String, Option<String>>,
    pub(super) connectors: UnderEpoch<Vec<ConnectorRow>>,
    pub(super) org_connectors: UnderEpoch<Vec<(ConnectorId, OrgOfConnector)>>,
    /// Rung after a commit that queued a logout token.
    pub(super) queued: Arc<Notify>,
    /// Aborted when the last clone goes.
    _tasks: JoinSet<()>,
}

pub(super) enum Backend {
    Sqlite { writer: Writer, file: PathBuf },
    Postgres(PgPool),
}

/// Opens a SQLite file, making it and its folder when they are not there.
pub(super) async fn sqlite(path: &Path) -> Result<Inner> {
    sqlx::any::install_default_drivers();
    let file = std::path::absolute(path).map_err(|error| unusable(path, &error))?;
    make_private(&file).map_err(|error| unusable(&file, &error))?;
    let options = sqlite_options(&file)?;
    limited(migrate::sqlite(&options, &file)).await?;

    let reads = Reads::Sqlite(Arc::new(Readers::new(file.clone())));
    let committed = Arc::new(Notify::new());
    let (epoch, mut tasks) = watched(&reads).await?;
    tasks.spawn(keep_checkpointing(file.clone(), Arc::clone(&committed)));
    let queued = Arc::new(Notify::new());
    let rung = Bells { committed, queued: Arc::clone(&queued) };
    let writer = Writer::start(file.clone(), Arc::clone(&epoch), rung)?;
    Ok(Inner::new(reads, Backend::Sqlite { writer, file }, (epoch, tasks), queued))
}

/// Connects to a PostgreSQL database that exists.
pub(super) async fn postgres(address: &Secret) -> Result<Inner> {
    sqlx::any::install_default_drivers();
    // The parser's own message could repeat the password.
    let wrong = |_| Error::Down("the address of PostgreSQL is not a URL such as postgres://user@host/name".to_owned());
    let options = address.expose().parse::<AnyConnectOptions>().map_err(wrong)?.disable_statement_logging();
    limited(migrate::postgres(&options)).await?;
    let options = address.expose().parse::<PgConnectOptions>().map_err(wrong)?.disable_statement_logging();
    let pool = super::postgres::connect(options).await?;
    let reads = Reads::Postgres(pool.clone());
    let watched = watched(&reads).await?;
    Ok(Inner::new(reads, Backend::Postgres(pool), watched, Arc::new(Notify::new())))
}

impl Inner {
    fn new(reads: Reads, backend: Backend, watched: (Arc<AtomicI64>, JoinSet<()>), queued: Arc<Notify>) -> Self {
        let (epoch, tasks) = watched;
        Self {
            reads,
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

async fn watched(reads: &Reads) -> Result<(Arc<AtomicI64>, JoinSet<()>)> {
    let epoch = Arc::new(AtomicI64::new(epoch::read(reads).await?));
    let mut tasks = JoinSet::new();
    tasks.spawn(epoch::watch(reads.clone(), Arc::clone(&epoch)));
    Ok((epoch, tasks))
}

/// Pages in the log (4 KiB each) after which the writer is stopped for a moment, so that the log starts
/// again at its beginning: while changes never pause, it would grow without end.
const LONG_LOG: i64 = 16_384;

/// Moves committed pages from the log into the file, outside the writer, so that no commit waits for it.
async fn keep_checkpointing(file: PathBuf, committed: Arc<Notify>) {
    let mut connection = None;
    loop {
        committed.notified().await;
        let (open, file) = (connection.take(), file.clone());
        match tokio::task::spawn_blocking(move || checkpoint(open, &file)).await {
            Ok(Ok(open)) => connection = Some(open),
            Ok(Err(error)) => tracing::warn!(%error, "the write-ahead log could not be moved into the file"),
            Err(error) => tracing::error!(%error, "moving the write-ahead log into the file ended early"),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn checkpoint(open: Option<Connection>, file: &Path) -> Result<Connection> {
    let connection = open.map_or_else(|| file_of::open(file, ""), Ok)?;
    let answer = file_of::one(&connection, &statement("PRAGMA wal_checkpoint(PASSIVE)"));
    if let Some(mut row) = answer.map_err(|error| file_of::failed(&error))? {
        let (_busy, pages) = (row.number()?, row.number()?);
        if pages > LONG_LOG {
            let restart = file_of::run(&connection, &statement("PRAGMA wal_checkpoint(RESTART)"));
            restart.map_err(|error| file_of::failed(&error))?;
        }
    }
    Ok(connection)
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
