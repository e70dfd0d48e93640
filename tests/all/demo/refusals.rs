//! What the sample application does not believe.

use http::StatusCode;
use serde_json::json;

use super::browser::{Browser, ISSUER, csrf};

#[tokio::test]
async fn a_wrong_token_is_not_used() {
    for lie in [
        "alg_none",
        "alg_hs256",
        "bad_signature",
        "unknown_kid",
        "expired",
        "wrong_aud",
        "extra_aud",
        "wrong_nonce",
        "missing_nonce",
        "iss_other",
        "iss_slash",
        "userinfo_other_sub",
        "wrong_iss_parameter",
        "code_and_error",
        "no_id_token",
    ] {
        let mut browser = Browser::new().await;
        browser.control("PUT", "/_control/switches/oidc", json!({"on": [lie]})).await;
        let page = browser.sign_in("", "amara").await.body;
        assert!(!page.contains("Amara"), "{lie} was believed");
        assert!(page.contains("class=\"panel problem\""), "{lie}: {page}");
    }
}

#[tokio::test]
async fn another_browsers_answer_and_a_used_one_are_refused() {
    let mut browser = Browser::new().await;
    let start = browser.get("/demo/sign-in").await;
    let back = browser.at_provider(start.location(), "amara").await;
    let callback = back.location().strip_prefix(ISSUER).unwrap().to_owned();
    let mut other = Browser::new().await;
    other.get(&callback).await;
    assert!(other.get("/demo").await.body.contains("belongs to no sign-in of this browser"));
    browser.get(&callback).await;
    assert!(browser.get("/demo").await.body.contains("Amara"));
    browser.get(&callback).await;
    assert!(browser.get("/demo").await.body.contains("belongs to no sign-in of this browser"));
    browser.forget();
    assert!(!browser.get("/demo").await.body.contains("Amara"));
}

#[tokio::test]
async fn a_sign_in_not_finished_in_ten_minutes_is_forgotten() {
    let mut browser = Browser::new().await;
    let start = browser.get("/demo/sign-in").await;
    let back = browser.at_provider(start.location(), "amara").await;
    browser.clock.advance(600);
    browser.get(back.location().strip_prefix(ISSUER).unwrap()).await;
    assert!(browser.get("/demo").await.body.contains("belongs to no sign-in of this browser"));
}

#[tokio::test]
async fn denial_and_a_silent_provider_are_told_in_words() {
    let mut browser = Browser::new().await;
    browser.control("PUT", "/_control/switches/oidc", json!({"on": ["auto_deny"]})).await;
    assert!(browser.sign_in("", "amara").await.body.contains("You did not allow it"));
    let trouble = json!({"trouble": {"kind": "html500"}});
    browser.control("PUT", "/_control/switches/oidc", trouble).await;
    let reply = browser.get("/demo/sign-in").await;
    assert_eq!(reply.location(), "https://login.example.org/demo");
    assert!(browser.get("/demo").await.body.contains("could not be reached"));
}

#[tokio::test]
async fn forms_of_other_pages_are_refused() {
    let mut browser = Browser::new().await;
    let page = browser.sign_in("", "amara").await.body;
    let good = csrf(&page);
    for (form, header) in [
        ("csrf=wrong", ("x-none", "x")),
        ("", ("x-none", "x")),
        (good.as_str(), ("origin", "https://evil.example")),
        (good.as_str(), ("origin", "null")),
        (good.as_str(), ("sec-fetch-site", "cross-site")),
    ] {
        for path in ["/demo/refresh", "/demo/sign-out"] {
            let reply = browser.ask("POST", path, form, &[header]).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path} {header:?}");
        }
    }
    let own = browser.ask("POST", "/demo/sign-out", &good, &[("origin", ISSUER)]).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_after_an_hour_without_a_visit() {
    let mut browser = Browser::new().await;
    browser.sign_in("", "amara").await;
    browser.clock.advance(3600);
    assert!(browser.get("/demo").await.body.contains("Amara"));
    browser.clock.advance(3601);
    assert!(!browser.get("/demo").await.body.contains("Amara"));
}
