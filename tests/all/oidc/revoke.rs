//! Revocation (security.md §2.7 rows 131–135).

use hufu::oidc::error::Code;

use super::redeeming::{code_of, params};
use super::world::{HERE, worlds};

const OFFLINE: &str = "openid offline_access";

#[tokio::test]
async fn s131_s135_unknown_tokens_and_wrong_hints_are_no_error() {
    for world in worlds().await {
        world.public("app").await;
        for pairs in [
            vec![("token", "x")],
            vec![("token", "x"), ("token_type_hint", "refresh_token")],
            vec![("token", "x"), ("token_type_hint", "what"), ("callback", "f")],
        ] {
            let pairs: Vec<_> = pairs.into_iter().chain([("client_id", "app")]).collect();
            assert!(world.oidc.revoke(&params(&pairs), None, HERE).await.is_ok(), "{}", world.name);
        }
        let without = world.oidc.revoke(&params(&[("client_id", "app")]), None, HERE).await;
        assert_eq!(code_of(without), Some(Code::InvalidRequest));
    }
}

#[tokio::test]
async fn an_access_token_goes_alone() {
    for world in worlds().await {
        let client = world.public("app").await;
        let tokens = world.tokens(&client, OFFLINE).await;
        let pairs = [
            ("client_id", "app"),
            ("token", tokens.access_token.as_str()),
            // A wrong hint only says where to look first.
            ("token_type_hint", "refresh_token"),
        ];
        world.oidc.revoke(&params(&pairs), None, HERE).await.unwrap();
        assert!(!world.works(&tokens.access_token).await, "{}", world.name);
        world.refresh(&client, &tokens.refresh_token.unwrap()).await.unwrap();
        assert_eq!(world.audited().await, ["access_token_revoked"]);
    }
}

#[tokio::test]
async fn s134_a_refresh_token_takes_the_grant_with_it_on_every_node() {
    for world in worlds().await {
        let client = world.public("app").await;
        let tokens = world.tokens(&client, OFFLINE).await;
        let other = world.second_node().await;
        assert!(other.userinfo(&tokens.access_token).await.is_ok());
        let refresh = tokens.refresh_token.unwrap();
        let pairs = [("client_id", "app"), ("token", refresh.as_str())];
        world.oidc.revoke(&params(&pairs), None, HERE).await.unwrap();
        assert!(other.userinfo(&tokens.access_token).await.is_err(), "{}", world.name);
        assert_eq!(code_of(world.refresh(&client, &refresh).await), Some(Code::InvalidGrant));
        assert_eq!(world.audited().await, ["token_revoked"]);
        world.oidc.revoke(&params(&pairs), None, HERE).await.unwrap();
        assert_eq!(world.audited().await.len(), 1, "ended once");
    }
}

#[tokio::test]
async fn s132_s133_anothers_token_lives() {
    for world in worlds().await {
        let client = world.public("app").await;
        world.public("other").await;
        world.confidential("service", |_| ()).await;
        let tokens = world.tokens(&client, OFFLINE).await;
        let refresh = tokens.refresh_token.unwrap();
        for token in [&tokens.access_token, &refresh] {
            let other = params(&[("client_id", "other"), ("token", token)]);
            assert!(world.oidc.revoke(&other, None, HERE).await.is_ok(), "{}", world.name);
            for nobody in [params(&[("token", token)]), params(&[("client_id", "service"), ("token", token)])] {
                assert_eq!(code_of(world.oidc.revoke(&nobody, None, HERE).await), Some(Code::InvalidClient));
            }
        }
        assert!(world.works(&tokens.access_token).await);
        world.refresh(&client, &refresh).await.unwrap();
    }
}
