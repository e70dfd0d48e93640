//! What a directory says by itself.

use std::sync::Arc;

use hufu::base::id::{OrgId, UserId};
use hufu::connectors::directory::Wanted;
use hufu::connectors::hook::News;
use hufu::connectors::{Connector, Key};
use hufu::login::roster::Sync;
use hufu::store::sync_runs::SyncState;
use tokio_util::sync::CancellationToken;

use super::crowd::{Crowd, Gate, ORG, organisation};
use crate::login::house::{House, houses_with};

async fn with(crowd: &Arc<Crowd>) -> Vec<House> {
    let connector: Arc<dyn Connector> = Arc::<Crowd>::clone(crowd);
    let houses = houses_with(&[("corp", connector)]).await;
    for house in &houses {
        house.add_connector("corp", "oidc", |_| {}).await;
        let org = organisation(house.store(), house.world.clock.now()).await;
        house.login.sync_directory(&org, &Sync::default(), &CancellationToken::new()).await.unwrap();
    }
    houses
}

async fn tell(house: &House, news: Vec<News>) {
    house.login.hear_directory("corp", news).await.unwrap();
}

/// Somebody who signed in as this person of the directory, and is a member by that.
async fn member(house: &House, person: &'static str) -> UserId {
    let user = house.browser().sign_in_by("hub", person).await;
    let (linked, now) = (user.clone(), house.world.clock.now());
    let joined = house.store().write(move |tx| {
        let user = linked.clone();
        Box::pin(async move { tx.link_member(&OrgId::new(ORG), &user, person, now).await })
    });
    assert!(joined.await.unwrap());
    user
}

fn renamed(from: &str, to: &str) -> News {
    let key = |value: &str| Key { space: "platform".to_owned(), value: value.to_owned() };
    News::Renamed { from: key(from), to: key(to) }
}

async fn names(house: &House) -> Vec<(String, bool)> {
    let rows = house.store().roster(&OrgId::new(ORG), None, 100).await.unwrap();
    rows.into_iter().map(|row| (row.id, row.active)).collect()
}

#[tokio::test]
async fn what_changed_is_read_again_after_a_moment_and_once() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"])]);
    for house in with(&crowd).await {
        crowd.change(|state| {
            state.inactive.insert("p1".to_owned());
            state.people.insert("p3".to_owned(), vec!["1".to_owned()]);
        });
        let changed = |person: &str| News::PersonChanged { person: person.to_owned() };
        tell(&house, vec![changed("p1"), changed("p3"), changed("p3")]).await;
        assert_eq!(house.login.read_changes().await.unwrap(), 0, "not before its time");
        house.world.clock.advance(5);
        assert_eq!(house.login.read_changes().await.unwrap(), 2);
        let expected = [("p1", false), ("p2", true), ("p3", true)].map(|(id, active)| (id.to_owned(), active));
        assert_eq!(names(&house).await, expected);
        assert_eq!(house.login.read_changes().await.unwrap(), 0);
        // Somebody who is gone when they are looked for has left.
        crowd.change(|state| drop(state.people.remove("p3")));
        tell(&house, vec![changed("p3")]).await;
        house.world.clock.advance(5);
        assert_eq!(house.login.read_changes().await.unwrap(), 1);
        assert_eq!(names(&house).await.len(), 2);
        crowd.change(|state| state.inactive.clear());
    }
}

#[tokio::test]
async fn leaving_is_believed_at_once_and_a_platform_in_trouble_is_asked_again_later() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"])]);
    for house in with(&crowd).await {
        crowd.change(|state| drop(state.people.remove("p1")));
        tell(&house, vec![News::Left { person: "p1".to_owned() }, News::Left { person: "nobody".to_owned() }]).await;
        assert_eq!(names(&house).await.len(), 1);
        house.world.clock.advance(5);
        assert_eq!(house.login.read_changes().await.unwrap(), 2, "both are looked for once more");
        tell(&house, vec![News::PersonChanged { person: "p2".to_owned() }]).await;
        house.world.clock.advance(5);
        crowd.change(|state| state.later = 1);
        assert_eq!(house.login.read_changes().await.unwrap(), 0);
        assert_eq!(house.login.read_changes().await.unwrap(), 0, "it waits");
        house.world.clock.advance(60);
        assert_eq!(house.login.read_changes().await.unwrap(), 1);
        crowd.change(|state| drop(state.people.insert("p1".to_owned(), vec!["1".to_owned()])));
    }
}

#[tokio::test]
async fn a_late_word_of_leaving_takes_nobody_away_who_came_back() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"])]);
    for house in with(&crowd).await {
        tell(&house, vec![News::Left { person: "p1".to_owned() }]).await;
        assert_eq!(names(&house).await.len(), 1);
        house.world.clock.advance(5);
        house.login.read_changes().await.unwrap();
        assert_eq!(names(&house).await.len(), 2);
    }
}

#[tokio::test]
async fn an_answer_on_its_way_brings_no_leaver_back() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"])]);
    for house in with(&crowd).await {
        let gate = Arc::new(Gate::default());
        let page = Wanted::PeopleIn { department: "1".to_owned(), cursor: None };
        crowd.change(|state| state.gate = Some((page, Arc::clone(&gate))));
        let login = house.login.clone();
        let reading = tokio::spawn(async move {
            login.sync_directory(&OrgId::new(ORG), &Sync::default(), &CancellationToken::new()).await.unwrap()
        });
        gate.reached.notified().await;
        crowd.change(|state| drop(state.people.remove("p1")));
        tell(&house, vec![News::Left { person: "p1".to_owned() }]).await;
        gate.open.notify_one();
        assert_eq!(reading.await.unwrap().state, SyncState::Done);
        assert_eq!(names(&house).await, [("p2".to_owned(), true)]);
        crowd.change(|state| drop(state.people.insert("p1".to_owned(), vec!["1".to_owned()])));
    }
}

#[tokio::test]
async fn a_platform_that_does_not_answer_keeps_nobody_else_waiting() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"])]);
    for house in with(&crowd).await {
        let changed = |person: &str| News::PersonChanged { person: person.to_owned() };
        tell(&house, vec![changed("p1"), changed("p2"), changed("p3")]).await;
        house.world.clock.advance(5);
        crowd.change(|state| (state.later, state.asked) = (9, std::collections::HashMap::new()));
        assert_eq!(house.login.read_changes().await.unwrap(), 0);
        assert_eq!(crowd.asked(), 1, "the rest of its changes are not tried now");
        crowd.change(|state| state.later = 0);
        assert_eq!(house.login.read_changes().await.unwrap(), 0);
        house.world.clock.advance(60);
        assert_eq!(house.login.read_changes().await.unwrap(), 3);
    }
}

#[tokio::test]
async fn who_leaves_is_shut_out_or_renamed_is_in_the_audit() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"]), ("p3", &["1"])]);
    for house in with(&crowd).await {
        for person in ["p1", "p2"] {
            member(&house, person).await;
        }
        let changed = |person: &str| News::PersonChanged { person: person.to_owned() };
        crowd.change(|state| drop(state.people.remove("p1")));
        crowd.change(|state| assert!(state.inactive.insert("p2".to_owned())));
        let renamed = renamed("p3", "p4");
        tell(&house, vec![changed("p1"), changed("p2"), renamed]).await;
        house.world.clock.advance(5);
        assert_eq!(house.login.read_changes().await.unwrap(), 2);
        for (action, word) in [("member.left", "p1"), ("member.shut_out", "p2"), ("member.renamed", "p4")] {
            let rows = house.store().audit(None, 100).await.unwrap();
            let details: Vec<_> = rows.into_iter().filter(|row| row.action == action).map(|row| row.detail).collect();
            assert_eq!(details.len(), 1, "{action}");
            assert!(details[0].contains(word), "{details:?}");
        }
        crowd.change(|state| {
            state.people.insert("p1".to_owned(), vec!["1".to_owned()]);
            state.inactive.clear();
        });
    }
}

#[tokio::test]
async fn a_renamed_member_keeps_what_they_have_unless_the_new_name_is_somebody_s() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"])]);
    for house in with(&crowd).await {
        member(&house, "p2").await;
        tell(&house, vec![renamed("p1", "p9")]).await;
        let ids = |rows: Vec<(String, bool)>| rows.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids(names(&house).await), ["p2", "p9"]);
        tell(&house, vec![renamed("p9", "p2"), renamed("nobody", "p7")]).await;
        assert_eq!(ids(names(&house).await), ["p2", "p9"]);
    }
}

#[tokio::test]
async fn a_renamed_member_keeps_what_they_have_also_when_the_new_name_was_read_first() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"])]);
    for house in with(&crowd).await {
        let org = OrgId::new(ORG);
        let user = member(&house, "p1").await;
        let (stop, how) = (CancellationToken::new(), Sync::default());
        house.login.sync_directory(&org, &how, &stop).await.unwrap();
        let person = async || house.store().member(&org, &user).await.unwrap().and_then(|member| member.person);
        assert_eq!(person().await.as_deref(), Some("p1"));
        crowd.change(|state| {
            state.people.remove("p1");
            state.people.insert("p9".to_owned(), vec!["1".to_owned()]);
        });
        tell(&house, vec![News::PersonChanged { person: "p9".to_owned() }]).await;
        house.world.clock.advance(5);
        assert_eq!(house.login.read_changes().await.unwrap(), 1);
        tell(&house, vec![renamed("p1", "p9")]).await;
        assert_eq!(person().await.as_deref(), Some("p9"));
        assert_eq!(names(&house).await.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), ["p2", "p9"]);
        house.login.sync_directory(&org, &how, &stop).await.unwrap();
        assert_eq!(person().await.as_deref(), Some("p9"), "the next pass ends nothing");
        assert_eq!(house.browser().sign_in_by("hub", "p9").await, user, "the new name is theirs");
        crowd.change(|state| {
            state.people.remove("p9");
            state.people.insert("p1".to_owned(), vec!["1".to_owned()]);
        });
    }
}

#[tokio::test]
async fn who_signed_in_by_the_new_name_before_it_was_told_is_proposed_for_a_merge_once() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"])]);
    for house in with(&crowd).await {
        let old = member(&house, "p1").await;
        let new = house.browser().sign_in_by("hub", "p9").await;
        tell(&house, vec![renamed("p1", "p9"), renamed("p1", "p9")]).await;
        let cases = house.store().merge_cases(10).await.unwrap();
        let pairs: Vec<_> = cases.into_iter().map(|case| (case.user, case.other)).collect();
        assert_eq!(pairs, [(old.clone(), new.clone())], "{}", house.name());
        assert_eq!(house.outcomes("member.renamed").await, ["the new id is somebody else's"], "{}", house.name());
        for (value, user) in [("p1", &old), ("p9", &new)] {
            let link = house.store().identity("platform", value).await.unwrap().unwrap();
            assert_eq!(link.user_id, *user, "{}: nobody is merged silently", house.name());
        }
    }
}

#[tokio::test]
async fn who_has_the_new_name_already_keeps_it_and_loses_the_old_one() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"])]);
    for house in with(&crowd).await {
        let user = member(&house, "p1").await;
        let mut link = house.store().identities_of(&user).await.unwrap().remove(0);
        (link.id, link.value) = ("i-second".to_owned(), "p9".to_owned());
        let added = house.store().write(move |tx| {
            let link = link.clone();
            Box::pin(async move { tx.insert_identity(&link).await })
        });
        added.await.unwrap();
        tell(&house, vec![renamed("p1", "p9")]).await;
        let links = house.store().identities_of(&user).await.unwrap();
        assert_eq!(links.iter().map(|link| link.value.as_str()).collect::<Vec<_>>(), ["p9"], "{}", house.name());
    }
}
