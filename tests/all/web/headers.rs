//! What every answer says of itself (security.md rows 1 to 3, 13).

use crate::support::server::TestServer;

/// Pages of every sort: an error of the protocol, a missing page, a refused form.
const PAGES: [&str; 3] = ["/authorize", "/no/such/page", "/end_session"];

#[tokio::test]
async fn s1_every_page_is_locked_into_its_own_origin() {
    let server = TestServer::sqlite().await;
    for path in PAGES {
        let page = server.browser().get(path).await;
        assert!(page.header("content-type").starts_with("text/html"), "{path}: {page:?}");
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.split("; ").any(|given| given == part), "{path}: {part} is not in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(page.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert!(!page.header("permissions-policy").is_empty(), "{path}");
        assert_eq!(page.header("cross-origin-opener-policy"), "", "{path}");
    }
    let account = server.browser().get("/account/no-such-page").await;
    assert_eq!(account.header("cross-origin-opener-policy"), "same-origin");
}

#[tokio::test]
async fn s2_json_is_not_sniffed_and_not_stored() {
    let server = TestServer::sqlite().await;
    let refused = server.browser().post_form("/token", &[]).await;
    assert_eq!(refused.header("content-type"), "application/json");
    assert_eq!(refused.header("x-content-type-options"), "nosniff");
    assert_eq!(refused.header("cache-control"), "no-store");
    let keys = server.browser().get("/jwks").await;
    assert_eq!(keys.header("x-content-type-options"), "nosniff");
    assert_eq!(keys.header("cache-control"), "public, max-age=300");
}

#[tokio::test]
async fn s3_plain_http_is_never_pinned() {
    let server = TestServer::sqlite().await;
    assert_eq!(server.browser().get("/authorize").await.header("strict-transport-security"), "");
}

#[tokio::test]
async fn s13_a_failure_names_nothing_but_its_request_id() {
    let server = TestServer::sqlite().await;
    let (one, other) = (server.browser().get("/no/such").await, server.browser().get("/no/such").await);
    let id = one.header("x-request-id");
    assert_eq!(id.len(), 16);
    assert!(one.body.contains(id), "the person can read the reference");
    assert_ne!(id, other.header("x-request-id"));
    for word in ["axum", "hyper", "src/", "panicked", "SQL", "sqlx"] {
        assert!(!one.body.contains(word), "{word}");
    }
    assert_eq!(one.header("server"), "");
}
