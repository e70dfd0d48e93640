//! Every writing method, met by 24 callers at once on each store.

use std::sync::Arc;

use futures::future::BoxFuture;
use hufu::base::id::{ClientId, ConnectorId, GrantId, SenderId, SessionId};
use hufu::store::artifact::{Exchange, Kind};
use hufu::store::attempts::{Charge, Limit};
use hufu::store::resources::{Resource, ResourceMetadata};
use hufu::store::{Result, Store, Tx};
use tokio::sync::Barrier;

use super::make::{
    artifact, audit_entry, client, connector, consent, grant, identity, key, password, resealed, sender, session, user,
    user_id, with_people, working, write,
};
use crate::support::stores::{START, stores};
use hufu::store::app_tokens::NewAppToken;

pub(super) const CALLERS: usize = 24;

/// Lets every caller start the same change at the same moment; the answers in any order.
pub(super) async fn meet<T, F>(store: &Store, change: F) -> Vec<Result<T>>
where
    T: Send + 'static,
    F: for<'t> Fn(&'t mut Tx, usize) -> BoxFuture<'t, Result<T>> + Clone + Send + Sync + 'static,
{
    let start = Arc::new(Barrier::new(CALLERS));
    let callers = (0..CALLERS).map(|caller| {
        let (store, start, change) = (store.clone(), Arc::clone(&start), change.clone());
        tokio::spawn(async move {
            start.wait().await;
            store.write(move |tx| change(tx, caller)).await
        })
    });
    let answers = futures::future::join_all(callers.collect::<Vec<_>>()).await;
    answers.into_iter().map(|answer| answer.expect("a caller ends")).collect()
}

/// `race!(at, caller => method(arguments))`.
macro_rules! race {
    ($at:expr, $caller:ident => $method:ident($($argument:expr),* $(,)?)) => {
        $crate::store::races::meet(&$at.store, move |tx, $caller| Box::pin(async move { let _ = $caller; tx.$method($($argument),*).await })).await
    };
}
pub(super) use race;

/// How many were told `Ok`; nobody is told that the store is down or damaged.
pub(super) fn won<T>(answers: &[Result<T>]) -> usize {
    let expected = |answer: &&Result<T>| matches!(answer, Ok(_) | Err(hufu::store::Error::Conflict(_)));
    assert_eq!(answers.iter().filter(expected).count(), CALLERS, "a caller was told something else");
    answers.iter().filter(|answer| answer.is_ok()).count()
}

/// How many were told `true`; all are answered.
pub(super) fn yes(answers: &[Result<bool>]) -> usize {
    assert_eq!(won(answers), CALLERS);
    answers.iter().filter(|answer| matches!(answer, Ok(true))).count()
}

/// How many rows all of them changed.
pub(super) fn sum(answers: &[Result<u64>]) -> u64 {
    assert_eq!(won(answers), CALLERS);
    answers.iter().flatten().sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn artifacts_are_put_marked_swapped_charged_and_revoked_once() {
    for (name, at) in stores().await {
        let put = race!(at, _i => put(&artifact(Kind::RefreshToken, "d")));
        assert_eq!(won(&put), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => once("jti", START, START + 60))), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => once("jti", START + 60, START + 120))), 1, "{name}: after the mark");
        assert_eq!(yes(&race!(at, i => swap(Kind::RefreshToken, "d", 1, &format!("{i}"), START + 60))), 1, "{name}");
        let charged = race!(at, _i => charge(Kind::RefreshToken, "d", 5));
        let mut left = charged.into_iter().filter_map(|left| left.expect(name)).collect::<Vec<_>>();
        left.sort_unstable();
        assert_eq!(left, [0, 1, 2, 3, 4], "{name}: each try is charged once");
        assert_eq!(yes(&race!(at, _i => revoke(Kind::RefreshToken, "d"))), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_is_tied_to_one_content_and_stays_with_it() {
    for (name, at) in stores().await {
        let contents = ["a", "b", "c"];
        let tied = race!(at, i => tie("nonce", contents[i % 3], START, START + 60));
        assert_eq!(yes(&tied), 8, "{name}: whoever brings the content of the first");
        let again = race!(at, i => tie("nonce", contents[i % 3], START + 59, START + 60));
        assert_eq!(yes(&again), 8, "{name}: the same ones again");
        assert_eq!(yes(&race!(at, _i => tie("nonce", "d", START + 59, START + 60))), 0, "{name}: nobody else");
        assert_eq!(yes(&race!(at, _i => tie("nonce", "d", START + 60, START + 120))), CALLERS, "{name}: after its end");
        assert_eq!(yes(&race!(at, _i => once("nonce", START, START + 60))), 1, "{name}: a mark is something else");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_artifact_is_exchanged_once_and_only_the_winner_puts() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::AuthorizationCode, "code"))).expect(name);
        let outcome = meet(&at.store, |tx, i| {
            Box::pin(async move {
                let bought = format!("token{i}");
                let puts = [artifact(Kind::AccessToken, &bought)];
                tx.exchange(Kind::AuthorizationCode, "code", START, Some(&bought), &puts).await
            })
        })
        .await;
        let first = outcome.iter().filter(|answer| matches!(answer, Ok(Exchange::First))).count();
        let again = outcome.iter().filter(|answer| matches!(answer, Ok(Exchange::Again { .. }))).count();
        assert_eq!((first, again), (1, CALLERS - 1), "{name}: {outcome:?}");
        let code = at.store.look(Kind::AuthorizationCode, "code").await.expect(name).expect(name);
        let mut bought = Vec::new();
        for i in 0..CALLERS {
            let digest = format!("token{i}");
            bought.extend(at.store.look(Kind::AccessToken, &digest).await.expect(name).map(|_| digest));
        }
        assert_eq!(bought, [code.successor.expect(name)], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_live_branch_is_left_after_a_lost_answer() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::RefreshToken, "parent"))).expect(name);
        let child = [artifact(Kind::RefreshToken, "child")];
        at.store
            .write(move |tx| {
                let child = child.clone();
                Box::pin(async move { tx.exchange(Kind::RefreshToken, "parent", START, Some("child"), &child).await })
            })
            .await
            .expect(name);
        // Half of them say the answer was lost, half use the successor after all.
        let outcome = meet(&at.store, |tx, i| {
            Box::pin(async move {
                let new = format!("new{i}");
                let puts = [artifact(Kind::RefreshToken, &new)];
                if i % 2 == 0 {
                    return tx.replace_successor(Kind::RefreshToken, "parent", "child", &new, START, &puts).await;
                }
                let taken = tx.exchange(Kind::RefreshToken, "child", START, Some(&new), &puts).await?;
                Ok(matches!(taken, Exchange::First))
            })
        })
        .await;
        assert_eq!(yes(&outcome), 1, "{name}");
        let mut live = 0;
        for i in 0..CALLERS {
            let found = at.store.look(Kind::RefreshToken, &format!("new{i}")).await.expect(name);
            live += usize::from(found.is_some_and(|found| found.is_live(START)));
        }
        assert_eq!(live, 1, "{name}: one branch lives");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sweepers_delete_each_row_once() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        for i in 0..30 {
            write!(at.store, put(&artifact(Kind::Leg, &format!("leg{i}")))).expect(name);
            write!(at.store, insert_grant(&grant(&format!("g{i}"), Some("ada"), "c", None))).expect(name);
            write!(at.store, insert_session(&session(&format!("s{i}"), "ada"))).expect(name);
            let limit = Limit { tries: 5, window: 60, block: 60, longest: None };
            write!(at.store, charge_attempt(&format!("a{i}"), limit, START)).expect(name);
        }
        let later = START + 1_000_000;
        assert_eq!(sum(&race!(at, _i => sweep_artifacts(START + 599, 100))), 0, "{name}: still kept");
        assert_eq!(sum(&race!(at, _i => sweep_artifacts(START + 1_000_000, 100))), 30, "{name}");
        assert_eq!(sum(&race!(at, _i => sweep_grants(START + 1_000_000, 100))), 30, "{name}");
        assert_eq!(sum(&race!(at, _i => sweep_sessions(START + 1_000_000, 100))), 30, "{name}");
        assert_eq!(sum(&race!(at, _i => sweep_attempts(START + 1_000_000, 100))), 30, "{name}");
        assert!(at.store.grants_of(&user_id("ada"), later).await.expect(name).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_of_attempts_is_spent_to_the_last_try_and_no_further() {
    for (name, at) in stores().await {
        let limit = Limit { tries: 5, window: 60, block: 300, longest: None };
        let answers = race!(at, _i => charge_attempt("ada", limit, START));
        let allowed = answers.iter().filter(|answer| matches!(answer, Ok(Charge::Allowed { .. }))).count();
        assert_eq!((allowed, won(&answers)), (5, CALLERS), "{name}: {answers:?}");
        let blocked = answers.iter().flatten().filter(|answer| **answer == Charge::Blocked { until: START + 300 });
        assert_eq!(blocked.count(), CALLERS - 5, "{name}: {answers:?}");
        // Five charges stand, so only five of the refunds take one back, and none goes below nothing.
        assert_eq!(won(&race!(at, _i => refund_attempt("ada"))), CALLERS, "{name}");
        let refunded = write!(at.store, charge_attempt("ada", limit, START)).expect(name);
        assert_eq!(refunded, Charge::Allowed { left: 4 }, "{name}");
        assert_eq!(won(&race!(at, _i => clear_attempts("ada"))), CALLERS, "{name}");
        let after = write!(at.store, charge_attempt("ada", limit, START)).expect(name);
        assert_eq!(after, Charge::Allowed { left: 4 }, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_audit_entry_is_kept() {
    for (name, at) in stores().await {
        assert_eq!(won(&race!(at, i => audit(&audit_entry(&format!("{i:02}"))))), CALLERS, "{name}");
        let kept = at.store.audit(None, 100).await.expect(name);
        assert_eq!(kept.len(), CALLERS, "{name}");
        assert!(kept.is_sorted_by(|a, b| a.id > b.id), "{name}: newest first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_and_resources_are_changed_one_version_at_a_time() {
    for (name, at) in stores().await {
        assert_eq!(won(&race!(at, _i => insert_client(&client("c")))), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => update_client(&client("c")))), 1, "{name}");
        write!(at.store, insert_grant(&grant("g", None, "c", None))).expect(name);
        assert_eq!(yes(&race!(at, _i => delete_client(&ClientId::new("c"), START))), 1, "{name}");
        assert!(at.store.alive_grant(&GrantId::new("g"), START).await.expect(name).is_none());
        let metadata = ResourceMetadata::default;
        let put = meet(&at.store, move |tx, i| {
            let resource = Resource {
                id: "https://api.example".to_owned(),
                version: 1,
                metadata: ResourceMetadata { title: i.to_string(), ..metadata() },
            };
            Box::pin(async move { tx.put_resource(&resource).await })
        })
        .await;
        assert_eq!(won(&put), CALLERS, "{name}");
        let stands = at.store.resource("https://api.example").await.expect(name).expect(name);
        assert_eq!(stands.version, i64::try_from(CALLERS).expect(name), "{name}: none was lost");
        assert_eq!(yes(&race!(at, _i => delete_resource("https://api.example"))), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connectors_added_at_once_find_places_of_their_own() {
    for (name, at) in stores().await {
        assert_eq!(won(&race!(at, _i => insert_connector(&connector("github")))), 1, "{name}");
        assert_eq!(won(&race!(at, i => insert_connector(&connector(&format!("n{i}"))))), CALLERS, "{name}");
        let rows = at.store.connectors().await.expect(name);
        let places = rows.iter().map(|row| row.position).collect::<Vec<_>>();
        assert!(places.is_sorted_by(|a, b| a < b), "{name}: {places:?}");
        assert_eq!(yes(&race!(at, _i => update_connector(&connector("github")))), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => delete_connector(&ConnectorId::new("k_github")))), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_added_at_once_find_places_of_their_own() {
    for (name, at) in stores().await {
        assert_eq!(won(&race!(at, _i => insert_sender(&sender("main")))), 1, "{name}");
        assert_eq!(won(&race!(at, i => insert_sender(&sender(&format!("n{i}"))))), CALLERS, "{name}");
        let places = at.store.senders().await.expect(name).iter().map(|row| row.position).collect::<Vec<_>>();
        assert!(places.is_sorted_by(|a, b| a < b), "{name}: {places:?}");
        assert_eq!(yes(&race!(at, _i => update_sender(&sender("main")))), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => delete_sender(&SenderId::new("s_main")))), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_are_given_and_taken_back_whole() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        assert_eq!(won(&race!(at, _i => put_consent(&consent("ada", "c")))), CALLERS, "{name}");
        write!(at.store, insert_grant(&grant("g", Some("ada"), "c", None))).expect(name);
        assert_eq!(yes(&race!(at, _i => withdraw_consent(&user_id("ada"), &ClientId::new("c"), START))), 1, "{name}");
        assert!(at.store.alive_grant(&GrantId::new("g"), START).await.expect(name).is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_replaced_whole_and_rehashed_once() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        assert_eq!(won(&race!(at, i => set_password(&password("ada", &format!("hash{i}"))))), CALLERS, "{name}");
        write!(at.store, set_password(&password("ada", "weak"))).expect(name);
        assert_eq!(yes(&race!(at, _i => rehash_password(&user_id("ada"), "weak", "strong"))), 1, "{name}");
        assert_eq!(at.store.password_of(&user_id("ada")).await.expect(name).expect(name).value, "strong");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_end_once() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        assert_eq!(won(&race!(at, _i => insert_grant(&grant("g", Some("ada"), "c", None)))), 1, "{name}");
        write!(at.store, insert_grant(&grant("tied", Some("ada"), "c", Some("s1")))).expect(name);
        let moved = race!(at, _i => move_grants(&SessionId::new("s1"), &SessionId::new("s2")));
        assert_eq!(sum(&moved), 1, "{name}: it moves once");
        assert_eq!(at.store.clients_of_session(&SessionId::new("s2")).await.expect(name).len(), 1, "{name}");
        write!(at.store, end_grant(&GrantId::new("tied"), START, "test")).expect(name);
        assert_eq!(yes(&race!(at, _i => end_grant(&GrantId::new("g"), START, "test"))), 1, "{name}");
        assert_eq!(won(&race!(at, i => insert_grant(&grant(&format!("g{i}"), Some("ada"), "c", None)))), CALLERS);
        let ended = race!(at, _i => end_grants_of(&user_id("ada"), &ClientId::new("c"), START, "test"));
        assert_eq!(usize::try_from(sum(&ended)).expect(name), CALLERS, "{name}");
        assert_eq!(won(&race!(at, i => insert_grant(&grant(&format!("h{i}"), Some("ada"), "c", None)))), CALLERS);
        let ended = race!(at, _i => end_grants_but(&user_id("ada"), None, START, "test"));
        assert_eq!(usize::try_from(sum(&ended)).expect(name), CALLERS, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_belongs_to_one_person() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob"]).await;
        let linked = race!(at, i => insert_identity(&identity(
            &format!("i{i}"), if i % 2 == 0 { "ada" } else { "bob" }, "42")));
        assert_eq!(won(&linked), 1, "{name}");
        assert_eq!(
            won(&race!(at, i => touch_identity(
                ("github.com", "42"), "{}", &ConnectorId::new("k_github"), START + i64::try_from(i).unwrap_or(0)))),
            CALLERS
        );
        let stands = at.store.identity("github.com", "42").await.expect(name).expect(name);
        let (id, owner) = (stands.id, stands.user_id);
        let removed = meet(&at.store, move |tx, _| {
            let (id, owner) = (id.clone(), owner.clone());
            Box::pin(async move { tx.delete_identity(&owner, &id).await })
        })
        .await;
        assert_eq!(yes(&removed), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_set_of_signing_keys_stands() {
    for (name, at) in stores().await {
        assert_eq!(yes(&race!(at, i => insert_key(&key(&format!("k{i}"), 0)))), 1, "{name}");
        assert_eq!(at.store.keys().await.expect(name).len(), 1, "{name}");
        assert!(write!(at.store, insert_key(&key("next", START))).expect(name));
        assert_eq!(sum(&race!(at, _i => retire_keys("RS256", "next", START, START + 60))), 1, "{name}");
        assert_eq!(sum(&race!(at, _i => sweep_keys(START + 60))), 1, "{name}");
        assert_eq!(at.store.keys().await.expect(name)[0].id, "next", "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_once() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        assert_eq!(won(&race!(at, _i => insert_session(&session("s", "ada")))), 1, "{name}");
        let touched =
            race!(at, i => touch_session(&SessionId::new("s"), START, START + 7200 + i64::try_from(i).unwrap_or(0)));
        assert_eq!(won(&touched), CALLERS, "{name}");
        let slid = at.store.live_session(&SessionId::new("s"), START).await.expect(name).expect(name);
        assert_eq!(slid.idle_until, START + 7223, "{name}: it never slides back");
        assert_eq!(yes(&race!(at, _i => end_session(&SessionId::new("s"), START, "test"))), 1, "{name}");
        assert_eq!(won(&race!(at, i => insert_session(&session(&format!("s{i}"), "ada")))), CALLERS, "{name}");
        let ended = race!(at, _i => end_sessions_of(&user_id("ada"), Some(&SessionId::new("s3")), START, "test"));
        assert_eq!(usize::try_from(sum(&ended)).expect(name), CALLERS - 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_value_stands_for_settings_and_subjects() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        let settings = race!(at, i => ensure_setting("issuer", &format!("{i}")));
        let stands = at.store.setting("issuer").await.expect(name).expect(name);
        assert!(settings.iter().all(|seen| seen.as_ref().is_ok_and(|seen| *seen == stands)), "{name}: {settings:?}");
        assert_eq!(won(&race!(at, i => put_setting("issuer", &format!("{i}")))), CALLERS, "{name}");
        let version = at.store.standing_setting("issuer").await.expect(name).version;
        assert_eq!(yes(&race!(at, i => swap_setting("issuer", &format!("{i}"), version))), 1, "{name}: of one version");
        assert_eq!(yes(&race!(at, i => swap_setting("new", &format!("{i}"), 0))), 1, "{name}: of none yet");
        assert_eq!(at.store.standing_setting("new").await.expect(name).version, 1, "{name}");
        let epoch = at.store.refresh_epoch().await.expect(name);
        assert_eq!(yes(&race!(at, _i => reseal(&resealed(epoch)))), 1, "{name}: of one epoch");
        let subjects = race!(at, i => ensure_subject(&user_id("ada"), "", &format!("sub{i}")));
        let stands = at.store.subject(&user_id("ada"), &ClientId::new("c"), "").await.expect(name).expect(name);
        assert!(subjects.iter().all(|seen| seen.as_ref().is_ok_and(|seen| *seen == stands)), "{name}: {subjects:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_name_belongs_to_one_person_and_people_change_one_version_at_a_time() {
    for (name, at) in stores().await {
        let claimed = meet(&at.store, |tx, i| {
            let mut new = user("ada");
            new.id = user_id(&format!("{i}"));
            Box::pin(async move { tx.insert_user(&new).await })
        })
        .await;
        assert_eq!(won(&claimed), 1, "{name}");
        assert_eq!(at.store.users(None, None, 100).await.expect(name).len(), 1, "{name}: losers leave no row");
        with_people(&at.store, &["bob"]).await;
        assert_eq!(yes(&race!(at, _i => update_user(&user("bob")))), 1, "{name}");
        write!(at.store, insert_session(&session("s", "bob"))).expect(name);
        assert_eq!(
            won(&race!(at, i => end_everything_of_user(&user_id("bob"), START + i64::try_from(i).unwrap_or(0)))),
            CALLERS
        );
        let bob = at.store.user(&user_id("bob")).await.expect(name).expect(name);
        assert_eq!(bob.tokens_not_before, START + 23, "{name}: it is never lowered");
        assert_eq!(yes(&race!(at, _i => delete_user(&user_id("bob"), START))), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_claimed_stored_failed_and_dropped_once() {
    let new = |name: &str| NewAppToken {
        token: format!("sealed {name}"),
        digest: name.to_owned(),
        refresh_at: START + 50,
        expires_at: START + 100,
    };
    for (name, at) in stores().await {
        assert_eq!(yes(&race!(at, _i => claim_app_token("t", 0, START, START + 10))), 1, "{name}: the first row");
        assert_eq!(yes(&race!(at, _i => claim_app_token("t", 1, START, START + 10))), 0, "{name}: somebody fetches");
        assert_eq!(yes(&race!(at, _i => fail_app_token("t", 1, true, START + 5))), 1, "{name}");
        assert_eq!(at.store.app_token("t").await.unwrap().unwrap().failures, 1, "{name}: counted once");
        assert_eq!(yes(&race!(at, _i => claim_app_token("t", 2, START, START + 10))), 1, "{name}: given back");
        assert_eq!(yes(&race!(at, _i => put_app_token("t", 3, &new("d")))), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => drop_app_token("t", "other", START, START))), 0, "{name}: another one");
        assert_eq!(yes(&race!(at, _i => drop_app_token("t", "d", START, START))), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => claim_app_token("t", 5, START, START + 10))), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => claim_app_token("t", 6, START + 10, START + 20))), 1, "{name}: ran out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_asks_a_platform_gets_a_turn_of_their_own() {
    for (name, at) in stores().await {
        let mut turns: Vec<i64> =
            race!(at, _i => take_turn("corp", 5_000, 72)).into_iter().map(Result::unwrap).collect();
        turns.sort_unstable();
        let apart: Vec<i64> = (0..).map(|n| 5_000 + n * 72).take(CALLERS).collect();
        assert_eq!(turns, apart, "{name}");
        let later = race!(at, i => take_turn(&format!("other {i}"), 9_000, 72));
        assert!(later.iter().all(|turn| matches!(turn, Ok(9_000))), "{name}: each company by itself");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_has_one_holder_at_a_time() {
    for (name, at) in stores().await {
        let taken = race!(at, i => take_lease("l", &format!("node {i}"), START, START + 30));
        assert_eq!(yes(&taken), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => take_lease("l", "nobody", START + 29, START + 60))), 0, "{name}: it is held");
        let over = race!(at, i => take_lease("l", &format!("other {i}"), START + 30, START + 60));
        assert_eq!(yes(&over), 1, "{name}: taken over once");
        let holder = over.iter().position(|taken| matches!(taken, Ok(true)));
        assert!(holder.is_some());
        assert_eq!(yes(&race!(at, _i => give_lease_up("l", "nobody"))), 0, "{name}: only its holder");
        assert_eq!(yes(&race!(at, _i => take_lease("m", "one", START, START + 30))), CALLERS, "{name}: renewed");
        assert_eq!(yes(&race!(at, _i => give_lease_up("m", "one"))), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_platform_takes_back_is_taken_back_once() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        write!(at.store, insert_identity(&identity("i", "ada", "1"))).expect(name);
        assert_eq!(yes(&race!(at, i => set_identity_profile("i", &format!("{i}")))), CALLERS, "{name}");
        let (from, to) = (("github.com", "1"), ("github.com", "2"));
        assert_eq!(yes(&race!(at, _i => rekey_identity("i", from, to))), 1, "{name}");
        assert!(at.store.identity("github.com", "2").await.expect(name).is_some(), "{name}");
        write!(at.store, insert_session(&session("s", "ada"))).expect(name);
        let ended =
            race!(at, _i => end_sessions_by(&user_id("ada"), &session("s", "ada").connector_id, START, "revoked"));
        assert_eq!(sum(&ended), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s186_of_two_ways_in_taken_away_at_once_one_stays() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob"]).await;
        write!(at.store, insert_identity(&identity("a", "ada", "1"))).expect(name);
        write!(at.store, insert_identity(&identity("b", "ada", "2"))).expect(name);
        let subjects = ["a", "b"];
        let gone = race!(at, i => delete_identity_subject(&user_id("ada"), subjects[i % 2], &working(&["k_github"])));
        assert_eq!(yes(&gone), 1, "{name}: the last way in stays");
        assert_eq!(at.store.identities_of(&user_id("ada")).await.expect(name).len(), 1);
        write!(at.store, insert_identity(&identity("c", "bob", "3"))).expect(name);
        assert_eq!(yes(&race!(at, _i => change_identity_key("c", "3", "4"))), 1, "{name}");
        write!(at.store, insert_identity(&identity("d", "bob", "5"))).expect(name);
        assert_eq!(won(&race!(at, _i => change_identity_key("c", "4", "5"))), 0, "{name}: it is somebody's");
        assert_eq!(won(&race!(at, _i => join_identity_subjects(&user_id("bob"), "d", "c"))), CALLERS, "{name}");
        assert_eq!(at.store.identity("github.com", "5").await.expect(name).expect(name).subject, "c");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_for_merging_is_written_down_once() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob"]).await;
        let case = |i: usize| hufu::store::merge_cases::MergeCase {
            id: format!("case {i}"),
            user: user_id("ada"),
            other: user_id("bob"),
            space: "union".to_owned(),
            found_at: START,
        };
        assert_eq!(yes(&race!(at, i => put_merge_case(&case(i)))), 1, "{name}");
        assert_eq!(sum(&race!(at, _i => close_merge_cases(&user_id("bob"), &user_id("ada")))), 1, "{name}");
    }
}
