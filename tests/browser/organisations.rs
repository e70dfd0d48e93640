//! Somebody in several organisations, and in none that would do: the pages they see, and the way on by keyboard.

use serde_json::Value;

use super::browser::Browser;
use super::journey::{ADMINISTRATOR, set_up};
use super::looks::{axe, inspect};
use super::server::Server;

/// Names as companies have them, and as somebody who means harm would.
const NAMES: [&str; 4] = [
    "例子（上海）网络科技有限公司",
    "<script>alert(1)</script> & Söhne",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Example Ltd",
];

fn made(server: &Server, name: &str) -> String {
    let org: Value = serde_json::from_str(&server.command(&["org", "add", "--name", name, "--json"])).unwrap();
    let id = org["id"].as_str().unwrap().to_owned();
    server.command(&["org", "add-member", &id, ADMINISTRATOR.1]);
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chooser_and_the_page_for_outsiders_stand_in_every_look_and_lead_on() {
    let axe = axe();
    let server = Server::start();
    let browser = Browser::start().await;
    set_up(&server, &browser).await;
    let ids: Vec<String> = NAMES.iter().map(|name| made(&server, name)).collect();
    // A picture on one of them.
    let dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
    let logo =
        server.write("logo.png", &base64::Engine::decode(&base64::engine::general_purpose::STANDARD, dot).unwrap());
    server.command(&["org", "set", &ids[3], "--logo", &logo]);
    let mut edit = vec!["app", "edit", "demo"];
    for id in &ids {
        edit.extend(["--organisation", id]);
    }
    server.command(&edit);
    // Half a second until the server has heard of what the command line changed.
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    let sign_in = format!("{}/demo/sign-in", server.issuer);
    browser.client.goto(&sign_in).await.unwrap();
    browser.wait_for_text("Go on in which organisation?").await;
    let mut wrong = inspect(&browser, &axe, "organisations").await;
    let text = browser.text().await;
    for name in NAMES {
        assert!(text.contains(name), "{name} is text: {text}");
    }
    browser.click(&format!("button[name=organisation][value='{}']", ids[0])).await;
    browser.wait_for_text("asks for access").await;
    assert!(browser.text().await.contains(NAMES[0]), "the consent page says in which");
    browser.click("button[value=allow]").await;
    browser.wait_for_text("You signed in").await;

    for id in &ids {
        server.command(&["org", "remove-member", id, ADMINISTRATOR.1]);
    }
    browser.client.goto(&sign_in).await.unwrap();
    browser.wait_for_text("No organisation of yours fits").await;
    wrong.extend(inspect(&browser, &axe, "no organisation").await);
    browser.click("button[value=other]").await;
    browser.wait_for_text("Sign in").await;
    assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
    browser.stop().await;
}
