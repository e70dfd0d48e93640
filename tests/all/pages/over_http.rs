//! The way in over real HTTP: who may post, who may look, and what a page answers.

use hufu::admin::Actor;
use hufu::store::clients::ClientMetadata;

use crate::support::http::{Answer, TestBrowser};
use crate::support::server::{PASSWORD, TestServer, servers};

/// A sign-in for an application with a consent page, up to its first page: `/i/{id}` and the page.
async fn begun(server: &TestServer, browser: &TestBrowser) -> (String, Answer) {
    let metadata = ClientMetadata { client_name: "Moon Notes".to_owned(), ..ClientMetadata::default() };
    let application = server.application_as(metadata).await;
    let answer = browser.authorize(&application, &[("scope", "openid profile email")]).await;
    let path = answer.own_location(&server.issuer).expect("a sign-in page");
    let page = browser.get(&path).await;
    (path, page)
}

/// Posts to a page's form with its own token.
async fn post(browser: &TestBrowser, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
    let csrf = page.hidden("csrf").expect("the page has a form");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post_with(path, &[("sec-fetch-site", "same-origin")], &all).await
}

const LEI: [(&str, &str); 2] = [("username", "lei"), ("password", PASSWORD)];

#[tokio::test]
async fn s62_another_browser_sees_the_applications_name_and_touches_nothing() {
    let server = TestServer::sqlite().await;
    server.person("lei").await;
    let (mine, other) = (server.browser(), server.browser());
    let (path, page) = begun(&server, &mine).await;
    let (_, foreign_page) = begun(&server, &other).await;
    let seen = other.get(&path).await;
    assert_eq!((seen.status.as_u16(), seen.location()), (400, ""));
    assert!(seen.body.contains("Moon Notes"));
    let tried = post(&other, &foreign_page, &format!("{path}/form"), &LEI).await;
    assert_eq!(tried.status, 400);
    assert_eq!(post(&mine, &page, &format!("{path}/form"), &LEI).await.status, 303, "its owner goes on undisturbed");
}

#[tokio::test]
async fn s63_forms_that_are_not_ours_sign_nobody_in() {
    let server = TestServer::sqlite().await;
    server.person("lei").await;
    let browser = server.browser();
    let (path, page) = begun(&server, &browser).await;
    let form = format!("{path}/form");
    let csrf = page.hidden("csrf").unwrap();
    let [name, password] = LEI;
    let whole = [("csrf", csrf.as_str()), name, password];
    let wrong = [("csrf", "wrong"), name, password];
    for (what, answer) in [
        ("no token", browser.post_form(&form, &LEI).await),
        ("a wrong token", browser.post_form(&form, &wrong).await),
        ("a foreign origin", browser.post_with(&form, &[("origin", "https://evil.example")], &whole).await),
        ("a null origin", browser.post_with(&form, &[("origin", "null")], &whole).await),
        ("another site", browser.post_with(&form, &[("sec-fetch-site", "cross-site")], &whole).await),
        ("no cookie", browser.post_with(&form, &[("cookie", "a=b")], &whole).await),
    ] {
        assert_eq!(answer.status, 403, "{what}");
        assert!(answer.body.contains("This form can not be accepted"), "{what}");
        assert!(browser.cookie("session").is_none(), "{what} signed somebody in");
    }
    assert_eq!(browser.post_form(&form, &whole).await.status, 303);
}

#[tokio::test]
async fn s64_s79_credentials_are_posted_and_answered_with_303() {
    for (store, server) in servers().await {
        server.person("lei").await;
        let browser = server.browser();
        let (path, page) = begun(&server, &browser).await;
        let got = browser.get(&format!("{path}/form?username=lei&password=x")).await;
        assert_eq!(got.status, 405, "{store}");
        assert!(got.header("allow").contains("POST"), "{store}");
        let wrong = post(&browser, &page, &format!("{path}/form"), &[("username", "lei"), ("password", "wrong")]).await;
        assert_eq!((wrong.status.as_u16(), wrong.location()), (303, path.as_str()), "{store}");
        let told = browser.get(&path).await;
        assert!(told.body.contains("role=\"alert\"") && told.body.contains("value=\"lei\""), "{store}");
        assert!(!told.body.contains("value=\"wrong\""), "{store}: a password is never written back");
        let right = post(&browser, &page, &format!("{path}/form"), &LEI).await;
        assert_eq!((right.status.as_u16(), right.location()), (303, path.as_str()), "{store}");
    }
}

#[tokio::test]
async fn s64_no_field_of_a_form_makes_anything_verified_or_an_administrator() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    let (path, page) = begun(&server, &browser).await;
    let fields = [
        ("username", "mallory"),
        ("name", "Mallory"),
        ("email", "mallory@example.org"),
        ("password", "correct horse 9"),
        ("email_verified", "true"),
        ("verified", "1"),
        ("administrator", "1"),
        ("admin", "true"),
        ("id", "01aaaaaaaaaaaaaaaaaaaaaaaa"),
        ("org", "1"),
    ];
    assert_eq!(post(&browser, &page, &format!("{path}/register"), &fields).await.status, 303);
    let user = server.app.admin.find_person("mallory").await.expect("the account is made");
    assert!(!user.email_verified && !user.administrator && user.id.as_str() != "01aaaaaaaaaaaaaaaaaaaaaaaa");
}

#[tokio::test]
async fn s68_a_password_out_of_all_measure_is_refused_unread() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    let (path, page) = begun(&server, &browser).await;
    let long = "x".repeat(257);
    let answer = post(&browser, &page, &format!("{path}/form"), &[("username", "lei"), ("password", &long)]).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn s74_consent_names_who_asks_and_for_what_and_no_is_no() {
    let server = TestServer::sqlite().await;
    server.person("lei").await;
    let browser = server.browser();
    let (path, page) = begun(&server, &browser).await;
    post(&browser, &page, &format!("{path}/form"), &LEI).await;
    let asked = browser.get(&path).await;
    for said in ["Moon Notes asks for access", "See your e-mail address", "See your name and profile"] {
        assert!(asked.body.contains(said), "{said}: {}", asked.body);
    }
    let consent = format!("{path}/consent");
    assert_eq!(browser.post_form(&consent, &[("choice", "allow")]).await.status, 403, "without the token");
    assert_eq!(post(&browser, &asked, &consent, &[("choice", "perhaps")]).await.status, 400);
    let denied = post(&browser, &asked, &consent, &[("choice", "deny")]).await;
    let denied = browser.follow(denied).await;
    assert_eq!(denied.query("error").as_deref(), Some("access_denied"));
    assert_eq!(denied.query("code"), None);
}

#[tokio::test]
async fn the_chosen_language_is_remembered_and_the_page_is_light() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    let (path, page) = begun(&server, &browser).await;
    assert!(page.body.contains("<html lang=\"en\">"));
    let chosen = browser.get(&format!("{path}?lang=zh-CN")).await;
    assert!(chosen.body.contains("<html lang=\"zh-CN\">") && chosen.body.contains("登录 Moon Notes"));
    let kept = browser.get(&path).await;
    assert!(kept.body.contains("<html lang=\"zh-CN\">"), "the cookie says so");
    let mut weight = kept.body.len();
    for file in ["/static/hufu.css", "/static/hufu.js", "/static/icons.svg", "/static/mark.svg"] {
        let answer = browser.get(file).await;
        assert_eq!((answer.status.as_u16(), answer.header("x-content-type-options")), (200, "nosniff"), "{file}");
        weight += answer.body.len();
    }
    assert!(weight < 56 * 1024, "{weight} bytes before compression; 40 kB may cross the line");
    assert_eq!(browser.get("/static/../Cargo.toml").await.status, 404);
}

#[tokio::test]
async fn s206_the_set_up_link_works_once_and_is_gone() {
    for (store, server) in servers().await {
        let link = server.app.admin.set_up_link(&Actor::set_up()).await.expect("a link");
        let path = link.strip_prefix(&server.issuer).unwrap().to_owned();
        let (browser, late) = (server.browser(), server.browser());
        let made_up = format!("{}x", &path[..path.len() - 1]);
        assert_eq!(browser.get(&made_up).await.status, 404, "{store}");
        let (page, late_page) = (browser.get(&path).await, late.get(&path).await);
        let weak = [("name", "Lei"), ("username", "lei"), ("password", "short")];
        assert_eq!(post(&browser, &page, &path, &weak).await.status, 422, "{store}: a mistake does not use it up");
        let fields = [("name", "Lei"), ("username", "lei"), ("password", "correct horse 9")];
        let made = post(&browser, &page, &path, &fields).await;
        assert_eq!((made.status.as_u16(), made.location()), (303, "/admin/set-up/product"), "{store}");
        assert_eq!(browser.get("/admin/connectors").await.status, 200, "{store}: signed in as an administrator");
        let again = [("name", "Eve"), ("username", "eve"), ("password", "correct horse 9")];
        assert_eq!(post(&late, &late_page, &path, &again).await.status, 404, "{store}");
        assert_eq!(late.get(&path).await.status, 404, "{store}");
        assert_eq!(server.app.store.administrators().await.unwrap(), 1, "{store}");
    }
}
