//! The account page of somebody who came by a platform: a number added, another platform, one taken away.

use super::browser::Browser;
use super::journey::set_up;
use super::looks::{axe, inspect, inspect_half};
use super::numbers::{code, wait};
use super::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn ways_in_are_added_and_taken_away_on_the_account_page() {
    let axe = axe();
    let server = Server::start();
    let browser = Browser::start().await;
    set_up(&server, &browser).await;
    for kind in ["sms", "google"] {
        server.command(&["connector", "practice", kind]);
    }
    wait().await;
    let mut wrong = Vec::new();
    browser.client.delete_all_cookies().await.unwrap();
    browser.client.goto(&format!("{}/account", server.issuer)).await.unwrap();
    // The box stands beside the password, and a platform's button takes it along.
    browser.click("input[name=remember]").await;
    browser.click("form[action$='/with/github-practice'] button").await;
    browser.click("button[name=person][value=amara]").await;
    browser.wait_for_text("Ways to sign in").await;
    let cookies = browser.client.get_all_cookies().await.unwrap();
    let session = cookies.iter().find(|cookie| cookie.name() == "session").expect("signed in");
    assert!(session.expires_datetime().is_some(), "it outlives the window: {session:?}");
    wrong.extend(inspect(&browser, &axe, "account of one way").await);

    browser.click("form[action='/account/phone'] button").await;
    browser.wait_for_text("A number for your account").await;
    wrong.extend(inspect_half(&browser, &axe, "first number").await);
    browser.fill("[name=phone]", "13800000002").await;
    browser.click("form[action$='/own-number'] button").await;
    browser.wait_for_text("on its way").await;
    browser.fill("[name=code]", &code(&server, "+8613800000002").await).await;
    browser.click("form[action$='/own-number'] button").await;
    browser.wait_for_text("Your ways to sign in are changed").await;

    // The form leads away to the platform and back, which a browser may forbid (CSP form-action).
    browser.click("form[action='/account/ways/google-practice/bind'] button").await;
    browser.click("button[name=person][value=amara]").await;
    browser.wait_for_text("Your ways to sign in are changed").await;
    wrong.extend(inspect(&browser, &axe, "account of three ways").await);
    // Not the way this session began by: that would end it.
    browser.click("button[aria-label='Remove: Google']").await;
    browser.wait_for_text("You no longer sign in that way").await;
    assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
    browser.stop().await;
}
