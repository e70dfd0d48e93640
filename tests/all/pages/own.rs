//! The account page and the console over real HTTP.

use hufu::admin::Actor;

use crate::support::http::{Answer, TestBrowser};
use crate::support::server::{PASSWORD, TestServer};

const OURS: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];

/// Posts to a page's form with its own token.
async fn post(browser: &TestBrowser, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
    let csrf = page.hidden("csrf").expect("the page has a form");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post_with(path, OURS, &all).await
}

/// A browser in which an administrator uses the console.
async fn administrator(server: &TestServer) -> TestBrowser {
    let id = server.person("boss").await;
    let user = server.app.store.user(&id).await.unwrap().unwrap();
    server.app.admin.set_administrator(&Actor::set_up(), &user, true).await.expect("an administrator");
    server.signed_in(&id).await
}

#[tokio::test]
async fn s78_a_person_ends_one_or_all_of_their_sessions_and_nobody_elses() {
    let server = TestServer::sqlite().await;
    let (lei, ann) = (server.person("lei").await, server.person("ann").await);
    let browser = server.signed_in(&lei).await;
    let (second, third) = (server.session(&lei).await, server.session(&lei).await);
    let anns = server.session(&ann).await;
    let page = browser.get("/account").await;
    assert!(page.body.contains(second.as_str()) && page.body.contains(third.as_str()), "all are listed");
    assert!(!page.body.contains(anns.as_str()));
    let live = async |id| server.app.store.live_session(id, server.clock.now()).await.unwrap().is_some();
    let end = |id: &str| format!("/account/sessions/{id}/end");
    assert_eq!(post(&browser, &page, &end(anns.as_str()), &[]).await.status, 303);
    assert!(live(&anns).await, "another person's session stays");
    assert_eq!(browser.post_with(&end(second.as_str()), OURS, &[]).await.status, 403, "without the token");
    assert!(live(&second).await);
    post(&browser, &page, &end(second.as_str()), &[]).await;
    assert!(!live(&second).await && live(&third).await);
    post(&browser, &page, "/account/sign-out-everywhere", &[]).await;
    assert!(!live(&third).await && live(&anns).await);
    assert_eq!(browser.get("/account").await.status, 200, "this browser stays");
    let out = post(&browser, &page, "/account/sign-out", &[]).await;
    assert_eq!(out.location(), "/?said=signed-out");
    assert!(browser.get("/account").await.location().starts_with("/i/"), "signed out");
}

#[tokio::test]
async fn s77_a_password_changes_only_with_the_old_one() {
    let server = TestServer::sqlite().await;
    let lei = server.person("lei").await;
    let browser = server.signed_in(&lei).await;
    let page = browser.get("/account").await;
    let change = "/account/password";
    let wrong = post(&browser, &page, change, &[("current", "not it"), ("password", "brand new horse 7")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("id=\"old-wrong\""));
    let weak = post(&browser, &page, change, &[("current", PASSWORD), ("password", "short")]).await;
    assert!(weak.status == 422 && weak.body.contains("id=\"password-wrong\""));
    assert!(!weak.body.contains(PASSWORD), "no password is written back");
    let done = post(&browser, &page, change, &[("current", PASSWORD), ("password", "brand new horse 7")]).await;
    assert_eq!((done.status.as_u16(), done.location()), (303, "/account?said=password"));
    assert_eq!(browser.get("/account").await.status, 200, "this browser stays signed in");
}

#[tokio::test]
async fn s201_the_console_is_for_administrators_and_its_forms_for_its_own_pages() {
    let server = TestServer::sqlite().await;
    let lei = server.person("lei").await;
    for browser in [server.browser(), server.signed_in(&lei).await] {
        for path in ["/admin/connectors", "/admin/add-connector", "/admin/connectors/password", "/admin/set-up/done"] {
            assert!(browser.get(path).await.location().starts_with("/i/"), "{path} is shown to anybody");
        }
    }
    let browser = administrator(&server).await;
    let page = browser.get("/admin/connectors").await;
    let csrf = page.hidden("csrf").unwrap();
    let fields = [("csrf", csrf.as_str()), ("direction", "up")];
    let path = "/admin/connectors/password/move";
    assert_eq!(browser.post_with(path, &[], &fields).await.status, 403, "without Sec-Fetch-Site");
    assert_eq!(browser.post_with(path, &[("sec-fetch-site", "same-site")], &fields).await.status, 403);
    assert_eq!(browser.post_with(path, OURS, &[("direction", "up")]).await.status, 403, "without the token");
    assert_eq!(browser.post_with(path, OURS, &fields).await.status, 303);
}

#[tokio::test]
async fn s200_a_secret_is_written_and_never_read() {
    let server = TestServer::sqlite().await;
    let browser = administrator(&server).await;
    let form = browser.get("/admin/add-connector/github").await;
    let secret = "0123456789abcdef0123456789abcdef0123wxyz";
    let fields =
        [("title", "GitHub"), ("name", "github"), ("field.client_id", "Ov23li"), ("field.client_secret", secret)];
    let added = post(&browser, &form, "/admin/add-connector/github", &fields).await;
    assert_eq!(added.status, 303, "{}", added.body);
    let page = browser.get("/admin/connectors/github").await;
    assert!(!page.body.contains(secret) && !page.body.contains(&secret[..8]));
    assert!(page.body.contains("ends with wxyz"));
    let version = page.hidden("version").unwrap();
    let kept = [
        ("version", version.as_str()),
        ("title", "Git"),
        ("rule", "ask"),
        ("field.client_id", "Ov23li"),
        ("field.client_secret", ""),
    ];
    assert_eq!(post(&browser, &page, "/admin/connectors/github", &kept).await.status, 303);
    let page = browser.get("/admin/connectors/github").await;
    assert!(page.body.contains("ends with wxyz"), "an empty field keeps it");
    let stale = post(&browser, &page, "/admin/connectors/github", &kept).await;
    assert_eq!(stale.status, 409, "somebody changed it in between");
    let asked = browser.get("/admin/connectors/github/delete").await;
    assert!(asked.body.contains("Nobody signs in with it"));
    post(&browser, &asked, "/admin/connectors/github/delete", &[]).await;
    assert_eq!(browser.get("/admin/connectors/github").await.status, 404);
}

#[tokio::test]
async fn s204_the_last_way_in_is_not_switched_off_and_changes_are_noted() {
    let server = TestServer::sqlite().await;
    let browser = administrator(&server).await;
    let page = browser.get("/admin/connectors").await;
    let refused = post(&browser, &page, "/admin/connectors/password/enabled", &[("enabled", "off")]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("last way in"));
    let page = browser.get("/admin/set-up/product").await;
    let version = page.hidden("version").unwrap();
    let name = [("version", version.as_str()), ("name", "Moon"), ("colour", "#3355ff")];
    assert_eq!(post(&browser, &page, "/admin/set-up/product", &name).await.status, 303);
    let written = server.app.store.audit(None, 20).await.unwrap();
    assert!(written.iter().any(|entry| entry.action == "product.update" && entry.actor.starts_with("user:")));
    assert!(browser.get("/").await.body.contains("Moon"));
    assert!(browser.get("/static/hufu.css").await.body.contains("--accent:#3355ff"));
}
