//! Bringing the schema up to date: forward only, by itself, restartable.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::AnyConnection;
use sqlx::any::AnyConnectOptions;
use sqlx::migrate::{Migrate as _, MigrateError, Migrator};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::row::failed;
use super::{Error, Result};

/// Every step of the schema, inside the program.
fn steps() -> Migrator {
    sqlx::migrate!("./migrations")
}

/// How often a start that met another start of the same file is tried.
const ATTEMPTS: u32 = 5;

/// One node migrates while the others wait for its advisory lock.
pub(super) async fn postgres(options: &AnyConnectOptions) -> Result<()> {
    run(&steps(), options, None).await
}

/// SQLite has no lock that outlives a step, so a start that lost against another looks again.
pub(super) async fn sqlite(options: &AnyConnectOptions, file: &Path) -> Result<()> {
    let mut outcome = run(&steps(), options, Some(file)).await;
    for attempt in 1..ATTEMPTS {
        let Err(Error::Down(_)) = &outcome else { return outcome };
        tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
        outcome = run(&steps(), options, Some(file)).await;
    }
    outcome
}

/// A connection of its own: closing it frees the lock whatever happened.
async fn run(steps: &Migrator, options: &AnyConnectOptions, file: Option<&Path>) -> Result<()> {
    let mut connection = options.connect().await.map_err(|error| failed(&error))?;
    let outcome = match file {
        Some(file) => snapshot_before(steps, &mut connection, file).await,
        None => Ok(()),
    };
    let outcome = match outcome {
        Ok(()) => steps.run_direct(None, &mut connection, false).await.map_err(told),
        refused => refused,
    };
    // The answer of closing says nothing about the schema.
    let _ = connection.close().await;
    outcome
}

/// Copies a populated file to `{file}.before-{step}` before its first new step.
async fn snapshot_before(steps: &Migrator, connection: &mut AnyConnection, file: &Path) -> Result<()> {
    connection
        .execute(sqlx::raw_sql("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000"))
        .await
        .map_err(|e| failed(&e))?;
    connection.ensure_migrations_table(&steps.table_name).await.map_err(told)?;
    let applied = connection.list_applied_migrations(&steps.table_name).await.map_err(told)?;
    if let Some(unknown) = applied.iter().find(|done| !steps.version_exists(done.version)) {
        return Err(newer(unknown.version));
    }
    let next = steps.iter().find(|step| !applied.iter().any(|done| done.version == step.version));
    let Some(next) = next.filter(|_| !applied.is_empty()) else { return Ok(()) };
    let copy = beside(file, &format!(".before-{}", next.version));
    copy_to(connection, &copy).await
}

/// A consistent copy of the open file at `copy`, complete or not there at all.
pub(super) async fn copy_to(connection: &mut AnyConnection, copy: &Path) -> Result<()> {
    let part = beside(copy, ".part");
    let name = part.to_str().ok_or_else(|| Error::Down(format!("{} is not UTF-8", part.display())))?;
    let unwritable = |error: std::io::Error| Error::Down(format!("{} can't be written: {error}", copy.display()));
    // Left behind by a copy that was interrupted.
    match tokio::fs::remove_file(&part).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unwritable(error)),
        _ => {}
    }
    make_empty(&part).map_err(unwritable)?;
    connection.execute(sqlx::query("VACUUM INTO $1").bind(name)).await.map_err(|error| failed(&error))?;
    tokio::fs::File::open(&part).await.map_err(unwritable)?.sync_all().await.map_err(unwritable)?;
    tokio::fs::rename(&part, copy).await.map_err(unwritable)
}

/// VACUUM INTO writes into an empty file that exists, and so keeps its mode.
#[cfg(unix)]
fn make_empty(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(path).map(|_| ())
}

#[cfg(not(unix))]
fn make_empty(path: &Path) -> std::io::Result<()> {
    std::fs::OpenOptions::new().create_new(true).write(true).open(path).map(|_| ())
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn newer(version: i64) -> Error {
    Error::Corrupt(format!(
        "the schema is newer than this program (it has step {version}); start the version that wrote it, or a later one"
    ))
}

fn told(error: MigrateError) -> Error {
    match error {
        MigrateError::VersionMissing(version) => newer(version),
        MigrateError::VersionMismatch(version) => {
            Error::Corrupt(format!("step {version} of the schema is not the one this program knows"))
        }
        MigrateError::Execute(error) => failed(&error),
        other => Error::Down(other.to_string()),
    }
}

#[cfg(test)]
#[path = "migrate_tests.rs"]
mod tests;
