//! The page itself: both languages, its policy, its cookie, its registration.

use super::browser::{Browser, ISSUER};

#[tokio::test]
async fn the_page_speaks_both_languages_and_asks_no_outside_host() {
    let mut browser = Browser::new().await;
    for (accept, lang, words) in [
        ("zh-CN", "lang=\"zh-CN\"", "示例应用"),
        ("en", "lang=\"en\"", "Sample application"),
        ("fr", "lang=\"en\"", "Hufu demo"),
    ] {
        let page = browser.ask("GET", "/demo", "", &[("accept-language", accept)]).await;
        assert!(page.body.contains(lang) && page.body.contains(words), "{accept}");
        assert!(!page.body.contains("src=\"http") && !page.body.contains("<script"));
        let policy = page.headers.get("content-security-policy").unwrap().to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    }
    assert!(browser.get("/demo/style.css").await.body.contains("prefers-color-scheme:dark"));
}

#[tokio::test]
async fn the_cookie_is_hidden_lax_and_secure_on_https() {
    let mut browser = Browser::new().await;
    let reply = browser.get("/demo/sign-in").await;
    let cookie = reply.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(cookie.starts_with("__Host-demo="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
}

#[test]
fn the_registration_is_a_public_client_that_asks_for_consent() {
    let registration = hufu::demo::registration(ISSUER);
    assert_eq!(registration.redirect_uris, ["https://login.example.org/demo/callback"]);
    assert_eq!(registration.post_logout_redirect_uris, ["https://login.example.org/demo"]);
    assert_eq!(registration.token_endpoint_auth_method, "none");
    assert!(!registration.first_party);
}
