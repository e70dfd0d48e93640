//! Steps over a populated file: the copy before them, a failure between them, a second run.

use std::path::Path;

use sqlx::migrate::{Migration, MigrationType};
use sqlx::{AnyConnection, SqlSafeStr as _};

use super::*;

fn step(version: i64, text: &'static str) -> Migration {
    Migration::new(version, "a step".into(), MigrationType::Simple, text.into_sql_str(), false)
}

async fn number(options: &AnyConnectOptions, question: &'static str) -> i64 {
    let mut connection: AnyConnection = options.connect().await.expect("a connection");
    sqlx::query_scalar(question).fetch_one(&mut connection).await.expect("a number")
}

fn place(folder: &Path) -> (std::path::PathBuf, AnyConnectOptions) {
    sqlx::any::install_default_drivers();
    let file = folder.join("hufu.db");
    let options = super::super::open::sqlite_options(&file).expect("an address");
    (file, options)
}

#[tokio::test]
async fn a_populated_file_is_copied_before_its_first_new_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, options) = place(folder.path());
    let first = step(1, "CREATE TABLE things (id BIGINT); INSERT INTO things VALUES (7)");
    let old = Migrator::with_migrations(vec![first.clone()]);
    run(&old, &options, Some(&file)).await.expect("the first step");
    assert_eq!(std::fs::read_dir(&folder).expect("a folder").filter(|f| named(f, ".before-")).count(), 0);

    let second = step(2, "DELETE FROM things");
    let new = Migrator::with_migrations(vec![first, second]);
    run(&new, &options, Some(&file)).await.expect("the second step");
    assert_eq!(number(&options, "SELECT COUNT(*) FROM things").await, 0);
    let (_, copy) = (file, super::super::open::sqlite_options(&folder.path().join("hufu.db.before-2")));
    assert_eq!(number(&copy.expect("an address"), "SELECT id FROM things").await, 7, "the copy is from before");
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_and_the_next_start_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, options) = place(folder.path());
    let first = step(1, "CREATE TABLE things (id BIGINT)");
    let bad = step(2, "INSERT INTO things VALUES (1); INSERT INTO nothing VALUES (1)");
    let stopped = Migrator::with_migrations(vec![first.clone(), bad]);
    run(&stopped, &options, Some(&file)).await.expect_err("the second step fails");
    assert_eq!(number(&options, "SELECT COUNT(*) FROM things").await, 0, "half a step");

    let good = Migrator::with_migrations(vec![first, step(2, "INSERT INTO things VALUES (1)")]);
    run(&good, &options, Some(&file)).await.expect("the next start");
    run(&good, &options, Some(&file)).await.expect("and another");
    assert_eq!(number(&options, "SELECT COUNT(*) FROM things").await, 1);
}

fn named(entry: &std::io::Result<std::fs::DirEntry>, part: &str) -> bool {
    entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().contains(part))
}
