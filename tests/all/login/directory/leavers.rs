//! Who goes at the end of a pass, and who does not.

use std::sync::Arc;

use hufu::base::id::{OrgId, UserId};
use hufu::connectors::Connector;
use hufu::login::roster::Sync;
use hufu::store::members::{Member, MemberSource};
use hufu::store::sync_runs::{SyncRun, SyncState};
use tokio_util::sync::CancellationToken;

use super::crowd::{Crowd, ORG, organisation};
use crate::login::house::{House, houses_with};

async fn with(crowd: &Arc<Crowd>) -> Vec<House> {
    let connector: Arc<dyn Connector> = Arc::<Crowd>::clone(crowd);
    let houses = houses_with(&[("corp", connector)]).await;
    for house in &houses {
        house.add_connector("corp", "oidc", |_| {}).await;
        organisation(house.store(), house.world.clock.now()).await;
    }
    houses
}

async fn pass(house: &House, accept_removals: bool) -> SyncRun {
    let how = Sync { accept_removals, ..Sync::default() };
    house.login.sync_directory(&OrgId::new(ORG), &how, &CancellationToken::new()).await.unwrap()
}

async fn people(house: &House) -> Vec<String> {
    let rows = house.store().roster(&OrgId::new(ORG), None, 100).await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

async fn is_member(house: &House, user: &UserId) -> bool {
    house.store().member(&OrgId::new(ORG), user).await.unwrap().is_some()
}

async fn join(house: &House, name: &str, person: &str, source: MemberSource) -> UserId {
    let user = house.person(name).await;
    let member = Member {
        org_id: OrgId::new(ORG),
        user_id: user.clone(),
        since: house.world.clock.now(),
        source,
        person: Some(person.to_owned()),
        roles: Vec::new(),
    };
    let joined = house.store().write(move |tx| {
        let member = member.clone();
        Box::pin(async move { tx.add_member(&member).await })
    });
    assert!(joined.await.unwrap());
    user
}

#[tokio::test]
async fn whoever_is_moved_while_the_lists_are_read_stays_with_their_place_and_roles() {
    {
        let everybody: [(&str, &[&str]); 4] = [("p1", &["1"]), ("p2", &["1"]), ("p3", &["2"]), ("p4", &["1"])];
        let crowd = Crowd::new(&[("1", None), ("2", Some("1"))], &everybody);
        for house in with(&crowd).await {
            let org = OrgId::new(ORG);
            let user = house.browser().sign_in_by("hub", "p1").await;
            pass(&house, false).await;
            assert!(is_member(&house, &user).await);
            // In none of the lists, a person and a department.
            crowd.change(|state| state.unlisted.extend(["p1".to_owned(), "2".to_owned(), "p3".to_owned()]));
            crowd.change(|state| drop(state.people.remove("p2")));
            let run = pass(&house, false).await;
            assert_eq!((run.state, run.gone), (SyncState::Done, 1), "{run:?}");
            assert_eq!(people(&house).await, ["p1", "p3", "p4"]);
            assert!(is_member(&house, &user).await);
            assert!(house.store().department(&org, "2").await.unwrap().is_some());
            assert_eq!(house.store().placements(&org, &user).await.unwrap().len(), 1);
            crowd.change(|state| {
                state.unlisted.clear();
                state.people.insert("p2".to_owned(), vec!["1".to_owned()]);
            });
        }
    }
}

#[tokio::test]
async fn whoever_is_out_of_sight_goes_only_by_an_administrator_s_word() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"])]);
    for house in with(&crowd).await {
        pass(&house, false).await;
        crowd.change(|state| {
            state.unlisted.insert("p1".to_owned());
            state.unreadable.insert("p1".to_owned());
        });
        let kept = pass(&house, false).await;
        assert_eq!((kept.state, kept.gone, kept.failed.len()), (SyncState::Done, 0, 1), "{kept:?}");
        assert_eq!(people(&house).await, ["p1", "p2"]);
        assert_eq!(pass(&house, true).await.gone, 1);
        assert_eq!(people(&house).await, ["p2"]);
        crowd.change(|state| {
            state.unlisted.clear();
            state.unreadable.clear();
        });
    }
}

#[tokio::test]
async fn a_leaver_whom_the_directory_never_listed_is_found_out_by_the_next_pass() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("unseen", &["1"])]);
    crowd.change(|state| {
        state.unlisted.insert("unseen".to_owned());
        state.unreadable.insert("hidden".to_owned());
    });
    for house in with(&crowd).await {
        let left = join(&house, "left", "left", MemberSource::Joined).await;
        let hidden = join(&house, "hidden", "hidden", MemberSource::Joined).await;
        let unseen = join(&house, "unseen", "unseen", MemberSource::Joined).await;
        let by_hand = join(&house, "byhand", "byhand", MemberSource::Manual).await;
        let run = pass(&house, false).await;
        assert_eq!((run.state, run.gone), (SyncState::Done, 1), "{run:?}");
        for (user, stays) in [(&left, false), (&hidden, true), (&unseen, true), (&by_hand, true)] {
            assert_eq!(is_member(&house, user).await, stays, "{user}");
        }
        assert!(people(&house).await.contains(&"unseen".to_owned()), "who was asked for is listed now");
        let rows = house.store().audit(None, 100).await.unwrap();
        let told = rows.iter().filter(|row| row.action == "member.left").collect::<Vec<_>>();
        assert_eq!(told.len(), 1);
        assert!(told[0].detail.contains(left.as_str()), "{:?}", told[0]);
    }
}

#[tokio::test]
async fn many_leavers_whom_the_directory_never_listed_are_held_too() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"])]);
    for house in with(&crowd).await {
        let mut users = Vec::new();
        for number in 0..6 {
            let name = format!("left{number}");
            users.push(join(&house, &name, &name, MemberSource::Joined).await);
        }
        let held = pass(&house, false).await;
        assert_eq!((held.state, held.gone), (SyncState::Held, 6), "{held:?}");
        assert!(is_member(&house, &users[0]).await);
        assert_eq!(house.outcomes("directory.read").await, ["held"]);
        assert_eq!(pass(&house, true).await.state, SyncState::Done);
        assert!(!is_member(&house, &users[0]).await);
    }
}

#[tokio::test]
async fn a_small_company_does_not_vanish_by_an_empty_answer() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"])]);
    for house in with(&crowd).await {
        pass(&house, false).await;
        crowd.change(|state| state.people.clear());
        assert_eq!(pass(&house, false).await.state, SyncState::Held);
        assert_eq!(people(&house).await.len(), 2);
        let mut outcomes = house.outcomes("directory.read").await;
        outcomes.sort();
        assert_eq!(outcomes, ["done", "held"]);
        crowd.change(|state| {
            state.people.extend(["p1", "p2"].map(|id| (id.to_owned(), vec!["1".to_owned()])));
        });
    }
}
