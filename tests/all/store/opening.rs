//! Opening: private files, schema steps, snapshots, copies, and refusals.

use hufu::base::secret::Secret;
use hufu::store::{Error, Location, Store};
use sqlx::{Connection as _, Executor as _};

use super::make::{user_id, with_people, write};
use crate::support::stores::{empty_places, sqlite, stores};

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    for (name, place) in empty_places().await {
        let store = Store::open(&place.location).await.expect(name);
        with_people(&store, &["ada"]).await;
        drop(store);
        let store = Store::open(&place.location).await.expect(name);
        assert!(store.user(&user_id("ada")).await.expect(name).is_some(), "{name}");
        store.ping().await.expect(name);
        store.integrity().await.expect(name);
    }
}

#[tokio::test]
async fn a_schema_from_a_newer_program_is_refused_and_left_alone() {
    for (name, at) in stores().await {
        let mut raw = at.raw().await;
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES (9999, 'from the future', TRUE, '', 0)";
        raw.execute(sqlx::raw_sql(newer)).await.expect(name);
        raw.close().await.expect(name);
        let refused = Store::open(&at.location).await.expect_err(name);
        let told =
            matches!(&refused, Error::Corrupt(text) if text.starts_with("the schema is newer than this program"));
        assert!(told, "{name}: {refused}");
    }
}

#[tokio::test]
async fn a_schema_step_that_was_changed_afterwards_is_refused() {
    for (name, at) in stores().await {
        let changed = if name == "SQLite" {
            "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1"
        } else {
            r"UPDATE _sqlx_migrations SET checksum = '\x00' WHERE version = 1"
        };
        at.raw().await.execute(sqlx::raw_sql(changed)).await.expect(name);
        let refused = Store::open(&at.location).await.expect_err(name);
        assert!(matches!(refused, Error::Corrupt(_)), "{name}: {refused}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_and_a_folder_made_for_it_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a #?%/new folder/hufu.db");
    let store = Store::open(&Location::Sqlite(file.clone())).await.expect("it opens");
    assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700));
    with_people(&store, &["ada"]).await;
    let log = file.with_extension("db-wal");
    assert_eq!(mode(&log), 0o600, "the write-ahead log holds the same rows");
    let copy = folder.path().join("copy.db");
    store.backup_to(&copy).await.expect("a copy");
    assert_eq!(mode(&copy), 0o600);
}

#[tokio::test]
async fn a_copy_taken_while_serving_is_whole_and_replaces_an_older_one() {
    let at = sqlite().await;
    with_people(&at.store, &["ada"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    at.store.backup_to(&copy).await.expect("a copy");
    let store = at.store.clone();
    let busy = tokio::spawn(async move {
        for i in 0..50 {
            write!(store, put_setting(&format!("{i}"), "1")).expect("served meanwhile");
        }
    });
    at.store.backup_to(&copy).await.expect("a second copy");
    busy.await.expect("it ends");
    let copied = Store::open(&Location::Sqlite(copy)).await.expect("the copy opens");
    copied.integrity().await.expect("the copy is whole");
    assert!(copied.user(&user_id("ada")).await.expect("an answer").is_some());
    let nowhere = at.store.backup_to(std::path::Path::new("/nonexistent/copy.db")).await;
    assert!(matches!(nowhere, Err(Error::Down(_))), "{nowhere:?}");
}

#[tokio::test]
async fn a_postgres_store_names_its_own_tool_for_copies() {
    let at = crate::support::stores::postgres().await;
    let refused = at.store.backup_to(std::path::Path::new("/tmp/unused")).await.expect_err("no copy");
    assert!(refused.to_string().contains("pg_dump"), "{refused}");
}

#[tokio::test]
async fn a_damaged_file_is_found() {
    let at = sqlite().await;
    with_people(&at.store, &["ada"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    at.store.backup_to(&copy).await.expect("a copy");
    let mut bytes = std::fs::read(&copy).expect("the copy");
    let length = bytes.len();
    bytes[length / 2..].fill(0xA5);
    std::fs::write(&copy, bytes).expect("the damage is done");
    let found = match Store::open(&Location::Sqlite(copy)).await {
        Ok(store) => store.integrity().await.expect_err("the damage is found"),
        Err(refused) => refused,
    };
    assert!(matches!(found, Error::Corrupt(_)), "{found}");
}

#[tokio::test]
async fn an_unreachable_store_is_down_and_its_password_is_not_told() {
    let nowhere = Location::Postgres(Secret::new("postgres://hufu:hunter2@127.0.0.1:1/none"));
    let refused = Store::open(&nowhere).await.expect_err("nothing listens there");
    assert!(matches!(refused, Error::Down(_)) && !refused.to_string().contains("hunter2"), "{refused}");
    let nonsense = Location::Postgres(Secret::new("host=db password=hunter2"));
    let refused = Store::open(&nonsense).await.expect_err("not an address");
    assert!(matches!(refused, Error::Down(_)) && !refused.to_string().contains("hunter2"), "{refused}");
    let folder = Location::Sqlite(std::path::PathBuf::from("/proc/nowhere/hufu.db"));
    assert!(matches!(Store::open(&folder).await, Err(Error::Down(_))));
}
