//! App-level tokens: one for all nodes, one fetch at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use hufu::base::secret::Secret;
use hufu::connectors::Trouble;
use hufu::connectors::app_token::{Fetch, Fetched};
use tokio::sync::Barrier;

use super::house::houses;

/// A fetch that counts, takes a moment and gives `token` for two hours.
fn fetch<'a>(calls: &'a AtomicUsize, token: &'a str) -> Fetch<'a> {
    Box::new(move || {
        async move {
            calls.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(Fetched { token: Secret::new(token), lifetime: 7200 })
        }
        .boxed()
    })
}

fn refusing(calls: &AtomicUsize) -> Fetch<'_> {
    Box::new(move || {
        async move {
            calls.fetch_add(1, Ordering::SeqCst);
            Err(Trouble::Misconfigured("40125".to_owned()))
        }
        .boxed()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn r24_of_24_callers_on_three_nodes_one_fetches() {
    for house in houses().await {
        let nodes =
            [house.login.app_tokens(false), house.node().await.app_tokens(false), house.node().await.app_tokens(false)];
        let (calls, start) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(24)));
        let callers = (0..24).map(|caller| {
            let (tokens, calls, start) = (Arc::clone(&nodes[caller % 3]), Arc::clone(&calls), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                tokens.get("wx1/stable", fetch(&calls, "t1")).await.unwrap().expose().to_owned()
            })
        });
        for got in futures::future::join_all(callers.collect::<Vec<_>>()).await {
            assert_eq!(got.unwrap(), "t1", "{}", house.name());
        }
        assert_eq!(calls.load(Ordering::SeqCst), 1, "{}", house.name());
        let row = house.store().app_token("wx1/stable").await.unwrap().unwrap();
        assert!(!row.token.unwrap().contains("t1"), "sealed at rest");
        // A made-up platform's tokens are others.
        let practice = house.login.app_tokens(true);
        assert_eq!(practice.get("wx1/stable", fetch(&calls, "p1")).await.unwrap().expose(), "p1");
    }
}

#[tokio::test]
async fn a_token_is_renewed_ten_minutes_ahead_and_a_short_one_at_half_its_life() {
    for house in houses().await {
        let (tokens, calls) = (house.login.app_tokens(false), AtomicUsize::new(0));
        let get = async |token: &'static str| tokens.get("a", fetch(&calls, token)).await.unwrap().expose().to_owned();
        assert_eq!(get("t1").await, "t1", "{}", house.name());
        house.world.clock.advance(6599);
        assert_eq!(get("t2").await, "t1");
        house.world.clock.advance(1);
        assert_eq!(get("t2").await, "t2", "{}: under 600 seconds are left", house.name());
        let short: Fetch<'_> = Box::new(|| async { Ok(Fetched { token: Secret::new("s1"), lifetime: 100 }) }.boxed());
        assert_eq!(tokens.get("b", short).await.unwrap().expose(), "s1");
        house.world.clock.advance(49);
        assert_eq!(tokens.get("b", fetch(&calls, "s2")).await.unwrap().expose(), "s1");
        house.world.clock.advance(1);
        assert_eq!(tokens.get("b", fetch(&calls, "s2")).await.unwrap().expose(), "s2");
    }
}

#[tokio::test]
async fn a_refused_token_goes_only_if_it_is_still_the_one_and_not_in_a_storm() {
    for house in houses().await {
        let (tokens, calls) = (house.login.app_tokens(false), AtomicUsize::new(0));
        let get = async |token: &'static str| tokens.get("a", fetch(&calls, token)).await.unwrap().expose().to_owned();
        let first = Secret::new(get("t1").await);
        tokens.refused("a", &first).await;
        assert_eq!(get("t2").await, "t2", "{}", house.name());
        tokens.refused("a", &first).await;
        assert_eq!(get("t3").await, "t2", "another one than the one that is kept");
        tokens.refused("a", &Secret::new("t2")).await;
        assert_eq!(get("t3").await, "t2", "{}: two calls a minute at most", house.name());
        house.world.clock.advance(30);
        tokens.refused("a", &Secret::new("t2")).await;
        assert_eq!(get("t3").await, "t3");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_not_tried_again_and_again_and_an_outage_takes_no_token_away() {
    for house in houses().await {
        let (tokens, calls) = (house.login.app_tokens(false), AtomicUsize::new(0));
        for _ in 0..10 {
            assert!(matches!(tokens.get("a", refusing(&calls)).await, Err(Trouble::Misconfigured(_))));
        }
        assert_eq!(calls.swap(0, Ordering::SeqCst), 3, "{}", house.name());
        house.world.clock.advance(60);
        assert_eq!(tokens.get("a", fetch(&calls, "t1")).await.unwrap().expose(), "t1", "a minute later");
        house.world.clock.advance(6700);
        let away: Fetch<'_> = Box::new(|| async { Err(Trouble::Unreachable("away".to_owned())) }.boxed());
        assert_eq!(tokens.get("a", away).await.unwrap().expose(), "t1", "{}: still good", house.name());
    }
}

#[tokio::test]
async fn a_fetch_that_is_given_up_keeps_nobody_waiting() {
    for house in houses().await {
        let (tokens, calls) = (house.login.app_tokens(false), AtomicUsize::new(0));
        let hangs: Fetch<'_> = Box::new(|| std::future::pending().boxed());
        let given_up = tokio::time::timeout(Duration::from_millis(200), tokens.get("a", hangs)).await;
        assert!(given_up.is_err());
        let begun = std::time::Instant::now();
        assert_eq!(tokens.get("a", fetch(&calls, "t1")).await.unwrap().expose(), "t1", "{}", house.name());
        assert!(begun.elapsed() < Duration::from_secs(2), "{}: {:?}", house.name(), begun.elapsed());
        assert_eq!(house.store().app_token("a").await.unwrap().unwrap().failures, 0, "nobody refused anything");
    }
}
