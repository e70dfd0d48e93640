//! `/connect/qrconnect`: its checks, the poll, and the way back.

use serde_json::{Value, json};

use super::super::site::{CALLBACK, Reply, Site, encode};
use super::{OFFICIAL, WEBSITE, redeem, set_app};

const PAGE: &str = "/open.weixin.qq.com/connect/qrconnect";

fn query<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("appid", WEBSITE),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "snsapi_login"),
        ("state", "s1"),
    ]
}

fn change<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    query().into_iter().map(|pair| if pair.0 == name { (name, value) } else { pair }).collect()
}

async fn open(site: &Site, pairs: &[(&str, &str)]) -> Reply {
    site.get(&format!("{PAGE}?{}", encode(pairs)), &[]).await
}

/// The uuid of the picture on a page.
fn uuid(page: &Reply) -> String {
    let (_, rest) = page.body.split_once("/connect/qrcode/").unwrap_or_else(|| panic!("{}", page.body));
    rest.split('"').next().unwrap().to_owned()
}

/// A page whose poll answers at once.
async fn shown(pairs: &[(&str, &str)]) -> (Site, String, Reply) {
    let site = Site::new();
    site.json("PUT", "/_control/wechat/settings", json!({"poll_milliseconds": 0})).await;
    let page = open(&site, pairs).await;
    let uuid = uuid(&page);
    (site, uuid, page)
}

async fn poll(site: &Site, uuid: &str, last: &str) -> String {
    let reply = site.get(&format!("/lp.open.weixin.qq.com/connect/l/qrconnect?uuid={uuid}{last}&_=1"), &[]).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "text/javascript"));
    reply.body
}

async fn act(site: &Site, uuid: &str, person: &str, act: &str) -> u16 {
    let path = format!("/_control/phone/scans/{uuid}/{act}");
    site.json("POST", &path, json!({"person": person})).await.status.as_u16()
}

fn code_in(script: &str) -> String {
    script.split('\'').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn wrong_parameters_are_an_error_page_and_no_redirect() {
    let site = Site::new();
    for (pairs, words) in [
        (change("appid", "wx0000000000000000"), "AppID 参数错误"),
        (change("appid", OFFICIAL), "Scope 参数错误或没有 Scope 权限"),
        (change("scope", "snsapi_userinfo"), "Scope 参数错误或没有 Scope 权限"),
        (change("redirect_uri", "https://evil.example/"), "redirect_uri 参数错误"),
        (change("response_type", "token"), "该链接无法访问"),
    ] {
        let page = open(&site, &pairs).await;
        assert_eq!((page.status.as_u16(), page.header("location")), (200, ""));
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let mut by_script: Vec<_> = query().into_iter().filter(|pair| pair.0 != "response_type").collect();
    assert!(open(&site, &by_script).await.body.contains("该链接无法访问"));
    by_script.push(("login_type", "jssdk"));
    uuid(&open(&site, &by_script).await);
}

#[tokio::test]
async fn the_callback_domain_is_one_bare_host_without_a_port() {
    let site = Site::new();
    set_app(&site, WEBSITE, json!({"any_path": false, "redirect_uris": ["www.example.com"]})).await;
    for address in ["https://www.example.com/any/path?x=1", "http://www.example.com"] {
        uuid(&open(&site, &change("redirect_uri", address)).await);
    }
    for address in [
        "https://example.com/",
        "https://a.www.example.com/",
        "https://www.example.com:8443/",
        "ftp://www.example.com/",
    ] {
        let page = open(&site, &change("redirect_uri", address)).await;
        assert!(page.body.contains("redirect_uri 参数错误"), "{address}");
    }
}

#[tokio::test]
async fn the_page_shows_a_picture_whose_text_names_the_visit() {
    let (site, uuid, page) = shown(&query()).await;
    assert!(page.body.contains("qrcode lightBorder"), "{}", page.body);
    let picture = site.get(&format!("/open.weixin.qq.com/connect/qrcode/{uuid}"), &[]).await;
    assert_eq!(picture.header("content-type"), "image/jpeg");
    assert_eq!(site.get("/open.weixin.qq.com/connect/qrcode/unknown", &[]).await.status, 404);
    let scan = site.get("/_control/phone/scans", &[]).await.json()[0].clone();
    assert_eq!(scan["content"], format!("https://open.weixin.qq.com/connect/confirm?uuid={uuid}"));
}

#[tokio::test]
async fn scanning_and_confirming_show_in_the_poll() {
    let (site, uuid, _) = shown(&query()).await;
    assert_eq!(poll(&site, &uuid, "").await, "window.wx_errcode=408;window.wx_code='';");
    assert_eq!(act(&site, &uuid, "amara", "confirm").await, 409, "not scanned yet");
    assert_eq!(act(&site, &uuid, "amara", "scan").await, 204);
    assert_eq!(poll(&site, &uuid, "").await, "window.wx_errcode=404;window.wx_code='';");
    assert_eq!(poll(&site, &uuid, "&last=404").await, "window.wx_errcode=408;window.wx_code='';");
    assert_eq!(act(&site, &uuid, "xiaoman", "scan").await, 409, "somebody else has it in hand");
    assert_eq!(act(&site, &uuid, "xiaoman", "confirm").await, 409);
    assert_eq!(act(&site, &uuid, "amara", "confirm").await, 204);
    let confirmed = poll(&site, &uuid, "&last=404").await;
    assert!(confirmed.starts_with("window.wx_errcode=405;window.wx_code='0"), "{confirmed}");
    assert_eq!(poll(&site, &uuid, "").await, confirmed, "the same code again");
    let answer = redeem(&site, WEBSITE, &code_in(&confirmed)).await.json();
    assert_eq!(answer["openid"], super::known_as(&site, WEBSITE, "amara").await["openid"]);
}

#[tokio::test]
async fn refusing_and_expiring_show_in_the_poll() {
    let (site, refused, _) = shown(&query()).await;
    act(&site, &refused, "amara", "scan").await;
    assert_eq!(act(&site, &refused, "amara", "refuse").await, 204);
    assert_eq!(poll(&site, &refused, "").await, "window.wx_errcode=403;window.wx_code='';");
    let late = uuid(&open(&site, &query()).await);
    site.clock.advance(300);
    assert_eq!(poll(&site, &late, "").await, "window.wx_errcode=402;window.wx_code='';");
    assert_eq!(act(&site, &late, "amara", "scan").await, 410);
    assert_eq!(poll(&site, "unknown", "").await, "window.wx_errcode=500;window.wx_code='';");
}

#[tokio::test]
async fn the_poll_is_held_until_something_happens() {
    let (site, uuid, _) = shown(&query()).await;
    site.json("PUT", "/_control/wechat/settings", json!({"poll_milliseconds": 5_000})).await;
    let held = poll(&site, &uuid, "");
    let scanned = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        act(&site, &uuid, "amara", "scan").await
    };
    let before = tokio::time::Instant::now();
    let (answer, _) = tokio::join!(held, scanned);
    assert!(answer.contains("=404;"), "{answer}");
    assert!(before.elapsed() >= std::time::Duration::from_millis(100));
}

/// The way back that the page carries, its code put in.
fn way_back(page: &Reply) -> String {
    let (_, rest) = page.body.split_once("data-to=\"").unwrap();
    rest.split('"').next().unwrap().replace("&#38;", "&").replace("WXCODE", "c1")
}

#[tokio::test]
async fn code_and_state_are_appended_with_and_without_a_query() {
    let (_, _, page) = shown(&query()).await;
    assert_eq!(way_back(&page), format!("{CALLBACK}?code=c1&state=s1"));
    let with_query = format!("{CALLBACK}?a=b");
    let (_, _, page) = shown(&change("redirect_uri", &with_query)).await;
    assert_eq!(way_back(&page), format!("{CALLBACK}?a=b&code=c1&state=s1"));
    let (_, _, page) = shown(&query()[..4]).await;
    assert_eq!(way_back(&page), format!("{CALLBACK}?code=c1"));
}

#[tokio::test]
async fn fast_login_has_its_fault_with_fragments() {
    let site = Site::new();
    set_app(&site, WEBSITE, json!({"any_path": false, "redirect_uris": ["www.example.com"]})).await;
    let pairs = change("redirect_uri", "https://www.example.com/app#/home");
    let fast = async |person: &str| {
        let uuid = uuid(&open(&site, &pairs).await);
        let path = format!("/open.weixin.qq.com/connect/fast?uuid={uuid}");
        site.post(&path, &[("person", person)], &[]).await.header("location").to_owned()
    };
    assert!(fast("amara").await.starts_with("https://www.example.com/app#/home?code=0"), "as after a scan");
    site.switch("wechat", &["fast_login_hash_bug"]).await;
    let location = fast("amara").await;
    assert!(location.starts_with("https://www.example.com/app?code=0") && location.ends_with("&state=s1#/home"));
}

#[tokio::test]
async fn fast_login_needs_ones_own_page_and_can_be_turned_off() {
    let (site, uuid, page) = shown(&query()).await;
    assert!(page.body.contains("/connect/fast?uuid="));
    let path = format!("/open.weixin.qq.com/connect/fast?uuid={uuid}");
    let foreign = site.post(&path, &[("person", "amara")], &[("origin", "https://evil.example")]).await;
    assert_eq!(foreign.status, 200, "no code for a foreign page");
    let mut off = query();
    off.extend([("stylelite", "1"), ("fast_login", "0")]);
    assert!(!open(&site, &off).await.body.contains("/connect/fast?uuid="));
}

#[tokio::test]
async fn refusing_sends_the_state_back_only_where_switched_so() {
    let (site, _, page) = shown(&query()).await;
    assert!(page.body.contains("data-cancelled=\"\""));
    site.switch("wechat", &["cancel_redirects"]).await;
    let page = open(&site, &query()).await;
    assert!(page.body.contains(&format!("data-cancelled=\"{CALLBACK}?state=s1\"")), "{}", page.body);
}

#[tokio::test]
async fn the_page_can_be_framed_and_styled() {
    let mut pairs = query();
    pairs.extend([("self_redirect", "true"), ("style", "white"), ("href", "data:text/css;base64,Ym9keXt9")]);
    let (_, _, page) = shown(&pairs).await;
    assert!(page.body.contains("data-self=\"true\"") && page.body.contains("impowerBox white"));
    assert!(page.body.contains("href=\"data:text/css;base64,Ym9keXt9\""));
    let policy = page.header("content-security-policy");
    assert!(!policy.contains("frame-ancestors") && policy.contains("style-src 'self' data:"), "{policy}");
    assert_eq!(page.header("x-frame-options"), "");
    let (_, _, plain) = shown(&query()).await;
    assert!(plain.body.contains("data-self=\"false\"") && !plain.body.contains("impowerBox white"));
    pairs.push(("stylelite", "1"));
    let (_, _, lite) = shown(&pairs).await;
    assert!(!lite.body.contains("data:text/css"), "stylelite ignores href");
}

#[tokio::test]
async fn without_script_the_page_leads_on_by_itself() {
    let (site, uuid, page) = shown(&query()).await;
    assert!(page.body.contains(&format!("content=\"4;url=/open.weixin.qq.com/connect/wait?uuid={uuid}\"")));
    let wait = format!("/open.weixin.qq.com/connect/wait?uuid={uuid}");
    assert_eq!(site.get(&wait, &[]).await.status, 200);
    act(&site, &uuid, "amara", "scan").await;
    assert!(site.get(&wait, &[]).await.body.contains("data-state=\"scanned\""));
    act(&site, &uuid, "amara", "confirm").await;
    let back = site.get(&wait, &[]).await;
    assert_eq!(back.sent("state").as_deref(), Some("s1"));
    let answer: Value = redeem(&site, WEBSITE, &back.sent("code").unwrap()).await.json();
    assert!(answer["openid"].is_string());
}
