//! Which answers other origins' scripts may read (security.md rows 21, 55, 112, 125).

use http::Method;

use crate::support::server::TestServer;

const ORIGIN: (&str, &str) = ("origin", "https://evil.example");
const ASKS: (&str, &str) = ("access-control-request-method", "POST");

#[tokio::test]
async fn s21_s112_s125_what_reads_no_cookie_is_open_to_all_without_credentials() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks", "/userinfo"] {
        let answer = browser.get_with(path, &[ORIGIN]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
    }
    for path in ["/token", "/revoke", "/userinfo"] {
        let answer = browser.post_with(path, &[ORIGIN], &[]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
        let preflight = browser.send(Method::OPTIONS, path, &[ORIGIN, ASKS], None).await;
        assert_eq!(preflight.status, 204, "{path}");
        assert!(preflight.header("access-control-allow-methods").contains("POST"), "{path}");
        assert!(preflight.header("access-control-allow-headers").contains("authorization"), "{path}");
    }
}

#[tokio::test]
async fn s55_pages_and_introspection_are_read_by_no_other_origin() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    for path in ["/authorize", "/end_session", "/introspect", "/readyz"] {
        for answer in [
            browser.get_with(path, &[ORIGIN]).await,
            browser.post_with(path, &[ORIGIN], &[]).await,
            browser.send(Method::OPTIONS, path, &[ORIGIN, ASKS], None).await,
        ] {
            let open = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(open, None, "{path}");
        }
    }
}
