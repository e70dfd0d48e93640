//! A person's ways in, changed by 24 callers at once on each store: one number, and a way that works is left.

use hufu::base::id::ConnectorId;
use hufu::store::identities::{StoredIdentity, WorkingWays};
use hufu::store::users::User;
use hufu::store::{Error, Store};

use super::make::{identity, password, user, user_id, with_people, working, write};
use super::races::{CALLERS, race, won, yes};
use crate::support::stores::stores;

fn number(id: &str, user: &str, value: &str) -> StoredIdentity {
    let connector_id = ConnectorId::new("k_sms");
    StoredIdentity { space: "phone".to_owned(), connector_id, ..identity(id, user, value) }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_numbers_bound_at_once_one_is_the_persons() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob"]).await;
        let bound = race!(at, i => insert_only_identity(&number(&format!("n{i}"), "ada", &format!("+{i}"))));
        assert_eq!(won(&bound), 1, "{name}: each asked for another number");
        let refused = bound.iter().filter(|one| matches!(one, Err(Error::Conflict("one of its space")))).count();
        assert_eq!(refused, CALLERS - 1, "{name}");
        let theirs = at.store.identities_of(&user_id("ada")).await.expect(name);
        assert_eq!(theirs.len(), 1, "{name}: {theirs:?}");
        let taken = theirs[0].value.clone();
        let other = race!(at, i => insert_only_identity(&number(&format!("m{i}"), "bob", "+100")));
        assert_eq!(won(&other), 1, "{name}: the same number as often");
        write!(at.store, insert_identity(&identity("i", "bob", "42"))).expect(name);
        let taken_key = write!(at.store, insert_only_identity(&identity("j", "ada", "42")));
        assert!(matches!(taken_key, Err(Error::Conflict("identity"))), "{name}: {taken_key:?}");
        let (id, old) = (theirs[0].id.clone(), taken);
        let next = super::races::meet(&at.store, move |tx, i| {
            let (id, old) = (id.clone(), old.clone());
            Box::pin(async move { tx.change_identity_key(&id, &old, &format!("+2{i}")).await })
        });
        assert_eq!(yes(&next.await), 1, "{name}: a number is changed once");
    }
}

async fn named(store: &Store, username: Option<&str>, version: i64) {
    let username = username.map(str::to_owned);
    let row = User { username, email: None, phone: None, version, ..user("ada") };
    let done = store.write(move |tx| {
        let row = row.clone();
        Box::pin(async move { tx.update_user(&row).await })
    });
    assert!(done.await.expect("a change"));
}

async fn removed(store: &Store, subject: &'static str, working: WorkingWays) -> bool {
    let done = store.write(move |tx| {
        let working = working.clone();
        Box::pin(async move { tx.delete_identity_subject(&user_id("ada"), subject, &working).await })
    });
    done.await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn s186_only_ways_that_work_are_left_to_come_in_by() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        write!(at.store, insert_identity(&identity("a", "ada", "1"))).expect(name);
        let off = || StoredIdentity { connector_id: ConnectorId::new("k_off"), ..identity("b", "ada", "2") };
        write!(at.store, insert_identity(&off())).expect(name);
        assert!(!removed(&at.store, "a", working(&["k_github"])).await, "{name}: the other one is switched off");
        assert!(!removed(&at.store, "a", working(&["k", "off"])).await, "{name}: a part of its name is not it");
        // A number is a way in wherever codes are sent from.
        write!(at.store, insert_only_identity(&number("n", "ada", "+1"))).expect(name);
        let by_number = WorkingWays { numbers: Some("phone".to_owned()), ..WorkingWays::default() };
        assert!(!removed(&at.store, "n", by_number.clone()).await, "{name}: not by itself");
        assert!(removed(&at.store, "b", by_number).await, "{name}");
        // A password that no form asks for lets nobody in; nor does one without a name.
        write!(at.store, set_password(&password("ada", "hash"))).expect(name);
        assert!(!removed(&at.store, "a", working(&[])).await, "{name}");
        let asked = WorkingWays { password: true, ..WorkingWays::default() };
        named(&at.store, None, 1).await;
        assert!(!removed(&at.store, "a", asked).await, "{name}: nothing to type with it");
        named(&at.store, Some("ada"), 2).await;
        let gone = race!(at, _i => delete_identity_subject(
            &user_id("ada"), "a", &WorkingWays { password: true, ..WorkingWays::default() }));
        assert_eq!(yes(&gone), 1, "{name}");
    }
}
