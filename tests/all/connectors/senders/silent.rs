//! Answers that look like success and are none, answers that are no answers, and no answers at all.

use std::time::Duration;

use hufu::base::random::Random;
use hufu::connectors::senders::{Nonces, Why};
use serde_json::json;

use super::{ALIYUN, PROVIDERS, SNS, TENCENT, TWILIO, answered, answered_by, message, open, sending, within};
use crate::support::upstream::{Reply, Upstream};

async fn why(id: &str, path: &str, reply: Reply) -> (Why, String, usize) {
    let (outcome, asked) = answered(id, path, reply).await;
    let trouble = outcome.expect_err(id);
    (trouble.why, trouble.code, asked)
}

#[tokio::test]
async fn a_success_without_a_proof_counts_as_sent_and_is_not_repeated() {
    let empty_set = json!({ "Response": { "SendStatusSet": [], "RequestId": "r" } });
    let no_code = json!({ "Response": { "SendStatusSet": [{ "SerialNo": "1" }], "RequestId": "r" } });
    for (id, path, reply) in [
        ("aliyun", ALIYUN, Reply::json(&json!({ "Message": "OK", "RequestId": "r" }))),
        ("aliyun", ALIYUN, Reply::json(&json!({ "Code": 0 }))),
        ("tencent", TENCENT, Reply::json(&empty_set)),
        ("tencent", TENCENT, Reply::json(&no_code)),
        ("tencent", TENCENT, Reply::json(&json!({}))),
        ("twilio", TWILIO, Reply::json(&json!({ "status": "queued" })).status(201)),
        ("aws", SNS, Reply::text("<PublishResponse><PublishResult/></PublishResponse>")),
    ] {
        let (why, code, asked) = why(id, path, reply).await;
        assert_eq!((why, asked), (Why::Unclear, 1), "{id} {code}");
    }
    for (id, path) in PROVIDERS {
        for reply in [Reply::text(""), Reply::text("<html><body>Welcome</body></html>"), Reply::text("[1]")] {
            let (why, code, asked) = why(id, path, reply).await;
            assert_eq!((why, asked), (Why::Unclear, 1), "{id} {code}");
        }
    }
}

#[tokio::test]
async fn a_failure_inside_a_success_is_a_failure() {
    let failed = json!({ "sid": "SM1", "status": "failed", "error_code": 30007, "error_message": "Carrier violation" });
    assert_eq!(why("twilio", TWILIO, Reply::json(&failed).status(201)).await.0, Why::Refused);
    let undelivered = json!({ "sid": "SM1", "status": "undelivered", "error_code": null });
    assert_eq!(why("twilio", TWILIO, Reply::json(&undelivered).status(201)).await.0, Why::Refused);
    let error = "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>";
    assert_eq!(why("aws", SNS, Reply::text(error)).await.0, Why::Unclear, "200 with an error: nobody knows");
    let both = json!({ "Response": { "Error": { "Code": "InternalError" }, "SendStatusSet": [{ "Code": "Ok", "SerialNo": "1" }] } });
    assert_eq!(why("tencent", TENCENT, Reply::json(&both)).await.0, Why::Unreachable);
    let lower = json!({ "Response": { "SendStatusSet": [{ "Code": "ok", "SerialNo": "1" }] } });
    assert_eq!(why("tencent", TENCENT, Reply::json(&lower)).await.0, Why::Refused, "capital O, small k");
    let wrong_status = Reply::json(&json!({ "Code": "OK", "BizId": "1^0" })).status(500);
    assert_eq!(why("aliyun", ALIYUN, wrong_status).await.0, Why::Unreachable);
}

#[tokio::test]
async fn answers_of_somebody_in_between_are_told_apart_by_status() {
    for (id, path) in PROVIDERS {
        for (status, expected) in [
            (401, Why::Misconfigured),
            (403, Why::Misconfigured),
            (404, Why::Misconfigured),
            (429, Why::AccountLimit),
            (302, Why::Refused),
            (502, Why::Unreachable),
            (503, Why::Unreachable),
            (504, Why::Unclear),
        ] {
            let reply = Reply::new(status, "<html><h1>Oops</h1></html>").with("location", "https://elsewhere.example/");
            let (why, code, asked) = why(id, path, reply).await;
            assert_eq!((why, code, asked), (expected, format!("http {status}"), 1), "{id}");
        }
    }
}

#[tokio::test]
async fn only_a_5xx_without_a_body_is_asked_again_and_only_once() {
    for (id, path) in PROVIDERS {
        assert_eq!(why(id, path, Reply::new(503, "")).await, (Why::Unreachable, "http 503".to_owned(), 2), "{id}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_counts_as_sent() {
    for (id, path) in PROVIDERS {
        for reply in [Reply::text("").hanging(), Reply::text("{").stalling()] {
            // Whoever never answers is heard out for a moment only.
            let brief = |origin: &str| within(origin, Duration::from_millis(700));
            let (outcome, asked) = answered_by(id, (path, reply), brief).await;
            let trouble = outcome.expect_err(id);
            assert_eq!((trouble.why, trouble.code.as_str(), asked), (Why::Unclear, "no answer in time", 1), "{id}");
        }
        let (why, code, asked) = why(id, path, Reply::text("{").endless()).await;
        assert_eq!((why, code.as_str(), asked), (Why::Unclear, "answer too large", 1), "{id}");
    }
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (id, _) in PROVIDERS {
        let trouble = open(id, &[]).send(&sending(&gone), &message("+8613900001234")).await.expect_err(id);
        assert_eq!((trouble.why, trouble.code.as_str()), (Why::Unreachable, "no connection"), "{id}");
    }
}

#[tokio::test]
async fn a_repeated_request_has_a_new_nonce_and_signature() {
    let upstream = Upstream::start().await;
    upstream.on(ALIYUN, Reply::new(500, ""));
    let mut cx = sending(upstream.origin());
    cx.nonces = Nonces::Fresh(Random::seeded(5));
    let outcome = open("aliyun", &[]).send(&cx, &message("+8613900001234")).await;
    assert!(outcome.is_err());
    let seen = upstream.seen(ALIYUN);
    assert_eq!(seen.len(), 2);
    assert_ne!(seen[0].header("x-acs-signature-nonce"), seen[1].header("x-acs-signature-nonce"));
    assert_ne!(seen[0].header("authorization"), seen[1].header("authorization"));
}

#[tokio::test]
async fn the_log_sends_nothing_unless_it_is_told_that_this_is_for_development() {
    let upstream = Upstream::start().await;
    let (cx, message) = (sending(upstream.origin()), message("+8613900001234"));
    let trouble = open("log", &[]).send(&cx, &message).await.expect_err("not development");
    assert_eq!((trouble.why, trouble.code.as_str()), (Why::Misconfigured, "log.not_development"));
    let kind = hufu::connectors::senders::kind("log").unwrap();
    let sender = (kind.open)(&json!({ "development": true })).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    assert!(sender.send(&cx, &message).await.is_ok());
    assert!(upstream.all().is_empty());
}
