//! GitHub's organisations (§1.8).

use http::StatusCode;

use super::github_api::{api, token_for};
use super::site::Site;

#[tokio::test]
async fn an_invited_person_has_a_pending_membership() {
    let site = Site::new();
    let token = token_for(&site, "read:org", "invited").await;
    let all = api(&site, "/user/memberships/orgs", &token).await.json();
    assert_eq!((&all[0]["state"], &all[0]["organization"]["id"]), (&"pending".into(), &9_919_001.into()));
    assert_eq!(api(&site, "/user/memberships/orgs?state=active", &token).await.body, "[]");
    assert_eq!(api(&site, "/user/orgs", &token).await.body, "[]");
    let active = token_for(&site, "read:org", "amara").await;
    let one = api(&site, "/user/memberships/orgs/practice-works", &active).await.json();
    assert_eq!((&one["state"], &one["role"]), (&"active".into(), &"admin".into()));
    assert_eq!(api(&site, "/user/memberships/orgs/elsewhere", &active).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api(&site, "/user/teams", &active).await.json()[0]["slug"], "design");
}

#[tokio::test]
async fn without_the_scope_the_list_is_refused() {
    let site = Site::new();
    let reply = api(&site, "/user/orgs", &token_for(&site, "read:user", "xiaoman").await).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_organisation_that_blocks_the_application_hides() {
    let site = Site::new();
    let token = token_for(&site, "read:org", "xiaoman").await;
    site.switch("github", &["org_restricted"]).await;
    assert_eq!(api(&site, "/user/orgs", &token).await.body, "[]");
    let one = api(&site, "/user/memberships/orgs/practice-works", &token).await;
    assert_eq!((one.status, one.header("x-github-sso")), (StatusCode::FORBIDDEN, ""));

    site.switch("github", &["sso_required"]).await;
    let list = api(&site, "/user/memberships/orgs", &token).await;
    assert_eq!(list.header("x-github-sso"), "partial-results; organizations=9919001");
    let one = api(&site, "/user/memberships/orgs/practice-works", &token).await;
    assert!(one.header("x-github-sso").starts_with("required; url=https://github.com/orgs/"));
}

#[tokio::test]
async fn membership_of_others_is_204_404_or_302() {
    let site = Site::new();
    let path = |name: &str| format!("/orgs/practice-works/members/{name}");
    let member = token_for(&site, "read:org", "xiaoman").await;
    assert_eq!(api(&site, &path("amara"), &member).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api(&site, &path("invited"), &member).await.status, StatusCode::NOT_FOUND);
    let outsider = token_for(&site, "read:org", "fox").await;
    assert_eq!(api(&site, &path("amara"), &outsider).await.status, StatusCode::FOUND);
}
