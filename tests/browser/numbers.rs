//! A phone number and the code sent to it: signing up and in, binding on a first visit, a forgotten password.

use serde_json::{Value, json};

use super::browser::Browser;
use super::journey::set_up;
use super::looks::{axe, inspect_half};
use super::server::Server;

/// The code in the newest message to a number.
pub async fn code(server: &Server, number: &str) -> String {
    let path = format!("/_control/phone/messages?mobile={}", number.replace('+', "%2B"));
    let messages: Value = serde_json::from_str(&server.get(&path).await).unwrap();
    let text = messages.as_array().unwrap().last().unwrap()["text"].as_str().unwrap().to_owned();
    let digits = text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6);
    digits.unwrap_or_else(|| panic!("no code: {text}")).to_owned()
}

pub async fn wait() {
    // The running server sees another process's change within half a second.
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
}

async fn to_sign_in(server: &Server, browser: &Browser) {
    browser.client.delete_all_cookies().await.unwrap();
    browser.client.goto(&format!("{}/demo/sign-in", server.issuer)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_signs_up_with_a_name_and_then_signs_in() {
    let axe = axe();
    let server = Server::start();
    let browser = Browser::start().await;
    set_up(&server, &browser).await;
    server.command(&["connector", "practice", "sms"]);
    wait().await;
    let mut wrong = Vec::new();
    to_sign_in(&server, &browser).await;
    browser.click("form[action$='/with/sms-practice'] button").await;
    browser.wait_for_text("Send a code").await;
    wrong.extend(inspect_half(&browser, &axe, "number").await);
    browser.fill("[name=phone]", "138").await;
    browser.click("form[action*='/answer/'] button").await;
    browser.wait_for_text("not a whole mobile number").await;
    browser.fill("[name=phone]", "13800000001").await;
    browser.click("form[action*='/answer/'] button").await;
    browser.wait_for_text("on its way to +86 138****0001").await;
    browser.fill("[name=code]", "000000").await;
    browser.click("form[action*='/answer/'] button").await;
    browser.wait_for_text("Tries left: 4").await;
    wrong.extend(inspect_half(&browser, &axe, "code").await);
    browser.fill("[name=code]", &code(&server, "+8613800000001").await).await;
    browser.click("form[action*='/answer/'] button").await;
    browser.wait_for_text("I am new here").await;
    wrong.extend(inspect_half(&browser, &axe, "new number").await);
    browser.fill("[name=name]", "Wang Xiaoming").await;
    browser.click("button[value=new]").await;
    browser.wait_for_text("Signed in as Wang Xiaoming").await;
    browser.click("button[value=allow]").await;
    browser.wait_for_text("You signed in").await;
    assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_visit_asks_what_the_connector_s_rule_says() {
    let axe = axe();
    let server = Server::start();
    let browser = Browser::start().await;
    set_up(&server, &browser).await;
    for kind in ["sms", "google", "oidc"] {
        server.command(&["connector", "practice", kind]);
    }
    server.command(&["connector", "edit", "github-practice", "--rule", "ask"]);
    server.command(&["connector", "edit", "google-practice", "--rule", "bind-phone"]);
    server.command(&["connector", "edit", "oidc-practice", "--rule", "invited"]);
    wait().await;
    let mut wrong = Vec::new();
    to_sign_in(&server, &browser).await;
    browser.click("form[action$='/with/github-practice'] button").await;
    browser.click("button[name=person][value=amara]").await;
    browser.wait_for_text("I have an account").await;
    wrong.extend(inspect_half(&browser, &axe, "two doors").await);
    // Proving the old account links the identity to it.
    browser.click("button[value=existing]").await;
    browser.wait_for_text("GitHub (Amara Okafor) will be linked").await;
    wrong.extend(inspect_half(&browser, &axe, "linking").await);

    to_sign_in(&server, &browser).await;
    browser.click("form[action$='/with/google-practice'] button").await;
    browser.click("button[name=person][value=fox]").await;
    browser.wait_for_text("Your phone number").await;
    wrong.extend(inspect_half(&browser, &axe, "number on a first visit").await);
    browser.fill("[name=phone]", "13800000002").await;
    browser.click("form[action$='/phone'] button").await;
    browser.wait_for_text("on its way").await;
    browser.fill("[name=code]", &code(&server, "+8613800000002").await).await;
    browser.click("form[action$='/phone'] button").await;
    browser.wait_for_text("asks for access").await;

    to_sign_in(&server, &browser).await;
    browser.click("form[action$='/with/oidc-practice'] button").await;
    browser.click("button[name=person][value=amara]").await;
    browser.wait_for_text("new ones are by invitation only").await;
    wrong.extend(inspect_half(&browser, &axe, "not invited").await);
    // A platform that is down is named, and the other ways stand beside it.
    server.put("/_control/switches/oidc", &json!({ "trouble": { "kind": "busy", "path": "/token" } })).await;
    browser.client.goto(&format!("{}/demo/sign-in", server.issuer)).await.unwrap();
    browser.click("form[action$='/with/oidc-practice'] button").await;
    browser.click("button[name=person][value=amara]").await;
    browser.wait_for_text("OpenID Connect does not answer at the moment").await;
    wrong.extend(inspect_half(&browser, &axe, "platform down").await);
    assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
    browser.stop().await;
}
