//! The page in a frame, and the code that a phone scans (§3.5; §14, 2).

use http::StatusCode;
use serde_json::json;

use super::dingtalk::{AUTH, asking, exchange};
use super::site::{CALLBACK, Reply, Site, encode};

fn path(query: &[(&str, &str)]) -> String {
    format!("{AUTH}?{}", encode(query))
}

/// The value of an attribute or of a hidden field on a page.
fn after(page: &Reply, front: &str) -> String {
    let rest = page.body.split_once(front).unwrap_or_else(|| panic!("no {front}: {}", page.body)).1;
    rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&")
}

#[tokio::test]
async fn the_frame_tells_the_page_around_it_where_to_go() {
    let site = Site::new();
    let query = asking("openid", &[("iframe", "true")]);
    let page = site.get(&path(&query), &[]).await;
    assert!(page.header("content-security-policy").ends_with("frame-ancestors http://localhost:8080"));
    let done = site.post(&path(&query), &[("person", "xiaoman")], &[]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::OK, ""), "no redirect within the frame");
    assert_eq!(after(&done, "data-to=\""), "http://localhost:8080", "heard by the redirect URI's origin only");
    let redirect = url::Url::parse(&after(&done, "data-redirect=\"")).unwrap();
    assert!(redirect.as_str().starts_with(CALLBACK));
    let code = redirect.query_pairs().find(|(name, _)| name == "authCode").unwrap().1.into_owned();
    let token = site.json("POST", "/api.dingtalk.com/v1.0/oauth2/userAccessToken", exchange(&code)).await;
    assert_eq!(token.status, StatusCode::OK);
    let denied = site.post(&path(&query), &[("choice", "deny")], &[]).await;
    assert!(after(&denied, "data-redirect=\"").contains("error=access_denied"));
    let script = site.get("/practice-dingtalk.js", &[]).await.body;
    assert!(script.contains("parent.postMessage({ success: true, redirectUrl:"), "{script}");
}

#[tokio::test]
async fn a_frame_demands_what_the_documents_demand() {
    let site = Site::new();
    for (scope, more, status) in [
        ("openid corpid", vec![], StatusCode::BAD_REQUEST),
        ("openid corpid", vec![("corpId", "dingpractice")], StatusCode::BAD_REQUEST),
        ("openid corpid", vec![("corpId", "dingpractice"), ("org_type", "management")], StatusCode::OK),
        ("openid", vec![("exclusiveLogin", "true")], StatusCode::BAD_REQUEST),
        ("openid", vec![("exclusiveLogin", "true"), ("exclusiveCorpId", "dingpractice")], StatusCode::OK),
    ] {
        let mut query = asking(scope, &more);
        query.push(("iframe", "true"));
        assert_eq!(site.get(&path(&query), &[]).await.status, status, "{scope} {more:?}");
    }
}

#[tokio::test]
async fn without_a_frame_nobody_may_frame_the_page() {
    let site = Site::new();
    let page = site.get(&path(&asking("openid", &[])), &[]).await;
    assert!(page.header("content-security-policy").ends_with("frame-ancestors 'none'"));
}

async fn phone(site: &Site, scan: &str, act: &str) {
    let path = format!("/_control/phone/scans/{scan}/{act}");
    let reply = site.json("POST", &path, json!({"person": "amara"})).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.body);
}

async fn state(site: &Site, scan: &str) -> serde_json::Value {
    site.get(&format!("/login.dingtalk.com/oauth2/scan/{scan}"), &[]).await.json()["is"].clone()
}

#[tokio::test]
async fn a_phone_scans_and_confirms_and_the_page_goes_on() {
    let site = Site::new();
    let path = path(&asking("openid", &[]));
    let scan = after(&site.get(&path, &[]).await, "name=\"scan\" value=\"");
    let waiting = site.get("/_control/phone/scans?platform=dingtalk", &[]).await.json();
    assert_eq!((&waiting[0]["id"], &waiting[0]["client_name"]), (&json!(scan), &json!("Hufu")));
    let early = site.post(&path, &[("scan", &scan)], &[]).await;
    assert_eq!((early.status, after(&early, "name=\"scan\" value=\"")), (StatusCode::OK, scan.clone()));
    assert_eq!(state(&site, &scan).await, "waiting");
    phone(&site, &scan, "scan").await;
    assert_eq!(state(&site, &scan).await, "scanned");
    phone(&site, &scan, "confirm").await;
    assert_eq!(state(&site, &scan).await, "confirmed");
    let reply = site.post(&path, &[("scan", &scan)], &[]).await;
    assert_eq!(reply.status, StatusCode::FOUND);
    assert!(reply.sent("authCode").is_some());
}

#[tokio::test]
async fn a_phone_refuses_or_comes_too_late_or_belongs_to_another_request() {
    let site = Site::new();
    let path = path(&asking("openid", &[]));
    let scan = after(&site.get(&path, &[]).await, "name=\"scan\" value=\"");
    phone(&site, &scan, "scan").await;
    phone(&site, &scan, "refuse").await;
    assert_eq!(site.post(&path, &[("scan", &scan)], &[]).await.sent("error").unwrap(), "access_denied");
    let late = after(&site.get(&path, &[]).await, "name=\"scan\" value=\"");
    phone(&site, &late, "scan").await;
    phone(&site, &late, "confirm").await;
    site.clock.advance(300);
    assert_eq!(state(&site, &late).await, "expired");
    assert_eq!(site.post(&path, &[("scan", &late)], &[]).await.status, StatusCode::OK, "a new code is shown");
    assert_eq!(state(&site, "made-up").await, "unknown");
}
