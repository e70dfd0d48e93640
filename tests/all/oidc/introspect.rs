//! Introspection (security.md §2.7 rows 126–130).

use hufu::base::id::UserId;
use hufu::oidc::error::Code;
use hufu::store::clients::TokenFormat;
use hufu::store::resources::{Resource, ResourceMetadata};
use hufu::store::users::UserState;
use serde_json::{Value, json};

use super::redeeming::{Confidential, code_of, params};
use super::world::{HERE, ISSUER, World, worlds};

const API: &str = "https://api.example.org";

async fn ask(world: &World, caller: &Confidential, token: &str) -> Value {
    world.oidc.introspect(&params(&[("token", token)]), Some(&caller.basic()), HERE).await.unwrap()
}

/// A token of `client` for the API that `api` may introspect.
async fn token_for_api(world: &World, client: &Confidential, user: &UserId, format: TokenFormat) -> String {
    let metadata =
        ResourceMetadata { introspectors: vec!["api".to_owned()], token_format: format, ..Default::default() };
    let row = Resource { id: API.to_owned(), version: 1, metadata };
    let put = world.store().write(move |tx| {
        let row = row.clone();
        Box::pin(async move { tx.put_resource(&row).await })
    });
    put.await.unwrap();
    let code = world
        .code_for(&client.client, user, "openid offline_access", |grant, _| grant.resources = vec![API.to_owned()])
        .await;
    redeem(world, client, &code.text).await.access_token
}

async fn redeem(world: &World, client: &Confidential, code: &str) -> hufu::oidc::token::TokenResponse {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", super::world::CALLBACK),
        ("code_verifier", super::redeeming::VERIFIER),
    ];
    world.oidc.token(&params(&pairs), Some(&client.basic()), HERE).await.unwrap()
}

fn inactive() -> Value {
    json!({"active": false})
}

#[tokio::test]
async fn its_client_and_the_resources_introspector_see_a_token_nobody_else() {
    for world in worlds().await {
        let client = world.confidential("app", |it| it.resources = vec![API.to_owned()]).await;
        let api = world.confidential("api", |_| ()).await;
        let other = world.confidential("other", |_| ()).await;
        let user = world.user("anna").await;
        for format in [TokenFormat::Opaque, TokenFormat::Jwt] {
            let token = token_for_api(&world, &client, &user, format).await;
            assert_eq!(token.starts_with("hufu_at_"), format == TokenFormat::Opaque);
            let seen = ask(&world, &api, &token).await;
            assert_eq!(seen["active"], true, "{}", world.name);
            assert_eq!((&seen["client_id"], &seen["iss"]), (&json!("app"), &json!(ISSUER)));
            assert_eq!(seen["aud"], json!([API, ISSUER]));
            assert_eq!(seen["sub"], world.sub(&user, &client.client).await);
            assert_eq!((&seen["token_type"], &seen["scope"]), (&json!("Bearer"), &json!("openid offline_access")));
            assert_eq!(seen["exp"].as_i64().unwrap() - seen["iat"].as_i64().unwrap(), 600);
            assert_eq!(ask(&world, &client, &token).await, seen);
            assert_eq!(ask(&world, &other, &token).await, inactive(), "another audience");
        }
    }
}

#[tokio::test]
async fn s126_s127_s129_who_may_ask_and_how() {
    for world in worlds().await {
        let client = world.confidential("app", |_| ()).await;
        world.public("public").await;
        let some = params(&[("token", "x")]);
        assert_eq!(
            code_of(world.oidc.introspect(&some, None, HERE).await),
            Some(Code::InvalidClient),
            "{}",
            world.name
        );
        let wrong = super::redeeming::basic("app", "wrong");
        assert_eq!(code_of(world.oidc.introspect(&some, Some(&wrong), HERE).await), Some(Code::InvalidClient));
        let public = params(&[("token", "x"), ("client_id", "public")]);
        assert_eq!(code_of(world.oidc.introspect(&public, None, HERE).await), Some(Code::InvalidClient));
        let without = world.oidc.introspect(&params(&[]), Some(&client.basic()), HERE).await;
        assert_eq!(code_of(without), Some(Code::InvalidRequest));
        let twice = params(&[("token", "x"), ("token", "y")]);
        assert_eq!(
            code_of(world.oidc.introspect(&twice, Some(&client.basic()), HERE).await),
            Some(Code::InvalidRequest)
        );
    }
}

#[tokio::test]
async fn s128_what_is_no_token_of_the_callers() {
    for world in worlds().await {
        let client = world.confidential("app", |_| ()).await;
        let code = world.code(&client.client, "openid offline_access").await.text;
        let spare = world.code(&client.client, "openid").await.text;
        let tokens = redeem(&world, &client, &code).await;
        let access = &tokens.access_token;
        let refresh = tokens.refresh_token.unwrap();
        let wrong = [
            "x",
            &access[..access.len() - 1],
            &format!("{access}="),
            "eyJhbGciOiJub25lIn0.e30.",
            &spare,
            &tokens.id_token.unwrap(),
            &refresh[..refresh.len() - 1],
        ];
        for text in wrong {
            assert_eq!(ask(&world, &client, text).await, inactive(), "{} {text}", world.name);
        }
        // A refresh token is its own client's business, and never looks like an access token.
        let seen = ask(&world, &client, &refresh).await;
        assert_eq!((&seen["active"], seen.get("token_type")), (&json!(true), None));
        let other = world.confidential("other", |_| ()).await;
        assert_eq!(ask(&world, &other, &refresh).await, inactive());
        assert_eq!(ask(&world, &other, access).await, inactive());
    }
}

#[tokio::test]
async fn s130_dead_grants_are_inactive() {
    for world in worlds().await {
        let client = world.confidential("app", |_| ()).await;
        let user = world.user("anna").await;
        let code = world.code_for(&client.client, &user, "openid offline_access", |_, _| ()).await;
        let tokens = redeem(&world, &client, &code.text).await;
        assert_eq!(ask(&world, &client, &tokens.access_token).await["active"], true);
        let mut row = world.store().user(&user).await.unwrap().unwrap();
        row.state = UserState::Disabled;
        let disabled = world.store().write(move |tx| {
            let row = row.clone();
            Box::pin(async move { tx.update_user(&row).await })
        });
        assert!(disabled.await.unwrap());
        assert_eq!(ask(&world, &client, &tokens.access_token).await, inactive(), "{}", world.name);
        assert_eq!(ask(&world, &client, &tokens.refresh_token.unwrap()).await, inactive());
        let code = world.code(&client.client, "openid").await;
        let access = redeem(&world, &client, &code.text).await.access_token;
        let now = world.clock.now();
        let ended = world.store().write(move |tx| {
            let grant = code.grant.clone();
            Box::pin(async move { tx.end_grant(&grant, now, "test").await })
        });
        assert!(ended.await.unwrap());
        assert_eq!(ask(&world, &client, &access).await, inactive());
    }
}
