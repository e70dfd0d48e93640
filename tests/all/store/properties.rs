//! Properties over arbitrary interleavings (security.md §4.2): what works once works at most once.
//! `HUFU_TEST_PROPTEST_CASES` sets how many are tried on each store (64).

use std::time::Duration;

use hufu::store::artifact::{Exchange, Kind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::make::artifact;
use crate::support::stores::{START, TestStore, postgres, sqlite};

/// One thing a caller does with the row, and when.
#[derive(Clone, Debug)]
enum Act {
    Take { after: u64, at: i64 },
    Swap { after: u64 },
    Charge { after: u64 },
    Sweep { after: u64, at: i64 },
}

fn act() -> impl Strategy<Value = Act> {
    let (after, at) = (0..3_u64, START..START + 90);
    prop_oneof![
        6 => (after.clone(), at.clone()).prop_map(|(after, at)| Act::Take { after, at }),
        1 => after.clone().prop_map(|after| Act::Swap { after }),
        1 => after.clone().prop_map(|after| Act::Charge { after }),
        1 => (after, at).prop_map(|(after, at)| Act::Sweep { after, at }),
    ]
}

/// Does all of it at once; how often the row was taken, and at which times.
async fn play(at: &TestStore, acts: Vec<Act>, digest: String) -> Vec<i64> {
    let mut new = artifact(Kind::AuthorizationCode, &digest);
    new.keep_until = START + 1_000_000;
    at.store
        .write(move |tx| {
            let new = new.clone();
            Box::pin(async move { tx.put(&new).await })
        })
        .await
        .expect("it is put");
    let players = acts.into_iter().map(|act| {
        let (store, digest) = (at.store.clone(), digest.clone());
        tokio::spawn(async move { step(store, act, digest).await })
    });
    let outcome = futures::future::join_all(players.collect::<Vec<_>>()).await;
    outcome.into_iter().filter_map(|taken| taken.expect("a player ends")).collect()
}

/// The time at which this caller took the row, if it did.
async fn step(store: hufu::store::Store, act: Act, digest: String) -> Option<i64> {
    const CODE: Kind = Kind::AuthorizationCode;
    let (Act::Take { after, .. } | Act::Swap { after } | Act::Charge { after } | Act::Sweep { after, .. }) = act;
    tokio::time::sleep(Duration::from_millis(after)).await;
    let change = store.write(move |tx| {
        let (act, digest) = (act.clone(), digest.clone());
        Box::pin(async move {
            match act {
                Act::Take { at, .. } => {
                    let taken = tx.exchange(CODE, &digest, at, None, &[]).await?;
                    return Ok(matches!(taken, Exchange::First).then_some(at));
                }
                Act::Swap { .. } => drop(tx.swap(CODE, &digest, 1, "2", START + 60).await?),
                Act::Charge { .. } => drop(tx.charge(CODE, &digest, 3).await?),
                Act::Sweep { at, .. } => drop(tx.sweep_artifacts(at, 10).await?),
            }
            Ok(None)
        })
    });
    change.await.expect("an answer")
}

fn at_most_once(open: impl Future<Output = TestStore>) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let at = runtime.block_on(open);
    let cases = std::env::var("HUFU_TEST_PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(64);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    // A digest of its own for each round, shrinking included.
    let round = std::cell::Cell::new(0_u32);
    let plan = prop::collection::vec(act(), 1..24);
    let outcome = TestRunner::new(config).run(&plan, |acts| {
        round.set(round.get() + 1);
        let taken = runtime.block_on(play(&at, acts.clone(), format!("code{}", round.get())));
        prop_assert!(taken.len() <= 1, "taken {} times: {acts:?}", taken.len());
        prop_assert!(taken.iter().all(|at| *at < START + 60), "taken after its expiry: {acts:?}");
        let due = |act: &Act| matches!(act, Act::Take { at, .. } if *at < START + 60);
        prop_assert_eq!(taken.len() == 1, acts.iter().any(due), "a good take was refused: {:?}", acts);
        Ok(())
    });
    outcome.expect("what works once works at most once");
    // Inside the runtime, because the store's tasks end there.
    runtime.block_on(async move { drop(at) });
}

#[test]
fn property_1_any_interleaving_takes_at_most_once_on_sqlite() {
    at_most_once(sqlite());
}

#[test]
fn property_1_any_interleaving_takes_at_most_once_on_postgres() {
    at_most_once(postgres());
}
