//! What a directory says by itself.

use std::sync::Arc;

use hufu::base::id::OrgId;
use hufu::connectors::Connector;
use hufu::connectors::hook::News;
use hufu::login::roster::Sync;
use tokio_util::sync::CancellationToken;

use super::crowd::{Crowd, ORG, organisation};
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
        tell(&house, vec![News::Left { person: "p1".to_owned() }, News::Left { person: "nobody".to_owned() }]).await;
        assert_eq!(names(&house).await.len(), 1);
        tell(&house, vec![News::PersonChanged { person: "p2".to_owned() }]).await;
        house.world.clock.advance(5);
        crowd.change(|state| state.later = 1);
        assert_eq!(house.login.read_changes().await.unwrap(), 0);
        assert_eq!(house.login.read_changes().await.unwrap(), 0, "it waits");
        house.world.clock.advance(60);
        assert_eq!(house.login.read_changes().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_renamed_member_keeps_what_they_have_unless_the_new_name_is_somebody_s() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"]), ("p2", &["1"])]);
    for house in with(&crowd).await {
        let renamed = |from: &str, to: &str| News::Renamed { from: from.to_owned(), to: to.to_owned() };
        tell(&house, vec![renamed("p1", "p9")]).await;
        let ids = |rows: Vec<(String, bool)>| rows.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids(names(&house).await), ["p2", "p9"]);
        tell(&house, vec![renamed("p9", "p2"), renamed("nobody", "p7")]).await;
        assert_eq!(ids(names(&house).await), ["p2", "p9"]);
    }
}
