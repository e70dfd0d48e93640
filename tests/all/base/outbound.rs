//! The one way out: what it refuses, how long it waits, how much it reads.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Request;
use hufu::base::outbound::{Limits, Outbound, OutboundError, Policy};

use crate::support::upstream::{Reply, Upstream};

const QUICK: Limits =
    Limits { connect: Duration::from_millis(400), total: Duration::from_millis(400), body: 256 * 1024 };

fn get(url: &str) -> Request<Vec<u8>> {
    Request::get(url).body(Vec::new()).unwrap()
}

fn strict() -> Outbound {
    Outbound::guarded(Arc::default(), QUICK)
}

/// Loopback opened, as an operator would for an intranet.
fn opened() -> Outbound {
    let policy = Policy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..Policy::default() };
    Outbound::guarded(Arc::new(policy), Limits::default())
}

#[tokio::test]
async fn s97_closed_addresses_are_refused_however_they_are_written() {
    let upstream = Upstream::start().await;
    let port = upstream.port();
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "[fd00:ec2::254]",
    ] {
        let error = strict().send(get(&format!("https://{host}:{port}/"))).await.unwrap_err();
        assert!(matches!(error, OutboundError::Forbidden(_)), "{host}: {error}");
    }
    assert!(upstream.seen("/").is_empty());
}

#[tokio::test]
async fn s97_plain_http_and_odd_addresses_are_refused() {
    for url in ["http://140.82.112.3/", "http://localhost/", "ftp://example.com/", "https://user@example.com/"] {
        let error = strict().send(get(url)).await.unwrap_err();
        assert!(matches!(error, OutboundError::Forbidden(_)), "{url}: {error}");
    }
}

#[tokio::test]
async fn what_the_operator_opened_is_reached_by_address_and_by_name() {
    let upstream = Upstream::start().await;
    upstream.on("/hello", Reply::text("hello"));
    for host in ["127.0.0.1", "localhost"] {
        let answer = opened().send(get(&format!("http://{host}:{}/hello", upstream.port()))).await.unwrap();
        assert_eq!(answer.body(), b"hello");
    }
    let seen = upstream.seen("/hello");
    assert_eq!(seen[0].header("user-agent"), format!("Hufu/{}", env!("CARGO_PKG_VERSION")));
    assert_eq!(seen[0].header("accept-encoding"), "");
}

#[tokio::test]
async fn a_user_agent_of_ones_own_is_kept() {
    let upstream = Upstream::start().await;
    upstream.on("/", Reply::text("ok"));
    let mut request = get(&format!("{}/", upstream.origin()));
    request.headers_mut().insert("user-agent", "Other/1".parse().unwrap());
    opened().send(request).await.unwrap();
    assert_eq!(upstream.seen("/")[0].header("user-agent"), "Other/1");
}

#[tokio::test]
async fn r21_a_redirect_comes_back_as_it_is_and_is_not_followed() {
    let upstream = Upstream::start().await;
    let inside = format!("{}/secret", upstream.origin());
    upstream.on("/github.com/x", Reply::new(302, "").with("location", &inside));
    let outbound = Outbound::practice(upstream.origin(), Limits::default());
    let answer = outbound.send(get("https://github.com/x")).await.unwrap();
    assert_eq!(answer.status().as_u16(), 302);
    assert!(upstream.seen("/secret").is_empty());
}

#[tokio::test]
async fn r19_a_platform_that_hangs_costs_no_more_than_the_limit() {
    let upstream = Upstream::start().await;
    upstream.on("/h/before", Reply::text("").hanging());
    upstream.on("/h/within", Reply::text("a beginning").stalling());
    for path in ["/before", "/within"] {
        let started = Instant::now();
        let outbound = Outbound::practice(upstream.origin(), QUICK);
        let error = outbound.send(get(&format!("https://h{path}"))).await.unwrap_err();
        assert!(matches!(error, OutboundError::TimedOut), "{path}: {error}");
        assert!(started.elapsed() < Duration::from_secs(2), "{path}");
    }
    assert_eq!((Limits::default().connect, Limits::default().total), (Duration::from_secs(3), Duration::from_secs(5)));
}

#[tokio::test]
async fn r20_a_huge_answer_is_given_up_at_the_limit() {
    let upstream = Upstream::start().await;
    upstream.on("/h/announced", Reply::new(200, vec![b'x'; 300 * 1024]));
    upstream.on("/h/endless", Reply::text("x").endless());
    upstream.on("/h/full", Reply::new(200, vec![b'x'; 256 * 1024]));
    let outbound = Outbound::practice(upstream.origin(), Limits::default());
    for path in ["/announced", "/endless"] {
        let error = outbound.send(get(&format!("https://h{path}"))).await.unwrap_err();
        assert!(matches!(error, OutboundError::TooLarge(262_144)), "{path}: {error}");
    }
    assert_eq!(outbound.send(get("https://h/full")).await.unwrap().body().len(), 256 * 1024);
}

#[tokio::test]
async fn r20_a_compressed_answer_is_not_unpacked() {
    let upstream = Upstream::start().await;
    upstream.on("/h/gzip", Reply::new(200, [0x1f, 0x8b, 8, 0].to_vec()).with("content-encoding", "gzip"));
    let outbound = Outbound::practice(upstream.origin(), Limits::default());
    assert_eq!(outbound.send(get("https://h/gzip")).await.unwrap().body(), &[0x1f, 0x8b, 8, 0]);
}

#[tokio::test]
async fn practice_reaches_only_its_own_origin() {
    let upstream = Upstream::start().await;
    upstream.on("/github.com/login", Reply::text("practice"));
    let outbound = Outbound::practice(&format!("{}/", upstream.origin()), Limits::default());
    let answer = outbound.send(get("https://github.com/login?a=b%2Fc")).await.unwrap();
    assert_eq!(answer.body(), b"practice");
    assert_eq!(upstream.seen("/github.com/login")[0].query, "a=b%2Fc");
    assert!(matches!(outbound.send(get("http://github.com/login")).await, Err(OutboundError::Forbidden(_))));
    outbound.send(get("https://github.com/../../other/%2e%2e/x")).await.unwrap();
    assert_eq!(upstream.seen("/github.com/x").len(), 1, "a path can't leave its host's folder");
}

#[tokio::test]
async fn browsers_meet_the_practice_stand_in_and_else_the_real_page() {
    let practice = Outbound::practice("http://127.0.0.1:8081", Limits::default());
    let url = "https://github.com/login/oauth/authorize?client_id=a&state=b";
    assert_eq!(practice.browser_url(url), "http://127.0.0.1:8081/github.com/login/oauth/authorize?client_id=a&state=b");
    assert_eq!(practice.browser_url("https://h:8443/x"), "http://127.0.0.1:8081/h:8443/x");
    assert_eq!(strict().browser_url(url), url);
}

#[tokio::test]
async fn a_refused_connection_is_unreachable() {
    let error = opened().send(get("http://127.0.0.1:1/")).await.unwrap_err();
    assert!(matches!(error, OutboundError::Unreachable(_)), "{error}");
    let practice = Outbound::practice("http://127.0.0.1:1", Limits::default());
    assert!(matches!(practice.send(get("https://github.com/")).await, Err(OutboundError::Unreachable(_))));
}

#[tokio::test]
async fn the_proxy_is_used_for_the_outside_and_never_for_opened_or_closed_addresses() {
    let (proxy, inside) = (Upstream::start().await, Upstream::start().await);
    inside.on("/in", Reply::text("inside"));
    let policy = Policy {
        allow: vec!["127.0.0.1/32".parse().unwrap()],
        proxy: Some(proxy.origin().to_owned()),
        ..Policy::default()
    };
    let outbound = Outbound::guarded(Arc::new(policy), QUICK);
    let answer = outbound.send(get(&format!("{}/in", inside.origin()))).await.unwrap();
    assert_eq!(answer.body(), b"inside");
    assert!(proxy.all().is_empty());
    assert!(matches!(outbound.send(get("https://10.0.0.1/")).await, Err(OutboundError::Forbidden(_))));
    assert!(matches!(outbound.send(get("https://127.0.0.2/")).await, Err(OutboundError::Forbidden(_))));
    // The scripted proxy makes no tunnel, so the request fails, but it came by there.
    assert!(outbound.send(get("https://140.82.112.3/")).await.is_err());
    assert_eq!(proxy.all()[0].method, "CONNECT");
}
