//! What is too much (security.md rows 7 to 9, 11, 12).

use http::Method;

use crate::support::raw::{status, until_closed};
use crate::support::server::TestServer;

fn head(server: &TestServer, line: &str, more: &str) -> Vec<u8> {
    let host = server.issuer.strip_prefix("http://").unwrap();
    format!("{line} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n").into_bytes()
}

#[tokio::test]
async fn s7_other_methods_are_named_the_right_ones_and_nothing_is_echoed() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    for (method, path, allow) in [
        (Method::GET, "/token", "POST"),
        (Method::PUT, "/authorize", "GET,HEAD,POST"),
        (Method::DELETE, "/userinfo", "GET,HEAD,POST"),
        (Method::TRACE, "/jwks", "GET,HEAD"),
        (Method::PATCH, "/end_session/confirm", "POST"),
    ] {
        let answer = browser.send(method.clone(), path, &[("x-echo", "echo-echo")], None).await;
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
        assert!(!answer.body.contains("echo-echo"), "{method} {path}");
    }
    assert_eq!(browser.get("/token").await.error(), "invalid_request");
    assert!(browser.send(Method::PUT, "/authorize", &[], None).await.body.contains("<html"));
}

#[tokio::test]
async fn s8_a_long_target_is_414_and_the_end() {
    let server = TestServer::sqlite().await;
    let path = format!("GET /authorize?state={}", "s".repeat(17 * 1024));
    assert_eq!(status(&until_closed(server.address, &head(&server, &path, "")).await), 414);
}

#[tokio::test]
async fn s8_long_or_many_headers_are_431_and_the_end() {
    let server = TestServer::sqlite().await;
    let long = format!("X-Long: {}\r\n", "h".repeat(33 * 1024));
    assert_eq!(status(&until_closed(server.address, &head(&server, "GET /jwks", &long)).await), 431);
    let huge = format!("X-Huge: {}\r\n", "h".repeat(200 * 1024));
    assert_eq!(status(&until_closed(server.address, &head(&server, "GET /jwks", &huge)).await), 431);
    let many = (0..101).fold(String::new(), |text, number| format!("{text}X-{number}: 1\r\n"));
    assert_eq!(status(&until_closed(server.address, &head(&server, "GET /jwks", &many)).await), 431);
}

#[tokio::test]
async fn s8_a_large_body_is_413_before_it_is_read() {
    let server = TestServer::sqlite().await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    // Announced, and never sent: the answer does not wait for it.
    let announced = head(&server, "POST /token", &format!("{form}Content-Length: 70000\r\n"));
    assert_eq!(status(&until_closed(server.address, &announced).await), 413);
    let mut chunked = head(&server, "POST /token", &format!("{form}Transfer-Encoding: chunked\r\n"));
    for _ in 0..9 {
        chunked.extend_from_slice(format!("2000\r\n{}\r\n", "a".repeat(0x2000)).as_bytes());
    }
    assert_eq!(status(&until_closed(server.address, &chunked).await), 413);
    let small = server.browser().post_form("/token", &[("junk", &"j".repeat(60_000))]).await;
    assert_eq!(small.error(), "invalid_client", "60 kB are read");
}

#[tokio::test]
async fn s9_a_compressed_request_is_415() {
    let server = TestServer::sqlite().await;
    for path in ["/token", "/authorize"] {
        let answer = server.browser().post_with(path, &[("content-encoding", "gzip")], &[("a", "b")]).await;
        assert_eq!(answer.status, 415, "{path}");
    }
}

#[tokio::test]
async fn s11_s12_broken_or_countless_parameters_are_400_in_the_surfaces_form() {
    let server = TestServer::sqlite().await;
    let many = "a=1&".repeat(201);
    for query in ["client_id=%ff%fe", "client_id=a%00b", many.as_str()] {
        let page = server.browser().get(&format!("/authorize?{query}")).await;
        assert_eq!(page.status, 400);
        assert!(page.header("content-type").starts_with("text/html"));
        assert_eq!(page.location(), "");
        let form = [("content-type", "application/x-www-form-urlencoded")];
        for path in ["/token", "/introspect", "/revoke"] {
            let answer = server.browser().send(Method::POST, path, &form, Some(query.to_owned())).await;
            assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_request"), "{path}");
        }
    }
}
