//! Signing in, refreshing, stepping up, checking silently, signing out.

use http::StatusCode;

use super::browser::{Browser, csrf};

#[tokio::test]
async fn signing_in_shows_both_sets_of_claims_in_words() {
    let mut browser = Browser::new().await;
    let page = browser.sign_in("", "amara").await.body;
    assert!(page.contains("You signed in."), "{page}");
    assert!(page.contains("<bdi>Amara Okafor</bdi>"));
    assert!(page.contains("<code>iss</code>") && page.contains("Who says so: the issuer"));
    assert!(
        page.contains("2025-06-15 15:06:40 UTC (0 s") || page.contains("2025-06-15 15:06:40 UTC (in 0 s"),
        "{page}"
    );
    assert!(page.contains("<code>email_verified</code>"));
    assert!(!browser.get("/demo").await.body.contains("You signed in."), "the notice is shown once");
}

#[tokio::test]
async fn the_request_has_pkce_state_and_nonce() {
    let mut browser = Browser::new().await;
    let start = browser.get("/demo/sign-in").await;
    let url = url::Url::parse(start.location()).unwrap();
    let value = |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    assert_eq!(value("code_challenge_method").unwrap(), "S256");
    assert_eq!(value("code_challenge").unwrap().len(), 43);
    assert!(value("state").unwrap().len() >= 43 && value("nonce").unwrap().len() >= 43);
    assert_eq!(value("scope").unwrap(), "openid profile email offline_access");
    assert_eq!(value("redirect_uri").unwrap(), "https://login.example.org/demo/callback");
}

#[tokio::test]
async fn refreshing_gives_new_tokens_for_the_same_person() {
    let mut browser = Browser::new().await;
    let before = browser.sign_in("", "amara").await.body;
    browser.clock.advance(30);
    let reply = browser.ask("POST", "/demo/refresh", &csrf(&before), &[]).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    let after = browser.get("/demo").await.body;
    assert!(after.contains("The application got new tokens."), "{after}");
    assert!(after.contains("15:07:10 UTC"), "issued thirty seconds later");
    // The refresh token was rotated; the new one works too.
    browser.ask("POST", "/demo/refresh", &csrf(&after), &[]).await;
    assert!(browser.get("/demo").await.body.contains("The application got new tokens."));
}

#[tokio::test]
async fn step_up_brings_a_newer_auth_time() {
    for how in ["?how=login", "?how=max_age"] {
        let mut browser = Browser::new().await;
        browser.sign_in("", "amara").await;
        browser.clock.advance(60);
        let page = browser.sign_in(how, "amara").await.body;
        assert!(page.contains("You signed in again."), "{how} {page}");
        let auth_time = page.find("<code>auth_time</code>").unwrap();
        assert!(page[auth_time..auth_time + 120].contains("15:07:40"), "{how}");
    }
}

#[tokio::test]
async fn a_silent_check_tells_both_ways() {
    let mut browser = Browser::new().await;
    let page = browser.sign_in("?how=none", "amara").await.body;
    assert!(page.contains("You are not signed in at Hufu"), "{page}");
    browser.sign_in("", "amara").await;
    let page = browser.sign_in("?how=none", "amara").await.body;
    assert!(page.contains("You are still signed in at Hufu."), "{page}");
}

#[tokio::test]
async fn signing_out_forgets_the_person_and_tells_the_issuer() {
    let mut browser = Browser::new().await;
    let page = browser.sign_in("", "amara").await.body;
    let reply = browser.ask("POST", "/demo/sign-out", &csrf(&page), &[]).await;
    let url = url::Url::parse(reply.location()).unwrap();
    assert_eq!(url.path(), "/end_session");
    let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["id_token_hint", "client_id", "post_logout_redirect_uri"]);
    assert!(!browser.get("/demo").await.body.contains("Amara"));
}
