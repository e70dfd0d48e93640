//! The first five minutes: from an empty folder to a sign-in with a practice platform.

use std::time::{Duration, Instant};

use super::browser::Browser;
use super::server::Server;

/// Name, user name and password of the administrator the tests make.
pub const ADMINISTRATOR: (&str, &str, &str) = ("Li Lei", "lilei", "correct horse 1");

/// Goes through the set-up link: the account, the product's name, one practice platform.
pub async fn set_up(server: &Server, browser: &Browser) {
    browser.client.goto(&server.set_up).await.unwrap();
    browser.fill("[name=name]", ADMINISTRATOR.0).await;
    browser.fill("[name=username]", ADMINISTRATOR.1).await;
    browser.fill("[name=password]", ADMINISTRATOR.2).await;
    browser.click("main form button[type=submit]").await;
    browser.wait_for_text("2 of 3").await;
    browser.click("main form button[type=submit]").await;
    browser.wait_for_text("3 of 3").await;
    browser.click("form[action$='/github'] button").await;
    browser.wait_for_text("Added").await;
}

/// From the sample application to GitHub's practice page and back, consent included.
pub async fn sign_in_with_practice_github(server: &Server, browser: &Browser) {
    browser.client.goto(&format!("{}/demo", server.issuer)).await.unwrap();
    browser.click("a[href='/demo/sign-in']").await;
    browser.click("form[action$='/with/github-practice'] button").await;
    browser.wait_for_text("github.com").await;
    browser.click("form button[type=submit]").await;
    browser.wait_for_text("asks for access").await;
    browser.click("button[value=allow]").await;
    browser.wait_for_text("You signed in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_signs_in_with_a_practice_platform_within_two_minutes() {
    let began = Instant::now();
    let server = Server::start();
    let browser = Browser::start().await;
    set_up(&server, &browser).await;
    browser.client.delete_all_cookies().await.unwrap();
    sign_in_with_practice_github(&server, &browser).await;
    browser.picture("demo-signed-in").await;
    let text = browser.text().await;
    assert!(text.contains("ID token") && text.contains("sub") && text.contains("acr"), "the tokens in words: {text}");

    // Refresh, step-up and sign-out, as the sample application offers them.
    browser.click("form[action='/demo/refresh'] button").await;
    browser.wait_for_text("You are signed in as").await;
    browser.click("form[action='/demo/sign-out'] button").await;
    browser.wait_for_text("Hufu demo").await;
    assert!(!browser.text().await.contains("You are signed in as"), "signed out");
    assert!(began.elapsed() < Duration::from_mins(2), "within two minutes: {:?}", began.elapsed());
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_practice_platform_signs_a_person_in() {
    let server = Server::start();
    let browser = Browser::start().await;
    set_up(&server, &browser).await;
    for kind in ["google", "oidc", "oauth2"] {
        server.command(&["connector", "practice", kind]);
    }
    // The running server sees another process's change within half a second.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let mut doors = 0;
    for kind in ["github", "google", "oidc", "oauth2"] {
        browser.client.delete_all_cookies().await.unwrap();
        browser.client.goto(&format!("{}/demo/sign-in", server.issuer)).await.unwrap();
        browser.click(&format!("form[action$='/with/{kind}-practice'] button")).await;
        browser.wait_for_text("Practice platform").await;
        browser.click("form button[type=submit]").await;
        // An address that somebody here has links nothing silently: two doors are shown.
        if browser.wait_for_one_of(&["I am new here", "asks for access"]).await == "I am new here" {
            doors += 1;
            browser.click("button[value=new]").await;
        }
        browser.wait_for_text("asks for access").await;
        browser.click("button[value=allow]").await;
        browser.wait_for_text("You signed in").await;
    }
    assert!(doors > 0, "two platforms know one address");
    let people = server.command(&["user", "list"]);
    assert_eq!(people.lines().count(), 1 + 1 + 4, "the administrator and one person a platform: {people}");
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_and_the_console_see_one_installation() {
    let server = Server::start();
    let browser = Browser::start().await;
    set_up(&server, &browser).await;
    let connectors = server.command(&["connector", "list", "--json"]);
    assert!(connectors.contains("github-practice"), "{connectors}");
    let people = server.command(&["user", "list"]);
    assert!(people.contains(ADMINISTRATOR.1), "{people}");
    server.command(&["connector", "disable", "github-practice"]);
    // The running server sees another process's change within half a second.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    browser.client.goto(&format!("{}/admin/connectors", server.issuer)).await.unwrap();
    browser.wait_for_text("Turn on").await;
    browser.stop().await;
}
