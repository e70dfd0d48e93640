//! `/connect/oauth2/authorize`: only inside WeChat, and its error pages.

use std::time::Duration;

use serde_json::json;

use super::super::site::{CALLBACK, Reply, Site, encode};
use super::{MINI, OFFICIAL, PHONE_AGENT, WEBSITE, authorize, does, redeem, set_app};
use crate::support::upstream::{Reply as Answer, Upstream};

const PAGE: &str = "/open.weixin.qq.com/connect/oauth2/authorize";

async fn open(site: &Site, path: &str) -> Reply {
    site.get(path, &[("user-agent", PHONE_AGENT)]).await
}

fn query<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("appid", OFFICIAL),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "snsapi_base"),
        ("state", "s1"),
    ]
}

async fn with(site: &Site, pairs: &[(&str, &str)]) -> Reply {
    open(site, &format!("{PAGE}?{}", encode(pairs))).await
}

/// The page says so, with status 200 and without sending the browser anywhere.
async fn says(site: &Site, pairs: &[(&str, &str)], words: &str) {
    let page = with(site, pairs).await;
    assert_eq!((page.status.as_u16(), page.header("location")), (200, ""), "{words}");
    assert!(page.body.contains(words), "{words}: {}", page.body);
}

#[tokio::test]
async fn outside_of_wechat_the_page_only_says_so() {
    let site = Site::new();
    for agent in ["Mozilla/5.0 (X11; Linux x86_64) Chrome/140", ""] {
        let page = site.get(&authorize("snsapi_base", "s1"), &[("user-agent", agent)]).await;
        assert!(page.body.contains("请在微信客户端打开链接") && page.header("location").is_empty());
    }
    let desktop = "Mozilla/5.0 MICROMESSENGER/7.0.20.1781(0x6700143B) WindowsWechat";
    let page = site.get(&authorize("snsapi_base", "s1"), &[("user-agent", desktop)]).await;
    assert!(!page.body.contains("请在微信客户端打开链接"));
}

#[tokio::test]
async fn empty_parameters_have_numbers() {
    let site = Site::new();
    for (name, words) in [("scope", "10010"), ("redirect_uri", "10011"), ("appid", "10012"), ("state", "10013")] {
        let pairs: Vec<_> = query().into_iter().map(|pair| if pair.0 == name { (name, "") } else { pair }).collect();
        says(&site, &pairs, words).await;
    }
}

#[tokio::test]
async fn the_wrong_host_kind_or_scope_has_numbers() {
    let site = Site::new();
    let change = |name: &'static str, value: &'static str| -> Vec<_> {
        query().into_iter().map(|pair| if pair.0 == name { (name, value) } else { pair }).collect()
    };
    says(&site, &change("appid", "wx0000000000000000"), "AppID 参数错误").await;
    says(&site, &change("appid", WEBSITE), "10016").await;
    says(&site, &change("appid", MINI), "10005").await;
    says(&site, &change("scope", "snsapi_login"), "10005").await;
    says(&site, &change("redirect_uri", "https://evil.example/callback"), "10003").await;
    set_app(&site, OFFICIAL, json!({"any_path": false, "redirect_uris": ["login.example.com"]})).await;
    says(&site, &change("redirect_uri", "https://login.example.com:443/x"), "10003").await;
    says(&site, &change("redirect_uri", "https://example.com/x"), "10003").await;
    says(&site, &change("redirect_uri", "https://a.login.example.com/x"), "10003").await;
    let page = with(&site, &change("redirect_uri", "https://login.example.com/any/path")).await;
    assert!(!page.body.contains("10003"));
    set_app(&site, OFFICIAL, json!({"wechat": {"verified": false}})).await;
    says(&site, &query(), "10005").await;
    set_app(&site, OFFICIAL, json!({"wechat": {"verified": true, "banned": true}})).await;
    says(&site, &query(), "10004").await;
}

#[tokio::test]
async fn the_order_of_parameters_is_a_pattern() {
    let site = Site::new();
    let mut swapped = query();
    swapped.swap(1, 3);
    let blank = with(&site, &swapped).await;
    assert_eq!((blank.status.as_u16(), blank.body.as_str()), (200, ""));
    let mut front = query();
    front.insert(0, ("forcePopup", "true"));
    assert_eq!(with(&site, &front).await.body, "");
    let mut behind = query();
    behind.push(("connect_redirect", "1"));
    assert!(!with(&site, &behind).await.body.is_empty());
    let without_state: Vec<_> = query().into_iter().take(4).collect();
    assert!(!with(&site, &without_state).await.body.is_empty());
}

#[tokio::test]
async fn a_state_has_128_bytes_at_most() {
    let site = Site::new();
    let page = open(&site, &authorize("snsapi_base", &"s".repeat(129))).await;
    assert!(page.body.contains("state 参数过长"));
    let fields = [("choice", "allow"), ("person", "amara")];
    let path = authorize("snsapi_base", &"s".repeat(128));
    let reply = site.post(&path, &fields, &[("user-agent", PHONE_AGENT)]).await;
    assert_eq!(reply.sent("state").unwrap().len(), 128);
}

#[tokio::test]
async fn base_is_silent_for_the_phones_owner_and_userinfo_asks() {
    let site = Site::new();
    let headers = [("user-agent", PHONE_AGENT), ("cookie", "a=b; practice_phone=amara")];
    let silent = site.get(&authorize("snsapi_base", "s1"), &headers).await;
    assert_eq!((silent.status.as_u16(), silent.sent("state").as_deref()), (302, Some("s1")));
    let asks = site.get(&authorize("snsapi_userinfo", "s1"), &headers).await;
    assert_eq!(asks.status, 200);
    assert!(asks.body.contains("practice") && asks.body.contains("snsapi_userinfo"));
    set_app(&site, OFFICIAL, json!({"hook": null})).await;
    does(&site, OFFICIAL, "amara", "follow", json!({})).await;
    let cookie = format!("practice_phone=amara; practice_inside=wechat:{OFFICIAL}");
    let path = format!("{}&forcePopup=true", authorize("snsapi_userinfo", "s1"));
    let from_chat = site.get(&path, &[("user-agent", PHONE_AGENT), ("cookie", &cookie)]).await;
    assert_eq!(from_chat.status, 302, "a follower from the account's chat is not asked, forcePopup or not");
}

#[tokio::test]
async fn refusing_sends_authdeny_with_an_empty_state_or_nothing() {
    let site = Site::new();
    let path = authorize("snsapi_userinfo", "s1");
    let reply = site.post(&path, &[("choice", "deny")], &[("user-agent", PHONE_AGENT)]).await;
    assert_eq!(reply.header("location"), format!("{CALLBACK}?state=&code=authdeny&reason="));
    site.switch("wechat", &["silent_deny"]).await;
    let reply = site.post(&path, &[("choice", "deny")], &[("user-agent", PHONE_AGENT)]).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (200, ""));
}

#[tokio::test]
async fn test_accounts_want_followers_and_the_hasty_wait() {
    let site = Site::new();
    set_app(&site, OFFICIAL, json!({"hook": null, "wechat": {"test_account": true}})).await;
    let headers = [("user-agent", PHONE_AGENT), ("cookie", "practice_phone=amara")];
    assert!(site.get(&authorize("snsapi_base", "s1"), &headers).await.body.contains("10006"));
    does(&site, OFFICIAL, "amara", "follow", json!({})).await;
    assert_eq!(site.get(&authorize("snsapi_base", "s1"), &headers).await.status, 302);
    site.switch("wechat", &["too_frequent"]).await;
    says(&site, &query(), "10009").await;
}

#[tokio::test]
async fn the_callback_can_be_called_twice_without_cookies() {
    let site = Site::new();
    let upstream = Upstream::start().await;
    upstream.on("/callback", Answer::text("neutral"));
    let host = format!("{}/callback", upstream.origin());
    set_app(&site, OFFICIAL, json!({"redirect_uris": [upstream.origin()]})).await;
    let pairs: Vec<_> = query()
        .into_iter()
        .map(|pair| if pair.0 == "redirect_uri" { ("redirect_uri", &*host) } else { pair })
        .collect();
    let headers = [("user-agent", PHONE_AGENT), ("cookie", "practice_phone=amara")];
    site.switch("wechat", &["double_callback_before"]).await;
    let reply = site.get(&format!("{PAGE}?{}", encode(&pairs)), &headers).await;
    let seen = upstream.seen("/callback");
    assert_eq!(seen.len(), 1, "it came before the browser");
    assert_eq!(seen[0].parameter("code"), reply.sent("code"));
    assert_eq!((seen[0].parameter("state").as_deref(), seen[0].header("cookie")), (Some("s1"), ""));
    assert!(redeem(&site, OFFICIAL, &reply.sent("code").unwrap()).await.json()["openid"].is_string());

    site.switch("wechat", &["double_callback_after"]).await;
    site.get(&format!("{PAGE}?{}", encode(&pairs)), &headers).await;
    assert_eq!(upstream.seen("/callback").len(), 1, "not yet");
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if upstream.seen("/callback").len() == 2 {
            return;
        }
    }
    panic!("the second call never came");
}
