//! People, the names they sign in with, their identities, passwords and `sub` values.

use hufu::base::id::ClientId;
use hufu::base::people::Email;
use hufu::store::Error;
use hufu::store::users::{NameKind, User, UserState};

use super::make::{identity, password, user, user_id, with_people, write};
use crate::support::stores::{START, stores};

#[tokio::test]
async fn a_person_is_found_by_id_and_by_each_folded_name() {
    for (name, at) in stores().await {
        let new = User { username: Some("Ada".to_owned()), phone: Some("+8613800138000".to_owned()), ..user("ada") };
        at.store
            .write(move |tx| {
                let new = new.clone();
                Box::pin(async move { tx.insert_user(&new).await })
            })
            .await
            .expect(name);
        let found = at.store.user(&user_id("ada")).await.expect(name).expect(name);
        assert_eq!((found.username.as_deref(), found.name.as_str()), (Some("Ada"), "ada Example"));
        assert_eq!(found.email, Email::parse("ada@example.com").ok());
        assert_eq!(found.profile.given_name.as_deref(), Some("ada"));
        assert!(found.email_verified && !found.phone_verified && !found.administrator);
        for (kind, folded) in
            [(NameKind::Username, "ada"), (NameKind::Email, "ada@example.com"), (NameKind::Phone, "+8613800138000")]
        {
            let found = at.store.user_by_name(kind, folded).await.expect(name).expect(name);
            assert_eq!(found.id, user_id("ada"), "{name}: {folded}");
        }
        assert!(at.store.user_by_name(NameKind::Username, "ada@example.com").await.expect(name).is_none());
    }
}

#[tokio::test]
async fn a_taken_name_is_told_and_leaves_nothing_behind() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        let same_username = || User { id: user_id("2"), email: None, username: Some("ADA".to_owned()), ..user("x") };
        let same_email = || User { id: user_id("3"), email: Email::parse("ADA@example.com").ok(), ..user("y") };
        let refused = write!(at.store, insert_user(&same_username()));
        assert!(matches!(refused, Err(Error::Conflict("username"))), "{name}: {refused:?}");
        let refused = write!(at.store, insert_user(&same_email()));
        assert!(matches!(refused, Err(Error::Conflict("email"))), "{name}: {refused:?}");
        assert_eq!(at.store.users(None, None, 10).await.expect(name).len(), 1, "{name}");
        assert!(at.store.user_by_name(NameKind::Username, "y").await.expect(name).is_none(), "{name}: half a person");
    }
}

#[tokio::test]
async fn a_change_needs_the_version_it_saw_and_moves_the_names() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob"]).await;
        let changed = || User { username: Some("Lovelace".to_owned()), email: None, ..user("ada") };
        assert!(write!(at.store, update_user(&changed())).expect(name));
        assert!(!write!(at.store, update_user(&changed())).expect(name), "{name}: a stale version");
        let names = [(NameKind::Username, "lovelace", true), (NameKind::Username, "ada", false)];
        for (kind, folded, stands) in names.into_iter().chain([(NameKind::Email, "ada@example.com", false)]) {
            assert_eq!(at.store.user_by_name(kind, folded).await.expect(name).is_some(), stands, "{name}: {folded}");
        }
        let thief = || User { version: 2, username: Some("bob".to_owned()), ..user("ada") };
        let refused = write!(at.store, update_user(&thief()));
        assert!(matches!(refused, Err(Error::Conflict("username"))), "{name}: {refused:?}");
        let stands = at.store.user(&user_id("ada")).await.expect(name).expect(name);
        assert_eq!((stands.version, stands.username.as_deref()), (2, Some("Lovelace")), "{name}");
    }
}

#[tokio::test]
async fn people_are_listed_by_id_and_found_by_any_part_of_their_names() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob", "carl_x"]).await;
        let renamed = || User { name: "Ödön 李雷".to_owned(), ..user("bob") };
        assert!(write!(at.store, update_user(&renamed())).expect(name));
        let page = at.store.users(None, Some(&user_id("ada")), 1).await.expect(name);
        assert_eq!(page.iter().map(|user| user.id.as_str()).collect::<Vec<_>>(), ["u_bob"], "{name}");
        for (search, count) in
            [("EXAMPLE.com", 3), ("ödÖN", 1), ("雷", 1), ("L_X", 1), ("d_n", 0), ("%", 0), ("!", 0), ("nobody", 0)]
        {
            assert_eq!(at.store.users(Some(search), None, 10).await.expect(name).len(), count, "{name}: {search}");
        }
    }
}

#[tokio::test]
async fn only_administrators_who_may_sign_in_are_counted() {
    for (name, at) in stores().await {
        let admin = || User { administrator: true, ..user("ada") };
        let locked = || User { administrator: true, state: UserState::Disabled, ..user("bob") };
        assert_eq!(at.store.administrators().await.expect(name), 0);
        write!(at.store, insert_user(&admin())).expect(name);
        write!(at.store, insert_user(&locked())).expect(name);
        assert_eq!(at.store.administrators().await.expect(name), 1, "{name}");
    }
}

#[tokio::test]
async fn a_deleted_person_takes_everything_along_but_the_sub() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        write!(at.store, insert_identity(&identity("i", "ada", "42"))).expect(name);
        write!(at.store, set_password(&password("ada", "hash"))).expect(name);
        write!(at.store, ensure_subject(&user_id("ada"), "", "sub")).expect(name);
        assert!(write!(at.store, delete_user(&user_id("ada"), START)).expect(name));
        assert!(at.store.identity("github.com", "42").await.expect(name).is_none(), "{name}");
        assert!(at.store.password_of(&user_id("ada")).await.expect(name).is_none(), "{name}");
        assert!(at.store.user_by_name(NameKind::Username, "ada").await.expect(name).is_none(), "{name}");
        assert_eq!(at.store.user_of_subject("sub").await.expect(name), Some(user_id("ada")), "{name}");
        let reused = write!(at.store, ensure_subject(&user_id("bob"), "", "sub"));
        assert!(matches!(reused, Err(Error::Conflict("subject"))), "{name}: a sub is never used again: {reused:?}");
    }
}

#[tokio::test]
async fn subjects_differ_by_sector_and_stay() {
    for (name, at) in stores().await {
        assert_eq!(at.store.subject(&user_id("ada"), &ClientId::new("c"), "").await.expect(name), None);
        assert_eq!(write!(at.store, ensure_subject(&user_id("ada"), "", "public")).expect(name), "public");
        assert_eq!(write!(at.store, ensure_subject(&user_id("ada"), "app.example", "pair")).expect(name), "pair");
        assert_eq!(write!(at.store, ensure_subject(&user_id("ada"), "", "other")).expect(name), "public");
        assert_eq!(at.store.user_of_subject("pair").await.expect(name), Some(user_id("ada")), "{name}");
    }
}

#[tokio::test]
async fn an_identity_is_one_persons_and_only_they_remove_it() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob"]).await;
        write!(at.store, insert_identity(&identity("i", "ada", "42"))).expect(name);
        let taken = write!(at.store, insert_identity(&identity("j", "bob", "42")));
        assert!(matches!(taken, Err(Error::Conflict("identity"))), "{name}: {taken:?}");
        let nobody = write!(at.store, insert_identity(&identity("j", "nobody", "43")));
        assert!(matches!(nobody, Err(Error::Conflict("reference"))), "{name}: {nobody:?}");
        write!(
            at.store,
            touch_identity(
                ("github.com", "42"),
                r#"{"name":"A"}"#,
                &hufu::base::id::ConnectorId::new("k_other"),
                START + 9
            )
        )
        .expect(name);
        let found = at.store.identities_of(&user_id("ada")).await.expect(name).remove(0);
        assert_eq!(found.connector_id.as_str(), "k_other", "{name}: the method it was used through last");
        assert_eq!((found.first_used_at, found.last_used_at), (START, START + 9), "{name}");
        assert_eq!(found.profile, r#"{"name":"A"}"#);
        assert!(!write!(at.store, delete_identity(&user_id("bob"), "i")).expect(name), "{name}: not theirs");
        assert!(write!(at.store, delete_identity(&user_id("ada"), "i")).expect(name));
    }
}

#[tokio::test]
async fn a_rehash_gives_way_to_a_new_password() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        write!(at.store, set_password(&password("ada", "old"))).expect(name);
        write!(at.store, set_password(&password("ada", "new"))).expect(name);
        assert!(!write!(at.store, rehash_password(&user_id("ada"), "old", "old, stronger")).expect(name), "{name}");
        let stands = at.store.password_of(&user_id("ada")).await.expect(name).expect(name);
        assert_eq!(stands.value, "new", "{name}");
        assert!(!format!("{stands:?}").contains("new"), "a hash is printed");
    }
}
