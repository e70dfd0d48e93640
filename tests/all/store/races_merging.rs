//! Merges and their undoing, met by 24 callers at once on each store.

use hufu::base::id::{ClientId, UserId};
use hufu::store::Store;
use hufu::store::merges::{Merge, Moved};
use hufu::store::users::{User, UserState};

use super::make::{identity, user_id, with_people, write};
use super::races::{CALLERS, meet, won, yes};
use crate::support::stores::{START, stores};

fn merge(id: &str, kept: &str, absorbed: &str, identities: &[&str]) -> Merge {
    let identities = identities.iter().map(|id| ((*id).to_owned(), (*id).to_owned())).collect();
    let subjects = vec![(ClientId::new("c"), format!("sub of {absorbed}"))];
    let moved = Moved { identities, subjects, ..Moved::default() };
    Merge { id: id.to_owned(), kept: user_id(kept), absorbed: user_id(absorbed), at: START, moved, undone_at: None }
}

async fn read(store: &Store, id: &UserId) -> User {
    store.user(id).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_one_is_absorbed_once_whichever_way_round() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob"]).await;
        write!(at.store, insert_identity(&identity("a", "ada", "1"))).expect(name);
        write!(at.store, insert_identity(&identity("b", "bob", "2"))).expect(name);
        let (ada, bob) = (read(&at.store, &user_id("ada")).await, read(&at.store, &user_id("bob")).await);
        let tried = meet(&at.store, move |tx, i| {
            let out = |user: &User| User { state: UserState::Disabled, ..user.clone() };
            let (ada, bob, ada_out, bob_out) = (ada.clone(), bob.clone(), out(&ada), out(&bob));
            Box::pin(async move {
                if i % 2 == 0 {
                    tx.merge_people(&merge(&format!("m{i}"), "ada", "bob", &["b"]), &ada, &bob_out).await
                } else {
                    tx.merge_people(&merge(&format!("m{i}"), "bob", "ada", &["a"]), &bob, &ada_out).await
                }
            })
        });
        assert_eq!(won(&tried.await), 1, "{name}");
        let merges = at.store.merges(10).await.expect(name);
        let [made] = merges.as_slice() else { panic!("{name}: {merges:?}") };
        assert_eq!(at.store.identities_of(&made.kept).await.expect(name).len(), 2, "{name}");
        assert!(at.store.identities_of(&made.absorbed).await.expect(name).is_empty(), "{name}");
        assert_eq!(read(&at.store, &made.absorbed).await.state, UserState::Disabled, "{name}");
        let sub = at.store.subject(&made.kept, &ClientId::new("c"), "").await.expect(name);
        assert_eq!(sub, Some(format!("sub of {}", made.absorbed.as_str().trim_start_matches("u_"))), "{name}");

        let (kept, absorbed) = (read(&at.store, &made.kept).await, read(&at.store, &made.absorbed).await);
        let undo = made.clone();
        let undone = meet(&at.store, move |tx, _| {
            let (made, kept) = (undo.clone(), kept.clone());
            let absorbed = User { state: UserState::Active, ..absorbed.clone() };
            Box::pin(async move { tx.unmerge_people(&made, (&kept, &absorbed), START + 1).await })
        });
        assert_eq!(yes(&undone.await), 1, "{name}: {CALLERS} callers");
        assert_eq!(at.store.identities_of(&made.absorbed).await.expect(name).len(), 1, "{name}");
        assert_eq!(at.store.subject(&made.kept, &ClientId::new("c"), "").await.expect(name), None, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_that_came_since_the_preview_is_not_left_behind() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob"]).await;
        let (ada, bob) = (read(&at.store, &user_id("ada")).await, read(&at.store, &user_id("bob")).await);
        write!(at.store, insert_identity(&identity("b", "bob", "2"))).expect(name);
        let out = User { state: UserState::Disabled, ..bob };
        let (ada, out) = (ada.clone(), out.clone());
        let done = at.store.write(move |tx| {
            let (ada, out) = (ada.clone(), out.clone());
            Box::pin(async move { tx.merge_people(&merge("m", "ada", "bob", &[]), &ada, &out).await })
        });
        assert!(done.await.is_err(), "{name}");
        assert_eq!(read(&at.store, &user_id("bob")).await.state, UserState::Active, "{name}: all or nothing");
        assert!(at.store.merges(10).await.expect(name).is_empty(), "{name}");
    }
}
