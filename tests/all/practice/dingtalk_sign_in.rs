//! DingTalk's sign-in page (§3.1, §3.2; §14, 2 and 3).

use http::StatusCode;
use serde_json::json;

use super::dingtalk::{AUTH, CLIENT, asking, control};
use super::site::{CALLBACK, Reply, Site, encode};

async fn open(site: &Site, query: &[(&str, &str)]) -> Reply {
    site.get(&format!("{AUTH}?{}", encode(query)), &[]).await
}

#[tokio::test]
async fn the_page_shows_people_and_a_code_to_scan_in_both_languages() {
    let site = Site::new();
    let page = open(&site, &asking("openid", &[])).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["value=\"xiaoman\"", "<svg", "nothing here is real", "Sign in with DingTalk"] {
        assert!(page.body.contains(part), "{part}");
    }
    let path = format!("{AUTH}?{}", encode(&asking("openid", &[])));
    let page = site.get(&path, &[("accept-language", "zh-CN")]).await;
    assert!(page.body.contains("用钉钉登录") && page.body.contains("练习平台"));
}

#[tokio::test]
async fn what_is_wrong_is_said_on_a_page_and_never_redirected() {
    let site = Site::new();
    for (name, value) in [
        ("client_id", "nobody"),
        ("redirect_uri", "https://evil.example/"),
        ("response_type", "token"),
        ("scope", "openid,corpid"),
        ("scope", "openid profile"),
        ("scope", "corpid"),
        ("prompt", "none"),
        ("prompt", ""),
    ] {
        let page = open(&site, &asking("openid", &[(name, value)])).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{name}={value}");
        assert_eq!(page.header("location"), "");
    }
    let mut twice = asking("openid", &[]);
    twice.push(("state", "s2"));
    assert_eq!(open(&site, &twice).await.status, StatusCode::BAD_REQUEST);
    control(&site, "PATCH", &format!("apps/{CLIENT}"), json!({"published": false})).await;
    let page = open(&site, &asking("openid", &[])).await;
    assert!(page.status == StatusCode::BAD_REQUEST && page.body.contains("appNotPublished"));
}

#[tokio::test]
async fn the_registered_address_must_be_hit_exactly() {
    let site = Site::new();
    let client = json!({
        "platform": "dingtalk", "client_id": "dingexact", "client_secret": "s", "name": "Exact",
        "redirect_uris": ["http://localhost:5173/callback"],
    });
    assert_eq!(site.json("POST", "/_control/clients", client).await.status, StatusCode::CREATED);
    for (uri, status) in [
        ("http://localhost:5173/callback", StatusCode::OK),
        ("http://localhost:5173/callback/", StatusCode::BAD_REQUEST),
        ("http://localhost:5173/callback?x=1", StatusCode::BAD_REQUEST),
        ("http://localhost:5174/callback", StatusCode::BAD_REQUEST),
    ] {
        let page = open(&site, &asking("openid", &[("client_id", "dingexact"), ("redirect_uri", uri)])).await;
        assert_eq!(page.status, status, "{uri}");
    }
}

#[tokio::test]
async fn the_callback_has_auth_code_and_code_and_the_very_state() {
    let site = Site::new();
    let state = "a/b ü+%&=~";
    let reply = site.allow(AUTH, &asking("openid", &[("state", state)]), "xiaoman").await;
    assert_eq!(reply.status, StatusCode::FOUND);
    assert!(reply.header("location").starts_with(CALLBACK));
    assert_eq!(reply.sent("authCode"), reply.sent("code"));
    assert_eq!(reply.sent("state").unwrap(), state);
    let without = site.allow(AUTH, &asking("openid", &[("state", "")]), "xiaoman").await;
    assert_eq!(without.sent("state"), None);
    for (switch, code, auth_code) in [
        ("auth_code_only", false, true),
        ("code_only", true, false),
        ("codes_differ", true, true),
        ("no_code", false, false),
    ] {
        site.switch("dingtalk", &[switch]).await;
        let reply = site.allow(AUTH, &asking("openid", &[]), "xiaoman").await;
        let (found, auth) = (reply.sent("code"), reply.sent("authCode"));
        assert_eq!((found.is_some(), auth.is_some()), (code, auth_code), "{switch}");
        assert!(switch != "codes_differ" || found != auth);
    }
}

#[tokio::test]
async fn refusing_comes_back_with_an_error_and_the_state() {
    let site = Site::new();
    let path = format!("{AUTH}?{}", encode(&asking("openid", &[])));
    let reply = site.post(&path, &[("choice", "deny")], &[]).await;
    assert_eq!((reply.sent("error").unwrap().as_str(), reply.sent("state").unwrap().as_str()), ("access_denied", "s1"));
    assert!(reply.sent("authCode").is_none() && reply.sent("code").is_none());
    site.switch("dingtalk", &["auto_deny"]).await;
    assert!(open(&site, &asking("openid", &[])).await.sent("error").is_some());
}

#[tokio::test]
async fn a_foreign_page_can_not_press_allow() {
    let site = Site::new();
    let path = format!("{AUTH}?{}", encode(&asking("openid", &[])));
    let reply = site.post(&path, &[("person", "amara")], &[("origin", "https://evil.example")]).await;
    assert_eq!(reply.status, StatusCode::OK, "the page is shown, no code is given");
}

#[tokio::test]
async fn with_corpid_a_company_is_picked_among_ones_own() {
    let site = Site::new();
    let path = format!("{AUTH}?{}", encode(&asking("openid corpid", &[])));
    let page = site.post(&path, &[("person", "xiaoman")], &[]).await;
    assert!(page.status == StatusCode::OK && page.body.contains("value=\"dingpractice\""));
    assert!(!page.body.contains("value=\"dingother\""));
    let reply = site.post(&path, &[("person", "xiaoman"), ("corp", "dingpractice")], &[]).await;
    assert!(reply.sent("authCode").is_some());
    let foreign = site.post(&path, &[("person", "xiaoman"), ("corp", "dingother")], &[]).await;
    assert_eq!(foreign.status, StatusCode::BAD_REQUEST);
    control(&site, "PUT", "companies/dingother/members/u1", json!({"person": "xiaoman"})).await;
    let page = site.post(&path, &[("person", "xiaoman")], &[]).await;
    assert!(page.body.contains("value=\"dingother\""), "somebody can be in two companies");
}

#[tokio::test]
async fn corp_id_preselects_and_management_leaves_managers_only() {
    let site = Site::new();
    let picked = asking("openid corpid", &[("corpId", "dingpractice")]);
    assert_eq!(site.allow(AUTH, &picked, "xiaoman").await.status, StatusCode::FOUND);
    assert_eq!(site.allow(AUTH, &picked, "fox").await.status, StatusCode::BAD_REQUEST, "not in that company");
    let managed = asking("openid corpid", &[("org_type", "management")]);
    assert_eq!(site.allow(AUTH, &managed, "xiaoman").await.status, StatusCode::BAD_REQUEST);
    let page = site.allow(AUTH, &managed, "amara").await;
    assert!(page.status == StatusCode::OK && page.body.contains("dingpractice"));
}

#[tokio::test]
async fn anybody_with_dingtalk_signs_in_unless_the_platform_minds() {
    let site = Site::new();
    assert_eq!(site.allow(AUTH, &asking("openid", &[]), "fox").await.status, StatusCode::FOUND);
    site.switch("dingtalk", &["members_only"]).await;
    assert_eq!(site.allow(AUTH, &asking("openid", &[]), "fox").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(site.allow(AUTH, &asking("openid", &[]), "xiaoman").await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn an_enterprise_account_types_its_companys_code() {
    let site = Site::new();
    let query = asking("openid", &[("exclusiveLogin", "true")]);
    let path = format!("{AUTH}?{}", encode(&query));
    let page = site.get(&path, &[]).await;
    assert!(page.body.contains("name=\"org_code\"") && !page.body.contains("value=\"xiaoman\""));
    let page = site.post(&path, &[("org_code", "WRONG000")], &[]).await;
    assert!(page.body.contains("role=\"alert\""));
    let page = site.post(&path, &[("org_code", "hufu2026")], &[]).await;
    assert!(page.body.contains("value=\"xiaoman\"") && !page.body.contains("value=\"fox\""), "its own people only");
    let reply = site.post(&path, &[("org_code", "HUFU2026"), ("person", "xiaoman")], &[]).await;
    assert_eq!(reply.status, StatusCode::FOUND);
    let straight = asking("openid", &[("exclusiveLogin", "true"), ("exclusiveCorpId", "dingpractice")]);
    assert!(open(&site, &straight).await.body.contains("value=\"xiaoman\""));
}
