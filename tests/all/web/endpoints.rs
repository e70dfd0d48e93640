//! The protocol's endpoints as HTTP (security.md rows 56, 80, 83, 86, 88, 89, 119, 121, 126, 129, 133, 135).

use http::Method;

use crate::support::http::basic;
use crate::support::server::{Application, TestServer, servers};

#[tokio::test]
async fn s80_token_reads_forms_in_bodies_and_nothing_else() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    assert_eq!(browser.get("/token").await.status, 405);
    let query = browser.post_form("/token?grant_type=authorization_code", &[("code", "x")]).await;
    assert_eq!((query.status.as_u16(), query.error().as_str()), (400, "invalid_request"));
    for kind in
        ["application/json", "multipart/form-data; boundary=b", "application/x-www-form-urlencoded; charset=gbk"]
    {
        let body = Some("grant_type=authorization_code".to_owned());
        let answer = browser.send(Method::POST, "/token", &[("content-type", kind)], body).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (415, "invalid_request"), "{kind}");
    }
}

#[tokio::test]
async fn s56_authorize_reads_forms_and_nothing_else() {
    let server = TestServer::sqlite().await;
    for kind in ["application/json", "multipart/form-data; boundary=b"] {
        let browser = server.browser();
        let answer = browser.send(Method::POST, "/authorize", &[("content-type", kind)], Some("{}".to_owned())).await;
        assert_eq!(answer.status, 415, "{kind}");
    }
}

#[tokio::test]
async fn a_form_from_another_site_becomes_a_link_that_our_cookies_come_with() {
    let server = TestServer::sqlite().await;
    let fields = [("client_id", "a b&c"), ("state", "x=y")];
    let fresh = server.browser().post_form("/authorize", &fields).await;
    assert_eq!(fresh.status, 303);
    assert_eq!(fresh.location(), "/authorize?client_id=a+b%26c&state=x%3Dy");
    assert_eq!(fresh.header("set-cookie"), "");
}

#[tokio::test]
async fn s89_token_answers_json_whatever_is_accepted() {
    let server = TestServer::sqlite().await;
    let answer = server.browser().post_with("/token", &[("accept", "text/html")], &[("grant_type", "x")]).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(!answer.error().is_empty());
}

#[tokio::test]
async fn s83_s86_basic_is_challenged_when_it_was_tried() {
    for (store, server) in servers().await {
        let application = server.application().await;
        let browser = server.browser();
        let fields = [("grant_type", "authorization_code"), ("code", "x")];
        let wrong =
            basic(&Application { secret: "wrong".to_owned(), id: application.id.clone(), redirect_uri: String::new() });
        for credentials in [wrong.as_str(), "Basic !!!", "Basic", "Basic Og=="] {
            let answer = browser.post_with("/token", &[("authorization", credentials)], &fields).await;
            assert_eq!(
                (answer.status.as_u16(), answer.error().as_str()),
                (401, "invalid_client"),
                "{store}: {credentials}"
            );
            assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{store}: {credentials}");
        }
        let posted = [("client_id", application.id.as_str()), ("client_secret", "wrong"), fields[0], fields[1]];
        let answer = browser.post_form("/token", &posted).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (401, "invalid_client"), "{store}");
        assert_eq!(answer.header("www-authenticate"), "", "{store}");
    }
}

#[tokio::test]
async fn s88_two_authorization_headers_are_no_request() {
    let server = TestServer::sqlite().await;
    let headers = [("authorization", "Basic YTpi"), ("authorization", "Basic YTpi")];
    for path in ["/token", "/introspect", "/revoke", "/userinfo"] {
        let answer = server.browser().post_with(path, &headers, &[("token", "x")]).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_request"), "{path}");
    }
}

#[tokio::test]
async fn s119_s120_s121_userinfo_wants_one_good_token() {
    for (store, server) in servers().await {
        let browser = server.browser();
        let none = browser.get("/userinfo").await;
        assert_eq!((none.status.as_u16(), none.header("www-authenticate")), (401, "Bearer realm=\"hufu\""), "{store}");
        for bad in ["x", "hufu_at_x", "a.b.c"] {
            let answer = browser.get_with("/userinfo", &[("authorization", &format!("Bearer {bad}"))]).await;
            assert_eq!(answer.status, 401, "{store}: {bad}");
            let challenge = answer.header("www-authenticate");
            assert!(challenge.contains("error=\"invalid_token\""), "{store}: {challenge}");
        }
        let query = browser.get("/userinfo?access_token=x").await;
        assert_eq!((query.status.as_u16(), query.error().as_str()), (400, "invalid_request"), "{store}");
        let twice = browser.post_with("/userinfo", &[("authorization", "Bearer x")], &[("access_token", "x")]).await;
        assert_eq!((twice.status.as_u16(), twice.error().as_str()), (400, "invalid_request"), "{store}");
        let posted = browser.post_form("/userinfo", &[("access_token", "x")]).await;
        assert_eq!((posted.status.as_u16(), posted.error().as_str()), (401, "invalid_token"), "{store}");
    }
}

#[tokio::test]
async fn s126_s129_s133_s135_introspection_and_revocation_know_their_callers() {
    for (store, server) in servers().await {
        let application = server.application().await;
        let browser = server.browser();
        for path in ["/introspect", "/revoke"] {
            assert_eq!(browser.get(path).await.status, 405, "{store} {path}");
            let stranger = browser.post_form(path, &[("token", "x")]).await;
            assert_eq!(
                (stranger.status.as_u16(), stranger.error().as_str()),
                (401, "invalid_client"),
                "{store} {path}"
            );
            let nothing = browser.as_client(path, &application, &[]).await;
            assert_eq!((nothing.status.as_u16(), nothing.error().as_str()), (400, "invalid_request"), "{store} {path}");
        }
        let unknown = browser.as_client("/introspect", &application, &[("token", "x")]).await;
        assert_eq!((unknown.status.as_u16(), unknown.body.as_str()), (200, "{\"active\":false}"), "{store}");
        let revoked = browser.as_client("/revoke", &application, &[("token", "x"), ("callback", "f")]).await;
        assert_eq!((revoked.status.as_u16(), revoked.body.as_str()), (200, ""), "{store}");
    }
}
