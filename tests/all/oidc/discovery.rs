//! What we announce (security.md §2.2, rows 16–22; protocol.md §1.4).

use std::collections::HashSet;

use serde_json::{Value, json};

use super::requests::{CHALLENGE, Change};
use super::world::{ISSUER, worlds};

#[tokio::test]
async fn s16_s17_s18_s19_s20_p_discovery_endpoint_verification_the_metadata_is_exact() {
    for world in worlds().await {
        let document: Value = serde_json::from_slice(&world.oidc.discovery().body).unwrap();
        assert_eq!(document["issuer"], ISSUER);
        for (name, value) in document.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                assert!(value.as_str().unwrap().starts_with(&format!("{ISSUER}/")), "{name}");
            }
        }
        assert_eq!(document["response_types_supported"], json!(["code"]));
        assert_eq!(document["response_modes_supported"], json!(["query", "form_post"]));
        assert_eq!(
            document["grant_types_supported"],
            json!(["authorization_code", "refresh_token", "client_credentials"])
        );
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(document["subject_types_supported"], json!(["public", "pairwise"]));
        assert_eq!(document["id_token_signing_alg_values_supported"], json!(["RS256", "PS256", "ES256", "EdDSA"]));
        for yes in ["authorization_response_iss_parameter_supported", "claims_parameter_supported"] {
            assert_eq!(document[yes], json!(true), "{yes}");
        }
        for no in ["request_parameter_supported", "request_uri_parameter_supported"] {
            assert_eq!(document[no], json!(false), "{no}");
        }
        assert!(document["scopes_supported"].as_array().unwrap().contains(&json!("openid")));
        assert!(document["prompt_values_supported"].as_array().unwrap().contains(&json!("create")));
        assert!(!document.to_string().contains("\"none\",\"RS256\"") && !has_algorithm_none(&document));
    }
}

/// `none` is an authentication method of public clients and a prompt, and nowhere an algorithm.
fn has_algorithm_none(document: &Value) -> bool {
    document.as_object().unwrap().iter().any(|(name, values)| {
        name.contains("_alg_values_") && values.as_array().unwrap().iter().any(|value| value == "none")
    })
}

#[tokio::test]
async fn every_announced_word_is_understood() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let document: Value = serde_json::from_slice(&world.oidc.discovery().body).unwrap();
        for (member, parameter) in [
            ("scopes_supported", "scope"),
            ("response_types_supported", "response_type"),
            ("response_modes_supported", "response_mode"),
            ("prompt_values_supported", "prompt"),
            ("acr_values_supported", "acr_values"),
            ("ui_locales_supported", "ui_locales"),
        ] {
            for word in document[member].as_array().unwrap() {
                let scope = word == "offline_access" || word == "account";
                let word = if scope { "openid offline_access account" } else { word.as_str().unwrap() };
                let changes: [Change<'_>; 2] = [(parameter, Some(word)), ("code_challenge", Some(CHALLENGE))];
                world.read(&changes).await;
            }
        }
        let all: serde_json::Map<String, Value> = document["claims_supported"]
            .as_array()
            .unwrap()
            .iter()
            .map(|claim| (claim.as_str().unwrap().to_owned(), Value::Null))
            .collect();
        world.read(&[("claims", Some(&json!({ "userinfo": all, "id_token": all }).to_string()))]).await;
    }
}

#[tokio::test]
async fn s22_the_key_set_is_public_distinct_and_has_the_next_keys() {
    for world in worlds().await {
        let document = world.oidc.jwks().await.unwrap();
        let set: Value = serde_json::from_slice(&document.body).unwrap();
        let keys = set["keys"].as_array().unwrap();
        let mut kids = HashSet::new();
        for key in keys {
            assert!(kids.insert(key["kid"].as_str().unwrap().to_owned()));
            assert_eq!(key["use"], "sig");
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(key.get(private).is_none(), "{private}");
            }
            if key["kty"] == "RSA" {
                // 2048 bits are 342 or 343 characters of base64url.
                assert!(key["n"].as_str().unwrap().len() >= 342);
            }
        }
        for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
            assert!(keys.iter().filter(|key| key["alg"] == algorithm).count() >= 2, "{algorithm}");
        }
    }
}

#[tokio::test]
async fn s23_the_documents_are_the_same_bytes_under_one_strong_etag() {
    for world in worlds().await {
        let pairs = [
            (world.oidc.discovery(), world.oidc.discovery()),
            (world.oidc.jwks().await.unwrap(), world.oidc.jwks().await.unwrap()),
        ];
        for (first, second) in &pairs {
            assert_eq!((&first.body, &first.etag), (&second.body, &second.etag));
            assert!(first.etag.starts_with('"') && first.etag.ends_with('"') && first.etag.len() > 20);
        }
        assert_ne!(pairs[0].0.etag, pairs[1].0.etag);
        world.clock.advance(1);
        assert_eq!(world.oidc.jwks().await.unwrap().etag, pairs[1].0.etag);
    }
}
