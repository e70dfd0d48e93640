//! What the tests of the practice DingTalk share, and its two manners of answering (§14, 1 and 14).

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::site::{CALLBACK, Reply, Site};

pub const AUTH: &str = "/login.dingtalk.com/oauth2/auth";
pub const API: &str = "/api.dingtalk.com/v1.0";
pub const OAPI: &str = "/oapi.dingtalk.com";
pub const CLIENT: &str = "practice-dingtalk";
pub const SECRET: &str = "practice-secret";

/// The parameters that every sign-in has.
pub fn asking<'a>(scope: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut query = vec![
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("scope", scope),
        ("prompt", "consent"),
        ("state", "s1"),
    ];
    query.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    query.extend(more);
    query
}

/// A code by way of the page.
pub async fn code_for(site: &Site, person: &str) -> String {
    let reply = site.allow(AUTH, &asking("openid", &[]), person).await;
    assert_eq!(reply.status, StatusCode::FOUND, "{}", reply.body);
    reply.sent("authCode").unwrap()
}

/// A code without a page.
pub async fn minted(site: &Site, wanted: Value) -> String {
    let reply = site.json("POST", "/_control/dingtalk/codes", wanted).await;
    reply.json()["code"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

pub fn exchange(code: &str) -> Value {
    json!({"clientId": CLIENT, "clientSecret": SECRET, "code": code, "grantType": "authorization_code"})
}

/// The token of a person.
pub async fn user_token(site: &Site, person: &str) -> String {
    let code = code_for(site, person).await;
    let reply = site.json("POST", &format!("{API}/oauth2/userAccessToken"), exchange(&code)).await;
    reply.json()["accessToken"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

pub async fn me(site: &Site, token: &str) -> Reply {
    site.get(&format!("{API}/contact/users/me"), &[("x-acs-dingtalk-access-token", token)]).await
}

/// The application's own token.
pub async fn app_token(site: &Site) -> String {
    let reply = site.get(&format!("{OAPI}/gettoken?appkey={CLIENT}&appsecret={SECRET}"), &[]).await;
    reply.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

/// Calls the old interface.
pub async fn old(site: &Site, path: &str, body: Value) -> Value {
    let token = app_token(site).await;
    old_with(site, path, &token, body).await
}

pub async fn old_with(site: &Site, path: &str, token: &str, body: Value) -> Value {
    let reply = site.json("POST", &format!("{OAPI}{path}?access_token={token}"), body).await;
    assert_eq!(reply.status, StatusCode::OK, "the old interface answers 200 always");
    reply.json()
}

pub async fn control(site: &Site, method: &str, path: &str, body: Value) -> Reply {
    let reply = site.json(method, &format!("/_control/dingtalk/{path}"), body).await;
    assert!(reply.status.is_success(), "{path}: {} {}", reply.status, reply.body);
    reply
}

#[tokio::test]
async fn the_old_interface_answers_200_and_the_new_one_a_status_of_its_own() {
    let site = Site::new();
    let old = site.get(&format!("{OAPI}/topapi/user/count?access_token=none"), &[]).await;
    assert_eq!(old.status, StatusCode::OK);
    let body = old.json();
    assert_eq!((&body["errcode"], &body["sub_code"]), (&json!(88), &json!("40014")));
    assert_eq!(body["errmsg"], "ding talk error[subcode=40014,submsg=不合法的access_token]");
    assert!(body["request_id"].is_string());
    let new = me(&site, "none").await;
    assert_eq!(new.status, StatusCode::BAD_REQUEST);
    let body = new.json();
    assert_eq!(body["code"], "InvalidAuthentication");
    assert!(body["requestid"].is_string() && body["message"].is_string());
}

#[tokio::test]
async fn an_unknown_path_of_the_new_interface_answers_200_with_404_inside() {
    let site = Site::new();
    let unknown = site.get(&format!("{API}/nowhere"), &[]).await;
    assert_eq!(unknown.status, StatusCode::OK);
    assert_eq!(unknown.json(), json!({"errcode": 404, "errmsg": "请求的URI地址不存在"}));
    let wrong_method = site.get(&format!("{API}/oauth2/userAccessToken"), &[]).await;
    assert_eq!(wrong_method.json()["errcode"], 404);
    let old = site.get(&format!("{OAPI}/topapi/nowhere"), &[]).await;
    assert_eq!((old.status, &old.json()["errcode"]), (StatusCode::OK, &json!(22)));
}

#[tokio::test]
async fn a_form_is_as_good_as_json_at_the_old_interface_and_no_body_at_the_new_one() {
    let site = Site::new();
    let token = app_token(&site).await;
    let path = format!("{OAPI}/topapi/v2/user/get?access_token={token}");
    let reply = site.post(&path, &[("userid", "0156")], &[]).await;
    assert_eq!(reply.json()["result"]["name"], "Amara Okafor");
    let path = format!("{API}/oauth2/accessToken");
    let reply = site.post(&path, &[("appKey", CLIENT), ("appSecret", SECRET)], &[]).await;
    assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::BAD_REQUEST, &json!("Missingbody")));
    let request = Request::builder().method("POST").uri(&path).body(Body::empty()).unwrap();
    assert_eq!(site.send(request).await.json()["message"], "body is mandatory for this action");
}
