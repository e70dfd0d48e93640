//! The plain OAuth 2 provider and its many shapes (§5).

use http::StatusCode;
use serde_json::json;

use super::site::{CALLBACK, Reply, Site, encode};

const TOKEN: &str = "/oauth.example.net/oauth/token";

async fn code(site: &Site, person: &str) -> String {
    let query = [
        ("client_id", "practice-oauth2"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "profile email"),
        ("state", "s1"),
    ];
    let reply = site.allow("/oauth.example.net/oauth/authorize", &query, person).await;
    assert_eq!(reply.sent("state").unwrap(), "s1");
    reply.sent("code").unwrap()
}

fn fields(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", "practice-oauth2"),
        ("client_secret", "practice-secret"),
        ("redirect_uri", CALLBACK),
        ("code", code),
    ]
}

async fn token(site: &Site, person: &str) -> Reply {
    let code = code(site, person).await;
    site.post(TOKEN, &fields(&code), &[]).await
}

#[tokio::test]
async fn plain_answers_are_plain() {
    let site = Site::new();
    let reply = token(&site, "amara").await.json();
    assert_eq!(
        (&reply["token_type"], &reply["expires_in"], &reply["scope"]),
        (&json!("bearer"), &json!(7200), &json!("profile email"))
    );
    let access_token = reply["access_token"].as_str().unwrap();
    let by_header = [("authorization", format!("Bearer {access_token}"))];
    let headers = [("authorization", by_header[0].1.as_str())];
    let user = site.get("/oauth.example.net/api/user", &headers).await.json();
    assert_eq!((&user["id"], &user["login"]), (&json!(31_400_271), &json!("amara")));
    let by_query = site.get(&format!("/oauth.example.net/api/user?access_token={access_token}"), &[]).await.json();
    assert_eq!(by_query, user);
    let bad = site.get("/oauth.example.net/api/user", &[]).await;
    assert_eq!(bad.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_can_be_fetched_by_get() {
    let site = Site::new();
    let code = code(&site, "amara").await;
    let reply = site.get(&format!("{TOKEN}?{}", encode(&fields(&code))), &[]).await;
    assert!(reply.json()["access_token"].is_string());
}

#[tokio::test]
async fn an_envelope_says_code_0_and_errors_hide_behind_200() {
    let site = Site::new();
    site.switch("oauth2", &["envelope"]).await;
    let good = token(&site, "amara").await.json();
    assert_eq!((&good["code"], &good["msg"]), (&json!(0), &json!("success")));
    assert!(good["data"]["access_token"].is_string());
    let bad = site.post(TOKEN, &fields("wrong"), &[]).await;
    assert_eq!((bad.status, &bad.json()["code"]), (StatusCode::OK, &json!(20065)));
    site.switch("oauth2", &["errors_with200"]).await;
    let bad = site.post(TOKEN, &fields("wrong"), &[]).await;
    assert_eq!((bad.status, &bad.json()["error"]), (StatusCode::OK, &json!("invalid_grant")));
}

#[tokio::test]
async fn content_types_and_shapes_vary() {
    let site = Site::new();
    site.switch("oauth2", &["text_html"]).await;
    let html = token(&site, "amara").await;
    assert!(html.header("content-type").starts_with("text/html") && html.json()["access_token"].is_string());
    site.switch("oauth2", &["jsonp"]).await;
    let jsonp = token(&site, "amara").await;
    assert!(jsonp.body.starts_with("callback( {") && jsonp.body.ends_with("} );\n"));
    site.switch("oauth2", &["form_answer", "no_token_type", "expires_as_text", "comma_scopes"]).await;
    let form = token(&site, "amara").await.body;
    assert!(form.starts_with("access_token=") && form.contains("&scope=profile%2Cemail&"), "{form}");
    assert!(!form.contains("token_type"));
    site.switch("oauth2", &["plain_bom", "expires_as_text"]).await;
    let bom = token(&site, "amara").await;
    assert!(bom.body.starts_with('\u{FEFF}') && bom.body.contains("\"expires_in\":\"7200\""));
}

#[tokio::test]
async fn an_old_server_refuses_what_it_does_not_know() {
    let site = Site::new();
    site.switch("oauth2", &["refuse_unknown"]).await;
    let query = [("client_id", "practice-oauth2"), ("response_type", "code"), ("code_challenge", "x")];
    let reply = site.allow("/oauth.example.net/oauth/authorize", &query, "amara").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_code_works_once_and_only_with_its_redirect_uri() {
    let site = Site::new();
    let code = code(&site, "amara").await;
    let mut elsewhere = fields(&code);
    elsewhere[3] = ("redirect_uri", "http://localhost:8080/other");
    assert_eq!(site.post(TOKEN, &elsewhere, &[]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(site.post(TOKEN, &fields(&code), &[]).await.status, StatusCode::OK);
    assert_eq!(site.post(TOKEN, &fields(&code), &[]).await.json()["error"], "invalid_grant");
}
