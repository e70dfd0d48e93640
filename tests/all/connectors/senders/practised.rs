//! Every provider's practice settings against the practice houses, which check
//! signatures by code of their own.

use hufu::base::clock::Clock;
use hufu::base::random::Random;
use hufu::connectors::senders::{Nonces, Sending, Why, kinds};

use super::{NOW, message, open, sending};

/// The practice world on a port of its own.
async fn world() -> (String, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = hufu::practice::router(Clock::fixed(NOW), Random::seeded(3), &origin, "http://localhost:8080");
    let served = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (origin, served)
}

fn fresh(origin: &str) -> Sending {
    Sending { nonces: Nonces::Fresh(Random::seeded(4)), ..sending(origin) }
}

#[tokio::test]
async fn each_practice_house_takes_a_message_signed_with_its_practice_settings() {
    let (origin, served) = world().await;
    let practised = kinds().iter().filter(|kind| !kind.practice.is_empty()).collect::<Vec<_>>();
    assert_eq!(practised.len(), 4);
    for kind in practised {
        let outcome = open(kind.id, &[]).send(&fresh(&origin), &message("+8613800000001")).await;
        assert!(outcome.as_ref().is_ok_and(|receipt| !receipt.message_id.is_empty()), "{}: {outcome:?}", kind.id);
    }
    served.abort();
}

#[tokio::test]
async fn a_wrong_secret_is_told_as_the_administrators_mistake() {
    let (origin, served) = world().await;
    for (id, key) in
        [("aliyun", "access_key_secret"), ("tencent", "secret_key"), ("twilio", "secret"), ("aws", "secret_access_key")]
    {
        let outcome = open(id, &[(key, "another-secret")]).send(&fresh(&origin), &message("+8613800000001")).await;
        let trouble = outcome.expect_err(id);
        assert_eq!(trouble.why, Why::Misconfigured, "{id}: {trouble}");
    }
    served.abort();
}

#[tokio::test]
async fn a_number_asked_twice_within_a_minute_is_too_often() {
    let (origin, served) = world().await;
    let (cx, message) = (fresh(&origin), message("+8613800000001"));
    let sender = open("aliyun", &[]);
    sender.send(&cx, &message).await.unwrap();
    let trouble = sender.send(&cx, &message).await.expect_err("the second");
    assert_eq!((trouble.why, trouble.code.as_str()), (Why::TooOften, "isv.BUSINESS_LIMIT_CONTROL"));
    served.abort();
}
