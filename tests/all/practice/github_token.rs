//! GitHub's token endpoint (§1.3, §1.4).

use http::StatusCode;
use serde_json::json;

use super::github_codes::{JSON, TOKEN, code_for, redeem};
use super::site::Site;

#[tokio::test]
async fn errors_come_with_status_200_and_a_form_unless_json_is_asked_for() {
    let site = Site::new();
    let form = site.post(TOKEN, &redeem("0000"), &[]).await;
    assert_eq!(form.status, StatusCode::OK);
    assert_eq!(form.header("content-type"), "application/x-www-form-urlencoded; charset=utf-8");
    assert!(form.body.starts_with("error=bad_verification_code&error_description=The+code+passed+is+incorrect"));

    let json = site.post(TOKEN, &redeem("0000"), &JSON).await;
    assert_eq!(json.status, StatusCode::OK);
    assert_eq!(json.json()["error_description"], "The code passed is incorrect or expired.");
    assert!(json.json()["error_uri"].as_str().unwrap().ends_with("/#bad-verification-code"));
}

#[tokio::test]
async fn the_answer_has_three_shapes() {
    let site = Site::new();
    let code = code_for(&site, "read:user user:email", "xiaoman").await;
    let form = site.post(TOKEN, &redeem(&code), &[]).await;
    assert!(form.body.starts_with("access_token=gho_"), "{}", form.body);
    assert!(form.body.ends_with("&scope=read%3Auser%2Cuser%3Aemail&token_type=bearer"), "{}", form.body);

    let code = code_for(&site, "read:user user:email", "xiaoman").await;
    let json = site.post(TOKEN, &redeem(&code), &JSON).await;
    assert_eq!(json.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(json.json()["scope"], "read:user,user:email");

    let code = code_for(&site, "read:user", "xiaoman").await;
    let xml = site.post(TOKEN, &redeem(&code), &[("accept", "application/xml")]).await;
    assert!(xml.body.starts_with("<OAuth><access_token>gho_") && xml.body.ends_with("</OAuth>"), "{}", xml.body);
}

#[tokio::test]
async fn a_json_body_is_read_too() {
    let site = Site::new();
    let code = code_for(&site, "read:user", "xiaoman").await;
    let body = json!({"client_id": "practice-github", "client_secret": "practice-secret", "code": code});
    assert!(site.json("POST", TOKEN, body).await.body.starts_with("access_token=gho_"));
}

#[tokio::test]
async fn larger_scopes_swallow_smaller_ones_and_unknown_ones_vanish() {
    let site = Site::new();
    let code = code_for(&site, "user user:email nonsense admin:org read:org", "xiaoman").await;
    assert_eq!(site.post(TOKEN, &redeem(&code), &JSON).await.json()["scope"], "admin:org,user");
}

#[tokio::test]
async fn an_unknown_client_is_404_and_a_wrong_secret_200() {
    let site = Site::new();
    let unknown = site.post(TOKEN, &[("client_id", "nobody"), ("client_secret", "x"), ("code", "y")], &JSON).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(unknown.json(), json!({"error": "Not Found"}));
    let wrong = [("client_id", "practice-github"), ("client_secret", "x"), ("code", "y")];
    let wrong = site.post(TOKEN, &wrong, &JSON).await;
    assert_eq!(wrong.status, StatusCode::OK);
    assert_eq!(wrong.json()["error"], "incorrect_client_credentials");
}

#[tokio::test]
async fn an_unproven_primary_address_is_refused_on_github_but_not_on_an_enterprise_server() {
    let site = Site::new();
    let code = code_for(&site, "read:user", "unproven").await;
    assert_eq!(site.post(TOKEN, &redeem(&code), &JSON).await.json()["error"], "unverified_user_email");

    let query = [("client_id", "practice-github"), ("scope", "user:email")];
    let code = site.allow("/ghe.example.org/login/oauth/authorize", &query, "unproven").await.sent("code").unwrap();
    let reply = site.post("/ghe.example.org/login/oauth/access_token", &redeem(&code), &JSON).await;
    assert!(reply.json()["access_token"].is_string(), "{}", reply.body);
}

#[tokio::test]
async fn refreshing_kills_both_old_tokens() {
    let site = Site::new();
    site.switch("github", &["expiring_tokens"]).await;
    let code = code_for(&site, "read:user", "xiaoman").await;
    let first = site.post(TOKEN, &redeem(&code), &JSON).await.json();
    assert_eq!((&first["expires_in"], &first["refresh_token_expires_in"]), (&json!(28_800), &json!(15_897_600)));
    let old = first["refresh_token"].as_str().unwrap();
    assert!(old.starts_with("ghr_"));
    let fields = [
        ("client_id", "practice-github"),
        ("client_secret", "practice-secret"),
        ("grant_type", "refresh_token"),
        ("refresh_token", old),
    ];
    let second = site.post(TOKEN, &fields, &JSON).await.json();
    assert_ne!(second["access_token"], first["access_token"]);
    assert_eq!(site.post(TOKEN, &fields, &JSON).await.json()["error"], "bad_refresh_token");
    let authorization = format!("Bearer {}", first["access_token"].as_str().unwrap());
    let headers = [("authorization", authorization.as_str()), ("user-agent", "test")];
    assert_eq!(site.get("/api.github.com/user", &headers).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_of_github_means_nothing_to_an_enterprise_server() {
    let site = Site::new();
    let code = code_for(&site, "read:user", "xiaoman").await;
    let token = site.post(TOKEN, &redeem(&code), &JSON).await.json()["access_token"].as_str().unwrap().to_owned();
    let authorization = format!("token {token}");
    let headers = [("authorization", authorization.as_str()), ("user-agent", "test")];
    assert_eq!(site.get("/api.github.com/user", &headers).await.status, StatusCode::OK);
    assert_eq!(site.get("/ghe.example.org/api/v3/user", &headers).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_eleventh_token_revokes_the_oldest() {
    let site = Site::new();
    let mut tokens = Vec::new();
    for _ in 0..11 {
        let code = code_for(&site, "read:user", "xiaoman").await;
        let reply = site.post(TOKEN, &redeem(&code), &JSON).await.json();
        tokens.push(format!("Bearer {}", reply["access_token"].as_str().unwrap()));
    }
    let mut alive = Vec::new();
    for token in &tokens {
        let headers = [("authorization", token.as_str()), ("user-agent", "test")];
        alive.push(site.get("/api.github.com/user", &headers).await.status == StatusCode::OK);
    }
    assert_eq!(alive, [[false].as_slice(), &[true; 10]].concat());
}
