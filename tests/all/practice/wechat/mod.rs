//! WeChat's practice platform, held against the examples of its reference by raw HTTP.

mod api_tokens;
mod followers;
mod inside;
mod mini;
mod phone;
mod profile;
mod pushes;
mod qr_page;
mod receiver;
mod scenes;
mod user_tokens;

use serde_json::{Value, json};

use super::site::{CALLBACK, Reply, Site, encode};

pub const WEBSITE: &str = "wxpracticewebsite0";
pub const OFFICIAL: &str = "wxpracticeofficial0";
pub const MINI: &str = "wxpracticemini0000";
pub const SECRET: &str = "practice-secret";
pub const PHONE_AGENT: &str =
    "Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.59(0x18003b2e) NetType/4G Language/zh_CN";

/// Asks api.weixin.qq.com by GET.
pub async fn api(site: &Site, path: &str, query: &[(&str, &str)]) -> Reply {
    site.get(&format!("/api.weixin.qq.com{path}?{}", encode(query)), &[]).await
}

/// Posts JSON there with an access token.
pub async fn api_post(site: &Site, path: &str, token: &str, body: Value) -> Reply {
    site.json("POST", &format!("/api.weixin.qq.com{path}?access_token={token}"), body).await
}

pub fn errcode(reply: &Reply) -> i64 {
    assert_eq!(reply.status, 200, "errors hide behind 200: {}", reply.body);
    reply.json()["errcode"].as_i64().unwrap_or_else(|| panic!("no errcode: {}", reply.body))
}

/// Changes an application's console settings.
pub async fn set_app(site: &Site, appid: &str, change: Value) {
    let reply = site.json("PATCH", &format!("/_control/clients/wechat/{appid}"), change).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
}

pub async fn set_person(site: &Site, key: &str, change: Value) {
    let reply = site.json("PATCH", &format!("/_control/people/{key}"), change).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
}

/// A person is at the site's QR page and confirms at once; gives the code.
pub async fn website_code(site: &Site, person: &str) -> String {
    site.json("PUT", "/_control/switches/wechat", json!({"auto": person})).await;
    let query = [
        ("appid", WEBSITE),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "snsapi_login"),
        ("state", "s1"),
    ];
    let reply = site.get(&format!("/open.weixin.qq.com/connect/qrconnect?{}", encode(&query)), &[]).await;
    site.json("PUT", "/_control/switches/wechat", json!({})).await;
    reply.sent("code").unwrap()
}

/// The authorise page inside WeChat.
pub fn authorize(scope: &str, state: &str) -> String {
    let query = [
        ("appid", OFFICIAL),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", scope),
        ("state", state),
    ];
    format!("/open.weixin.qq.com/connect/oauth2/authorize?{}", encode(&query))
}

/// A code from inside WeChat, with every switch that is on left on.
pub async fn inside_code(site: &Site, scope: &str, person: &str) -> String {
    let fields = [("choice", "allow"), ("person", person)];
    let reply = site.post(&authorize(scope, "s1"), &fields, &[("user-agent", PHONE_AGENT)]).await;
    if reply.status == 302 {
        return reply.sent("code").unwrap();
    }
    panic!("{}", reply.body)
}

pub async fn redeem(site: &Site, appid: &str, code: &str) -> Reply {
    let query = [("appid", appid), ("secret", SECRET), ("code", code), ("grant_type", "authorization_code")];
    api(site, "/sns/oauth2/access_token", &query).await
}

/// An application's own token.
pub async fn cgi_token(site: &Site, appid: &str) -> String {
    let query = [("grant_type", "client_credential"), ("appid", appid), ("secret", SECRET)];
    let reply = api(site, "/cgi-bin/token", &query).await;
    reply.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

/// How an application knows a person, by the control API.
pub async fn known_as(site: &Site, appid: &str, person: &str) -> Value {
    site.get(&format!("/_control/wechat/{appid}/people/{person}"), &[]).await.json()
}

/// A person does something at an application.
pub async fn does(site: &Site, appid: &str, person: &str, act: &str, details: Value) -> Reply {
    site.json("POST", &format!("/_control/wechat/{appid}/people/{person}/{act}"), details).await
}
