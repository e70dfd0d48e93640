//! When something breaks inside (security.md rows 13, 14, R52).

use axum::Router;
use axum::routing::get;
use hufu::store::Error;
use hufu::web::fault::PageFault;

use crate::support::server::{Setup, TestServer};
use crate::support::stores::sqlite;

async fn panicking() -> &'static str {
    panic!("a secret nobody may read")
}

async fn down() -> PageFault {
    Error::Down("connection refused by db.internal".to_owned()).into()
}

async fn server() -> TestServer {
    let more = Router::new().route("/test/panic", get(panicking)).route("/test/down", get(down));
    TestServer::start_as(sqlite().await, Setup { more, ..Setup::default() }).await
}

#[tokio::test]
async fn r52_a_panic_is_a_500_to_its_own_request_only() {
    let server = server().await;
    for _ in 0..3 {
        let page = server.browser().get("/test/panic").await;
        assert_eq!(page.status, 500);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.body.contains(page.header("x-request-id")));
        assert!(!page.body.contains("secret"), "s13: the words of a panic stay in the log");
    }
    assert_eq!(server.browser().get("/jwks").await.status, 200);
}

#[tokio::test]
async fn s14_without_the_store_pages_say_when_to_come_back() {
    let page = server().await.browser().get("/test/down").await;
    assert_eq!(page.status, 503);
    assert!(!page.header("retry-after").is_empty());
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(!page.body.contains("db.internal"));
}

#[tokio::test]
async fn s14_without_the_store_programs_are_told_temporarily_unavailable_and_nothing_is_used_up() {
    let server = TestServer::start(crate::support::stores::postgres().await).await;
    let application = server.application().await;
    let browser = server.signed_in(&server.person("lin").await).await;
    let code = browser.code(&application, &[]).await;
    server.store().away(true).await;
    let answer = browser.redeem(&application, &code).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (503, "temporarily_unavailable"), "{answer:?}");
    assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
    server.store().away(false).await;
    let mut answer = browser.redeem(&application, &code).await;
    for _ in 0..50 {
        if answer.status == 200 {
            break;
        }
        assert_eq!(answer.status, 503, "{answer:?}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        answer = browser.redeem(&application, &code).await;
    }
    assert_eq!(answer.status, 200, "the code is as good as before: {answer:?}");
}
