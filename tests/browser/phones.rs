//! A desk and a practice phone: the picture with its live state, the question on the phone, a platform's frame.

use serde_json::{Value, json};

use super::browser::Browser;
use super::journey::set_up;
use super::looks::{axe, inspect_half};
use super::server::Server;

/// The code that was drawn last, by its id.
async fn newest(server: &Server) -> String {
    let scans: Value = serde_json::from_str(&server.get("/_control/phone/scans").await).unwrap();
    let waiting = scans.as_array().unwrap().iter().rev().find(|scan| scan["state"]["is"] == "waiting");
    waiting.unwrap_or_else(|| panic!("no code waits: {scans}"))["id"].as_str().unwrap().to_owned()
}

/// Somebody points their phone at it and agrees.
async fn scan_and_confirm(server: &Server, person: &str) {
    let id = newest(server).await;
    for act in ["scan", "confirm"] {
        server.post(&format!("/_control/phone/scans/{id}/{act}"), &json!({ "person": person })).await;
    }
}

async fn open(server: &Server, desk: &Browser, connector: &str) {
    desk.client.delete_all_cookies().await.unwrap();
    desk.client.goto(&format!("{}/demo/sign-in", server.issuer)).await.unwrap();
    desk.click(&format!("form[action$='/with/{connector}'] button")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_scanned_on_a_phone_its_number_is_picked_and_the_desk_goes_on_by_itself() {
    let axe = axe();
    let server = Server::start();
    let desk = Browser::start().await;
    set_up(&server, &desk).await;
    server.command(&["connector", "practice", "wechat_official"]);
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    open(&server, &desk, "wechat-official-practice").await;
    desk.wait_for_text("Waiting for the scan").await;
    let mut wrong = inspect_half(&desk, &axe, "scan waiting").await;
    scan_and_confirm(&server, "amara").await;
    desk.wait_for_text("Pick this number").await;
    wrong.extend(inspect_half(&desk, &axe, "scan seen").await);
    let number =
        desk.client.execute("return document.querySelector('[data-number]').textContent", vec![]).await.unwrap();
    let number = number.as_str().unwrap().to_owned();
    let messages = server.get("/_control/phone/messages?person=amara").await;
    let at = messages.find("/confirm/").unwrap_or_else(|| panic!("no link: {messages}"));
    let link: String = messages[at..].chars().take("/confirm/".len() + 43).collect();
    let phone = Browser::start().await;
    phone.client.goto(&format!("{}{link}", server.issuer)).await.unwrap();
    wrong.extend(inspect_half(&phone, &axe, "confirm").await);
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
    let axe = axe();
    let mut wrong = Vec::new();
    let server = Server::start();
    let desk = Browser::start().await;
    set_up(&server, &desk).await;
    for kind in ["wechat_website", "dingtalk", "wecom"] {
        server.command(&["connector", "practice", kind]);
    }
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    for kind in ["wechat-website", "dingtalk", "wecom"] {
        open(&server, &desk, &format!("{kind}-practice")).await;
        desk.wait_for_text("in this window").await;
        desk.picture(&format!("frame-{kind}")).await;
        if kind == "wechat-website" {
            wrong.extend(inspect_half(&desk, &axe, "frame").await);
        }
        scan_and_confirm(&server, "amara").await;
        desk.wait_for_text("asks for access").await;
    }
    assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mini_program_code_is_answered_on_the_phone_s_own_page_and_a_wrong_number_refuses_it() {
    let axe = axe();
    let server = Server::start();
    let (desk, phone) = (Browser::start().await, Browser::start().await);
    set_up(&server, &desk).await;
    server.command(&["connector", "practice", "wechat_mini"]);
    server.command(&["connector", "edit", "wechat-mini-practice", "--registration", "true"]);
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    for right in [false, true] {
        open(&server, &desk, "wechat-mini-practice").await;
        desk.wait_for_text("open the practice phone").await;
        phone.client.goto(&format!("{}/phone/amara", server.practice())).await.unwrap();
        phone.click("form[action$='/scan'] button.main").await;
        phone.click(".message form[action$='/open'] button").await;
        phone.wait_for_text("Which number stands on the screen?").await;
        desk.wait_for_text("Pick this number").await;
        let script = "return document.querySelector('[data-number]').textContent";
        let number = desk.client.execute(script, vec![]).await.unwrap().as_str().unwrap().to_owned();
        let which = if right { format!("[value='{number}']") } else { format!(":not([value='{number}'])") };
        phone.click(&format!("fieldset.numbers button{which}")).await;
        let mut wrong = Vec::new();
        if right {
            phone.wait_for_text("You said yes").await;
            // A mini program tells no name.
            desk.fill("[name=name]", "Amara").await;
            desk.click("button[value=new]").await;
            desk.wait_for_text("Signed in as Amara").await;
        } else {
            phone.wait_for_text("Nobody was signed in").await;
            desk.wait_for_text("It was refused on the phone").await;
            wrong = inspect_half(&desk, &axe, "scan refused").await;
        }
        assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
    }
    phone.stop().await;
    desk.stop().await;
}
