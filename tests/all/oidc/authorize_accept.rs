//! A satisfied request becomes a grant and a code (security.md §2.3, rows 57, 58; §2.4, row 65).

use hufu::base::bearer::{Bearer, row_digest};
use hufu::base::id::InteractionId;
use hufu::oidc::authorize::{Accepted, AuthorizeRequest, Issued};
use hufu::oidc::error::Code;
use hufu::oidc::grants::code::CodePayload;
use hufu::oidc::response::AuthorizationResponse;
use hufu::store::artifact::{Artifact, Exchange, Kind};
use hufu::store::sessions::Session;

use super::requests::{CHALLENGE, STATE};
use super::world::{CALLBACK, ISSUER, World, worlds};

const HOUR: i64 = 3600;

fn accepted(request: &AuthorizeRequest, session: &Session, interaction: Option<&str>) -> Accepted {
    Accepted {
        org_id: None,
        request: request.clone(),
        session: session.clone(),
        scopes: request.scopes.clone(),
        interaction: interaction.map(InteractionId::new),
    }
}

async fn code(world: &World, accepted: Accepted) -> (String, AuthorizationResponse) {
    match world.oidc.accept(accepted).await.unwrap() {
        Issued::Code(response) => (response.parameters[0].1.clone(), response),
        Issued::Before => panic!("{}: no code", world.name),
    }
}

async fn artifact(world: &World, code: &str) -> Artifact {
    world.store().look(Kind::AuthorizationCode, &row_digest(code)).await.unwrap().unwrap()
}

async fn take(world: &World, code: &str) -> Exchange {
    use futures::FutureExt as _;
    let (digest, now) = (row_digest(code), world.clock.now());
    let write = world.store().write(move |tx| {
        let digest = digest.clone();
        async move { tx.exchange(Kind::AuthorizationCode, &digest, now, None, &[]).await }.boxed()
    });
    write.await.unwrap()
}

#[tokio::test]
async fn s57_s58_a_code_is_long_hashed_and_lives_a_minute() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let ann = world.user("ann").await;
        let session = world.session(&ann).await;
        let request = world.read(&[("scope", Some("openid email"))]).await;
        let (code, response) = code(&world, accepted(&request, &session, None)).await;

        assert!(Bearer::Code.is_shape_of(&code));
        let names: Vec<_> = response.parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(names, [("code", code.as_str()), ("state", STATE), ("iss", ISSUER)]);
        assert_eq!(response.redirect_uri, CALLBACK);

        let row = artifact(&world, &code).await;
        assert!(!row.payload.contains(&code) && row.digest != code);
        let now = world.clock.now();
        assert_eq!(row.expires_at, now + 60);
        let payload: CodePayload = row.read().unwrap();
        assert_eq!(payload.redirect_uri, CALLBACK);
        assert_eq!(payload.code_challenge.as_deref(), Some(CHALLENGE));
        assert_eq!(payload.scopes, ["openid", "email"]);

        let alive = world.store().alive_grant(&row.grant_id.unwrap(), now).await.unwrap().unwrap();
        let grant = alive.grant();
        assert_eq!(grant.user_id.as_ref(), Some(&ann));
        assert_eq!(grant.session_id.as_ref(), Some(&session.id));
        assert_eq!((grant.nonce.as_deref(), grant.auth_time), (Some("n-0S6_WzA2Mj"), Some(session.auth_time)));
        assert_eq!((grant.offline, grant.expires_at), (false, session.expires_at));
    }
}

#[tokio::test]
async fn property_20_an_offline_grant_outlives_the_session_and_its_code_is_remembered_as_long() {
    for world in worlds().await {
        world
            .client("app", |metadata| {
                metadata.grant_types.push("refresh_token".into());
                metadata.first_party = true;
            })
            .await;
        let ann = world.user("ann").await;
        let session = world.session(&ann).await;
        let request = world.read(&[("scope", Some("openid offline_access"))]).await;
        let (code, _) = code(&world, accepted(&request, &session, None)).await;
        let (now, row) = (world.clock.now(), artifact(&world, &code).await);
        let alive = world.store().alive_grant(&row.grant_id.unwrap(), now).await.unwrap().unwrap();
        assert_eq!((alive.grant().offline, alive.grant().expires_at), (true, now + 90 * 86_400));

        sweep(&world, now + 89 * 86_400).await;
        assert!(world.store().look(Kind::AuthorizationCode, &row_digest(&code)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn property_20_a_code_is_remembered_as_long_as_its_token_can_live() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let session = world.session(&world.user("ann").await).await;
        let start = world.clock.now();
        let request = world.read(&[]).await;
        let (code, _) = code(&world, accepted(&request, &session, None)).await;
        let remembered = async |at: i64| {
            sweep(&world, at).await;
            world.store().look(Kind::AuthorizationCode, &row_digest(&code)).await.unwrap().is_some()
        };
        // Redeemed in its last second, its token may live an hour (row 111).
        assert!(remembered(start + 60 + HOUR - 1).await);
        assert!(!remembered(start + 60 + HOUR + 1).await);
    }
}

async fn sweep(world: &World, now: i64) {
    use futures::FutureExt as _;
    world.store().write(move |tx| async move { tx.sweep_artifacts(now, 1000).await }.boxed()).await.unwrap();
}

#[tokio::test]
async fn s65_repeating_the_last_step_gives_the_same_redirect_and_one_grant() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let ann = world.user("ann").await;
        let session = world.session(&ann).await;
        let request = world.read(&[]).await;
        let first = code(&world, accepted(&request, &session, Some("i-1"))).await;
        let again = code(&world, accepted(&request, &session, Some("i-1"))).await;
        assert_eq!(first, again);
        assert_eq!(world.store().grants_of(&ann, world.clock.now()).await.unwrap().len(), 1);

        let other = code(&world, accepted(&request, &session, Some("i-2"))).await;
        assert_ne!(first.0, other.0);
        // Without an interaction each is new.
        let direct = [
            code(&world, accepted(&request, &session, None)).await.0,
            code(&world, accepted(&request, &session, None)).await.0,
        ];
        assert_ne!(direct[0], direct[1]);
    }
}

#[tokio::test]
async fn s65_twenty_repeats_at_once_give_one_code() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let ann = world.user("ann").await;
        let session = world.session(&ann).await;
        let request = world.read(&[]).await;
        let tries = (0..20).map(|_| code(&world, accepted(&request, &session, Some("i-1"))));
        let codes = futures::future::join_all(tries).await;
        assert!(codes.iter().all(|code| *code == codes[0]));
        assert_eq!(world.store().grants_of(&ann, world.clock.now()).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn s65_a_redeemed_or_expired_code_is_never_made_again() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let session = world.session(&world.user("ann").await).await;
        let request = world.read(&[]).await;
        let (redeemed, _) = code(&world, accepted(&request, &session, Some("i-1"))).await;
        assert!(matches!(take(&world, &redeemed).await, Exchange::First));
        assert_eq!(world.oidc.accept(accepted(&request, &session, Some("i-1"))).await, Ok(Issued::Before));

        code(&world, accepted(&request, &session, Some("i-2"))).await;
        world.clock.advance(60);
        assert_eq!(world.oidc.accept(accepted(&request, &session, Some("i-2"))).await, Ok(Issued::Before));
    }
}

#[tokio::test]
async fn property_2_what_is_granted_is_a_part_of_what_was_asked() {
    for world in worlds().await {
        world.client("app", |_| ()).await;
        let session = world.session(&world.user("ann").await).await;
        let request = world.read(&[("scope", Some("openid email phone"))]).await;
        let mut wider = accepted(&request, &session, None);
        wider.scopes = ["phone", "offline_access", "openid", "profile"].map(str::to_owned).to_vec();
        let (code, _) = code(&world, wider).await;
        let row = artifact(&world, &code).await;
        let alive = world.store().alive_grant(&row.grant_id.unwrap(), world.clock.now()).await.unwrap().unwrap();
        assert_eq!(alive.grant().scopes, ["openid", "phone"]);
        assert!(!alive.grant().offline);
    }
}

#[tokio::test]
async fn s108_a_session_that_ended_in_between_gives_no_code_and_no_grant() {
    for world in worlds().await {
        world.client("app", |client| client.first_party = true).await;
        let ann = world.user("ann").await;
        let session = world.session(&ann).await;
        let request = world.read(&[("scope", Some("openid offline_access"))]).await;
        let (id, now) = (session.id.clone(), world.clock.now());
        let ended = world.store().write(move |tx| {
            let id = id.clone();
            Box::pin(async move { tx.end_session(&id, now, "test").await })
        });
        assert!(ended.await.unwrap());
        for interaction in [None, Some("i-1")] {
            let refused = world.oidc.accept(accepted(&request, &session, interaction)).await.unwrap_err();
            assert_eq!(refused.code, Code::LoginRequired);
        }
        assert!(world.store().grants_of(&ann, now).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s108_no_grant_is_born_beside_the_end_of_everything() {
    for world in worlds().await {
        world.client("app", |client| client.first_party = true).await;
        let ann = world.user("ann").await;
        let session = world.session(&ann).await;
        let request = world.read(&[("scope", Some("openid offline_access"))]).await;
        let now = world.clock.now();
        let start = std::sync::Arc::new(tokio::sync::Barrier::new(25));
        let accepts: Vec<_> = (0..24)
            .map(|_| {
                let (oidc, start) = (world.oidc.clone(), std::sync::Arc::clone(&start));
                let accepted = accepted(&request, &session, None);
                tokio::spawn(async move {
                    start.wait().await;
                    oidc.accept(accepted).await.is_ok()
                })
            })
            .collect();
        start.wait().await;
        // As a new password writes it.
        let of = ann.clone();
        let ended = world.store().write(move |tx| {
            let of = of.clone();
            Box::pin(async move {
                tx.end_sessions_of(&of, None, now, "password").await?;
                tx.end_grants_but(&of, None, now, "password").await
            })
        });
        ended.await.unwrap();
        for accept in accepts {
            accept.await.unwrap();
        }
        assert!(world.store().grants_of(&ann, now).await.unwrap().is_empty(), "{}", world.name);
    }
}

#[tokio::test]
async fn s60_a_client_switched_off_in_between_gets_no_code() {
    for world in worlds().await {
        let mut app = world.client("app", |_| ()).await;
        let session = world.session(&world.user("ann").await).await;
        let request = world.read(&[]).await;
        app.enabled = false;
        world.update(&app).await;
        let refused = world.oidc.accept(accepted(&request, &session, None)).await.unwrap_err();
        assert_eq!(refused.code, Code::UnauthorizedClient);
    }
}
