//! `/hook/{connector}` as HTTP: programs of platforms call it, so no refusal is a page.

use http::Method;

use crate::support::http::Answer;
use crate::support::server::{TestServer, servers};

/// A refusal by the server itself: JSON as the other endpoints for programs have it.
fn is_json(answer: &Answer, status: u16) {
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, "application/json"), "{answer:?}");
    assert_eq!(answer.error(), "invalid_request", "{answer:?}");
    assert!(answer.json()["error_description"].as_str().is_some_and(|text| !text.is_empty()), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    assert_eq!(answer.header("set-cookie"), "", "{answer:?}");
}

/// An answer to the platform, in which nothing is dressed up.
fn is_plain(answer: &Answer, status: u16, text: &str) {
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (status, text), "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8", "{answer:?}");
}

#[tokio::test]
async fn s180_what_the_server_itself_refuses_of_a_push_is_json_whatever_is_accepted() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    let page = [("accept", "text/html"), ("accept-language", "zh-CN")];
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = browser.send(method, "/hook/wecom", &page, None).await;
        is_json(&answer, 405);
        assert!(answer.header("allow").contains("POST"), "{answer:?}");
    }
    let large = Some("x".repeat(65 * 1024));
    is_json(&browser.send(Method::POST, "/hook/wecom", &page, large).await, 413);
    for path in ["/hook/", "/hook/wecom/more"] {
        is_json(&browser.send(Method::POST, path, &page, Some("<xml/>".to_owned())).await, 404);
    }
    let elsewhere = [("host", "elsewhere.example"), ("accept", "text/html")];
    is_json(&browser.send(Method::POST, "/hook/wecom", &elsewhere, Some("<xml/>".to_owned())).await, 421);
}

#[tokio::test]
async fn what_nobody_here_hears_is_answered_in_plain_words() {
    for (_, server) in servers().await {
        let browser = server.browser();
        let page = [("accept", "text/html")];
        let push = async |path: &str| browser.send(Method::POST, path, &page, Some("<xml/>".to_owned())).await;
        is_plain(&push("/hook/nobody").await, 404, "no such connector");
        // The password form is a connector, and hears nothing.
        is_plain(&push("/hook/password").await, 404, "refused");
        is_plain(&push("/hook/password?signature=a&signature=b").await, 400, "a parameter came twice");
        is_plain(&browser.get("/hook/password?echostr=%3Cb%3E").await, 404, "refused");
    }
}
