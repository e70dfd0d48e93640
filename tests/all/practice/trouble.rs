//! Trouble on the network, on demand.

use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::site::{ISSUER, ORIGIN, Site};

const PATH: &str = "/www.googleapis.com/oauth2/v3/certs";

async fn with(trouble: Value) -> Site {
    let site = Site::new();
    let reply = site.json("PUT", "/_control/switches/google", json!({"trouble": trouble})).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.body);
    site
}

#[tokio::test]
async fn answers_can_be_broken_huge_or_elsewhere() {
    let site = with(json!({"kind": "html500"})).await;
    let reply = site.get(PATH, &[]).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(reply.header("content-type").starts_with("text/html"));

    let site = with(json!({"kind": "truncated"})).await;
    let reply = site.get(PATH, &[]).await;
    assert!(reply.body.starts_with("{\"keys\"") && serde_json::from_str::<Value>(&reply.body).is_err());

    let site = with(json!({"kind": "huge"})).await;
    assert_eq!(site.get(PATH, &[]).await.body.len(), 10 * 1024 * 1024);

    let site = with(json!({"kind": {"redirect": {"to": "http://169.254.169.254/"}}})).await;
    assert_eq!(site.get(PATH, &[]).await.header("location"), "http://169.254.169.254/");
}

#[tokio::test]
async fn trouble_keeps_to_its_path_and_count() {
    let site = with(json!({"kind": "busy", "path": "/certs", "times": 1})).await;
    let other = "/accounts.google.com/.well-known/openid-configuration";
    assert_eq!(site.get(other, &[]).await.status, StatusCode::OK);
    assert_eq!(site.get(PATH, &[]).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(site.get(PATH, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn latency_and_hanging_take_their_time() {
    let site = with(json!({"kind": {"latency": {"milliseconds": 60}}})).await;
    let before = tokio::time::Instant::now();
    assert_eq!(site.get(PATH, &[]).await.status, StatusCode::OK);
    assert!(before.elapsed() >= Duration::from_millis(60));
    let site = with(json!({"kind": "hang"})).await;
    assert!(tokio::time::timeout(Duration::from_millis(150), site.get(PATH, &[])).await.is_err());
}

#[tokio::test]
async fn a_reset_breaks_the_body() {
    let router = hufu::practice::router(
        hufu::base::clock::Clock::fixed(0),
        hufu::base::random::Random::seeded(1),
        ORIGIN,
        ISSUER,
    );
    let switch = Request::builder()
        .method("PUT")
        .uri("/_control/switches/google")
        .header("content-type", "application/json")
        .body(Body::from(json!({"trouble": {"kind": "reset"}}).to_string()))
        .unwrap();
    router.clone().oneshot(switch).await.unwrap();
    let request = Request::builder().uri(PATH).body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert!(axum::body::to_bytes(response.into_body(), 1 << 20).await.is_err());
}
