//! Rotation of refresh tokens, honest retries and thieves (security.md §2.5, rows 102–110).

use futures::FutureExt as _;
use futures::future::join_all;
use hufu::base::clock::Seconds;
use hufu::oidc::error::Code;
use hufu::store::Tx;
use hufu::store::users::UserState;

use super::redeeming::{claims_in, code_of, params};
use super::world::{HERE, World, worlds};

const DAY: Seconds = 86_400;
const OFFLINE: &str = "openid profile offline_access";

#[tokio::test]
async fn p_refresh_token_each_use_buys_the_next() {
    for world in worlds().await {
        let client = world.public("app").await;
        let first = world.tokens(&client, OFFLINE).await;
        world.clock.advance(30);
        let second = world.refresh(&client, first.refresh_token.as_ref().unwrap()).await.unwrap();
        assert_ne!(second.refresh_token, first.refresh_token, "{}", world.name);
        assert_ne!(second.access_token, first.access_token);
        assert_eq!((second.token_type, second.scope.as_str()), ("Bearer", OFFLINE));
        assert!(world.works(&second.access_token).await);
        let third = world.refresh(&client, second.refresh_token.as_ref().unwrap()).await.unwrap();
        assert!(third.refresh_token.is_some());
    }
}

#[tokio::test]
async fn s110_the_id_token_stays_about_the_same_sign_in() {
    for world in worlds().await {
        let client = world.public("app").await;
        let first = world.tokens(&client, OFFLINE).await;
        world.clock.advance(600);
        let second = world.refresh(&client, first.refresh_token.as_ref().unwrap()).await.unwrap();
        let (old, new) = (claims_in(&first.id_token.unwrap()), claims_in(&second.id_token.unwrap()));
        for same in ["iss", "sub", "aud", "auth_time", "acr", "amr", "sid"] {
            assert!(old.contains_key(same), "{same}");
            assert_eq!(old.get(same), new.get(same), "{} {same}", world.name);
        }
        assert_eq!(new["iat"].as_i64().unwrap() - old["iat"].as_i64().unwrap(), 600);
        assert!(old.contains_key("nonce") && !new.contains_key("nonce"));
    }
}

#[tokio::test]
async fn s102_texts_that_are_no_refresh_token() {
    for world in worlds().await {
        let client = world.public("app").await;
        let tokens = world.tokens(&client, OFFLINE).await;
        let token = tokens.refresh_token.unwrap();
        let code = world.code(&client, OFFLINE).await.text;
        let wrong =
            ["made-up", &token[..token.len() - 1], &tokens.access_token, tokens.id_token.as_ref().unwrap(), &code];
        for text in wrong {
            assert_eq!(code_of(world.refresh(&client, text).await), Some(Code::InvalidGrant), "{text}");
        }
        assert_eq!(code_of(world.refresh(&client, "").await), Some(Code::InvalidRequest));
        let unnamed = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        assert_eq!(code_of(world.token(&unnamed).await), Some(Code::InvalidClient), "{}", world.name);
        world.refresh(&client, &token).await.unwrap();
    }
}

#[tokio::test]
async fn s102_p_refresh_token_another_clients_is_invalid_and_stays_its_owners() {
    for world in worlds().await {
        let owner = world.public("owner").await;
        let thief = world.public("thief").await;
        let service = world.confidential("service", |_| ()).await;
        let token = world.tokens(&owner, OFFLINE).await.refresh_token.unwrap();
        assert_eq!(code_of(world.refresh(&thief, &token).await), Some(Code::InvalidGrant), "{}", world.name);
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        let stolen = world.oidc.token(&params(&pairs), Some(&service.basic()), HERE).await;
        assert_eq!(code_of(stolen), Some(Code::InvalidGrant));
        world.refresh(&owner, &token).await.unwrap();
    }
}

#[tokio::test]
async fn s103_scope_narrows_and_never_widens() {
    for world in worlds().await {
        let client = world.public("app").await;
        let token = world.tokens(&client, OFFLINE).await.refresh_token.unwrap();
        let with = |scope: &'static str, token: String| {
            let world = &world;
            async move {
                let pairs = [
                    ("grant_type", "refresh_token"),
                    ("refresh_token", token.as_str()),
                    ("client_id", "app"),
                    ("scope", scope),
                ];
                world.token(&pairs).await
            }
        };
        for wider in ["openid email", "openid profile offline_access phone", "admin", " "] {
            assert_eq!(code_of(with(wider, token.clone()).await), Some(Code::InvalidScope), "{wider}");
        }
        let narrow = with("profile", token).await.unwrap();
        assert_eq!(narrow.scope, "profile", "{}", world.name);
        assert!(narrow.id_token.is_none());
        // The grant itself is as wide as before (RFC 6749 §6).
        let wide = world.refresh(&client, &narrow.refresh_token.unwrap()).await.unwrap();
        assert_eq!(wide.scope, OFFLINE);
    }
}

#[tokio::test]
async fn s104_late_reuse_ends_the_family() {
    for world in worlds().await {
        let client = world.public("app").await;
        let first = world.tokens(&client, OFFLINE).await;
        let second = world.refresh(&client, first.refresh_token.as_ref().unwrap()).await.unwrap();
        world.clock.advance(11);
        let again = world.refresh(&client, first.refresh_token.as_ref().unwrap()).await;
        assert_eq!(code_of(again), Some(Code::InvalidGrant), "{}", world.name);
        assert!(!world.works(&second.access_token).await);
        let heir = world.refresh(&client, &second.refresh_token.unwrap()).await;
        assert_eq!(code_of(heir), Some(Code::InvalidGrant));
        assert_eq!(world.audited().await, ["refresh_reuse"]);
    }
}

#[tokio::test]
async fn s104_reuse_after_the_successor_was_used_ends_the_family_even_at_once() {
    for world in worlds().await {
        let client = world.public("app").await;
        let first = world.tokens(&client, OFFLINE).await.refresh_token.unwrap();
        let second = world.refresh(&client, &first).await.unwrap().refresh_token.unwrap();
        let third = world.refresh(&client, &second).await.unwrap();
        assert_eq!(code_of(world.refresh(&client, &first).await), Some(Code::InvalidGrant), "{}", world.name);
        assert!(!world.works(&third.access_token).await);
        assert_eq!(world.audited().await, ["refresh_reuse"]);
    }
}

#[tokio::test]
async fn s105_a_lost_answer_gets_another_successor_and_the_unused_one_dies() {
    for world in worlds().await {
        let client = world.public("app").await;
        let first = world.tokens(&client, OFFLINE).await.refresh_token.unwrap();
        let lost = world.refresh(&client, &first).await.unwrap().refresh_token.unwrap();
        world.clock.advance(10);
        let kept = world.refresh(&client, &first).await.unwrap().refresh_token.unwrap();
        assert_ne!(lost, kept, "{}", world.name);
        world.clock.advance(60);
        let next = world.refresh(&client, &kept).await.unwrap();
        assert!(world.works(&next.access_token).await);
        // Whoever holds the dead one did not get it from us for nothing: two hold this family.
        assert_eq!(code_of(world.refresh(&client, &lost).await), Some(Code::InvalidGrant));
        assert!(!world.works(&next.access_token).await);
    }
}

#[tokio::test]
async fn s106_of_twenty_refreshes_at_most_one_branch_lives() {
    for world in worlds().await {
        let client = world.public("app").await;
        let first = world.tokens(&client, OFFLINE).await.refresh_token.unwrap();
        let answers = join_all((0..20).map(|_| world.refresh(&client, &first))).await;
        let heirs: Vec<String> = answers.into_iter().flatten().filter_map(|answer| answer.refresh_token).collect();
        assert!(!heirs.is_empty(), "{}", world.name);
        let mut living = 0;
        for heir in &heirs {
            living += i32::from(world.refresh(&client, heir).await.is_ok());
        }
        assert!(living <= 1, "{} {living}", world.name);
    }
}

#[tokio::test]
async fn s107_a_confidential_clients_token_needs_its_secret() {
    for world in worlds().await {
        let service = world.confidential("service", |_| ()).await;
        let code = world.code(&service.client, OFFLINE).await.text;
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", super::world::CALLBACK),
            ("code_verifier", super::redeeming::VERIFIER),
        ];
        let tokens = world.oidc.token(&params(&pairs), Some(&service.basic()), HERE).await.unwrap();
        let token = tokens.refresh_token.unwrap();
        assert_eq!(code_of(world.refresh(&service.client, &token).await), Some(Code::InvalidClient));
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        world.oidc.token(&params(&pairs), Some(&service.basic()), HERE).await.unwrap();
    }
}

async fn change<F>(world: &World, change: F)
where
    F: for<'t> Fn(&'t mut Tx) -> futures::future::BoxFuture<'t, hufu::store::Result<()>> + Send + Sync + 'static,
{
    world.store().write(change).await.unwrap();
}

#[tokio::test]
async fn s108_what_ends_a_person_ends_the_refresh() {
    for world in worlds().await {
        let client = world.public("app").await;
        let user = world.user("anna").await;
        for case in ["withdrawn", "disabled"] {
            let code = world.code_for(&client, &user, OFFLINE, |_, _| ()).await;
            let tokens = world.redeem(&client, &code.text).await.unwrap();
            let token = world.refresh(&client, &tokens.refresh_token.unwrap()).await.unwrap().refresh_token.unwrap();
            let now = world.clock.now();
            if case == "withdrawn" {
                let (user, client) = (user.clone(), client.id.clone());
                change(&world, move |tx| {
                    let (user, client) = (user.clone(), client.clone());
                    async move { tx.end_grants_of(&user, &client, now, "withdrawn").await.map(|_| ()) }.boxed()
                })
                .await;
            } else {
                let mut row = world.store().user(&user).await.unwrap().unwrap();
                row.state = UserState::Disabled;
                change(&world, move |tx| {
                    let row = row.clone();
                    async move { tx.update_user(&row).await.map(|_| ()) }.boxed()
                })
                .await;
            }
            assert_eq!(code_of(world.refresh(&client, &token).await), Some(Code::InvalidGrant), "{case}");
            assert!(!world.works(&tokens.access_token).await, "{} {case}", world.name);
        }
    }
}

#[tokio::test]
async fn s108_signing_out_everywhere_ends_the_refresh() {
    for world in worlds().await {
        let client = world.public("app").await;
        let user = world.user("anna").await;
        let code = world.code_for(&client, &user, OFFLINE, |_, _| ()).await;
        let token = world.redeem(&client, &code.text).await.unwrap().refresh_token.unwrap();
        world.clock.advance(1);
        let now = world.clock.now();
        change(&world, move |tx| {
            let user = user.clone();
            async move { tx.end_everything_of_user(&user, now).await }.boxed()
        })
        .await;
        assert_eq!(code_of(world.refresh(&client, &token).await), Some(Code::InvalidGrant), "{}", world.name);
    }
}

#[tokio::test]
async fn s108_a_disabled_application_gets_nothing() {
    for world in worlds().await {
        let mut client = world.public("app").await;
        let token = world.tokens(&client, OFFLINE).await;
        client.enabled = false;
        world.update(&client).await;
        let refreshed = world.refresh(&client, &token.refresh_token.unwrap()).await;
        assert_eq!(code_of(refreshed), Some(Code::InvalidClient), "{}", world.name);
        assert!(!world.works(&token.access_token).await);
    }
}

#[tokio::test]
async fn s109_thirty_days_sliding_ninety_absolute() {
    for world in worlds().await {
        let client = world.public("app").await;
        let mut token = world.tokens(&client, OFFLINE).await.refresh_token.unwrap();
        for _ in 0..4 {
            world.clock.advance(20 * DAY);
            token = world.refresh(&client, &token).await.unwrap().refresh_token.unwrap();
        }
        world.clock.advance(10 * DAY - 1);
        token = world.refresh(&client, &token).await.unwrap().refresh_token.unwrap();
        world.clock.advance(1);
        assert_eq!(code_of(world.refresh(&client, &token).await), Some(Code::InvalidGrant), "{}", world.name);
        let idle = world.tokens(&client, OFFLINE).await.refresh_token.unwrap();
        world.clock.advance(30 * DAY);
        assert_eq!(code_of(world.refresh(&client, &idle).await), Some(Code::InvalidGrant));
    }
}

#[tokio::test]
async fn only_clients_with_the_grant_type_get_a_refresh_token() {
    for world in worlds().await {
        let plain = world.client("plain", |_| ()).await;
        assert!(world.tokens(&plain, OFFLINE).await.refresh_token.is_none(), "{}", world.name);
        let able = world.public("able").await;
        assert!(world.tokens(&able, "openid profile").await.refresh_token.is_none());
    }
}
