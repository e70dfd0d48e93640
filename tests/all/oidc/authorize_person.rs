//! Whom a request demands: `claims` and `id_token_hint` (security.md §2.3, rows 47, 48).

use hufu::oidc::checks::claims::{DEEPEST, LONGEST};
use hufu::oidc::error::Code;
use serde_json::json;

use super::id_tokens::{forged, unsigned};
use super::requests::request;
use super::world::{ISSUER, worlds};

fn nested(levels: usize) -> String {
    // The outermost object and `id_token` and the claim are three of the levels.
    let inner = levels - 3;
    format!("{{\"id_token\":{{\"acr\":{{\"x\":{}{}}}}}}}", "[".repeat(inner), "]".repeat(inner))
}

#[tokio::test]
async fn s48_claims_are_an_object_without_doubles_depths_or_wrong_types() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let long = format!("{{\"x\":\"{}\"}}", "x".repeat(LONGEST));
        let deep = nested(DEEPEST + 1);
        let deepest = format!("{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        for wrong in [
            "",
            "garbage",
            "[]",
            "null",
            "1",
            "{} {}",
            "{\"id_token\":[]}",
            "{\"id_token\":null}",
            "{\"userinfo\":{\"name\":true}}",
            "{\"userinfo\":{\"name\":{\"essential\":\"yes\"}}}",
            "{\"userinfo\":{\"name\":{\"values\":\"x\"}}}",
            "{\"userinfo\":{},\"userinfo\":{}}",
            "{\"userinfo\":{\"name\":null,\"name\":null}}",
            "{\"userinfo\":{\"name\":{\"value\":{\"a\":1,\"a\":2}}}}",
            "{\"id_token\":{\"sub\":{\"value\":1}}}",
            "{\"id_token\":{\"sub\":{\"values\":[\"a\",\"b\"]}}}",
            &long,
            &deep,
            &deepest,
        ] {
            let changes = [("claims", Some(wrong))];
            if wrong.is_empty() {
                assert_eq!(world.read(&changes).await.claims, None);
            } else {
                let shorter: String = wrong.chars().take(80).collect();
                assert_eq!(world.returns(&changes).await, Code::InvalidRequest, "{shorter}");
            }
        }
        world.read(&[("claims", Some(&nested(DEEPEST)))]).await;
    }
}

#[tokio::test]
async fn s123_a_claim_named_by_itself_is_no_way_round_the_scopes_a_client_is_limited_to() {
    for world in worlds().await {
        world.client("app", |client| client.scope = vec!["openid".to_owned(), "email".to_owned()]).await;
        let claims =
            r#"{"userinfo":{"phone_number":null,"email":null,"sub":null},"id_token":{"name":null,"acr":null}}"#;
        let request = world.read(&[("scope", Some("openid")), ("claims", Some(claims))]).await;
        let kept = request.claims.unwrap();
        assert_eq!(kept.userinfo.keys().collect::<Vec<_>>(), ["email", "sub"]);
        assert_eq!(kept.id_token.keys().collect::<Vec<_>>(), ["acr"]);
    }
}

#[tokio::test]
async fn s48_a_nul_in_a_demanded_sub_is_nobody_on_both_stores() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let claims = r#"{"id_token":{"sub":{"value":"a\u0000b"}}}"#;
        // Whoever is demanded is not here, which is found out at the login and is no error of the database.
        world.read(&[("claims", Some(claims))]).await;
    }
}

#[tokio::test]
async fn p_claims_essential_known_claims_are_kept_and_unknown_ones_ignored() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let claims = json!({
            "userinfo": { "name": { "essential": true, "purpose": "?" }, "email": null, "shoe_size": null },
            "id_token": { "auth_time": { "essential": true }, "acr": { "values": ["2", "1"] }, "name#ja": null },
            "other": 1,
        });
        let read = world.read(&[("claims", Some(&claims.to_string()))]).await;
        let kept = serde_json::to_value(read.claims.unwrap()).unwrap();
        let expected = json!({
            "userinfo": { "email": null, "name": { "essential": true } },
            "id_token": {
                "acr": { "essential": false, "values": ["2", "1"] },
                "auth_time": { "essential": true },
            },
        });
        assert_eq!(kept, expected);
        assert_eq!(read.wanted_user, None);
    }
}

#[tokio::test]
async fn an_essential_acr_that_no_sign_in_reaches_is_refused() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let wanting = |wish: serde_json::Value| json!({ "id_token": { "acr": wish } }).to_string();
        for wish in [json!({"essential": true, "value": "phr"}), json!({"essential": true, "values": ["9", 1]})] {
            let code = world.returns(&[("claims", Some(&wanting(wish)))]).await;
            assert_eq!(code, Code::UnmetAuthenticationRequirements);
        }
        for wish in
            [json!({"values": ["9"]}), json!({"essential": true}), json!({"essential": true, "values": ["9", "1"]})]
        {
            world.read(&[("claims", Some(&wanting(wish)))]).await;
        }
    }
}

#[tokio::test]
async fn s48_a_demanded_sub_is_a_person_or_nobody() {
    for world in worlds().await {
        let app = world.client("app", |_| ()).await;
        let (ann, bob) = (world.user("ann").await, world.user("bob").await);
        let (ann_sub, bob_sub) = (world.sub(&ann, &app).await, world.sub(&bob, &app).await);

        let claims = json!({ "id_token": { "sub": { "value": ann_sub } } }).to_string();
        assert_eq!(world.read(&[("claims", Some(&claims))]).await.wanted_user, Some(ann.clone()));
        let claims = json!({ "userinfo": { "sub": { "values": [ann_sub] } } }).to_string();
        assert_eq!(world.read(&[("claims", Some(&claims))]).await.wanted_user, Some(ann.clone()));

        for claims in [
            json!({ "id_token": { "sub": { "value": "unknown" } } }),
            json!({ "id_token": { "sub": { "value": ann_sub } }, "userinfo": { "sub": { "value": bob_sub } } }),
        ] {
            let wanted = world.read(&[("claims", Some(&claims.to_string()))]).await.wanted_user.unwrap();
            assert_eq!(world.store().user(&wanted).await.unwrap().map(|user| user.id), None);
        }
        let hint = world.id_token(&bob, &app, None).await;
        let both = [("claims", Some(&*claims)), ("id_token_hint", Some(&*hint))];
        let wanted = world.read(&both).await.wanted_user.unwrap();
        assert!(wanted != ann && wanted != bob);
    }
}

#[tokio::test]
async fn s47_p_id_token_hint_a_hint_names_a_person_even_when_expired() {
    for world in worlds().await {
        let app = world.client("app", |_| ()).await;
        let ann = world.user("ann").await;
        let hint = world.id_token(&ann, &app, None).await;
        let named = [("id_token_hint", Some(&*hint)), ("prompt", Some("none"))];
        assert_eq!(world.read(&named).await.wanted_user, Some(ann.clone()));
        world.clock.advance(7200);
        assert_eq!(world.read(&named).await.wanted_user, Some(ann.clone()));
    }
}

#[tokio::test]
async fn s47_a_broken_or_foreign_hint_is_an_invalid_request() {
    for world in worlds().await {
        let app = world.client("app", |_| ()).await;
        let other = world.client("other", |_| ()).await;
        let ann = world.user("ann").await;
        let hint = world.id_token(&ann, &app, None).await;
        let sub = world.sub(&ann, &app).await;
        let now = world.clock.now();
        let claims = |iss: &str, aud: serde_json::Value| json!({ "iss": iss, "sub": sub, "aud": aud, "iat": now, "exp": now + 60 });
        let wrong = [
            "garbage".to_owned(),
            "a.b.c".to_owned(),
            hint[..hint.len() - 8].to_owned(),
            format!("{hint}x"),
            unsigned(&hint),
            forged(&hint),
            world.signed("at+jwt", &claims(ISSUER, json!("app"))).await,
            world.signed("logout+jwt", &claims(ISSUER, json!("app"))).await,
            world.signed("JWT", &claims("https://evil.example", json!("app"))).await,
            world.signed("JWT", &json!({ "iss": ISSUER, "aud": "app", "exp": now + 60 })).await,
            world.id_token(&ann, &other, None).await,
        ];
        for hint in wrong {
            let refused = world.returned(&request(&[("id_token_hint", Some(&hint))])).await.1;
            assert_eq!(refused.code, Code::InvalidRequest, "{hint}");
        }
    }
}
