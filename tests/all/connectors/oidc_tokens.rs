//! ID tokens that must not open a door (security.md rows 172 and 173), and keys over time.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hufu::connectors::Trouble;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::signer::{answer_with, claims, confused, encode, provider, public, settings, sign, token};
use super::turns::{NOW, open, reason, sign_in, turn};
use crate::support::upstream::Reply;

const ISSUER: &str = "https://login.example.org";

fn with(name: &str, value: Value) -> String {
    let mut claims = claims(ISSUER, "me");
    claims[name] = value;
    token(&claims)
}

fn without(name: &str) -> String {
    let mut claims = claims(ISSUER, "me");
    claims.as_object_mut().unwrap().remove(name);
    token(&claims)
}

fn headed(header: &Value) -> String {
    sign(header, &claims(ISSUER, "me").to_string(), 0)
}

async fn refusal(id_token: &str) -> String {
    let upstream = provider(id_token).await;
    reason(sign_in(&*open("oidc", &settings()), &turn(&upstream)).await)
}

#[tokio::test]
async fn s172_broken_id_tokens_are_refused_each_with_its_own_reason() {
    let right = claims(ISSUER, "me");
    let unsigned = format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&right));
    let twice = right.to_string().replacen('{', "{\"sub\":\"somebody-else\",", 1);
    let header = json!({ "alg": "RS256", "kid": "k1" });
    let broken = [
        ("wrong aud", with("aud", json!("other"))),
        ("no aud", without("aud")),
        ("further aud", with("aud", json!(["me", "other"]))),
        ("foreign azp", with("azp", json!("other"))),
        ("expired", with("exp", json!(NOW - 61))),
        ("no exp", without("exp")),
        ("future iat", with("iat", json!(NOW + 120))),
        ("no iat", without("iat")),
        ("not yet", with("nbf", json!(NOW + 120))),
        ("wrong iss", with("iss", json!("https://login.example.org/"))),
        ("no iss", without("iss")),
        ("no sub", without("sub")),
        ("empty sub", with("sub", json!(""))),
        ("none", unsigned),
        ("HS256 with the public key", confused(&right)),
        ("foreign kid", headed(&json!({ "alg": "RS256", "kid": "k9" }))),
        ("foreign key under our kid", sign(&header, &right.to_string(), 1)),
        ("crit", headed(&json!({ "alg": "RS256", "kid": "k1", "crit": ["exp"] }))),
        ("another kind of token", headed(&json!({ "alg": "RS256", "kid": "k1", "typ": "at+jwt" }))),
        ("sub twice", sign(&header, &twice, 0)),
        ("foreign at_hash", with("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))),
        ("no token at all", "not a token".to_owned()),
    ];
    let mut reasons = HashSet::new();
    for (what, id_token) in broken {
        let reason = refusal(&id_token).await;
        assert!(reasons.insert(reason.clone()), "{what} has no reason of its own: {reason}");
    }
}

#[tokio::test]
async fn s173_the_nonce_must_be_there_and_be_ours() {
    assert_eq!(refusal(&without("nonce")).await, "id_token: no nonce");
    assert_eq!(refusal(&with("nonce", json!("other"))).await, "id_token: nonce is of another sign-in");
    assert_eq!(refusal(&with("nonce", json!(["a"]))).await, "id_token: nonce is of another sign-in");
}

#[tokio::test]
async fn clocks_may_differ_by_a_minute_and_numbers_may_have_a_fraction() {
    for (name, value) in
        [("exp", json!(NOW - 59)), ("iat", json!(NOW + 60)), ("nbf", json!(NOW + 60)), ("exp", json!(1_750_000_100.5))]
    {
        let upstream = provider(&with(name, value.clone())).await;
        assert!(sign_in(&*open("oidc", &settings()), &turn(&upstream)).await.is_ok(), "{name} {value}");
    }
}

#[tokio::test]
async fn s98_addresses_inside_a_token_are_never_asked() {
    let header = json!({ "alg": "RS256", "kid": "k9", "jku": "https://evil.example/keys", "jwk": public(1, "k9") });
    let payload = claims("https://evil.example", "me").to_string();
    let upstream = provider(&sign(&header, &payload, 1)).await;
    assert!(sign_in(&*open("oidc", &settings()), &turn(&upstream)).await.is_err());
    assert!(upstream.all().iter().all(|seen| seen.path.starts_with("/login.example.org/")));
}

#[tokio::test]
async fn a_new_key_is_looked_for_once_and_then_not_for_a_minute() {
    let upstream = provider(&token(&claims(ISSUER, "me"))).await;
    let connector = open("oidc", &settings());
    let mut turn = turn(&upstream);
    sign_in(&*connector, &turn).await.unwrap();
    let asked = || upstream.seen("/login.example.org/keys").len();
    assert_eq!(asked(), 1);
    sign_in(&*connector, &turn).await.unwrap();
    assert_eq!(asked(), 1, "kept");

    let renewed = sign(&json!({ "alg": "RS256", "kid": "k2" }), &claims(ISSUER, "me").to_string(), 1);
    answer_with(&upstream, &renewed);
    assert!(sign_in(&*connector, &turn).await.is_err());
    assert_eq!(asked(), 2, "one look for an unknown key");
    upstream.on("/login.example.org/keys", Reply::json(&json!({ "keys": [public(0, "k1"), public(1, "k2")] })));
    assert!(sign_in(&*connector, &turn).await.is_err());
    assert_eq!(asked(), 2, "quiet for a minute");
    turn.now += 61;
    sign_in(&*connector, &turn).await.unwrap();
    assert_eq!(asked(), 3);
}

#[tokio::test]
async fn old_keys_stay_when_new_ones_cannot_be_fetched_and_ages_have_bounds() {
    let upstream = provider(&with("exp", json!(NOW + 1_000_000))).await;
    let keys = Reply::json(&json!({ "keys": [public(0, "k1")] }));
    upstream.on("/login.example.org/keys", keys.with("cache-control", "public, max-age=1"));
    let connector = open("oidc", &settings());
    let mut turn = turn(&upstream);
    sign_in(&*connector, &turn).await.unwrap();
    turn.now += 299;
    sign_in(&*connector, &turn).await.unwrap();
    assert_eq!(upstream.seen("/login.example.org/keys").len(), 1, "at least five minutes");
    upstream.on("/login.example.org/keys", Reply::new(500, "down"));
    turn.now += 2;
    sign_in(&*connector, &turn).await.unwrap();
    assert_eq!(upstream.seen("/login.example.org/keys").len(), 2);
    turn.now += 90_000;
    upstream.on("/login.example.org/.well-known/openid-configuration", Reply::new(500, "down"));
    sign_in(&*connector, &turn).await.unwrap();
}

#[tokio::test]
async fn odd_key_sets_are_survived() {
    let right = token(&claims(ISSUER, "me"));
    let upstream = provider(&right).await;
    let two = json!({ "keys": [{ "kty": "unheard-of" }, public(1, "k1"), public(0, "k1")] });
    upstream.on("/login.example.org/keys", Reply::json(&two));
    assert!(sign_in(&*open("oidc", &settings()), &turn(&upstream)).await.is_ok(), "two keys of one name");
    upstream.on("/login.example.org/keys", Reply::json(&json!({ "keys": [] })));
    assert!(matches!(sign_in(&*open("oidc", &settings()), &turn(&upstream)).await, Err(Trouble::BadReply(_))));
    let mut sealing = public(0, "k1");
    sealing["use"] = json!("enc");
    upstream.on("/login.example.org/keys", Reply::json(&json!({ "keys": [sealing] })));
    assert!(sign_in(&*open("oidc", &settings()), &turn(&upstream)).await.is_err(), "a key for encryption");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_changed_byte_of_a_token_passes(at: proptest::sample::Index, bit in 0_u8..8) {
        let right = token(&claims(ISSUER, "me"));
        let mut parts = right.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect::<Vec<_>>();
        let total = parts.iter().map(Vec::len).sum::<usize>();
        let mut index = at.index(total);
        for part in &mut parts {
            if index < part.len() {
                part[index] ^= 1 << bit;
                break;
            }
            index -= part.len();
        }
        let changed = parts.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect::<Vec<_>>().join(".");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let upstream = provider(&changed).await;
            assert!(sign_in(&*open("oidc", &settings()), &turn(&upstream)).await.is_err());
        });
    }
}
