//! Every lie a token can be made to tell.

use serde_json::{Value, json};

use super::openid::{is_signed, part, redeem, sign_in};
use super::site::{NOW, Site};

async fn token_with(site: &Site, lie: &str) -> String {
    site.switch("oidc", &[lie]).await;
    sign_in(site, "amara").await["id_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_lie_changes_just_its_claim() {
    let site = Site::new();
    let jwks = site.get("/login.example.org/jwks", &[]).await.json();
    let lies: [(&str, &str, Value); 10] = [
        ("expired", "exp", json!(NOW - 3600)),
        ("not_yet", "nbf", json!(NOW + 3600)),
        ("no_expiry", "exp", json!(null)),
        ("wrong_aud", "aud", json!("another-client")),
        ("extra_aud", "aud", json!(["practice-oidc", "another-client"])),
        ("wrong_nonce", "nonce", json!("another-nonce")),
        ("missing_nonce", "nonce", json!(null)),
        ("iss_other", "iss", json!("https://stranger.example")),
        ("iss_slash", "iss", json!("https://login.example.org/")),
        ("string_booleans", "email_verified", json!("true")),
    ];
    for (lie, claim, value) in lies {
        let token = token_with(&site, lie).await;
        assert_eq!(part(&token, 1)[claim], value, "{lie}");
        assert!(is_signed(&token, &jwks), "{lie} is still well signed");
    }
}

#[tokio::test]
async fn signatures_can_be_wrong_in_four_ways() {
    let site = Site::new();
    let jwks = site.get("/login.example.org/jwks", &[]).await.json();
    let none = token_with(&site, "alg_none").await;
    assert!(part(&none, 0)["alg"] == "none" && none.ends_with('.'));
    let hs256 = token_with(&site, "alg_hs256").await;
    assert_eq!(part(&hs256, 0)["alg"], "HS256");
    let bad = token_with(&site, "bad_signature").await;
    assert!(part(&bad, 0)["alg"] == "RS256" && !is_signed(&bad, &jwks));
    let unknown = token_with(&site, "unknown_kid").await;
    assert!(!is_signed(&unknown, &jwks));
}

#[tokio::test]
async fn userinfo_and_key_set_lie_too() {
    let site = Site::new();
    let tokens = sign_in(&site, "amara").await;
    let authorization = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let headers = [("authorization", authorization.as_str())];
    site.switch("oidc", &["userinfo_other_sub", "empty_jwks", "discovery_slash"]).await;
    let userinfo = site.get("/login.example.org/userinfo", &headers).await.json();
    assert_ne!(userinfo["sub"], part(tokens["id_token"].as_str().unwrap(), 1)["sub"]);
    assert_eq!(site.get("/login.example.org/jwks", &[]).await.json(), json!({"keys": []}));
    let discovery = site.get("/login.example.org/.well-known/openid-configuration", &[]).await.json();
    assert_eq!(discovery["issuer"], "https://login.example.org/");
    site.switch("oidc", &["duplicate_sub"]).await;
    let twice = site.get("/login.example.org/userinfo", &headers).await.body;
    assert_eq!(twice.matches("\"sub\":").count(), 2);
}

#[tokio::test]
async fn the_callback_lies_too() {
    let site = Site::new();
    let allow = |lie: &'static str| {
        let site = &site;
        async move {
            site.switch("oidc", &[lie]).await;
            super::openid::allow(site, &[], "amara").await
        }
    };
    assert_eq!(allow("wrong_iss_parameter").await.sent("iss").unwrap(), "https://stranger.example");
    assert!(allow("no_iss_parameter").await.sent("iss").is_none());
    assert_eq!(allow("wrong_state").await.sent("state").unwrap(), "another-state");
    let both = allow("code_and_error").await;
    assert!(both.sent("code").is_some() && both.sent("error").is_some());
    let thin = allow("thin_id_token").await.sent("code").unwrap();
    let tokens = redeem(&site, &thin).await.json();
    assert!(part(tokens["id_token"].as_str().unwrap(), 1).get("email").is_none());
}
