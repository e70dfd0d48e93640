//! Everything that expires: put, look, swap, charge, exchange, replace, revoke, sweep.

use hufu::store::Error;
use hufu::store::artifact::{Exchange, Kind, NewArtifact};

use super::make::{artifact, write};
use crate::support::stores::{START, stores};

#[tokio::test]
async fn what_is_put_is_found_by_kind_and_digest() {
    for (name, at) in stores().await {
        for kind in [Kind::AuthorizationCode, Kind::RefreshToken] {
            write!(at.store, put(&artifact(kind, "d"))).expect(name);
        }
        let found = at.store.look(Kind::RefreshToken, "d").await.expect(name).expect(name);
        assert_eq!(found.read::<Vec<String>>().expect(name), ["payload"]);
        assert_eq!((found.version, found.tries, found.taken_at), (1, 0, None));
        assert_eq!(found.owner.as_deref(), Some("browser"));
        assert!(found.is_live(START) && !found.is_live(START + 60));
        assert!(at.store.look(Kind::AccessToken, "d").await.expect(name).is_none(), "{name}: another kind");
        let again = write!(at.store, put(&artifact(Kind::AuthorizationCode, "d")));
        assert!(matches!(again, Err(Error::Conflict("artifact"))), "{name}: {again:?}");
    }
}

#[tokio::test]
async fn an_exchange_happens_once_and_reuse_names_what_it_bought() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::RefreshToken, "old"))).expect(name);
        let first = write!(
            at.store,
            exchange(Kind::RefreshToken, "old", START, Some("new"), &[artifact(Kind::RefreshToken, "new")])
        );
        assert!(matches!(first, Ok(Exchange::First)), "{name}: {first:?}");
        let again = write!(at.store, exchange(Kind::RefreshToken, "old", START + 5, Some("x"), &[])).expect(name);
        let Exchange::Again { grant_id, taken_at, successor } = again else { panic!("{name}: {again:?}") };
        assert_eq!(grant_id.expect(name).as_str(), "g");
        assert_eq!((taken_at, successor.as_deref()), (START, Some("new")));
        let late = write!(at.store, exchange(Kind::RefreshToken, "new", START + 60, None, &[]));
        assert!(matches!(late, Ok(Exchange::Missing)), "{name}: an expired one was taken: {late:?}");
    }
}

#[tokio::test]
async fn an_exchange_whose_purchase_fails_takes_nothing() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::AuthorizationCode, "code"))).expect(name);
        write!(at.store, put(&artifact(Kind::AccessToken, "taken"))).expect(name);
        let puts = || [artifact(Kind::AccessToken, "new"), artifact(Kind::AccessToken, "taken")];
        let failed = write!(at.store, exchange(Kind::AuthorizationCode, "code", START, None, &puts()));
        assert!(matches!(failed, Err(Error::Conflict("artifact"))), "{name}: {failed:?}");
        assert!(at.store.look(Kind::AccessToken, "new").await.expect(name).is_none(), "{name}");
        let after = write!(at.store, exchange(Kind::AuthorizationCode, "code", START, None, &[]));
        assert!(matches!(after, Ok(Exchange::First)), "{name}: the code stays for its owner: {after:?}");
    }
}

#[tokio::test]
async fn a_taken_row_is_noticed_after_its_expiry_until_it_is_swept() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::AuthorizationCode, "code"))).expect(name);
        write!(at.store, exchange(Kind::AuthorizationCode, "code", START, None, &[])).expect(name);
        write!(at.store, sweep_artifacts(START + 599, 100)).expect(name);
        let late = write!(at.store, exchange(Kind::AuthorizationCode, "code", START + 599, None, &[]));
        assert!(matches!(late, Ok(Exchange::Again { .. })), "{name}: {late:?}");
        assert_eq!(write!(at.store, sweep_artifacts(START + 600, 100)).expect(name), 1, "{name}");
        let gone = write!(at.store, exchange(Kind::AuthorizationCode, "code", START + 600, None, &[]));
        assert!(matches!(gone, Ok(Exchange::Missing)), "{name}: {gone:?}");
    }
}

#[tokio::test]
async fn a_swap_needs_the_version_it_saw_and_a_row_not_taken() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::Interaction, "i"))).expect(name);
        assert!(write!(at.store, swap(Kind::Interaction, "i", 1, "2", START + 9000)).expect(name));
        assert!(!write!(at.store, swap(Kind::Interaction, "i", 1, "3", START + 60)).expect(name), "{name}: stale");
        let found = at.store.look(Kind::Interaction, "i").await.expect(name).expect(name);
        assert_eq!((found.payload.as_str(), found.version, found.expires_at), ("2", 2, START + 9000), "{name}");
        assert_eq!(
            write!(at.store, sweep_artifacts(START + 8999, 100)).expect(name),
            0,
            "{name}: a longer life is kept"
        );
        write!(at.store, exchange(Kind::Interaction, "i", START, None, &[])).expect(name);
        assert!(!write!(at.store, swap(Kind::Interaction, "i", 2, "4", START + 60)).expect(name), "{name}: taken");
    }
}

#[tokio::test]
async fn tries_are_charged_until_the_limit_and_a_failed_comparison_changes_nothing_else() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::Leg, "l"))).expect(name);
        for left in [Some(1), Some(0), None, None] {
            assert_eq!(write!(at.store, charge(Kind::Leg, "l", 2)).expect(name), left, "{name}");
        }
        assert_eq!(write!(at.store, charge(Kind::Leg, "none", 2)).expect(name), None, "{name}: no such row");
        let found = at.store.look(Kind::Leg, "l").await.expect(name).expect(name);
        assert!(found.tries == 2 && found.version == 1 && found.is_live(START), "{name}: {found:?}");
    }
}

#[tokio::test]
async fn a_mark_holds_while_it_lives_and_meets_nothing_else() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::AccessToken, "k"))).expect(name);
        assert!(write!(at.store, once("k", START, START + 60)).expect(name), "{name}: another kind");
        assert!(!write!(at.store, once("k", START + 59, START + 200)).expect(name), "{name}");
        assert!(write!(at.store, once("k", START + 60, START + 200)).expect(name), "{name}: over");
        assert!(!write!(at.store, once("k", START + 199, START + 300)).expect(name), "{name}: renewed");
    }
}

#[tokio::test]
async fn a_lost_answer_is_replaced_only_while_its_successor_is_unused() {
    for (name, at) in stores().await {
        let take = |digest: &'static str, next: &'static str| {
            let store = at.store.clone();
            async move {
                let puts = || [artifact(Kind::RefreshToken, next)];
                write!(store, exchange(Kind::RefreshToken, digest, START, Some(next), &puts())).expect("an answer")
            }
        };
        write!(at.store, put(&artifact(Kind::RefreshToken, "one"))).expect(name);
        take("one", "two").await;
        let puts = || [artifact(Kind::RefreshToken, "three")];
        let other = write!(at.store, replace_successor(Kind::RefreshToken, "one", "wrong", "three", START, &puts()));
        assert!(!other.expect(name), "{name}: not its successor");
        let lost = write!(at.store, replace_successor(Kind::RefreshToken, "one", "two", "three", START, &puts()));
        assert!(lost.expect(name), "{name}");
        assert!(matches!(take("two", "x").await, Exchange::Again { .. }), "{name}: the unused branch is dead");
        assert!(matches!(take("three", "four").await, Exchange::First), "{name}: the new one lives");
        let puts = || [artifact(Kind::RefreshToken, "five")];
        let used = write!(at.store, replace_successor(Kind::RefreshToken, "one", "three", "five", START, &puts()));
        assert!(!used.expect(name), "{name}: it was used");
        assert!(at.store.look(Kind::RefreshToken, "five").await.expect(name).is_none(), "{name}: nothing was put");
    }
}

#[tokio::test]
async fn a_sweep_goes_in_batches_and_takes_the_oldest_first() {
    for (name, at) in stores().await {
        for i in 0..5 {
            let dated = move || NewArtifact { keep_until: START + 100 + i, ..artifact(Kind::Leg, &format!("l{i}")) };
            write!(at.store, put(&dated())).expect(name);
        }
        assert_eq!(write!(at.store, sweep_artifacts(START + 200, 2)).expect(name), 2, "{name}");
        assert!(at.store.look(Kind::Leg, "l1").await.expect(name).is_none(), "{name}");
        assert!(at.store.look(Kind::Leg, "l2").await.expect(name).is_some(), "{name}");
        assert!(write!(at.store, revoke(Kind::Leg, "l2")).expect(name));
        assert!(!write!(at.store, revoke(Kind::Leg, "l2")).expect(name), "{name}: gone");
    }
}

#[tokio::test]
async fn a_payload_of_another_shape_is_damage_and_is_not_repeated() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::Leg, "l"))).expect(name);
        let found = at.store.look(Kind::Leg, "l").await.expect(name).expect(name);
        let refused = found.read::<i64>().expect_err(name);
        assert!(matches!(&refused, Error::Corrupt(text) if !text.contains("payload\"")), "{name}: {refused}");
    }
}
