//! Google's own ideas (security.md row 176; upstreams §2.4).

use hufu::connectors::Trouble;
use serde_json::{Value, json};

use super::signer::{claims, public, token};
use super::turns::{open, reason, sent_to, sign_in, turn, wrong};
use crate::support::upstream::{Reply, Upstream};

const CLIENT: &str = "practice-google";

async fn google(claims: &Value) -> Upstream {
    let upstream = Upstream::start().await;
    let described = json!({
        "issuer": "https://accounts.google.com",
        "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_endpoint": "https://oauth2.googleapis.com/token",
        "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
        "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
        "response_types_supported": ["code", "none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["plain", "S256"],
    });
    upstream.on("/accounts.google.com/.well-known/openid-configuration", Reply::json(&described));
    upstream.on("/www.googleapis.com/oauth2/v3/certs", Reply::json(&json!({ "keys": [public(0, "k1")] })));
    let answer = json!({ "access_token": "ya29.x", "expires_in": 3599, "token_type": "Bearer",
        "scope": "openid https://www.googleapis.com/auth/userinfo.email", "id_token": token(claims) });
    upstream.on("/oauth2.googleapis.com/token", Reply::json(&answer));
    upstream
}

fn person(changes: &Value) -> Value {
    let mut claims = claims("https://accounts.google.com", CLIENT);
    claims["sub"] = json!("110169484474386276334");
    for (key, value) in changes.as_object().unwrap() {
        claims[key] = value.clone();
    }
    claims
}

fn settings(domains: &[&str]) -> Value {
    json!({ "client_id": CLIENT, "client_secret": "practice-secret", "hosted_domains": domains })
}

#[tokio::test]
async fn the_key_is_the_sub_as_text_and_both_issuers_are_google() {
    for issuer in ["https://accounts.google.com", "accounts.google.com"] {
        let upstream = google(&person(&json!({ "iss": issuer }))).await;
        let identity = sign_in(&*open("google", &settings(&[])), &turn(&upstream)).await.unwrap();
        assert_eq!(identity.keys[0].space, "google");
        assert_eq!(identity.keys[0].value, "110169484474386276334");
    }
    let upstream = google(&person(&json!({ "iss": "https://accounts.google.com.evil.example" }))).await;
    assert!(reason(sign_in(&*open("google", &settings(&[])), &turn(&upstream)).await).contains("iss"));
}

#[tokio::test]
async fn s176_the_hosted_domain_is_taken_from_the_signed_token_only() {
    for (hd, passes) in [
        (json!("example.com"), true),
        (json!("EXAMPLE.com"), true),
        (json!("other.example"), false),
        (json!("sub.example.com"), false),
        (json!(["example.com"]), false),
        (Value::Null, false),
    ] {
        // The e-mail's domain is the wanted one each time; it proves nothing.
        let upstream = google(&person(&json!({ "hd": hd, "email": "x@example.com" }))).await;
        let connector = open("google", &settings(&["Example.com"]));
        match sign_in(&*connector, &turn(&upstream)).await {
            Ok(_) => assert!(passes, "{hd}"),
            // What can't be read is no word of leaving.
            Err(Trouble::NotAllowed(_)) => assert!(!passes && hd.is_array(), "{hd}"),
            Err(Trouble::NotMember(outsider)) => {
                assert!(!passes && !hd.is_array() && outsider.keys[0].space == "google", "{hd}");
            }
            Err(other) => panic!("{hd}: {other}"),
        }
    }
}

#[tokio::test]
async fn an_address_is_proven_only_where_google_is_its_master() {
    for (email, verified, hd, proven) in [
        ("a@gmail.com", json!(true), Value::Null, true),
        ("a@GMail.com", json!(false), Value::Null, true),
        ("a@example.com", json!(true), json!("example.com"), true),
        ("a@example.com", json!("true"), json!("example.com"), true),
        ("a@example.com", json!("false"), json!("example.com"), false),
        ("a@example.com", json!(true), Value::Null, false),
        ("a@gmail.com.evil.example", json!(true), Value::Null, false),
    ] {
        let upstream = google(&person(&json!({ "email": email, "email_verified": verified, "hd": hd }))).await;
        let identity = sign_in(&*open("google", &settings(&[])), &turn(&upstream)).await.unwrap();
        assert_eq!(identity.email.unwrap().1, proven, "{email} {verified} {hd}");
    }
}

#[tokio::test]
async fn a_new_owner_of_a_domain_is_another_person() {
    let mut keys = Vec::new();
    for sub in ["1", "2"] {
        let upstream = google(&person(&json!({ "sub": sub, "hd": "example.com" }))).await;
        keys.push(sign_in(&*open("google", &settings(&[])), &turn(&upstream)).await.unwrap().keys[0].clone());
    }
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn the_browser_leaves_with_what_google_understands() {
    let upstream = google(&person(&json!({}))).await;
    let mut turn = turn(&upstream);
    turn.prompt_login = true;
    turn.max_age = Some(60);
    turn.hint = Some("a@gmail.com".to_owned());
    let (address, sent) = sent_to(&*open("google", &settings(&["example.com"])), &turn).await;
    assert_eq!(address, "https://accounts.google.com/o/oauth2/v2/auth");
    for (name, value) in [
        ("prompt", "select_account"),
        ("hd", "example.com"),
        ("login_hint", "a@gmail.com"),
        ("max_age", "60"),
        ("nonce", &turn.nonce),
        ("scope", "openid email profile"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(sent.get(name).map(String::as_str), Some(value), "{name}");
    }
    let (_, sent) = sent_to(&*open("google", &settings(&["example.com", "example.cn"])), &turn).await;
    assert_eq!(sent["hd"], "*");
}

#[tokio::test]
async fn googles_refusals_are_understood() {
    let upstream = google(&person(&json!({}))).await;
    let connector = open("google", &settings(&[]));
    let unknown = json!({ "error": "invalid_client", "error_description": "The provided client secret is invalid." });
    upstream.on("/oauth2.googleapis.com/token", Reply::json(&unknown).status(401));
    assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::Misconfigured(_))));
    upstream.on("/oauth2.googleapis.com/token", Reply::json(&json!({ "error": "invalid_grant" })).status(400));
    assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::BadReply(_))));
    assert_eq!(wrong("google", &settings(&["@example.com"])), ["hosted_domains"]);
}
