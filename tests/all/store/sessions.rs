//! Sessions, grants and consents: what lives, and everything that ends it.

use hufu::base::id::{ClientId, GrantId, SessionId};
use hufu::store::Store;
use hufu::store::clients::Client;
use hufu::store::grants::Grant;
use hufu::store::sessions::Session;
use hufu::store::users::{User, UserState};

use super::make::{client, consent, grant, session, user, user_id, with_people, write};
use crate::support::stores::{START, stores};

async fn lives(store: &Store, now: i64) -> bool {
    store.live_session(&SessionId::new("s"), now).await.expect("an answer").is_some()
}

async fn alive(store: &Store, id: &str, now: i64) -> bool {
    store.alive_grant(&GrantId::new(id), now).await.expect("an answer").is_some()
}

/// ada, the application `c`, her session `s`, and four grants: bound to it, offline, on its own, and the application's own.
async fn with_grants(store: &Store) {
    with_people(store, &["ada"]).await;
    write!(store, insert_session(&session("s", "ada"))).expect("a session");
    write!(store, insert_grant(&grant("bound", Some("ada"), "c", Some("s")))).expect("a grant");
    let offline = || Grant { offline: true, ..grant("offline", Some("ada"), "c", Some("s")) };
    write!(store, insert_grant(&offline())).expect("a grant");
    write!(store, insert_grant(&grant("alone", Some("ada"), "c", None))).expect("a grant");
    write!(store, insert_grant(&grant("machine", None, "c", None))).expect("a grant");
}

/// Which of the four are alive.
async fn living(store: &Store, now: i64) -> Vec<&'static str> {
    let mut found = Vec::new();
    for id in ["bound", "offline", "alone", "machine"] {
        if alive(store, id, now).await {
            found.push(id);
        }
    }
    found
}

#[tokio::test]
async fn a_session_lives_until_idle_and_slides_never_past_its_end() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        write!(at.store, insert_session(&session("s", "ada"))).expect(name);
        assert!(lives(&at.store, START + 7199).await && !lives(&at.store, START + 7200).await, "{name}");
        write!(at.store, touch_session(&SessionId::new("s"), START + 10, START + 99_999)).expect(name);
        let slid = at.store.live_session(&SessionId::new("s"), START + 10).await.expect(name).expect(name);
        assert_eq!((slid.seen_at, slid.idle_until), (START + 10, START + 43_200), "{name}");
        assert_eq!((slid.amr, slid.agent.as_str()), (vec!["pwd".to_owned()], "Firefox"), "{name}");
        assert!(!lives(&at.store, START + 43_200).await, "{name}: its end");
    }
}

#[tokio::test]
async fn an_idle_session_is_not_woken_by_a_late_use() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        write!(at.store, insert_session(&session("s", "ada"))).expect(name);
        write!(at.store, touch_session(&SessionId::new("s"), START + 7200, START + 9000)).expect(name);
        assert!(!lives(&at.store, START + 7200).await, "{name}");
    }
}

#[tokio::test]
async fn a_disabled_person_has_no_session_and_no_grant() {
    for (name, at) in stores().await {
        with_grants(&at.store).await;
        let locked = || User { state: UserState::Disabled, ..user("ada") };
        assert!(write!(at.store, update_user(&locked())).expect(name));
        assert!(!lives(&at.store, START).await, "{name}");
        assert!(at.store.sessions_of(&user_id("ada"), START).await.expect(name).is_empty(), "{name}");
        assert_eq!(living(&at.store, START).await, ["machine"], "{name}");
    }
}

#[tokio::test]
async fn an_alive_grant_carries_its_person_and_application() {
    for (name, at) in stores().await {
        with_grants(&at.store).await;
        let found = at.store.alive_grant(&GrantId::new("bound"), START).await.expect(name).expect(name);
        assert_eq!(found.user().expect(name).id, user_id("ada"));
        assert_eq!(found.client().id.as_str(), "c");
        assert_eq!(found.grant().scopes, ["openid", "profile"]);
        assert_eq!(found.grant().nonce.as_deref(), Some("n"));
        let machine = at.store.alive_grant(&GrantId::new("machine"), START).await.expect(name).expect(name);
        assert!(machine.user().is_none(), "{name}");
        assert!(living(&at.store, START + 86_400).await.is_empty(), "{name}: past their end");
    }
}

#[tokio::test]
async fn the_end_of_a_session_ends_what_is_bound_to_it() {
    for (name, at) in stores().await {
        with_grants(&at.store).await;
        assert_eq!(living(&at.store, START + 7200).await, ["offline", "alone", "machine"], "{name}: idle");
        assert!(write!(at.store, end_session(&SessionId::new("s"), START, "sign_out")).expect(name));
        assert_eq!(living(&at.store, START).await, ["offline", "alone", "machine"], "{name}");
        let clients = at.store.clients_of_session(&SessionId::new("s")).await.expect(name);
        assert_eq!(clients, [ClientId::new("c")], "{name}: told at sign-out");
        assert!(!write!(at.store, end_session(&SessionId::new("s"), START, "again")).expect(name));
    }
}

#[tokio::test]
async fn signing_out_elsewhere_keeps_this_session_and_its_grants() {
    for (name, at) in stores().await {
        with_grants(&at.store).await;
        write!(at.store, insert_session(&session("other", "ada"))).expect(name);
        write!(at.store, insert_grant(&grant("elsewhere", Some("ada"), "c", Some("other")))).expect(name);
        let ended = write!(at.store, end_sessions_of(&user_id("ada"), Some(&SessionId::new("s")), START, "x"));
        assert_eq!(ended.expect(name), 1, "{name}");
        assert!(lives(&at.store, START).await && !alive(&at.store, "elsewhere", START).await, "{name}");
        assert_eq!(living(&at.store, START).await.len(), 4, "{name}");
        assert_eq!(write!(at.store, end_sessions_of(&user_id("ada"), None, START, "x")).expect(name), 1, "{name}");
        assert_eq!(living(&at.store, START).await, ["offline", "alone", "machine"], "{name}");
    }
}

#[tokio::test]
async fn ending_everything_reaches_what_was_made_before_and_written_after() {
    for (name, at) in stores().await {
        with_grants(&at.store).await;
        write!(at.store, end_everything_of_user(&user_id("ada"), START + 1)).expect(name);
        assert_eq!(living(&at.store, START + 1).await, ["machine"], "{name}");
        let late = || Session { id: SessionId::new("late"), ..session("late", "ada") };
        write!(at.store, insert_session(&late())).expect(name);
        write!(at.store, insert_grant(&grant("late", Some("ada"), "c", None))).expect(name);
        assert!(!alive(&at.store, "late", START + 1).await, "{name}: made before");
        assert!(at.store.sessions_of(&user_id("ada"), START + 1).await.expect(name).is_empty(), "{name}");
        let new = || Session { created_at: START + 1, ..session("new", "ada") };
        write!(at.store, insert_session(&new())).expect(name);
        assert_eq!(at.store.sessions_of(&user_id("ada"), START + 1).await.expect(name).len(), 1, "{name}");
    }
}

#[tokio::test]
async fn everything_of_one_second_ends_together() {
    for (name, at) in stores().await {
        with_grants(&at.store).await;
        write!(at.store, end_everything_of_user(&user_id("ada"), START)).expect(name);
        assert!(!lives(&at.store, START).await, "{name}");
        assert_eq!(living(&at.store, START).await, ["machine"], "{name}");
    }
}

#[tokio::test]
async fn a_disabled_or_deleted_application_has_no_grants() {
    for (name, at) in stores().await {
        with_grants(&at.store).await;
        assert_eq!(living(&at.store, START).await.len(), 4, "{name}");
        let off = || Client { enabled: false, ..client("c") };
        assert!(write!(at.store, update_client(&off())).expect(name));
        assert!(living(&at.store, START).await.is_empty(), "{name}: disabled, though it was cached");
        let on = || Client { version: 2, ..client("c") };
        assert!(write!(at.store, update_client(&on())).expect(name));
        assert_eq!(living(&at.store, START).await.len(), 4, "{name}");
        assert!(write!(at.store, delete_client(&ClientId::new("c"), START)).expect(name));
        write!(at.store, insert_client(&client("c"))).expect(name);
        assert!(living(&at.store, START).await.is_empty(), "{name}: a new one of that id inherits nothing");
    }
}

#[tokio::test]
async fn consent_taken_back_ends_the_applications_grants() {
    for (name, at) in stores().await {
        with_grants(&at.store).await;
        write!(at.store, put_consent(&consent("ada", "c"))).expect(name);
        let stands = at.store.consent(&user_id("ada"), &ClientId::new("c")).await.expect(name).expect(name);
        assert_eq!((stands.scopes, stands.claims), (vec!["openid".to_owned()], vec!["email".to_owned()]));
        assert_eq!(at.store.consents_of(&user_id("ada")).await.expect(name).len(), 1);
        assert_eq!(at.store.grants_of(&user_id("ada"), START).await.expect(name).len(), 3, "{name}");
        assert!(write!(at.store, withdraw_consent(&user_id("ada"), &ClientId::new("c"), START)).expect(name));
        assert_eq!(living(&at.store, START).await, ["machine"], "{name}");
        assert!(at.store.grants_of(&user_id("ada"), START).await.expect(name).is_empty(), "{name}");
        assert!(!write!(at.store, withdraw_consent(&user_id("ada"), &ClientId::new("c"), START)).expect(name));
    }
}
