//! The signing keys: made once, published early, rotated with overlap (security.md §2.2 rows 22–23).

use std::collections::HashSet;

use hufu::base::clock::{Clock, Seconds};
use hufu::base::random::Random;
use hufu::base::secret::{MasterKey, Sealer};
use hufu::oidc::jose::Compact;
use hufu::oidc::keys::{KeyRing, LEAD, LONGEST_LIFE, PERIOD, RotationRefused};
use hufu::store::{Error, Store};
use serde_json::Value;

use super::redeeming::sealer;
use super::world::{World, worlds};
use crate::support::stores::stores;

const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// A ring of its own over the world's rows, as another node has it.
async fn ring(world: &World) -> KeyRing {
    KeyRing::open(world.store(), &world.clock, &Random::System, &sealer()).await.unwrap()
}

async fn kids(ring: &KeyRing, algorithm: &str) -> Vec<String> {
    let set = ring.jwk_set().await.unwrap();
    let keys = set["keys"].as_array().unwrap();
    let mine = keys.iter().filter(|key| key["alg"] == algorithm);
    mine.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The `kid` in the header of a fresh ID token.
async fn signing_kid(world: &World, id: &str) -> (String, String) {
    let client = world.client(id, |metadata| "ES256".clone_into(&mut metadata.id_token_signed_response_alg)).await;
    let jwt = world.tokens(&client, "openid").await.id_token.unwrap();
    let kid = Compact::parse(&jwt).unwrap().key_id.unwrap();
    (kid, jwt)
}

#[tokio::test]
async fn s22_the_set_is_public_unambiguous_and_holds_the_next_keys() {
    for world in worlds().await {
        let set = ring(&world).await.jwk_set().await.unwrap();
        let keys = set["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 8, "{}: one that signs and one to come for each", world.name);
        let mut kids = HashSet::new();
        for key in keys {
            assert!(kids.insert(key["kid"].as_str().unwrap()), "distinct");
            assert_eq!(key["use"], "sig");
            assert!(ALGORITHMS.contains(&key["alg"].as_str().unwrap()));
            let public = ["kty", "use", "alg", "kid", "n", "e", "crv", "x", "y"];
            assert!(key.as_object().unwrap().keys().all(|name| public.contains(&name.as_str())), "{key}");
            if key["kty"] == "RSA" {
                assert!(key["n"].as_str().unwrap().len() >= 342, "2048 bits");
            }
        }
    }
}

#[tokio::test]
async fn s23_a_rotation_that_is_too_early_says_when() {
    for world in worlds().await {
        let start = world.clock.now();
        let ring = ring(&world).await;
        world.clock.advance(LEAD - 1);
        match ring.rotate().await {
            Err(RotationRefused::TooEarly { earliest }) => assert_eq!(earliest, start + LEAD, "{}", world.name),
            other => panic!("{other:?}"),
        }
        world.clock.advance(1);
        assert_eq!(ring.rotate().await.unwrap().len(), 4);
        assert!(matches!(ring.rotate().await, Err(RotationRefused::TooEarly { .. })), "the key after is new");
    }
}

#[tokio::test]
async fn p_server_rotate_keys_the_next_key_signs_and_the_old_one_stays_while_its_tokens_live() {
    for world in worlds().await {
        let ring = ring(&world).await;
        world.clock.advance(LEAD);
        let before = kids(&ring, "ES256").await;
        let (old, old_token) = signing_kid(&world, "one").await;
        let rotated = ring.rotate().await.unwrap();
        world.store().refresh_epoch().await.unwrap();
        let (new, _) = signing_kid(&world, "two").await;
        assert!(new != old && before.contains(&new) && rotated.contains(&new), "{}", world.name);
        let after = kids(&ring, "ES256").await;
        assert_eq!(after.len(), 3, "old, signing, next");
        world.oidc.read_id_token_hint(&old_token).await.unwrap();
        world.clock.advance(LONGEST_LIFE);
        assert!(!kids(&ring, "ES256").await.contains(&old));
        assert!(world.oidc.read_id_token_hint(&old_token).await.is_err());
        ring.keep().await.unwrap();
        assert!(world.store().keys().await.unwrap().iter().all(|row| row.id != old), "swept");
    }
}

#[tokio::test]
async fn the_schedule_changes_keys_by_itself() {
    for world in worlds().await {
        let ring = ring(&world).await;
        let (old, _) = signing_kid(&world, "one").await;
        let published = kids(&ring, "ES256").await;
        world.clock.advance(PERIOD - 1);
        ring.keep().await.unwrap();
        assert_eq!(signing_kid(&world, "two").await.0, old, "{}", world.name);
        world.clock.advance(1);
        let (new, _) = signing_kid(&world, "three").await;
        assert!(new != old && published.contains(&new), "published long before");
        ring.keep().await.unwrap();
        ring.keep().await.unwrap();
        let after = kids(&ring, "ES256").await;
        assert_eq!(after.len(), 3, "one more, however often it is looked after");
        assert!(after.contains(&old));
    }
}

#[tokio::test]
async fn two_nodes_that_start_at_once_end_with_one_set() {
    for (name, place) in stores().await {
        let other = Store::open(&place.location).await.unwrap();
        let later = Clock::fixed(place.clock.now() + 1);
        let (random, sealer) = (Random::System, sealer());
        let (one, two) = futures::join!(
            KeyRing::open(&place.store, &place.clock, &random, &sealer),
            KeyRing::open(&other, &later, &random, &sealer)
        );
        let sets: Vec<Value> = vec![one.unwrap().jwk_set().await.unwrap(), two.unwrap().jwk_set().await.unwrap()];
        assert_eq!(sets[0], sets[1], "{name}");
        assert_eq!(sets[0]["keys"].as_array().unwrap().len(), 8);
    }
}

#[tokio::test]
async fn two_nodes_that_look_after_the_schedule_at_once_make_one_key() {
    for world in worlds().await {
        let other = Store::open(&world.database.location).await.unwrap();
        let (one, two) = (ring(&world).await, KeyRing::open(&other, &world.clock, &Random::System, &sealer()).await);
        let two = two.unwrap();
        let advance: Seconds = PERIOD + 5;
        world.clock.advance(advance);
        let (a, b) = futures::join!(one.keep(), two.keep());
        a.and(b).unwrap();
        assert_eq!(kids(&one, "RS256").await.len(), 3, "{}", world.name);
        let rows = world.store().keys().await.unwrap();
        assert_eq!(rows.len(), 12);
        other.refresh_epoch().await.unwrap();
        assert_eq!(kids(&two, "RS256").await, kids(&one, "RS256").await);
    }
}

#[tokio::test]
async fn a_key_under_another_master_key_is_corrupt() {
    for world in worlds().await {
        let stranger = Sealer::new(&MasterKey::generate(&Random::System), Random::System).unwrap();
        let opened = KeyRing::open(world.store(), &world.clock, &Random::System, &stranger.into()).await;
        assert!(matches!(opened, Err(Error::Corrupt(_))), "{}", world.name);
    }
}

#[tokio::test]
async fn private_keys_rest_sealed() {
    for world in worlds().await {
        for row in world.store().keys().await.unwrap() {
            assert!(row.private.starts_with("v1.") && !row.private.contains("kty"), "{}", world.name);
            assert!(!row.public.contains("\"d\""));
        }
    }
}
