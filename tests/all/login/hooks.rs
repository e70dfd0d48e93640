//! What platforms push, and the connections on which they tell us things.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hufu::connectors::hook::Push;
use hufu::login::interaction::Purpose;
use tokio_util::sync::CancellationToken;

use super::handset::{Handset, push, scripted, server};
use super::house::{House, houses_with};

async fn with(handset: Handset) -> (Vec<House>, Arc<Handset>) {
    let handset = Arc::new(handset);
    let houses = houses_with(&[scripted(&handset)]).await;
    for house in &houses {
        house.add_connector("scan", "oidc", |_| {}).await;
    }
    (houses, handset)
}

#[tokio::test]
async fn s180_a_nonce_belongs_to_what_it_first_came_with_over_all_nodes_also_where_that_failed() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        let node = house.node().await;
        let (a, b) = tokio::join!(push(&house.login, "tie n1 first"), push(&node, "tie n1 other"));
        let mut told = [a.1, b.1];
        told.sort();
        assert_eq!(told, ["another", "its own"], "{}", house.name());
        house.world.clock.advance(61);
        assert_eq!(push(&node, "tie n1 third").await.1, "its own", "after its life");
        assert_eq!(push(&node, "fail n2 first").await.0, 503);
        assert_eq!(
            push(&house.login, "tie n2 forged").await.1,
            "another",
            "{}: a failure loosens nothing",
            house.name()
        );
        assert_eq!(
            push(&house.login, "tie n2 first").await.1,
            "its own",
            "{}: the platform's repetition",
            house.name()
        );
    }
}

#[tokio::test]
async fn s180_behind_an_address_that_nobody_knows_the_platform_is_not_shut_out() {
    let (houses, _) = with(Handset::default()).await;
    let house = &houses[0];
    let unknown = hufu::login::Visitor { address: hufu::login::UNKNOWN.to_owned(), ..server() };
    let send = async |body: &str| {
        let push = Push { is_post: true, query: BTreeMap::new(), body: body.as_bytes().to_vec() };
        house.login.hook("scan", push, &unknown).await.unwrap().status
    };
    for _ in 0..70 {
        assert_eq!(send("forged").await, 403);
    }
    assert_eq!(send("tie n body").await, 200);
}

#[tokio::test]
async fn s180_refused_pushes_use_up_an_address_and_the_address_check_is_answered() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        for _ in 0..60 {
            assert_eq!(push(&house.login, "forged").await.0, 403, "{}", house.name());
        }
        assert_eq!(push(&house.login, "forged").await.0, 429);
        assert_eq!(push(&house.login, "tie n body").await.0, 429);
        house.world.clock.advance(61);
        assert_eq!(push(&house.login, "tie n body").await.0, 200);
        let query = BTreeMap::from([("echostr".to_owned(), "e1".to_owned())]);
        let check = Push { is_post: false, query, body: Vec::new() };
        assert_eq!(house.login.hook("scan", check, &server()).await.unwrap().body, b"e1");
    }
}

#[tokio::test]
async fn a_slow_push_is_finished_behind_its_answer() {
    let (houses, _) = with(Handset::default()).await;
    let house = &houses[0];
    let begun = Instant::now();
    assert_eq!(push(&house.login, "slow").await.0, 503);
    assert!(begun.elapsed() < Duration::from_millis(4500), "within the platform's patience");
    house.login.settled(Duration::from_secs(5)).await;
    assert!(begun.elapsed() >= Duration::from_millis(4900), "a stop waits for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn s180_one_platform_s_flood_has_its_bound_and_keeps_no_other_waiting() {
    let flooded = Arc::new(Handset::default());
    let mut named = vec![scripted(&flooded)];
    named.push(("quiet", Arc::new(Handset::default())));
    let houses = houses_with(&named).await;
    for house in houses {
        for name in ["scan", "quiet"] {
            house.add_connector(name, "oidc", |_| {}).await;
        }
        let flood: Vec<_> = (0..256)
            .map(|_| {
                let login = house.login.clone();
                tokio::spawn(async move { push(&login, "slow").await })
            })
            .collect();
        let begun = Instant::now();
        while flooded.pushed.load(Ordering::SeqCst) < 256 {
            assert!(begun.elapsed() < Duration::from_secs(5), "{}: all of them are worked on", house.name());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let one_more = push(&house.login, "tie n1 body").await;
        assert_eq!(one_more, (503, "too many pushes at once".to_owned()), "{}", house.name());
        let body = b"tie n1 body".to_vec();
        let quiet = Push { is_post: true, query: BTreeMap::new(), body };
        assert_eq!(house.login.hook("quiet", quiet, &server()).await.unwrap().status, 200, "{}", house.name());
        for one in flood {
            assert_eq!(one.await.unwrap().0, 503, "{}: not finished in time, and not refused", house.name());
        }
        house.login.settled(Duration::from_secs(10)).await;
        assert_eq!(push(&house.login, "tie n2 body").await.0, 200, "{}: there is room again", house.name());
        flooded.pushed.store(0, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn who_takes_back_what_they_allowed_is_signed_out_and_a_closed_account_signs_nobody_in() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        let mut phone = browser.clone();
        phone.visitor.agent = super::handset::WECHAT.to_owned();
        assert!(phone.platform(&id, "scan", &[("code", "ann")]).await);
        browser.visitor.session = phone.visitor.session.clone();
        let user = browser.user().await.unwrap();
        let profile = |links: &[hufu::store::identities::StoredIdentity]| links[0].profile.clone();
        assert!(profile(&house.store().identities_of(&user).await.unwrap()).contains("Person ann"));
        push(&house.login, "revoked ann m1").await;
        assert_eq!(browser.user().await, None, "{}: sessions by it end", house.name());
        assert!(!profile(&house.store().identities_of(&user).await.unwrap()).contains("Person ann"));
        push(&house.login, "closed nobody m2").await;
        push(&house.login, "closed ann m3").await;
        assert!(house.store().identities_of(&user).await.unwrap().is_empty());
        assert!(house.store().user(&user).await.unwrap().is_some(), "the person stays");
        assert_eq!(house.outcomes("identity.closed").await, ["no other way in"]);
    }
}

#[tokio::test]
async fn s180_a_withdrawal_that_is_told_twice_does_not_end_what_began_after_it() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        let mut browser = house.browser();
        browser.visitor.agent = super::handset::WECHAT.to_owned();
        let id = browser.open_page(Purpose::Account).await;
        assert!(browser.platform(&id, "scan", &[("code", "ann")]).await);
        let node = house.node().await;
        tokio::join!(push(&house.login, "revoked ann m1"), push(&node, "revoked ann m1"));
        assert_eq!(browser.user().await, None, "{}", house.name());
        let id = browser.open_page(Purpose::Account).await;
        assert!(browser.platform(&id, "scan", &[("code", "ann")]).await);
        assert_eq!(push(&node, "revoked ann m1").await.0, 200);
        assert!(browser.user().await.is_some(), "{}: allowed anew meanwhile", house.name());
        push(&node, "revoked ann m2").await;
        assert_eq!(browser.user().await, None, "{}: another message", house.name());
        assert_eq!(house.outcomes("identity.revoked").await, ["ok", "ok"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_holds_a_connection_and_another_takes_it_over() {
    let (houses, handset) = with(Handset { listens: true, ..Handset::default() }).await;
    // One handset stands for one platform: one store at a time.
    for house in houses {
        let opened = handset.opened.load(Ordering::SeqCst);
        let (first, second) = (house.node().await, house.node().await);
        let (stop_first, stop_second) = (CancellationToken::new(), CancellationToken::new());
        let one = tokio::spawn({
            let stop = stop_first.clone();
            async move { first.listen(stop).await }
        });
        until(|| handset.open.load(Ordering::SeqCst) == 1).await;
        let other = tokio::spawn({
            let stop = stop_second.clone();
            async move { second.listen(stop).await }
        });
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert_eq!(handset.opened.load(Ordering::SeqCst), opened + 1, "{}: only one listens", house.name());
        let begun = Instant::now();
        stop_first.cancel();
        one.await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(1), "{}: it stops at once", house.name());
        until(|| handset.opened.load(Ordering::SeqCst) == opened + 2).await;
        assert_eq!(handset.open.load(Ordering::SeqCst), 1);
        stop_second.cancel();
        other.await.unwrap();
        assert_eq!(handset.open.load(Ordering::SeqCst), 0);
    }
}

async fn until(holds: impl Fn() -> bool) {
    for _ in 0..100 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it did not come about");
}
