//! The plain OpenID provider at login.example.org.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use hufu::base::secret::digest;
use serde_json::{Value, json};

use super::site::{CALLBACK, NOW, Reply, Site};

pub const AUTHORIZE: &str = "/login.example.org/authorize";
pub const TOKEN: &str = "/login.example.org/token";
pub const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-x";

/// An authorization request, in the order of its parameters.
pub async fn allow(site: &Site, more: &[(&str, &str)], person: &str) -> Reply {
    let challenge = digest(VERIFIER);
    let mut query = vec![
        ("client_id", "practice-oidc"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email groups"),
        ("state", "s1"),
        ("nonce", "n1"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in more {
        query.retain(|(known, _)| known != name);
        query.push((name, value));
    }
    site.allow(AUTHORIZE, &query, person).await
}

pub async fn redeem(site: &Site, code: &str) -> Reply {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", "practice-oidc"),
        ("client_secret", "practice-secret"),
    ];
    site.post(TOKEN, &fields, &[]).await
}

pub async fn sign_in(site: &Site, person: &str) -> Value {
    let code = allow(site, &[], person).await.sent("code").unwrap();
    redeem(site, &code).await.json()
}

pub fn part(token: &str, at: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
}

/// Whether one of the published keys signed it.
pub fn is_signed(token: &str, jwks: &Value) -> bool {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
    };
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let field = |key: &Value, name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let kid = &part(token, 0)["kid"];
    jwks["keys"].as_array().unwrap().iter().filter(|key| key["kid"] == *kid).any(|key| {
        if key["kty"] == "RSA" {
            let public = RsaPublicKeyComponents { n: field(key, "n"), e: field(key, "e") };
            public.verify(&RSA_PKCS1_2048_8192_SHA256, input.as_bytes(), &signature).is_ok()
        } else {
            let point = [vec![4], field(key, "x"), field(key, "y")].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(input.as_bytes(), &signature).is_ok()
        }
    })
}

#[tokio::test]
async fn a_sign_in_gives_a_signed_token_with_the_claims_asked_for() {
    let site = Site::new();
    let answer = allow(&site, &[], "amara").await;
    assert_eq!(answer.sent("state").unwrap(), "s1");
    assert_eq!(answer.sent("iss").unwrap(), "https://login.example.org");
    let tokens = redeem(&site, &answer.sent("code").unwrap()).await;
    assert_eq!(tokens.header("cache-control"), "no-store");
    let tokens = tokens.json();
    let token = tokens["id_token"].as_str().unwrap();
    let jwks = site.get("/login.example.org/jwks", &[]).await.json();
    assert!(is_signed(token, &jwks));
    let claims = part(token, 1);
    for (name, value) in [
        ("iss", json!("https://login.example.org")),
        ("aud", json!("practice-oidc")),
        ("nonce", json!("n1")),
        ("exp", json!(NOW + 3600)),
        ("auth_time", json!(NOW)),
        ("email", json!("amara@example.com")),
        ("email_verified", json!(true)),
        ("groups", json!(["staff", "admins"])),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    let authorization = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let userinfo = site.get("/login.example.org/userinfo", &[("authorization", &authorization)]).await.json();
    assert_eq!(userinfo["sub"], claims["sub"]);
    assert_eq!(userinfo["name"], "Amara Okafor");
}

#[tokio::test]
async fn keys_rotate_and_the_older_one_stays_for_a_while() {
    let site = Site::new();
    let old = sign_in(&site, "amara").await["id_token"].as_str().unwrap().to_owned();
    site.json("POST", "/_control/keys/oidc/rotate", json!({})).await;
    let new = sign_in(&site, "amara").await["id_token"].as_str().unwrap().to_owned();
    let jwks = site.get("/login.example.org/jwks", &[]).await;
    assert!(jwks.header("cache-control").contains("max-age="));
    assert_ne!(part(&old, 0)["kid"], part(&new, 0)["kid"]);
    assert!(is_signed(&old, &jwks.json()) && is_signed(&new, &jwks.json()));
    site.switch("oidc", &["es256"]).await;
    let ec = sign_in(&site, "amara").await["id_token"].as_str().unwrap().to_owned();
    assert_eq!(part(&ec, 0)["alg"], "ES256");
    assert!(is_signed(&ec, &jwks.json()));
}

#[tokio::test]
async fn form_post_answers_by_a_form() {
    let site = Site::new();
    let reply = allow(&site, &[("response_mode", "form_post"), ("state", "\"><script>")], "amara").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.body.contains(&format!("action=\"{CALLBACK}\"")));
    assert!(reply.body.contains("name=\"code\"") && reply.body.contains("name=\"state\""));
    assert!(!reply.body.contains("\"><script>"));
}

#[tokio::test]
async fn prompt_max_age_and_login_hint_are_honoured() {
    let site = Site::new();
    let none = allow(&site, &[("prompt", "none")], "amara").await;
    assert_eq!(none.sent("error").unwrap(), "login_required");
    let first = allow(&site, &[], "amara").await;
    let cookie = first.header("set-cookie").split(';').next().unwrap().to_owned();
    site.clock.advance(100);
    let silent = |more: &'static str| {
        let (site, cookie) = (&site, &cookie);
        let query = format!(
            "{AUTHORIZE}?client_id=practice-oidc&redirect_uri={CALLBACK}&response_type=code&prompt=none&scope={more}"
        );
        async move { site.get(&query, &[("cookie", cookie)]).await }
    };
    assert!(silent("openid").await.sent("code").is_some());
    assert!(silent("openid&max_age=200").await.sent("code").is_some());
    assert_eq!(silent("openid&max_age=50").await.sent("error").unwrap(), "login_required");
    assert_eq!(silent("openid&login_hint=xiaoman").await.sent("error").unwrap(), "login_required");
    assert!(silent("openid&login_hint=amara@example.com").await.sent("code").is_some());
    assert_eq!(silent("openid%20offline_access").await.sent("error").unwrap(), "consent_required");
}

#[tokio::test]
async fn bad_requests_are_shown_or_returned_as_they_should() {
    let site = Site::new();
    let shown = |query: &'static str| {
        let site = &site;
        async move { site.get(&format!("{AUTHORIZE}?{query}"), &[]).await }
    };
    let away = shown("client_id=practice-oidc&redirect_uri=https://evil.example/&response_type=code").await;
    assert_eq!((away.status, away.header("location")), (StatusCode::BAD_REQUEST, ""));
    let twice = shown("client_id=practice-oidc&client_id=practice-oidc&response_type=code").await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    let token = allow(&site, &[("response_type", "token")], "amara").await;
    assert_eq!(token.sent("error").unwrap(), "unsupported_response_type");
    let plain = allow(&site, &[("code_challenge_method", "plain")], "amara").await;
    assert_eq!(plain.sent("error").unwrap(), "invalid_request");
    let no_openid = allow(&site, &[("scope", "profile")], "amara").await;
    assert_eq!(no_openid.sent("error").unwrap(), "invalid_scope");
}

#[tokio::test]
async fn codes_and_clients_are_checked() {
    let site = Site::new();
    let code = allow(&site, &[], "amara").await.sent("code").unwrap();
    let with = |fields: &'static [(&'static str, &'static str)]| {
        let mut all = vec![("grant_type", "authorization_code"), ("redirect_uri", CALLBACK), ("code", code.as_str())];
        all.extend_from_slice(fields);
        let site = &site;
        async move { site.post(TOKEN, &all, &[]).await }
    };
    let wrong = with(&[("client_id", "practice-oidc"), ("client_secret", "x")]).await;
    assert_eq!((wrong.status, wrong.json()["error"].clone()), (StatusCode::UNAUTHORIZED, json!("invalid_client")));
    let missing = with(&[("client_id", "practice-oidc"), ("client_secret", "practice-secret")]).await;
    assert_eq!((missing.status, missing.json()["error"].clone()), (StatusCode::BAD_REQUEST, json!("invalid_grant")));
    assert_eq!(redeem(&site, &code).await.status, StatusCode::OK);
    assert_eq!(redeem(&site, &code).await.json()["error"], "invalid_grant");
    let late = allow(&site, &[], "amara").await.sent("code").unwrap();
    site.clock.advance(601);
    assert_eq!(redeem(&site, &late).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn refresh_tokens_rotate() {
    let site = Site::new();
    let code = allow(&site, &[("scope", "openid offline_access")], "amara").await.sent("code").unwrap();
    let old = redeem(&site, &code).await.json()["refresh_token"].as_str().unwrap().to_owned();
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", old.as_str()),
        ("client_id", "practice-oidc"),
        ("client_secret", "practice-secret"),
    ];
    let new = site.post(TOKEN, &fields, &[]).await.json();
    assert!(new["refresh_token"].is_string() && new["refresh_token"] != old);
    assert_eq!(site.post(TOKEN, &fields, &[]).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn signing_out_returns_to_a_registered_address_only() {
    let site = Site::new();
    let path = "/login.example.org/end_session?post_logout_redirect_uri=";
    let good = site.get(&format!("{path}http://localhost:8080/bye&state=x"), &[]).await;
    assert_eq!(good.header("location"), "http://localhost:8080/bye?state=x");
    let bad = site.get(&format!("{path}https://evil.example/"), &[]).await;
    assert_eq!((bad.status, bad.header("location")), (StatusCode::OK, ""));
}
