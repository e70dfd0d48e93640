//! Google's habits (§2).

use http::StatusCode;
use hufu::base::secret::digest;
use serde_json::{Value, json};

use super::openid::{VERIFIER, is_signed, part};
use super::site::{CALLBACK, Reply, Site};

const AUTHORIZE: &str = "/accounts.google.com/o/oauth2/v2/auth";
const TOKEN: &str = "/oauth2.googleapis.com/token";

async fn allow(site: &Site, more: &[(&str, &str)], person: &str) -> Reply {
    let challenge = digest(VERIFIER);
    let mut query = vec![
        ("client_id", "practice-google"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email profile"),
        ("state", "s1"),
        ("nonce", "n1"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    query.extend_from_slice(more);
    site.allow(AUTHORIZE, &query, person).await
}

async fn redeem(site: &Site, code: &str) -> Reply {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", "practice-google"),
        ("client_secret", "practice-secret"),
    ];
    site.post(TOKEN, &fields, &[]).await
}

async fn claims(site: &Site, person: &str) -> Value {
    let code = allow(site, &[], person).await.sent("code").unwrap();
    part(redeem(site, &code).await.json()["id_token"].as_str().unwrap(), 1)
}

#[tokio::test]
async fn discovery_names_three_hosts_and_no_logout() {
    let site = Site::new();
    let document = site.get("/accounts.google.com/.well-known/openid-configuration", &[]).await.json();
    assert_eq!(document["issuer"], "https://accounts.google.com");
    assert_eq!(document["token_endpoint"], "https://oauth2.googleapis.com/token");
    assert_eq!(document["userinfo_endpoint"], "https://openidconnect.googleapis.com/v1/userinfo");
    assert_eq!(document["jwks_uri"], "https://www.googleapis.com/oauth2/v3/certs");
    assert!(document.get("end_session_endpoint").is_none());
    let keys = site.get("/www.googleapis.com/oauth2/v3/certs", &[]).await;
    assert_eq!(keys.json()["keys"].as_array().unwrap().len(), 2);
    assert!(keys.header("cache-control").contains("max-age="));
}

#[tokio::test]
async fn the_code_has_a_slash_and_the_callback_extras() {
    let site = Site::new();
    let reply = allow(&site, &[], "amara").await;
    assert!(reply.sent("code").unwrap().starts_with("4/0Ab"));
    assert!(reply.header("location").contains("code=4%2F0Ab"));
    assert!(reply.sent("scope").unwrap().contains("https://www.googleapis.com/auth/userinfo.email"));
    assert_eq!(
        (reply.sent("authuser").unwrap(), reply.sent("hd").unwrap()),
        ("0".to_owned(), "example.com".to_owned())
    );
}

#[tokio::test]
async fn tokens_have_long_scopes_and_a_refresh_token_only_the_first_time() {
    let site = Site::new();
    let offline = [("access_type", "offline")];
    let code = allow(&site, &offline, "amara").await.sent("code").unwrap();
    let first = redeem(&site, &code).await.json();
    assert_eq!((&first["expires_in"], &first["token_type"]), (&json!(3599), &json!("Bearer")));
    let long = "openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile";
    assert_eq!(first["scope"], long);
    assert!(first["access_token"].as_str().unwrap().starts_with("ya29.") && first["refresh_token"].is_string());
    let code = allow(&site, &offline, "amara").await.sent("code").unwrap();
    assert!(redeem(&site, &code).await.json().get("refresh_token").is_none());
    let again = [("access_type", "offline"), ("prompt", "consent")];
    let code = allow(&site, &again, "amara").await.sent("code").unwrap();
    assert!(redeem(&site, &code).await.json()["refresh_token"].is_string());
}

#[tokio::test]
async fn a_company_address_without_hd_is_a_personal_account() {
    let site = Site::new();
    assert_eq!(claims(&site, "amara").await["hd"], "example.com");
    let personal = claims(&site, "xiaoman").await;
    assert_eq!((&personal["email"], personal.get("hd")), (&json!("xiaoman@example.com"), None));
    // The hd of the request is a hint for the page only.
    let code = allow(&site, &[("hd", "example.com")], "xiaoman").await.sent("code").unwrap();
    let token = redeem(&site, &code).await.json()["id_token"].as_str().unwrap().to_owned();
    assert!(part(&token, 1).get("hd").is_none());
}

#[tokio::test]
async fn a_lapsed_domain_comes_back_with_a_new_sub() {
    let site = Site::new();
    let old = claims(&site, "amara").await;
    site.json("PATCH", "/_control/people/amara", json!({"sub": "900000000000000000009"})).await;
    let new = claims(&site, "amara").await;
    assert_eq!((&old["email"], &old["hd"]), (&new["email"], &new["hd"]));
    assert_ne!(old["sub"], new["sub"]);
}

#[tokio::test]
async fn iss_and_booleans_come_in_the_old_forms() {
    let site = Site::new();
    site.switch("google", &["iss_short", "string_booleans"]).await;
    let claims = claims(&site, "amara").await;
    assert_eq!((&claims["iss"], &claims["email_verified"]), (&json!("accounts.google.com"), &json!("true")));
}

#[tokio::test]
async fn errors_stay_on_googles_page_or_come_in_its_words() {
    let site = Site::new();
    let query = "?client_id=practice-google&response_type=code&scope=openid&redirect_uri=https://evil.example/";
    let page = site.get(&format!("{AUTHORIZE}{query}"), &[]).await;
    assert_eq!((page.status, page.header("location")), (StatusCode::BAD_REQUEST, ""));
    assert!(page.body.contains("redirect_uri_mismatch"));
    let malformed = redeem(&site, "nonsense").await;
    assert_eq!(malformed.json(), json!({"error": "invalid_grant", "error_description": "Malformed auth code."}));
    let code = allow(&site, &[], "amara").await.sent("code").unwrap();
    redeem(&site, &code).await;
    assert_eq!(redeem(&site, &code).await.json()["error_description"], "Bad Request");
    let fields = [("grant_type", "authorization_code"), ("client_id", "practice-google"), ("client_secret", "x")];
    let wrong = site.post(TOKEN, &fields, &[]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.json()["error_description"], "The provided client secret is invalid.");
}

#[tokio::test]
async fn the_buttons_credential_is_signed_and_carries_the_nonce() {
    let site = Site::new();
    let wanted = json!({"person": "amara", "nonce": "n7"});
    let form = site.json("POST", "/_control/google/credential", wanted).await.json();
    let token = form["credential"].as_str().unwrap();
    let keys = site.get("/www.googleapis.com/oauth2/v3/certs", &[]).await.json();
    assert!(is_signed(token, &keys));
    assert_eq!((&part(token, 1)["nonce"], &part(token, 1)["aud"]), (&json!("n7"), &json!("practice-google")));
    let info = site.get(&format!("/oauth2.googleapis.com/tokeninfo?id_token={token}"), &[]).await.json();
    assert_eq!(info["email_verified"], "true");
}
