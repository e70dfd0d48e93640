//! Inside WeChat, WeChat Work and DingTalk: the platform comes first there, and asks nothing it need not ask.

use serde_json::{Value, json};

use super::browser::Browser;
use super::journey::set_up;
use super::looks::{axe, inspect_half};
use super::server::Server;

const WECHAT: [&str; 2] = [
    "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 XWEB/1260183 \
     MicroMessenger/8.0.59.2600(0x28003B3A) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 \
     MicroMessenger/8.0.59(0x18003b2e) NetType/WIFI Language/zh_CN",
];
const WECOM: [&str; 2] = [
    "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 wxwork/4.1.28 \
     MicroMessenger/7.0.1 NetType/WIFI Language/zh",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 \
     wxwork/4.1.28 MicroMessenger/7.0.1 Language/zh",
];
const DINGTALK: [&str; 2] = [
    "Mozilla/5.0 (Linux; U; Android 14; zh-CN) AppleWebKit/537.36 Version/4.0 Chrome/100.0 Mobile Safari/537.36 \
     AliApp(DingTalk/7.6.10) com.alibaba.android.rimet/41000000 language/zh-CN",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 \
     AliApp(DingTalk/7.6.10) com.laiwang.DingTalk/41000000 language/zh-Hans-CN",
];

/// Goes to the sign-in page in the browser of an application on a phone that nobody has used yet.
async fn open(server: &Server, phone: &Browser, agent: &str) {
    phone.devtools("Network.clearBrowserCookies", json!({})).await;
    again(server, phone, agent).await;
}

/// Once more, with what the platform remembers; we have forgotten everything.
async fn again(server: &Server, phone: &Browser, agent: &str) {
    phone.client.delete_all_cookies().await.unwrap();
    phone.devtools("Emulation.setUserAgentOverride", json!({ "userAgent": agent })).await;
    phone.client.goto(&format!("{}/demo/sign-in", server.issuer)).await.unwrap();
}

/// Whoever is called so on the practice platform's page.
async fn pick(phone: &Browser, key: &str) {
    phone.wait_for_text("Practice platform").await;
    phone.click(&format!("button[name=person][value='{key}']")).await;
}

async fn allow(phone: &Browser) {
    phone.wait_for_text("asks for access").await;
    phone.click("button[value=allow]").await;
    phone.wait_for_text("You signed in").await;
}

async fn practice(server: &Server, kind: &str) {
    server.command(&["connector", "practice", kind]);
    // The running server sees another process's change within half a second.
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inside_wechat_one_tap_signs_up_and_from_then_on_nothing_is_asked() {
    let server = Server::start();
    let phone = Browser::start().await;
    set_up(&server, &phone).await;
    practice(&server, "wechat_official").await;
    for (agent, person) in WECHAT.into_iter().zip(["amara", "fox"]) {
        open(&server, &phone, agent).await;
        // The silent try: WeChat says who it is, nobody here is known by that, and nobody is made of it.
        pick(&phone, person).await;
        phone.wait_for_text("Continue with WeChat official account").await;
        phone.click("button[form='with-wechat-official-practice']").await;
        pick(&phone, person).await;
        allow(&phone).await;
        // Next time there is no page of ours to press anything on.
        again(&server, &phone, agent).await;
        allow(&phone).await;
    }
    phone.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_inside_wechat_signs_nobody_in_and_says_what_to_tap() {
    let server = Server::start();
    let phone = Browser::start().await;
    set_up(&server, &phone).await;
    practice(&server, "wechat_official").await;
    server.put("/_control/switches/wechat", &json!({ "on": ["snapshot"] })).await;
    let axe = axe();
    let mut wrong = Vec::new();
    for (agent, name) in WECHAT.into_iter().zip(["preview on Android", "preview on iOS"]) {
        open(&server, &phone, agent).await;
        pick(&phone, "amara").await;
        phone.click("button[form='with-wechat-official-practice']").await;
        phone.wait_for_text("only showing a preview").await;
        wrong.extend(inspect_half(&phone, &axe, name).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let people = server.command(&["user", "list"]);
    assert_eq!(people.lines().count(), 1 + 1, "only the administrator: {people}");
    phone.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inside_wechat_work_a_member_signs_in_by_one_tap_and_then_by_none() {
    let server = Server::start();
    let phone = Browser::start().await;
    set_up(&server, &phone).await;
    practice(&server, "wecom").await;
    for (agent, person) in WECOM.into_iter().zip(["amara", "xiaoman"]) {
        open(&server, &phone, agent).await;
        pick(&phone, person).await;
        // Without a tap nobody is made.
        phone.wait_for_text("Continue with WeChat Work").await;
        phone.click("button[form='with-wecom-practice']").await;
        allow(&phone).await;
        again(&server, &phone, agent).await;
        allow(&phone).await;
    }
    phone.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inside_dingtalk_the_page_gets_a_code_by_itself_on_both_kinds_of_phone() {
    let server = Server::start();
    let phone = Browser::start().await;
    set_up(&server, &phone).await;
    practice(&server, "dingtalk").await;
    for agent in DINGTALK {
        let wanted = json!({ "kind": "in_app", "person": "amara" });
        let minted: Value = serde_json::from_str(&server.post("/_control/dingtalk/codes", &wanted).await).unwrap();
        let code = minted["code"].as_str().unwrap();
        let bridge = phone.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": bridge(code) })).await;
        open(&server, &phone, agent).await;
        phone.wait_for_text("Continue with DingTalk").await;
        phone.click("button[form='with-dingtalk-practice']").await;
        allow(&phone).await;
        phone.devtools("Page.removeScriptToEvaluateOnNewDocument", bridge).await;
    }
    let people = server.command(&["user", "list"]);
    assert_eq!(people.lines().count(), 1 + 1 + 1, "the administrator and one person: {people}");
    phone.stop().await;
}

/// What DingTalk puts into its pages: one bridge on Android, another on iOS (upstreams/dingtalk.md §5).
fn bridge(code: &str) -> String {
    format!(
        "window.nuva = {{ isReady: true, require: () => (success) => success({{ code: '{code}' }}) }};
         window.WebViewJavascriptBridge = {{ registerHandler() {{}}, init() {{}},
           callHandler(name, args, done) {{ done({{ errorCode: '0', result: {{ code: '{code}' }} }}) }} }};"
    )
}
