//! The practice company, asked by raw HTTP.

use serde_json::Value;

use super::site::{ISSUER, Reply, Site, encode};

pub const CORP: &str = "wwpractice00000000";
pub const OTHER: &str = "wwpractice00000001";
pub const AGENT: &str = "1000002";
pub const CALLBACK: &str = "http://localhost:8080/callback/wecom";
pub const API: &str = "/qyapi.weixin.qq.com/cgi-bin";

pub async fn token_of(site: &Site, corp: &str, secret: &str) -> Value {
    let query = encode(&[("corpid", corp), ("corpsecret", secret)]);
    let reply = site.get(&format!("{API}/gettoken?{query}"), &[]).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/json; charset=UTF-8"));
    reply.json()
}

/// A token of the application, or of another secret.
pub async fn token(site: &Site, secret: &str) -> String {
    let answer = token_of(site, CORP, secret).await;
    assert_eq!(answer["errcode"], 0, "{answer}");
    answer["access_token"].as_str().unwrap().to_owned()
}

pub async fn app(site: &Site) -> String {
    token(site, "practice-secret").await
}

pub async fn contact(site: &Site) -> String {
    token(site, "practice-secret-contact").await
}

/// A GET of the API; the answer is always 200.
pub async fn get(site: &Site, token: &str, api: &str, query: &[(&str, &str)]) -> Value {
    let mut all = vec![("access_token", token)];
    all.extend_from_slice(query);
    let reply = site.get(&format!("{API}/{api}?{}", encode(&all)), &[]).await;
    assert_eq!(reply.status, 200);
    reply.json()
}

pub async fn post(site: &Site, token: &str, api: &str, body: Value) -> Value {
    let reply = site.json("POST", &format!("{API}/{api}?access_token={token}"), body).await;
    assert_eq!(reply.status, 200);
    reply.json()
}

pub async fn settings(site: &Site, change: Value) {
    let reply = site.json("PATCH", &format!("/_control/wecom/{CORP}"), change).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
}

pub async fn control(site: &Site, method: &str, path: &str, body: Value) -> Reply {
    site.json(method, &format!("/_control/wecom/{CORP}{path}"), body).await
}

pub fn login_path(extra: &[(&str, &str)]) -> String {
    let mut query = vec![("login_type", "CorpApp"), ("appid", CORP), ("agentid", AGENT), ("redirect_uri", CALLBACK)];
    query.retain(|(name, _)| !extra.iter().any(|(known, _)| known == name));
    query.extend_from_slice(extra);
    query.retain(|(_, value)| !value.is_empty());
    format!("/login.work.weixin.qq.com/wwlogin/sso/login?{}", encode(&query))
}

/// Signs somebody in outside the client; the code.
pub async fn web_code(site: &Site, person: &str) -> String {
    let reply = site.post(&login_path(&[("state", "s1")]), &[("choice", "allow"), ("person", person)], &[]).await;
    assert_eq!(reply.status, 302, "{}", reply.body);
    assert_eq!(reply.sent("state").as_deref(), Some("s1"));
    reply.sent("code").unwrap()
}

pub async fn user_info(site: &Site, token: &str, code: &str) -> Value {
    get(site, token, "auth/getuserinfo", &[("code", code)]).await
}

/// Somebody with a name of the platform's own choosing, employed by the company.
pub async fn hire(site: &Site, userid: &str, member: Value) {
    let reply = control(site, "PUT", &format!("/members/{userid}"), member).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
}

pub fn issuer_host() -> &'static str {
    ISSUER.split("://").nth(1).unwrap()
}

pub fn errcode(answer: &Value) -> i64 {
    answer["errcode"].as_i64().unwrap()
}
