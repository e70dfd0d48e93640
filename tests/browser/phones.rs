//! A desk and a practice phone: the picture with its live state, the question on the phone, a platform's frame.

use serde_json::{Value, json};

use super::browser::Browser;
use super::journey::set_up;
use super::looks::{axe, inspect};
use super::server::Server;

/// The practice world's control, as a script of its own would use it.
async fn control(server: &Server, path: &str, body: Option<Value>) -> String {
    let port: u16 = server.issuer.rsplit(':').next().unwrap().parse().unwrap();
    let url = format!("http://127.0.0.1:{}/_control/phone{path}", port + 1);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = match body {
        Some(body) => client.post(url).header("content-type", "application/json").body(body.to_string()),
        None => client.get(url),
    };
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_scanned_on_a_phone_its_number_is_picked_and_the_desk_goes_on_by_itself() {
    let axe = axe();
    let server = Server::start();
    let desk = Browser::start().await;
    set_up(&server, &desk).await;
    server.command(&["connector", "practice", "wechat_official"]);
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    desk.client.delete_all_cookies().await.unwrap();
    desk.client.goto(&format!("{}/demo/sign-in", server.issuer)).await.unwrap();
    desk.click("form[action$='/with/wechat-official-practice'] button").await;
    desk.wait_for_text("Waiting for the scan").await;
    let mut wrong = inspect(&desk, &axe, "scan waiting").await;
    let scans: Value = serde_json::from_str(&control(&server, "/scans", None).await).unwrap();
    let id = scans[0]["id"].as_str().unwrap();
    for act in ["scan", "confirm"] {
        control(&server, &format!("/scans/{id}/{act}"), Some(json!({ "person": "amara" }))).await;
    }
    desk.wait_for_text("Pick this number").await;
    wrong.extend(inspect(&desk, &axe, "scan seen").await);
    let number =
        desk.client.execute("return document.querySelector('[data-number]').textContent", vec![]).await.unwrap();
    let number = number.as_str().unwrap().to_owned();
    let messages = control(&server, "/messages?person=amara", None).await;
    let at = messages.find("/confirm/").unwrap_or_else(|| panic!("no link: {messages}"));
    let link: String = messages[at..].chars().take("/confirm/".len() + 43).collect();
    let phone = Browser::start().await;
    phone.client.goto(&format!("{}{link}", server.issuer)).await.unwrap();
    wrong.extend(inspect(&phone, &axe, "confirm").await);
    phone.click(&format!("button[value='{number}']")).await;
    phone.wait_for_text("You said yes").await;
    // Nobody touches the desk.
    desk.wait_for_one_of(&["asks for access", "I am new here", "You signed in"]).await;
    assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
    phone.stop().await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_s_code_stands_in_our_page_and_its_answer_leaves_the_frame() {
    let server = Server::start();
    let desk = Browser::start().await;
    set_up(&server, &desk).await;
    for kind in ["wechat_website", "dingtalk", "wecom"] {
        server.command(&["connector", "practice", kind]);
    }
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    for kind in ["wechat-website", "dingtalk", "wecom"] {
        desk.client.delete_all_cookies().await.unwrap();
        desk.client.goto(&format!("{}/demo/sign-in", server.issuer)).await.unwrap();
        desk.click(&format!("form[action$='/with/{kind}-practice'] button")).await;
        desk.wait_for_text("in this window").await;
        desk.picture(&format!("frame-{kind}")).await;
        let scans: Value = serde_json::from_str(&control(&server, "/scans", None).await).unwrap();
        let waiting = scans.as_array().unwrap().iter().rev().find(|scan| scan["state"]["state"] != "confirmed");
        let id = waiting.unwrap_or_else(|| panic!("{kind}: {scans}"))["id"].as_str().unwrap().to_owned();
        for act in ["scan", "confirm"] {
            control(&server, &format!("/scans/{id}/{act}"), Some(json!({ "person": "amara" }))).await;
        }
        let seen =
            desk.wait_for_one_of(&["asks for access", "I am new here", "You signed in", "invited", "invitation"]).await;
        assert!(!seen.is_empty(), "{kind}");
    }
    desk.stop().await;
}
