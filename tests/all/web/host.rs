//! One issuer, one name (security.md rows 5 and 6).

use crate::support::raw::{status, until_closed};
use crate::support::server::{Setup, TestServer};
use crate::support::stores::sqlite;

async fn asked(server: &TestServer, head: &str) -> String {
    until_closed(server.address, format!("{head}Connection: close\r\n\r\n").as_bytes()).await
}

#[tokio::test]
async fn s5_a_foreign_host_is_told_who_we_are_and_not_who_it_asked_for() {
    let server = TestServer::sqlite().await;
    for path in ["/authorize", "/token", "/jwks", "/no/such"] {
        let answer = asked(&server, &format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n")).await;
        assert_eq!(status(&answer), 421, "{path}: {answer}");
        assert!(answer.contains(&server.issuer) && answer.contains("HUFU_ISSUER"), "{path}: {answer}");
        assert!(!answer.contains("evil.example"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn s5_two_hosts_or_none_are_no_request() {
    let server = TestServer::sqlite().await;
    let own = server.issuer.strip_prefix("http://").unwrap();
    let two = asked(&server, &format!("GET /jwks HTTP/1.1\r\nHost: {own}\r\nHost: {own}\r\n")).await;
    assert_eq!(status(&two), 400);
    let none = asked(&server, "GET /jwks HTTP/1.1\r\n").await;
    assert_eq!(status(&none), 400);
}

#[tokio::test]
async fn s5_the_absolute_form_names_us_or_nobody() {
    let server = TestServer::sqlite().await;
    let own = server.issuer.strip_prefix("http://").unwrap();
    let foreign = asked(&server, &format!("GET http://evil.example/jwks HTTP/1.1\r\nHost: {own}\r\n")).await;
    assert_eq!(status(&foreign), 421);
    let ours = asked(&server, &format!("GET http://{own}/jwks HTTP/1.1\r\nHost: {own}\r\n")).await;
    assert_eq!(status(&ours), 200, "{ours}");
}

#[tokio::test]
async fn s5_health_is_told_under_any_name() {
    let server = TestServer::sqlite().await;
    for path in ["/healthz", "/readyz"] {
        let answer = asked(&server, &format!("GET {path} HTTP/1.1\r\nHost: 10.1.2.3\r\n")).await;
        assert_eq!(status(&answer), 200, "{path}: {answer}");
    }
}

#[tokio::test]
async fn s6_forwarding_headers_change_no_address_of_ours() {
    let trusted =
        Setup { configure: |config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()], ..Setup::default() };
    for server in [TestServer::sqlite().await, TestServer::start_as(sqlite().await, trusted).await] {
        let headers = [
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "https"),
            ("forwarded", "host=evil.example;proto=https"),
            ("x-original-url", "/jwks"),
            ("x-rewrite-url", "/jwks"),
            ("x-http-method-override", "POST"),
        ];
        let plain = server.browser().get("/.well-known/openid-configuration").await;
        let told = server.browser().get_with("/.well-known/openid-configuration", &headers).await;
        assert_eq!(plain.body, told.body);
        assert_eq!(told.json()["issuer"], server.issuer);
        let page = server.browser().get_with("/no/such", &headers).await;
        assert_eq!(page.status, 404);
        assert!(!page.body.contains("evil.example"));
        assert!(!page.header("set-cookie").contains("__Host-"));
    }
}
