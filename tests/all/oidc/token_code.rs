//! Redeeming authorization codes (security.md §2.5).

use futures::future::join_all;
use hufu::oidc::error::Code;

use super::redeeming::{CHALLENGE, VERIFIER, code_of, params, redeem_at};
use super::world::{CALLBACK, HERE, World, worlds};

#[tokio::test]
async fn s90_a_code_buys_tokens() {
    for world in worlds().await {
        let client = world.public("app").await;
        let code = world.code(&client, "openid profile").await;
        let answer = world.redeem(&client, &code.text).await.unwrap();
        assert_eq!((answer.token_type, answer.expires_in), ("Bearer", 600), "{}", world.name);
        assert_eq!(answer.scope, "openid profile");
        assert!(answer.id_token.is_some() && answer.refresh_token.is_none());
        assert!(world.works(&answer.access_token).await);
    }
}

#[tokio::test]
async fn s81_s82_grant_types_are_known_and_registered() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let expected = [
            (None, Code::InvalidRequest),
            (Some("password"), Code::UnsupportedGrantType),
            (Some("urn:x"), Code::UnsupportedGrantType),
            (Some("implicit"), Code::UnsupportedGrantType),
            (Some("refresh_token"), Code::UnauthorizedClient),
            (Some("client_credentials"), Code::UnauthorizedClient),
        ];
        for (grant_type, code) in expected {
            let mut pairs = vec![("client_id", "app"), ("refresh_token", "x")];
            pairs.extend(grant_type.map(|grant_type| ("grant_type", grant_type)));
            assert_eq!(code_of(world.token(&pairs).await), Some(code), "{} {grant_type:?}", world.name);
        }
    }
}

#[tokio::test]
async fn s91_texts_that_are_no_code() {
    for world in worlds().await {
        let client = world.public("app").await;
        let code = world.code(&client, "openid offline_access").await.text;
        let tokens = world.tokens(&client, "openid offline_access").await;
        let mut flipped = code.clone().into_bytes();
        flipped[20] ^= 1;
        let wrong = [
            "made-up".to_owned(),
            code[..code.len() - 1].to_owned(),
            format!("{code}A"),
            code.to_ascii_uppercase(),
            String::from_utf8(flipped).unwrap(),
            tokens.access_token,
            tokens.refresh_token.unwrap(),
            tokens.id_token.unwrap(),
        ];
        for text in wrong {
            assert_eq!(code_of(world.redeem(&client, &text).await), Some(Code::InvalidGrant), "{text}");
        }
        world.redeem(&client, &code).await.unwrap();
    }
}

#[tokio::test]
async fn s92_s93_p_codereuse_a_second_use_ends_the_grant() {
    for world in worlds().await {
        let client = world.public("app").await;
        let code = world.code(&client, "openid offline_access").await;
        let answer = world.redeem(&client, &code.text).await.unwrap();
        assert!(world.works(&answer.access_token).await);
        assert_eq!(code_of(world.redeem(&client, &code.text).await), Some(Code::InvalidGrant), "{}", world.name);
        assert!(!world.works(&answer.access_token).await);
        let refreshed = world.refresh(&client, &answer.refresh_token.unwrap()).await;
        assert_eq!(code_of(refreshed), Some(Code::InvalidGrant));
        assert_eq!(world.audited().await, ["code_reuse"]);
    }
}

#[tokio::test]
async fn p_codereuse_30seconds_kills_the_first_access_token_too() {
    for world in worlds().await {
        let client = world.public("app").await;
        let code = world.code(&client, "openid").await;
        let answer = world.redeem(&client, &code.text).await.unwrap();
        world.clock.advance(90);
        assert_eq!(code_of(world.redeem(&client, &code.text).await), Some(Code::InvalidGrant));
        assert!(!world.works(&answer.access_token).await, "{}", world.name);
    }
}

#[tokio::test]
async fn s94_a_code_is_its_clients_own() {
    for world in worlds().await {
        let owner = world.public("owner").await;
        let public = world.public("thief").await;
        let secret = world.confidential("service", |_| ()).await;
        let code = world.code(&owner, "openid").await;
        assert_eq!(code_of(world.redeem(&public, &code.text).await), Some(Code::InvalidGrant), "{}", world.name);
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code.text.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let stolen = world.oidc.token(&params(&pairs), Some(&secret.basic()), HERE).await;
        assert_eq!(code_of(stolen), Some(Code::InvalidGrant));
        let answer = world.redeem(&owner, &code.text).await.unwrap();
        // Nor does a thief's replay end what the owner got.
        assert_eq!(code_of(world.redeem(&public, &code.text).await), Some(Code::InvalidGrant));
        assert!(world.works(&answer.access_token).await);
    }
}

#[tokio::test]
async fn s95_the_redirect_uri_is_named_again() {
    for world in worlds().await {
        world.public("app").await;
        let client = world.public("other").await;
        let code = world.code(&client, "openid").await.text;
        for (uri, expected) in [
            (None, Code::InvalidRequest),
            (Some(""), Code::InvalidRequest),
            (Some("https://app.example.org/CB"), Code::InvalidGrant),
            (Some("https://app.example.org/cb/"), Code::InvalidGrant),
        ] {
            let mut pairs = vec![
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("code_verifier", VERIFIER),
                ("client_id", "other"),
            ];
            pairs.extend(uri.map(|uri| ("redirect_uri", uri)));
            assert_eq!(code_of(world.token(&pairs).await), Some(expected), "{} {uri:?}", world.name);
        }
        world.redeem(&client, &code).await.unwrap();
    }
}

#[tokio::test]
async fn s96_s98_wrong_verifiers_are_counted_and_the_fifth_kills() {
    for world in worlds().await {
        let client = world.public("app").await;
        let code = world.code(&client, "openid").await.text;
        let padded = format!("{VERIFIER}=");
        let wrong: [Option<&str>; 5] = [None, Some(""), Some(&padded), Some(CHALLENGE), Some(&VERIFIER[..42])];
        for verifier in &wrong[..4] {
            assert_eq!(try_verifier(&world, &code, *verifier).await, Some(Code::InvalidGrant));
        }
        let spared = world.code(&client, "openid").await.text;
        for verifier in &wrong[..4] {
            try_verifier(&world, &spared, *verifier).await;
        }
        world.redeem(&client, &spared).await.unwrap();
        assert_eq!(try_verifier(&world, &code, wrong[4]).await, Some(Code::InvalidGrant));
        assert_eq!(code_of(world.redeem(&client, &code).await), Some(Code::InvalidGrant), "{}", world.name);
    }
}

async fn try_verifier(world: &World, code: &str, verifier: Option<&str>) -> Option<Code> {
    let mut pairs =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("client_id", "app")];
    pairs.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    code_of(world.token(&pairs).await)
}

#[tokio::test]
async fn s97_no_verifier_without_a_challenge() {
    for world in worlds().await {
        let service = world.confidential("service", |_| ()).await;
        let user = world.user("anna").await;
        for (verifier, expected) in [(Some(VERIFIER), Some(Code::InvalidGrant)), (None, None)] {
            let code = world.code_for(&service.client, &user, "openid", |_, payload| payload.code_challenge = None);
            let code = code.await.text;
            let mut pairs = vec![("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
            pairs.extend(verifier.map(|verifier| ("code_verifier", verifier)));
            let answer = world.oidc.token(&params(&pairs), Some(&service.basic()), HERE).await;
            assert_eq!(code_of(answer), expected, "{}", world.name);
        }
        // A public client never goes without a challenge, whatever a code says.
        let app = world.public("app").await;
        let code = world.code_for(&app, &user, "openid", |_, payload| payload.code_challenge = None).await.text;
        assert_eq!(try_verifier(&world, &code, None).await, Some(Code::InvalidGrant));
    }
}

#[tokio::test]
async fn s99_of_twenty_redemptions_on_two_nodes_one_wins_and_is_revoked() {
    for world in worlds().await {
        let client = world.public("app").await;
        let other = world.second_node().await;
        let code = world.code(&client, "openid").await.text;
        let nodes = [&world.oidc, &other];
        let answers = join_all((0..20).map(|n| redeem_at(nodes[n % 2], &client, &code))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1, "{}", world.name);
        assert!(lost.into_iter().all(|answer| code_of(answer) == Some(Code::InvalidGrant)));
        assert!(!world.works(&won[0].as_ref().unwrap().access_token).await);
    }
}

#[tokio::test]
async fn s100_scope_on_redemption_changes_nothing() {
    for world in worlds().await {
        let client = world.public("app").await;
        let code = world.code(&client, "openid").await.text;
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", "app"),
            ("scope", "openid email offline_access"),
        ];
        let answer = world.token(&pairs).await.unwrap();
        assert_eq!(answer.scope, "openid", "{}", world.name);
        assert!(answer.refresh_token.is_none());
    }
}

#[tokio::test]
async fn a_code_lives_sixty_seconds_and_no_longer_than_what_it_stands_on() {
    for world in worlds().await {
        let client = world.public("app").await;
        let code = world.code(&client, "openid").await.text;
        world.clock.advance(60);
        assert_eq!(code_of(world.redeem(&client, &code).await), Some(Code::InvalidGrant), "{}", world.name);
        let code = world.code(&client, "openid").await;
        let (id, now) = (code.session.id.clone(), world.clock.now());
        world
            .store()
            .write(move |tx| {
                let id = id.clone();
                Box::pin(async move { tx.end_session(&id, now, "signed out").await })
            })
            .await
            .unwrap();
        assert_eq!(code_of(world.redeem(&client, &code.text).await), Some(Code::InvalidGrant));
    }
}
