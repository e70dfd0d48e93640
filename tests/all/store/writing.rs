//! Durability: what is answered is committed; what fails fails alone; a commit that fails uses nothing up.

use std::sync::Arc;
use std::time::Duration;

use hufu::store::artifact::{Exchange, Kind};
use hufu::store::{Error, Result, Store};
use sqlx::{Executor as _, Row as _};
use tokio::sync::Notify;

use super::make::{artifact, write};
use crate::support::stores::{START, TestStore, sqlite, stores};

/// A change that waits inside its transaction until it is let go.
fn held(store: &Store, key: &'static str) -> (tokio::task::JoinHandle<Result<()>>, Arc<Notify>, Arc<Notify>) {
    let (inside, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (store, there, wait) = (store.clone(), Arc::clone(&inside), Arc::clone(&go));
    let change = tokio::spawn(async move {
        store
            .write(move |tx| {
                let (there, wait) = (Arc::clone(&there), Arc::clone(&wait));
                Box::pin(async move {
                    tx.put_setting(key, "1").await?;
                    there.notify_one();
                    wait.notified().await;
                    Ok(())
                })
            })
            .await
    });
    (change, inside, go)
}

async fn committed(at: &TestStore) -> i64 {
    let count = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) FROM settings");
    at.raw().await.fetch_one(count).await.expect("a count").get(0)
}

#[tokio::test]
async fn grouped_changes_are_answered_only_after_their_common_commit() {
    let at = sqlite().await;
    // While the first holds the writer, the two others queue and so share the next group.
    let (first, inside, go_first) = held(&at.store, "first");
    inside.notified().await;
    let store = at.store.clone();
    let mut quick = tokio::spawn(async move { write!(store, put_setting("quick", "1")) });
    tokio::task::yield_now().await;
    let (slow, inside, go_slow) = held(&at.store, "slow");
    tokio::task::yield_now().await;
    go_first.notify_one();
    first.await.expect("it ends").expect("it commits");
    inside.notified().await;
    let early = tokio::time::timeout(Duration::from_millis(100), &mut quick).await;
    assert!(early.is_err(), "answered before the commit");
    assert_eq!(committed(&at).await, 1, "only the first group is on disk");
    go_slow.notify_one();
    quick.await.expect("it ends").expect("it commits");
    assert_eq!(committed(&at).await, 3, "answered, so on disk");
    slow.await.expect("it ends").expect("it commits");
}

#[tokio::test]
async fn a_failing_or_panicking_change_of_a_group_fails_alone() {
    for (name, at) in stores().await {
        let fails = at.store.write::<(), _>(|tx| {
            Box::pin(async move {
                tx.put_setting("fails", "1").await?;
                Err(Error::Conflict("on purpose"))
            })
        });
        let panics = at.store.write::<(), _>(|tx| {
            Box::pin(async move {
                tx.put_setting("panics", "1").await?;
                panic!("on purpose")
            })
        });
        let goes_on = at.store.write(|tx| {
            Box::pin(async move {
                tx.put_setting("goes on", "1").await?;
                // The person does not exist; the failure is swallowed.
                let _ = tx.set_password(&super::make::password("nobody", "hash")).await;
                Ok(())
            })
        });
        let stands = async { write!(at.store, put_setting("stands", "1")) };
        let (fails, panics, goes_on, stands) = tokio::join!(fails, panics, goes_on, stands);
        assert!(matches!(fails, Err(Error::Conflict("on purpose"))), "{name}: {fails:?}");
        assert!(matches!(panics, Err(Error::Down(_))), "{name}: {panics:?}");
        assert!(matches!(goes_on, Err(Error::Down(_))), "{name}: an ignored failure is none the less one: {goes_on:?}");
        stands.expect(name);
        assert_eq!(committed(&at).await, 1, "{name}");
        assert_eq!(at.store.setting("stands").await.expect(name).as_deref(), Some("1"), "{name}");
    }
}

/// Makes COMMIT itself fail while a row `broken` is in `switch`: a deferred foreign key.
const COMMIT_BREAKER_SQLITE: &str = "CREATE TABLE parent (id TEXT PRIMARY KEY);
    CREATE TABLE child (id TEXT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER breaker AFTER UPDATE ON artifacts_long BEGIN INSERT INTO child VALUES ('orphan'); END";
const COMMIT_BREAKER_POSTGRES: &str = "CREATE TABLE parent (id TEXT PRIMARY KEY);
    CREATE TABLE child (id TEXT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE FUNCTION breaker() RETURNS trigger AS 'BEGIN INSERT INTO child VALUES (''orphan''); RETURN NULL; END'
        LANGUAGE plpgsql;
    CREATE TRIGGER breaker AFTER UPDATE ON artifacts_long FOR EACH ROW EXECUTE FUNCTION breaker()";

#[tokio::test]
async fn s8_a_commit_that_fails_uses_no_refresh_token_up() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::RefreshToken, "r"))).expect(name);
        let mut raw = at.raw().await;
        let breaker = if name == "SQLite" { COMMIT_BREAKER_SQLITE } else { COMMIT_BREAKER_POSTGRES };
        raw.execute(sqlx::raw_sql(breaker)).await.expect(name);
        for _ in 0..3 {
            let failed = write!(at.store, exchange(Kind::RefreshToken, "r", START, Some("n"), &[]));
            assert!(failed.is_err(), "{name}: {failed:?}");
        }
        let heal = if name == "SQLite" { "DROP TRIGGER breaker" } else { "DROP TRIGGER breaker ON artifacts_long" };
        raw.execute(sqlx::raw_sql(heal)).await.expect(name);
        let after = write!(at.store, exchange(Kind::RefreshToken, "r", START, Some("n"), &[]));
        assert!(matches!(after, Ok(Exchange::First)), "{name}: {after:?}");
    }
}

#[tokio::test]
async fn a_caller_that_leaves_does_not_leave_half_a_change() {
    for (name, at) in stores().await {
        let (change, inside, _go) = held(&at.store, "left");
        inside.notified().await;
        change.abort();
        let _ = change.await;
        if name == "PostgreSQL" {
            // The transaction went with its caller; the connection is clean again.
            for i in 0..20 {
                write!(at.store, put_setting(&format!("{i}"), "1")).expect(name);
            }
            assert_eq!(committed(&at).await, 20, "{name}");
        }
    }
}

#[tokio::test]
async fn many_callers_at_once_are_all_answered() {
    for (name, at) in stores().await {
        let callers = (0..200).map(|i| {
            let store = at.store.clone();
            tokio::spawn(async move { write!(store, once(&format!("{i}"), START, START + 60)) })
        });
        for answer in futures::future::join_all(callers.collect::<Vec<_>>()).await {
            assert!(answer.expect(name).expect(name), "{name}");
        }
    }
}
