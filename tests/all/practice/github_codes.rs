//! GitHub's authorization page and what its codes are bound to (§1.2).

use http::StatusCode;
use hufu::base::secret::digest;

use super::site::{CALLBACK, Site};

const AUTHORIZE: &str = "/github.com/login/oauth/authorize";
pub const TOKEN: &str = "/github.com/login/oauth/access_token";
pub const JSON: [(&str, &str); 1] = [("accept", "application/json")];

pub async fn code_for(site: &Site, scope: &str, person: &str) -> String {
    let query = [("client_id", "practice-github"), ("redirect_uri", CALLBACK), ("scope", scope), ("state", "s1")];
    let reply = site.allow(AUTHORIZE, &query, person).await;
    assert_eq!(reply.status, StatusCode::FOUND, "{}", reply.body);
    reply.sent("code").unwrap()
}

pub fn redeem(code: &str) -> Vec<(&str, &str)> {
    vec![("client_id", "practice-github"), ("client_secret", "practice-secret"), ("code", code)]
}

#[tokio::test]
async fn an_unknown_client_gets_a_404_page_and_no_redirect() {
    let site = Site::new();
    let reply = site.get(&format!("{AUTHORIZE}?client_id=nobody&redirect_uri=https://evil.example/"), &[]).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert!(reply.header("content-type").starts_with("text/html"));
    assert_eq!(reply.header("location"), "");
}

#[tokio::test]
async fn the_page_shows_people_and_the_code_is_twenty_hex_digits() {
    let site = Site::new();
    let page = site.get(&format!("{AUTHORIZE}?client_id=practice-github&scope=read:user"), &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("value=\"xiaoman\""));
    let code = code_for(&site, "read:user", "xiaoman").await;
    assert_eq!(code.len(), 20);
    assert!(code.bytes().all(|b| b.is_ascii_hexdigit()));
}

#[tokio::test]
async fn state_comes_back_unchanged_and_denial_in_githubs_words() {
    let site = Site::new();
    let path = format!("{AUTHORIZE}?client_id=practice-github&state=a%2Fb%20%C3%A9");
    let reply = site.post(&path, &[("choice", "deny")], &[]).await;
    assert_eq!(reply.sent("error").unwrap(), "access_denied");
    assert_eq!(reply.sent("error_description").unwrap(), "The user has denied your application access.");
    assert_eq!(reply.sent("state").unwrap(), "a/b é");
}

#[tokio::test]
async fn redirect_uris_pass_below_the_registered_path_and_on_any_loopback_port() {
    let site = Site::new();
    for (uri, passes) in [
        ("http://localhost:8080/callback/github", true),
        ("http://localhost:9999/callback/github", true),
        ("http://127.0.0.1:8080/callback", false),
        ("http://evil.localhost:8080/callback", false),
        ("https://localhost:8080/callback", false),
        ("https://evil.example/", false),
    ] {
        let query = [("client_id", "practice-github"), ("redirect_uri", uri), ("state", "s")];
        let reply = site.allow(AUTHORIZE, &query, "xiaoman").await;
        let error = reply.sent("error");
        assert_eq!(error.is_none(), passes, "{uri} {error:?}");
        if !passes {
            // The error goes to the registered address, not to the asked one.
            assert_eq!(error.unwrap(), "redirect_uri_mismatch");
            assert!(reply.header("location").starts_with("http://localhost:8080?"));
        }
    }
}

#[tokio::test]
async fn a_registered_host_lets_its_sub_domains_and_sub_paths_pass() {
    let site = Site::new();
    let client = serde_json::json!({
        "platform": "github", "client_id": "own", "client_secret": "x", "name": "Own",
        "redirect_uris": ["https://example.com/path"],
    });
    assert_eq!(site.json("POST", "/_control/clients", client).await.status, StatusCode::CREATED);
    for (uri, passes) in [
        ("https://example.com/path", true),
        ("https://example.com/path/below", true),
        ("https://oauth.example.com/path", true),
        ("https://example.com/pathological", false),
        ("https://example.com/", false),
        ("https://example.com:8080/path", false),
        ("https://notexample.com/path", false),
    ] {
        let reply = site.allow(AUTHORIZE, &[("client_id", "own"), ("redirect_uri", uri)], "xiaoman").await;
        assert_eq!(reply.sent("error").is_none(), passes, "{uri}");
    }
}

#[tokio::test]
async fn a_code_works_once_within_ten_minutes() {
    let site = Site::new();
    let code = code_for(&site, "read:user", "xiaoman").await;
    assert!(site.post(TOKEN, &redeem(&code), &JSON).await.json()["access_token"].is_string());
    let again = site.post(TOKEN, &redeem(&code), &JSON).await;
    assert_eq!(again.json()["error"], "bad_verification_code");

    let late = code_for(&site, "read:user", "xiaoman").await;
    site.clock.advance(600);
    assert_eq!(site.post(TOKEN, &redeem(&late), &JSON).await.json()["error"], "bad_verification_code");
}

#[tokio::test]
async fn reuse_revokes_the_first_token_where_switched_on() {
    let site = Site::new();
    site.switch("github", &["reuse_revokes"]).await;
    let code = code_for(&site, "read:user", "xiaoman").await;
    let token = site.post(TOKEN, &redeem(&code), &JSON).await.json()["access_token"].as_str().unwrap().to_owned();
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("user-agent", "test")];
    assert_eq!(site.get("/api.github.com/user", &headers).await.status, StatusCode::OK);
    site.post(TOKEN, &redeem(&code), &JSON).await;
    assert_eq!(site.get("/api.github.com/user", &headers).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_code_is_bound_to_its_redirect_uri_client_and_challenge() {
    let site = Site::new();
    let code = code_for(&site, "read:user", "xiaoman").await;
    let mut elsewhere = redeem(&code);
    elsewhere.push(("redirect_uri", "http://localhost:8080/other"));
    assert_eq!(site.post(TOKEN, &elsewhere, &JSON).await.json()["error"], "redirect_uri_mismatch");

    let verifier = "a-verifier-of-at-least-forty-three-characters-x";
    let challenge = digest(verifier);
    let query = [
        ("client_id", "practice-github"),
        ("redirect_uri", CALLBACK),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let code = site.allow(AUTHORIZE, &query, "xiaoman").await.sent("code").unwrap();
    assert_eq!(site.post(TOKEN, &redeem(&code), &JSON).await.json()["error"], "bad_verification_code");
    let mut wrong = redeem(&code);
    wrong.push(("code_verifier", "another-verifier-of-forty-three-characters-xyz"));
    assert_eq!(site.post(TOKEN, &wrong, &JSON).await.json()["error"], "bad_verification_code");
    let mut right = redeem(&code);
    right.push(("code_verifier", verifier));
    assert!(site.post(TOKEN, &right, &JSON).await.json()["access_token"].is_string());
}

#[tokio::test]
async fn only_s256_is_taken() {
    let site = Site::new();
    let plain = "a-verifier-of-at-least-forty-three-characters-x";
    for method in [Some("plain"), None] {
        let mut query = vec![("client_id", "practice-github"), ("code_challenge", plain)];
        query.extend(method.map(|method| ("code_challenge_method", method)));
        let reply = site.allow(AUTHORIZE, &query, "xiaoman").await;
        assert!(reply.sent("code").is_none() && reply.sent("error").is_some(), "{method:?}");
    }
}

#[tokio::test]
async fn people_may_give_less_than_was_asked() {
    let site = Site::new();
    let path = format!("{AUTHORIZE}?client_id=practice-github&scope=read:user%20user:email");
    let fields = [("choice", "allow"), ("person", "xiaoman"), ("narrowed", "1"), ("allow_scope", "read:user")];
    let code = site.post(&path, &fields, &[]).await.sent("code").unwrap();
    assert_eq!(site.post(TOKEN, &redeem(&code), &JSON).await.json()["scope"], "read:user");

    site.switch("github", &["reduced_scope"]).await;
    let code = code_for(&site, "read:user user:email", "amara").await;
    assert_eq!(site.post(TOKEN, &redeem(&code), &JSON).await.json()["scope"], "read:user");
}

#[tokio::test]
async fn asking_no_scope_grants_the_earlier_ones_again() {
    let site = Site::new();
    code_for(&site, "user:email", "xiaoman").await;
    let code = code_for(&site, "", "xiaoman").await;
    assert_eq!(site.post(TOKEN, &redeem(&code), &JSON).await.json()["scope"], "user:email");
}
