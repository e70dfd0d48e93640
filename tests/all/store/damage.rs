//! A damaged row fails closed, by itself (security.md R46).

use hufu::base::id::{ClientId, GrantId, SessionId};
use hufu::store::Error;
use hufu::store::artifact::Kind;
use sqlx::Executor as _;

use super::make::{artifact, grant, session, user_id, with_people, write};
use crate::support::stores::{START, TestStore, stores};

async fn damage(at: &TestStore, statement: &'static str) {
    at.raw().await.execute(sqlx::raw_sql(statement)).await.expect("the damage is done");
}

#[tokio::test]
async fn a_damaged_row_is_corrupt_and_its_neighbours_are_well() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob"]).await;
        for person in ["ada", "bob"] {
            write!(at.store, insert_session(&session(person, person))).expect(name);
            write!(at.store, insert_grant(&grant(person, Some(person), "c", None))).expect(name);
        }
        for statement in [
            "UPDATE users SET state = 'asleep' WHERE id = 'u_ada'",
            "UPDATE users SET state = 'active', profile = '{' WHERE id = 'u_ada'",
            "UPDATE users SET profile = '{}', administrator = 7 WHERE id = 'u_ada'",
            "UPDATE users SET administrator = 0, email = 'not an address' WHERE id = 'u_ada'",
        ] {
            damage(&at, statement).await;
            let read = at.store.user(&user_id("ada")).await;
            assert!(matches!(read, Err(Error::Corrupt(_))), "{name}: {statement}: {read:?}");
            let alive = at.store.alive_grant(&GrantId::new("ada"), START).await;
            assert!(!matches!(alive, Ok(Some(_))), "{name}: {statement}: a token would be honoured");
            assert!(at.store.user(&user_id("bob")).await.expect(name).is_some(), "{name}: {statement}");
            assert!(at.store.alive_grant(&GrantId::new("bob"), START).await.expect(name).is_some());
        }
        damage(&at, "UPDATE sessions SET amr = 'pwd' WHERE id = 'ada'").await;
        assert!(!matches!(at.store.live_session(&SessionId::new("ada"), START).await, Ok(Some(_))), "{name}");
        assert!(at.store.live_session(&SessionId::new("bob"), START).await.expect(name).is_some(), "{name}");
        at.store.ping().await.expect(name);
        write!(at.store, put_setting("x", "1")).expect(name);
    }
}

#[tokio::test]
async fn a_damaged_application_is_corrupt_for_its_grants_only() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        write!(at.store, insert_client(&super::make::client("d"))).expect(name);
        write!(at.store, insert_grant(&grant("c", Some("ada"), "c", None))).expect(name);
        write!(at.store, insert_grant(&grant("d", Some("ada"), "d", None))).expect(name);
        damage(&at, "UPDATE clients SET metadata = '[' WHERE id = 'c'").await;
        damage(&at, "UPDATE epoch SET value = value + 1").await;
        at.store.refresh_epoch().await.expect(name);
        let read = at.store.client(&ClientId::new("c")).await;
        assert!(matches!(read, Err(Error::Corrupt(_))), "{name}: {read:?}");
        let dead = at.store.alive_grant(&GrantId::new("c"), START).await;
        assert!(matches!(dead, Err(Error::Corrupt(_))), "{name}: {dead:?}");
        assert!(at.store.alive_grant(&GrantId::new("d"), START).await.expect(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_lost_epoch_row_is_told_and_takes_no_change() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::Leg, "l"))).expect(name);
        damage(&at, "DELETE FROM epoch").await;
        assert!(matches!(at.store.refresh_epoch().await, Err(Error::Corrupt(_))), "{name}");
        let refused = write!(at.store, put_setting("x", "1"));
        assert!(matches!(refused, Err(Error::Corrupt(_))), "{name}: {refused:?}");
        assert!(at.store.look(Kind::Leg, "l").await.expect(name).is_some(), "{name}: what is not cached goes on");
    }
}
