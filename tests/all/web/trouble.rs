//! When something breaks inside (security.md rows 13, 14, R52).

use axum::Router;
use axum::routing::get;
use hufu::store::{Error, Location};
use hufu::web::fault::PageFault;
use sqlx::Connection as _;

use crate::support::server::{Setup, TestServer};
use crate::support::stores::{raw, sqlite};

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
async fn s14_without_the_store_programs_are_told_temporarily_unavailable() {
    let store = crate::support::stores::postgres().await;
    let server = TestServer::start(store).await;
    let application = server.application().await;
    let browser = server.signed_in(&server.person("lin").await).await;
    let code = browser.code(&application, &[]).await;
    let Location::Postgres(_) = &server.store().location else { panic!("made for PostgreSQL") };
    let mut beside = raw(&server.store().location).await;
    for table in ["artifacts_short", "artifacts_long"] {
        let statement = sqlx::AssertSqlSafe(format!("DROP TABLE {table} CASCADE"));
        sqlx::query(statement).execute(&mut beside).await.unwrap();
    }
    beside.close().await.unwrap();
    let answer = browser.redeem(&application, &code).await;
    assert!(answer.status.is_server_error(), "never 200 and never invalid_grant: {answer:?}");
    assert!(["temporarily_unavailable", "server_error"].contains(&answer.error().as_str()));
}
