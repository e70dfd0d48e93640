//! `/end_session` in a browser (security.md rows 164 to 168).

use crate::support::server::{Application, servers};
use hufu::store::clients::ClientMetadata;

const BACK: &str = "https://rp.example/bye";

fn metadata() -> ClientMetadata {
    ClientMetadata { first_party: true, post_logout_redirect_uris: vec![BACK.to_owned()], ..ClientMetadata::default() }
}

fn path(fields: &[(&str, &str)]) -> String {
    format!("/end_session?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
}

#[tokio::test]
async fn s164_a_link_alone_signs_nobody_out_and_the_button_does() {
    for (store, server) in servers().await {
        let browser = server.signed_in(&server.person("lin").await).await;
        for _ in 0..2 {
            let page = browser.get("/end_session").await;
            assert_eq!(page.status, 200, "{store}");
            assert!(page.hidden("request").is_some(), "{store}: it asks, each time");
        }
        let page = browser.get("/end_session").await;
        let fields = [("csrf", page.hidden("csrf").unwrap()), ("request", page.hidden("request").unwrap())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let before = browser.cookie_header();
        let done = browser.post_form("/end_session/confirm", &fields).await;
        assert_eq!(done.status, 200, "{store}");
        assert_eq!(browser.cookie("session"), None, "{store}: the cookie expires");
        let ghost = browser.get_with("/end_session", &[("cookie", &before)]).await;
        assert_eq!(ghost.hidden("request"), None, "{store}: the old cookie is nobody's");
    }
}

#[tokio::test]
async fn s168_the_hint_of_the_person_signed_in_signs_out_at_once_and_leads_back() {
    for (store, server) in servers().await {
        let application = server.application_as(metadata()).await;
        let browser = server.signed_in(&server.person("lin").await).await;
        let code = browser.code(&application, &[]).await;
        let tokens = browser.redeem(&application, &code).await.json();
        let hint = tokens["id_token"].as_str().unwrap();
        let fields = [("id_token_hint", hint), ("post_logout_redirect_uri", BACK), ("state", "a b&c")];
        let gone = browser.get(&path(&fields)).await;
        assert_eq!((gone.status.as_u16(), gone.location().split('?').next().unwrap()), (303, BACK), "{store}");
        assert_eq!(gone.query("state").as_deref(), Some("a b&c"), "{store}");
        assert_eq!(browser.cookie("session"), None, "{store}");
        let silent = browser.authorize(&application, &[("prompt", "none")]).await;
        assert_eq!(silent.query("error").as_deref(), Some("login_required"), "{store}");
    }
}

#[tokio::test]
async fn a_form_from_another_site_that_is_too_long_tells_nobody_that_they_are_signed_out() {
    for (store, server) in servers().await {
        let application = server.application_as(metadata()).await;
        let long = "s".repeat(17 * 1024);
        let fields = [("client_id", application.id.as_str()), ("post_logout_redirect_uri", BACK), ("state", &long)];
        // Such a form comes without cookies: nobody can tell whose session it is about.
        let answer = server.browser().post_form("/end_session", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (413, ""), "{store}");
    }
}

#[tokio::test]
async fn s165_s166_nothing_unproven_leads_anywhere() {
    for (store, server) in servers().await {
        let application = server.application_as(metadata()).await;
        let Application { id, .. } = &application;
        let browser = server.signed_in(&server.person("lin").await).await;
        let cases: [(&str, &[(&str, &str)]); 4] = [
            ("a foreign address", &[("client_id", id), ("post_logout_redirect_uri", "https://evil.example/")]),
            ("a variant", &[("client_id", id), ("post_logout_redirect_uri", "https://rp.example/bye?x=1")]),
            ("no application", &[("post_logout_redirect_uri", BACK)]),
            ("a forged hint", &[("id_token_hint", "eyJhbGciOiJub25lIn0.e30."), ("post_logout_redirect_uri", BACK)]),
        ];
        for (case, fields) in cases {
            let answer = browser.get(&path(fields)).await;
            assert_eq!(answer.location(), "", "{store}: {case}");
            assert!(answer.header("content-type").starts_with("text/html"), "{store}: {case}");
            assert!(browser.cookie("session").is_some(), "{store}: {case}");
        }
    }
}

#[tokio::test]
async fn a_sealed_request_belongs_to_one_browser() {
    for (store, server) in servers().await {
        let user = server.person("lin").await;
        let (one, other) = (server.signed_in(&user).await, server.signed_in(&user).await);
        let request = one.get("/end_session").await.hidden("request").unwrap();
        let csrf = other.get("/end_session").await.hidden("csrf").unwrap();
        let answer = other.post_form("/end_session/confirm", &[("csrf", &csrf), ("request", &request)]).await;
        assert_eq!(answer.status, 400, "{store}");
        assert!(other.cookie("session").is_some(), "{store}");
    }
}
