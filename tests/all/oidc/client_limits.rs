//! How often a client's secret may be tried (security.md §0, rule 12).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hufu::oidc::client_auth::limit::{ALL, ALL_SECRETS, SECRETS};
use hufu::oidc::error::{Code, Error};
use hufu::store::attempts::Limit;
use hufu::store::clients::AuthMethod;

use super::redeeming::{basic, params};
use super::world::{HERE, World, worlds};

const CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");
const STRANGER: &str = "198.51.100.7";

async fn ask(world: &World, header: &str, address: &str) -> Result<(), Error> {
    world.oidc.token(&params(&[CREDENTIALS]), Some(header), address).await.map(drop)
}

/// One wrong secret of `client` from `address` after the other, as many as are allowed.
async fn spend(world: &World, client: &str, address: &str) {
    for _ in 0..SECRETS.tries {
        let refused = ask(world, &basic(client, "wrong"), address).await.unwrap_err();
        assert_eq!((refused.code, refused.wait), (Code::InvalidClient, None), "{}", world.name);
    }
}

#[tokio::test]
async fn wrong_secrets_are_limited_for_whoever_tries_them_and_not_for_the_client() {
    for world in worlds().await {
        let one = world.confidential("one", |_| ()).await;
        let two = world.confidential("two", |_| ()).await;
        spend(&world, "one", STRANGER).await;
        for header in [basic("one", "wrong"), one.basic()] {
            let refused = ask(&world, &header, STRANGER).await.unwrap_err();
            assert_eq!(refused.code, Code::TemporarilyUnavailable, "{}: right or wrong", world.name);
            assert!(refused.wait.is_some_and(|wait| (1..=SECRETS.block).contains(&wait)), "{refused:?}");
        }
        assert_eq!(ask(&world, &one.basic(), HERE).await, Ok(()), "{}: from its own address", world.name);
        assert_eq!(ask(&world, &two.basic(), STRANGER).await, Ok(()), "{}: another client", world.name);
        world.clock.advance(SECRETS.block);
        assert_eq!(ask(&world, &one.basic(), STRANGER).await, Ok(()), "{}: the block ends", world.name);
    }
}

#[tokio::test]
async fn s84_an_unknown_client_is_limited_as_one_that_exists() {
    for world in worlds().await {
        spend(&world, "nobody", STRANGER).await;
        let refused = ask(&world, &basic("nobody", "wrong"), STRANGER).await.unwrap_err();
        assert_eq!(refused.code, Code::TemporarilyUnavailable, "{}", world.name);
    }
}

#[tokio::test]
async fn whoever_has_a_network_of_addresses_has_one_budget() {
    for world in worlds().await {
        let one = world.confidential("one", |_| ()).await;
        for number in 0..SECRETS.tries {
            let address = format!("2001:db8:1:2::{number:x}");
            assert_eq!(ask(&world, &basic("one", "wrong"), &address).await.unwrap_err().code, Code::InvalidClient);
        }
        let refused = ask(&world, &one.basic(), "2001:db8:1:2:ffff::1").await.unwrap_err();
        assert_eq!(refused.code, Code::TemporarilyUnavailable, "{}", world.name);
        assert_eq!(ask(&world, &one.basic(), "2001:db8:1:3::1").await, Ok(()), "{}", world.name);
    }
}

#[tokio::test]
async fn wrong_assertions_are_charged_like_secrets() {
    for world in worlds().await {
        world.confidential("one", |metadata| metadata.token_endpoint_auth_method = AuthMethod::ClientSecretJwt).await;
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let forged = format!("{}.{}.{}", part(r#"{"alg":"HS256"}"#), part(r#"{"sub":"one"}"#), part("signature"));
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let form = [CREDENTIALS, ("client_assertion_type", kind), ("client_assertion", forged.as_str())];
        let mut told = Vec::new();
        for _ in 0..=SECRETS.tries {
            told.push(world.oidc.token(&params(&form), None, STRANGER).await.unwrap_err().code);
        }
        let last = told.pop();
        assert!(told.iter().all(|code| *code == Code::InvalidClient), "{}", world.name);
        assert_eq!(last, Some(Code::TemporarilyUnavailable), "{}", world.name);
    }
}

#[tokio::test]
async fn a_flood_from_everywhere_is_charged_no_more_and_shuts_out_no_right_secret() {
    for world in worlds().await {
        let one = world.confidential("one", |_| ()).await;
        let now = world.clock.now();
        let spent =
            world.store().write(move |tx| Box::pin(async move { tx.charge_attempt(ALL, ALL_SECRETS, now).await }));
        spent.await.unwrap();
        crate::login::password_floods::spent(&world.database, ALL, ALL_SECRETS.tries - 1).await;
        let refused = ask(&world, &basic("one", "wrong"), HERE).await.unwrap_err();
        assert_eq!(refused.code, Code::InvalidClient, "{}: the last that is allowed", world.name);
        for name in ["one", "two", "three"] {
            let refused = ask(&world, &basic(name, "wrong"), &format!("203.0.113.{}", name.len())).await.unwrap_err();
            assert_eq!(refused.code, Code::TemporarilyUnavailable, "{}: {name}", world.name);
        }
        assert_eq!(rows(&world).await, 2, "{}: no row for what is refused", world.name);
        assert_eq!(ask(&world, &one.basic(), HERE).await, Ok(()), "{}", world.name);
        assert_eq!(ask(&world, &one.basic(), STRANGER).await, Ok(()), "{}", world.name);
    }
}

/// How many names are charged.
async fn rows(world: &World) -> u64 {
    let later = world.clock.now() + 86_400;
    world.store().write(move |tx| Box::pin(async move { tx.sweep_attempts(later, 1000).await })).await.unwrap()
}

#[tokio::test]
async fn a_right_secret_is_charged_nowhere() {
    for world in worlds().await {
        let one = world.confidential("one", |_| ()).await;
        for _ in 0..3 {
            assert_eq!(ask(&world, &one.basic(), HERE).await, Ok(()), "{}", world.name);
        }
        assert_eq!(rows(&world).await, 0, "{}", world.name);
    }
}

#[tokio::test]
async fn every_node_counts_the_same() {
    for world in worlds().await {
        let one = world.confidential("one", |_| ()).await;
        // What another node charged.
        let (name, now) =
            (format!("client-secret:{}", hufu::base::secret::digest(&format!("one {STRANGER}"))), world.clock.now());
        let spent = world.store().write(move |tx| {
            let name = name.clone();
            Box::pin(async move { tx.charge_attempt(&name, Limit { tries: 1, ..SECRETS }, now).await })
        });
        spent.await.unwrap();
        let refused = ask(&world, &basic("one", "wrong"), STRANGER).await.unwrap_err();
        assert_eq!(refused.code, Code::TemporarilyUnavailable, "{}", world.name);
        assert!(ask(&world, &one.basic(), STRANGER).await.is_err(), "{}: learnt with the first wrong one", world.name);
    }
}
