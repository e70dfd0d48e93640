//! The public documents as HTTP (security.md rows 16, 23, 24).

use crate::support::raw::{status, until_closed};
use crate::support::server::TestServer;

const DOCUMENTS: [&str; 3] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks"];

#[tokio::test]
async fn s16_the_issuer_is_ours_and_every_endpoint_of_one_origin() {
    let server = TestServer::sqlite().await;
    for path in &DOCUMENTS[..2] {
        let document = server.browser().get(path).await.json();
        assert_eq!(document["issuer"], server.issuer);
        for (name, value) in document.as_object().unwrap() {
            if let Some(url) = value.as_str().filter(|url| url.starts_with("http")) {
                assert!(url.starts_with(&server.issuer), "{name}: {url}");
            }
        }
    }
}

#[tokio::test]
async fn s23_documents_are_kept_for_five_minutes_and_asked_for_by_their_tag() {
    let server = TestServer::sqlite().await;
    for path in DOCUMENTS {
        let first = server.browser().get(path).await;
        assert_eq!(first.header("cache-control"), "public, max-age=300", "{path}");
        assert_eq!(first.header("content-type"), "application/json", "{path}");
        let tag = first.header("etag").to_owned();
        let known = server.browser().get_with(path, &[("if-none-match", &format!("\"other\", W/{tag}"))]).await;
        assert_eq!((known.status.as_u16(), known.body.as_str()), (304, ""), "{path}");
        assert_eq!(known.header("etag"), tag, "{path}");
        let other = server.browser().get_with(path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn s24_path_games_lead_nowhere() {
    let server = TestServer::sqlite().await;
    for path in [
        "//evil.example/.well-known/openid-configuration",
        "/.well-known//openid-configuration",
        "/.well-known/openid-configuration/",
        "/%2e%2e/jwks",
        "/jwks/..%2f..%2fetc/passwd",
        "/static/..%2fCargo.toml",
        "/%00",
        "/\\evil.example",
    ] {
        // By a raw socket: a client would tidy the path first.
        let host = server.issuer.strip_prefix("http://").unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = until_closed(server.address, request.as_bytes()).await;
        assert!(matches!(status(&answer), 400 | 404), "{path}: {answer}");
        assert!(!answer.to_lowercase().contains("\nlocation:"), "{path}");
    }
}

#[tokio::test]
async fn static_files_are_small_and_stay() {
    let server = TestServer::sqlite().await;
    let answer = server.browser().get_with("/static/hufu.css", &[("accept-encoding", "gzip")]).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert!(answer.header("cache-control").starts_with("public"));
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(server.browser().get("/static/no-such-file").await.status, 404);
}
