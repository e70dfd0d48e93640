//! GitHub's API (§1.5 to §1.7, §1.9).

use http::StatusCode;
use serde_json::json;

use super::github_codes::{JSON, TOKEN, code_for, redeem};
use super::site::{Reply, Site};

pub async fn token_for(site: &Site, scope: &str, person: &str) -> String {
    let code = code_for(site, scope, person).await;
    let reply = site.post(TOKEN, &redeem(&code), &JSON).await;
    format!("Bearer {}", reply.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", reply.body)))
}

pub async fn api(site: &Site, path: &str, token: &str) -> Reply {
    site.get(&format!("/api.github.com{path}"), &[("authorization", token), ("user-agent", "test")]).await
}

#[tokio::test]
async fn without_a_user_agent_the_answer_is_403_html() {
    let site = Site::new();
    let token = token_for(&site, "", "xiaoman").await;
    let reply = site.get("/api.github.com/user", &[("authorization", &token)]).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.header("content-type").starts_with("text/html"));
    assert!(reply.body.starts_with("Request forbidden by administrative rules. Please make sure"));
}

#[tokio::test]
async fn a_bad_token_gets_githubs_401() {
    let site = Site::new();
    let reply = api(&site, "/user", "Bearer gho_wrong").await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    let expected =
        json!({"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401"});
    assert_eq!(reply.json(), expected);
}

#[tokio::test]
async fn versions_are_checked_and_can_be_retired() {
    let site = Site::new();
    let token = token_for(&site, "", "xiaoman").await;
    let ask = |version: &'static str| {
        let (site, token) = (&site, &token);
        async move {
            let headers = [("authorization", token.as_str()), ("user-agent", "t"), ("x-github-api-version", version)];
            site.get("/api.github.com/user", &headers).await.status.as_u16()
        }
    };
    assert_eq!((ask("2022-11-28").await, ask("2026-03-10").await, ask("1999-01-01").await), (200, 200, 400));
    site.switch("github", &["retired_version"]).await;
    assert_eq!((ask("2022-11-28").await, ask("2026-03-10").await), (410, 200));
    assert_eq!(api(&site, "/user", &token).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_profile_has_null_where_nothing_is_public() {
    let site = Site::new();
    let nameless = api(&site, "/user", &token_for(&site, "", "nameless").await).await;
    let profile = nameless.json();
    assert_eq!((&profile["name"], &profile["email"]), (&json!(null), &json!(null)));
    assert_eq!(profile["id"], json!(3_000_000_001_u64), "above 2^31");
    assert_eq!(nameless.header("x-oauth-scopes"), "");
    let fox = api(&site, "/user", &token_for(&site, "", "fox").await).await;
    assert!(fox.body.contains("\"id\":9007199254740993,"), "above 2^53, to the last digit: {}", fox.body);
    let amara = api(&site, "/user", &token_for(&site, "", "amara").await).await.json();
    assert_eq!(amara["email"], "amara@example.com");
    assert_eq!(amara["avatar_url"], "https://avatars.githubusercontent.com/u/31400271?v=4");
}

#[tokio::test]
async fn a_renamed_login_can_be_taken_by_somebody_else_while_the_id_stays() {
    let site = Site::new();
    let token = token_for(&site, "", "xiaoman").await;
    site.json("PATCH", "/_control/people/xiaoman", json!({"login": "xiaoman-lin"})).await;
    site.json("PATCH", "/_control/people/amara", json!({"login": "xiaoman"})).await;
    assert_eq!(api(&site, "/user", &token).await.json()["login"], "xiaoman-lin");
    assert_eq!(api(&site, "/user/20583231", &token).await.json()["login"], "xiaoman-lin");
    let other = api(&site, "/user", &token_for(&site, "", "amara").await).await.json();
    assert_eq!((&other["login"], &other["id"]), (&json!("xiaoman"), &json!(31_400_271)));
}

#[tokio::test]
async fn addresses_are_hidden_without_the_scope() {
    let site = Site::new();
    let reply = api(&site, "/user/emails", &token_for(&site, "read:user", "xiaoman").await).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(reply.header("x-oauth-scopes"), "read:user");

    let reply = api(&site, "/user/emails", &token_for(&site, "read:user user:email", "amara").await).await;
    assert_eq!(reply.header("x-oauth-scopes"), "read:user, user:email");
    let expected = json!([
        {"email": "amara@example.com", "verified": true, "primary": true, "visibility": "public"},
        {"email": "31400271+amara@users.noreply.github.com", "verified": true, "primary": false, "visibility": null},
    ]);
    assert_eq!(reply.json(), expected);
}

#[tokio::test]
async fn addresses_come_in_pages_with_links() {
    let site = Site::new();
    let token = token_for(&site, "user:email", "nameless").await;
    let first = api(&site, "/user/emails", &token).await;
    assert_eq!(first.json().as_array().unwrap().len(), 30);
    let next = "<https://api.github.com/user/emails?per_page=30&page=2>; rel=\"next\"";
    assert!(first.header("link").starts_with(next), "{}", first.header("link"));
    let second = api(&site, "/user/emails?per_page=30&page=2", &token).await;
    assert_eq!(second.json().as_array().unwrap().len(), 12);
    assert!(!second.header("link").contains("rel=\"next\""));
    let all = api(&site, "/user/emails?per_page=100", &token).await;
    assert_eq!((all.json().as_array().unwrap().len(), all.header("link")), (42, ""));
}

#[tokio::test]
async fn limits_answer_403_and_429() {
    let site = Site::new();
    let token = token_for(&site, "", "xiaoman").await;
    site.switch("github", &["rate_limited"]).await;
    let primary = api(&site, "/user", &token).await;
    assert_eq!((primary.status, primary.header("x-ratelimit-remaining")), (StatusCode::FORBIDDEN, "0"));
    site.switch("github", &["secondary_limit"]).await;
    let secondary = api(&site, "/user", &token).await;
    assert_eq!((secondary.status, secondary.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
}

#[tokio::test]
async fn the_application_can_check_and_revoke_a_token() {
    let site = Site::new();
    let token = token_for(&site, "", "xiaoman").await;
    let text = token.trim_start_matches("Bearer ");
    let basic = "Basic cHJhY3RpY2UtZ2l0aHViOnByYWN0aWNlLXNlY3JldA==";
    let path = "/api.github.com/applications/practice-github/token";
    let headers = [("authorization", basic), ("user-agent", "test")];
    let checked = site.post(path, &[("access_token", text)], &headers).await;
    assert_eq!(checked.json()["user"]["login"], "xiaoman");
    assert_eq!(site.post(path, &[("access_token", "gho_wrong")], &headers).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.post(path, &[], &headers).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let request = http::Request::builder()
        .method("DELETE")
        .uri(path)
        .header("authorization", basic)
        .header("user-agent", "test")
        .header("content-type", "application/json")
        .body(axum::body::Body::from(json!({"access_token": text}).to_string()))
        .unwrap();
    assert_eq!(site.send(request).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api(&site, "/user", &token).await.status, StatusCode::UNAUTHORIZED);
}
