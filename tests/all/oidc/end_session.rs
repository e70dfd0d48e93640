//! Logout requests (security.md §2.9, rows 164–166; protocol.md §1.5).

use hufu::oidc::end_session::LogoutRequest;
use hufu::oidc::error::{Code, Error};
use hufu::oidc::params::Params;
use hufu::store::clients::Client;
use hufu::store::sessions::Session;

use super::id_tokens::{forged, unsigned};
use super::requests::legal;
use super::world::{World, worlds};

const AFTER: &str = "https://app.example.org/bye";

async fn logout(world: &World, pairs: &[(&str, &str)], session: Option<&Session>) -> Result<LogoutRequest, Error> {
    let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let read = world.oidc.read_logout(&Params::from_pairs(pairs), session).await;
    read.map_err(|error| {
        let error = legal(error);
        assert_eq!(error.code, Code::InvalidRequest, "{error}");
        error
    })
}

/// An application with a registered way back, and somebody signed in to it.
async fn signed_in(world: &World) -> (Client, Session, String) {
    let app = world.client("app", |metadata| metadata.post_logout_redirect_uris = vec![AFTER.into()]).await;
    let ann = world.user("ann").await;
    let session = world.session(&ann).await;
    let hint = world.id_token(&ann, &app, Some(&session)).await;
    (app, session, hint)
}

#[tokio::test]
async fn p_rp_initiated_logout_a_hint_of_this_session_goes_straight_back_with_its_state() {
    for world in worlds().await {
        let (app, session, hint) = signed_in(&world).await;
        let asked = [("id_token_hint", &*hint), ("post_logout_redirect_uri", AFTER), ("state", "a b&c=\"d\"#")];
        let read = logout(&world, &asked, Some(&session)).await.unwrap();
        assert!(read.confirmed);
        assert_eq!(read.client_id, Some(app.id));
        assert_eq!(read.return_to.as_deref(), Some("https://app.example.org/bye?state=a%20b%26c%3D%22d%22%23"));
        let read = logout(&world, &asked[..2], Some(&session)).await.unwrap();
        assert_eq!(read.return_to.as_deref(), Some(AFTER));
        let read = logout(&world, &asked[..1], Some(&session)).await.unwrap();
        assert_eq!((read.return_to, read.confirmed), (None, true));
        // Gone already: nothing to ask.
        assert!(logout(&world, &asked, None).await.unwrap().confirmed);
    }
}

#[tokio::test]
async fn s164_without_a_hint_the_person_is_asked() {
    for world in worlds().await {
        let (app, session, _) = signed_in(&world).await;
        for asked in [&[][..], &[("state", "x")], &[("client_id", "app")], &[("ui_locales", "zh-CN en")]] {
            let read = logout(&world, asked, Some(&session)).await.unwrap();
            assert_eq!((read.confirmed, read.return_to), (false, None), "{asked:?}");
        }
        let named = [("client_id", "app"), ("post_logout_redirect_uri", AFTER), ("ui_locales", "zh-CN")];
        let read = logout(&world, &named, Some(&session)).await.unwrap();
        assert_eq!((read.confirmed, read.client_id, read.return_to.as_deref()), (false, Some(app.id), Some(AFTER)));
        assert_eq!(read.ui_locales, ["zh-CN"]);
    }
}

#[tokio::test]
async fn s165_p_rp_initiated_logout_bad_post_logout_redirect_uri_only_a_registered_uri_is_a_way_back() {
    for world in worlds().await {
        let (_, session, hint) = signed_in(&world).await;
        let hers = "https://other.example.org/bye";
        world.client("other", |metadata| metadata.post_logout_redirect_uris = vec![hers.into()]).await;
        for uri in [
            hers,
            "https://evil.example/",
            "https://app.example.org/cb",
            "https://app.example.org/bye/",
            "https://app.example.org/bye?x=1",
            "https://app.example.org/bye#",
            "https://APP.example.org/bye",
            "https://app.example.org:443/bye",
            "https://app.example.org@evil.example/bye",
            "https://app.example.org/%62ye",
            "javascript:alert(1)",
        ] {
            for who in [("id_token_hint", &*hint), ("client_id", "app")] {
                logout(&world, &[who, ("post_logout_redirect_uri", uri)], Some(&session)).await.unwrap_err();
            }
        }
        // Whose would it be?
        logout(&world, &[("post_logout_redirect_uri", AFTER)], Some(&session)).await.unwrap_err();
        let unknown = [("client_id", "unknown"), ("post_logout_redirect_uri", AFTER)];
        logout(&world, &unknown, Some(&session)).await.unwrap_err();
        let twice =
            [("id_token_hint", &*hint), ("post_logout_redirect_uri", AFTER), ("post_logout_redirect_uri", AFTER)];
        logout(&world, &twice, Some(&session)).await.unwrap_err();
        let long = "x".repeat(2049);
        let long = [("id_token_hint", &*hint), ("post_logout_redirect_uri", AFTER), ("state", &*long)];
        logout(&world, &long, Some(&session)).await.unwrap_err();
    }
}

#[tokio::test]
async fn s166_p_rp_initiated_logout_modified_id_token_hint_a_forged_hint_is_a_page() {
    for world in worlds().await {
        let (_, session, hint) = signed_in(&world).await;
        world.client("other", |_| ()).await;
        for forged in [unsigned(&hint), forged(&hint), "garbage".to_owned(), hint[..hint.len() - 9].to_owned()] {
            logout(&world, &[("id_token_hint", &forged)], Some(&session)).await.unwrap_err();
        }
        // Another audience than the client that says it asks.
        logout(&world, &[("id_token_hint", &hint), ("client_id", "other")], Some(&session)).await.unwrap_err();
        logout(&world, &[("id_token_hint", &hint), ("client_id", "app")], Some(&session)).await.unwrap();
    }
}

#[tokio::test]
async fn s166_another_persons_or_sessions_hint_asks_and_an_expired_one_does() {
    for world in worlds().await {
        let (app, session, hint) = signed_in(&world).await;
        let bob = world.user("bob").await;
        let of_bob = world.id_token(&bob, &app, None).await;
        let elsewhere = world.session(&session.user_id).await;
        let of_elsewhere = world.id_token(&session.user_id, &app, Some(&elsewhere)).await;
        for other in [of_bob, of_elsewhere] {
            let asked = [("id_token_hint", &*other), ("post_logout_redirect_uri", AFTER)];
            let read = logout(&world, &asked, Some(&session)).await.unwrap();
            assert_eq!((read.confirmed, read.return_to.as_deref()), (false, Some(AFTER)));
        }
        world.clock.advance(86_400);
        assert!(logout(&world, &[("id_token_hint", &hint)], Some(&session)).await.unwrap().confirmed);
    }
}
