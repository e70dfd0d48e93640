//! What tokens look like and for whom they are made.

use hufu::oidc::error::Code;
use hufu::oidc::jose::Algorithm;
use hufu::store::clients::{SubjectType, TokenFormat};
use hufu::store::resources::{Resource, ResourceMetadata};
use serde_json::json;

use super::redeeming::{claims_in, code_of, params};
use super::world::{CALLBACK, HERE, ISSUER, World, worlds};

async fn resource(world: &World, id: &str, metadata: ResourceMetadata) {
    let row = Resource { id: id.to_owned(), version: 1, metadata };
    world
        .store()
        .write(move |tx| {
            let row = row.clone();
            Box::pin(async move { tx.put_resource(&row).await })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn s111_tokens_have_256_bits_a_prefix_and_rest_hashed() {
    for world in worlds().await {
        let client = world.public("app").await;
        let tokens = world.tokens(&client, "openid offline_access").await;
        let refresh = tokens.refresh_token.unwrap();
        for (text, prefix) in [(&tokens.access_token, "hufu_at_"), (&refresh, "hufu_rt_")] {
            assert!(text.starts_with(prefix) && text.len() == prefix.len() + 10 + 49, "{text}");
        }
        let mut raw = world.database.raw().await;
        for table in ["artifacts_short", "artifacts_long"] {
            let dump = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(format!(
                "SELECT digest || ' ' || payload || ' ' || COALESCE(successor, '') FROM {table}"
            )));
            for row in dump.fetch_all(&mut raw).await.unwrap() {
                assert!(!row.contains("hufu_"), "{}: {row}", world.name);
            }
        }
    }
}

#[tokio::test]
async fn s111_access_tokens_live_an_hour_at_most() {
    for world in worlds().await {
        let client = world.client("app", |metadata| metadata.access_token_life = Some(86_400)).await;
        let tokens = world.tokens(&client, "openid").await;
        assert_eq!(tokens.expires_in, 3600, "{}", world.name);
        world.clock.advance(3599);
        assert!(world.works(&tokens.access_token).await);
        world.clock.advance(1);
        assert!(!world.works(&tokens.access_token).await);
    }
}

#[tokio::test]
async fn p_idtoken_signature_each_algorithm_verifies_with_the_published_key() {
    for world in worlds().await {
        for algorithm in Algorithm::ALL {
            let name = algorithm.as_str();
            let client = world.client(name, |it| it.id_token_signed_response_alg = name.to_owned()).await;
            let code = world.code(&client, "openid").await;
            let tokens = world.redeem(&client, &code.text).await.unwrap();
            let jwt = tokens.id_token.unwrap();
            let hint = world.oidc.read_id_token_hint(&jwt).await.unwrap();
            let claims = claims_in(&jwt);
            assert_eq!(claims["iss"], ISSUER);
            assert_eq!((claims["aud"].as_str(), hint.aud.as_str()), (Some(name), name));
            assert_eq!(claims["sub"].as_str(), Some(hint.sub.as_str()));
            assert_eq!(hint.sid.as_deref(), Some(code.session.id.as_str()));
            assert_eq!(claims["nonce"], "n-0S6_WzA2Mj");
            assert_eq!((&claims["acr"], &claims["amr"]), (&json!("1"), &json!(["pwd"])));
            assert!(claims["auth_time"].is_i64() && claims["iat"].is_i64() && claims["exp"].is_i64());
            let half = if name == "EdDSA" { 43 } else { 22 };
            assert_eq!(claims["at_hash"].as_str().unwrap().len(), half, "{} {name}", world.name);
            let expected = ["iss", "sub", "aud", "exp", "iat", "at_hash", "auth_time", "acr", "amr", "sid", "nonce"];
            assert!(claims.keys().all(|claim| expected.contains(&claim.as_str())), "{claims:?}");
        }
    }
}

#[tokio::test]
async fn a_hint_is_ours_unchanged_and_may_be_old() {
    for world in worlds().await {
        let client = world.public("app").await;
        let jwt = world.tokens(&client, "openid").await.id_token.unwrap();
        assert!(!world.oidc.read_id_token_hint(&jwt).await.unwrap().expired);
        world.clock.advance(3600);
        assert!(world.oidc.read_id_token_hint(&jwt).await.unwrap().expired, "{}", world.name);
        let parts: Vec<&str> = jwt.split('.').collect();
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        let wrong = [
            format!("{none}.{}.", parts[1]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}.{}", parts[0], parts[1], parts[2].to_ascii_lowercase()),
            format!("{}.{}", parts[0], parts[1]),
            "x".to_owned(),
            format!("{jwt}{}", "A".repeat(9000)),
        ];
        for text in wrong {
            assert_eq!(code_of(world.oidc.read_id_token_hint(&text).await), Some(Code::InvalidRequest));
        }
    }
}

#[tokio::test]
async fn claims_asked_for_the_id_token_are_there_and_no_others() {
    for world in worlds().await {
        let client = world.public("app").await;
        let user = world.user("anna").await;
        let code = world.code_for(&client, &user, "openid profile", |grant, _| {
            grant.claims = Some(json!({"id_token": {"preferred_username": null, "email": null}}).to_string());
        });
        let code = code.await.text;
        let claims = claims_in(&world.redeem(&client, &code).await.unwrap().id_token.unwrap());
        assert_eq!(claims["preferred_username"], "anna", "{}", world.name);
        assert!(!claims.contains_key("email") && !claims.contains_key("name"));
    }
}

#[tokio::test]
async fn s123_a_sub_is_one_per_sector_and_stays() {
    for world in worlds().await {
        let (anna, bert) = (world.user("anna").await, world.user("bert").await);
        let public = [world.public("one").await, world.public("two").await];
        let mut pairwise = Vec::new();
        for (id, sector) in [("three", Some("a.example")), ("four", Some("a.example")), ("five", None)] {
            let client = world.client(id, |metadata| {
                metadata.subject_type = SubjectType::Pairwise;
                metadata.sector = sector.map(str::to_owned);
            });
            pairwise.push(client.await);
        }
        let subs = async |user| (world.sub(user, &public[0]).await, world.sub(user, &pairwise[0]).await);
        let (of_anna, of_bert) = (subs(&anna).await, subs(&bert).await);
        assert_eq!(of_anna.0, world.sub(&anna, &public[1]).await, "{}", world.name);
        assert_eq!(of_anna.1, world.sub(&anna, &pairwise[1]).await);
        let fifth = world.sub(&anna, &pairwise[2]).await;
        let mut all = vec![of_anna.0.clone(), of_anna.1.clone(), of_bert.0, of_bert.1, fifth];
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 5, "injective over person and sector");
        assert!(all.iter().all(|sub| sub.len() <= 255 && sub.is_ascii() && !sub.contains("anna")));
        let code = world.code_for(&pairwise[0], &anna, "openid", |_, _| ()).await.text;
        let tokens = world.redeem(&pairwise[0], &code).await.unwrap();
        assert_eq!(claims_in(&tokens.id_token.unwrap())["sub"], of_anna.1);
    }
}

#[tokio::test]
async fn a_sub_is_not_used_again_after_its_person_is_gone() {
    for world in worlds().await {
        let client = world.public("app").await;
        let anna = world.user("anna").await;
        let sub = world.sub(&anna, &client).await;
        let (gone, now) = (anna.clone(), world.clock.now());
        let deleted = world.store().write(move |tx| {
            let gone = gone.clone();
            Box::pin(async move { tx.delete_user(&gone, now).await })
        });
        assert!(deleted.await.unwrap(), "{}", world.name);
        assert_eq!(world.store().user_of_subject(&sub).await.unwrap(), Some(anna));
        let again = world.user("anna").await;
        assert_ne!(world.sub(&again, &client).await, sub);
    }
}

#[tokio::test]
async fn a_resource_gets_a_jwt_of_rfc_9068() {
    for world in worlds().await {
        let api = "https://api.example.org";
        let metadata = ResourceMetadata { token_format: TokenFormat::Jwt, token_life: Some(300), ..Default::default() };
        resource(&world, api, metadata).await;
        let client = world.client("app", |metadata| metadata.resources = vec![api.to_owned()]).await;
        let user = world.user("anna").await;
        let code = world.code_for(&client, &user, "openid profile", |grant, _| grant.resources = vec![api.to_owned()]);
        let tokens = world.redeem(&client, &code.await.text).await.unwrap();
        assert_eq!(tokens.expires_in, 300, "{}", world.name);
        let token = hufu::oidc::jose::Compact::parse(&tokens.access_token).unwrap();
        assert_eq!(token.kind.as_deref(), Some("at+jwt"));
        let claims = token.unverified().unwrap();
        assert_eq!(claims["aud"], json!([api, ISSUER]));
        assert_eq!((&claims["client_id"], &claims["scope"]), (&json!("app"), &json!("openid profile")));
        for needed in ["iss", "exp", "sub", "iat", "jti", "auth_time", "acr"] {
            assert!(claims.contains_key(needed), "{needed}");
        }
        assert!(world.works(&tokens.access_token).await);
        assert_eq!(code_of(world.oidc.read_id_token_hint(&tokens.access_token).await), Some(Code::InvalidRequest));
    }
}

#[tokio::test]
async fn a_resource_that_was_not_granted_is_an_invalid_target() {
    for world in worlds().await {
        let api = "https://api.example.org";
        resource(&world, api, ResourceMetadata::default()).await;
        let client = world.client("app", |metadata| metadata.resources = vec![api.to_owned()]).await;
        let user = world.user("anna").await;
        for (granted, expected) in [(vec![], Some(Code::InvalidTarget)), (vec![api.to_owned()], None)] {
            let code = world.code_for(&client, &user, "openid", |grant, _| grant.resources = granted).await.text;
            let pairs = [
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", CALLBACK),
                ("code_verifier", super::redeeming::VERIFIER),
                ("client_id", "app"),
                ("resource", api),
            ];
            let answer = world.token(&pairs).await;
            assert_eq!(code_of(answer.clone()), expected, "{}", world.name);
            // Asked for the resource alone, it is not for userinfo.
            if let Ok(answer) = answer {
                assert!(!world.works(&answer.access_token).await);
            }
        }
    }
}

#[tokio::test]
async fn s101_services_act_for_themselves_and_nobody_else() {
    for world in worlds().await {
        let api = "https://api.example.org";
        let known = ResourceMetadata { scopes: vec!["read".to_owned()], ..Default::default() };
        resource(&world, api, known).await;
        let service = world.confidential("service", |metadata| {
            metadata.scope = ["openid", "read", "write"].map(str::to_owned).to_vec();
            metadata.resources = vec![api.to_owned()];
        });
        let service = service.await;
        let ask = |more: Vec<(&'static str, &'static str)>| {
            let (world, header) = (&world, service.basic());
            async move {
                let pairs: Vec<_> = [("grant_type", "client_credentials")].into_iter().chain(more).collect();
                world.oidc.token(&params(&pairs), Some(&header), HERE).await
            }
        };
        let plain = ask(vec![]).await.unwrap();
        assert_eq!(plain.scope, "read write", "{}", world.name);
        assert!(plain.id_token.is_none() && plain.refresh_token.is_none());
        assert_eq!(ask(vec![("resource", api)]).await.unwrap().scope, "read");
        for scope in ["openid", "read offline_access", "email", "admin"] {
            assert_eq!(code_of(ask(vec![("scope", scope)]).await), Some(Code::InvalidScope), "{scope}");
        }
        let refused = ask(vec![("resource", api), ("scope", "write")]).await;
        assert_eq!(code_of(refused), Some(Code::InvalidScope));
        assert_eq!(code_of(ask(vec![("resource", "https://x.example")]).await), Some(Code::InvalidTarget));
        assert_eq!(code_of(world.oidc.userinfo(&plain.access_token).await), Some(Code::InsufficientScope));
        let public = world.client("public", |it| it.grant_types = vec!["client_credentials".to_owned()]).await;
        let pairs = [("grant_type", "client_credentials"), ("client_id", public.id.as_str())];
        assert_eq!(code_of(world.token(&pairs).await), Some(Code::UnauthorizedClient));
    }
}

#[tokio::test]
async fn error_texts_are_legal_on_the_wire() {
    for world in worlds().await {
        let client = world.public("app").await;
        let texts = [
            world.redeem(&client, "x").await.unwrap_err(),
            world.token(&[("client_id", "app")]).await.unwrap_err(),
            world.token(&[("client_id", "app"), ("grant_type", "\"\\\n")]).await.unwrap_err(),
            world.token(&[("client_id", "a\"\\b")]).await.unwrap_err(),
            world.oidc.userinfo("\"\\").await.unwrap_err(),
        ];
        for error in texts {
            let legal = |b: u8| (0x20..=0x7e).contains(&b) && b != b'"' && b != b'\\';
            assert!(error.description.bytes().all(legal), "{error}");
        }
    }
}
