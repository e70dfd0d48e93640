//! Requests that two servers would read differently (security.md row 10).

use crate::support::raw::{answers, status, until_closed};
use crate::support::server::TestServer;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

async fn sent(server: &TestServer, framing: &str, body: &str) -> String {
    let host = server.issuer.strip_prefix("http://").unwrap();
    let hidden = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let request = format!("POST /token HTTP/1.1\r\nHost: {host}\r\n{FORM}\r\n{framing}\r\n\r\n{body}{hidden}");
    until_closed(server.address, request.as_bytes()).await
}

#[tokio::test]
async fn s10_two_framings_are_400_and_the_second_request_is_never_answered() {
    let server = TestServer::sqlite().await;
    for framing in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding : chunked",
        "Content-Length : 5",
        " Content-Length: 5",
        "X\x01: y",
        "X: a\x00b",
    ] {
        let answer = sent(&server, framing, "0\r\n\r\n").await;
        assert_eq!((status(&answer), answers(&answer)), (400, 1), "{framing:?}: {answer}");
    }
}

#[tokio::test]
async fn s10_requests_that_follow_each_other_rightly_are_all_answered() {
    let server = TestServer::sqlite().await;
    let host = server.issuer.strip_prefix("http://").unwrap();
    let one = format!("POST /token HTTP/1.1\r\nHost: {host}\r\n{FORM}\r\nContent-Length: 3\r\n\r\na=b");
    let last = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let answer = until_closed(server.address, format!("{one}{one}{last}").as_bytes()).await;
    assert_eq!(answers(&answer), 3, "{answer}");
}

#[tokio::test]
async fn s10_a_chunked_form_is_read() {
    let server = TestServer::sqlite().await;
    let host = server.issuer.strip_prefix("http://").unwrap();
    let chunks = "Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n";
    let request = format!("POST /token HTTP/1.1\r\nHost: {host}\r\n{FORM}\r\n{chunks}");
    let answer = until_closed(server.address, request.as_bytes()).await;
    assert!(answer.contains("invalid_request") || answer.contains("invalid_client"), "{answer}");
    assert_eq!(answers(&answer), 1);
}
