//! WeChat Work gives a member another userid: whoever they are here stays that, listed by a reading or not.

use std::time::Duration;

use hufu::admin::Actor;
use hufu::base::id::UserId;
use serde_json::json;

use crate::ways::place::{DESK, Place};
use crate::ways::visit::{Tokens, Visit};
use crate::ways::wecom::scanned;

const NAME: &str = "wecom-practice";
const SPACE: &str = "practice/wecom:wwpractice00000000";

async fn signed_in(place: &Place) -> Tokens {
    let application = place.application().await;
    let visit = Visit::begin(place, &application, DESK).await;
    let sent = scanned(place, &visit, &visit.with(NAME, &[]).await, "xiaoman").await;
    visit.back(&sent).await;
    visit.finish().await
}

async fn is_known_as(place: &Place, userid: &str) -> Option<UserId> {
    let found = place.server.app.store.identity(SPACE, userid).await.unwrap();
    found.map(|link| link.user_id)
}

/// The company renames them, and tells so.
async fn renamed(place: &Place) {
    place.control("PATCH", "/people/xiaoman", json!({ "wecom": { "userid": "Xiao.Man" } })).await;
    for _ in 0..100 {
        if is_known_as(place, "xiao.man").await.is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the new userid is nobody's");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_in_and_was_never_listed_is_the_same_person_and_member_under_the_new_userid() {
    for (store, place) in Place::both(&["wecom"]).await {
        let admin = &place.server.app.admin;
        let org = admin.create_org(&Actor::set_up(), "Practice company", Some(NAME)).await.unwrap().id;
        let first = signed_in(&place).await;
        renamed(&place).await;
        let again = signed_in(&place).await;
        let people = place.people().await;
        assert_eq!((people.len(), again.name), (1, first.name), "{store}");
        let member = place.server.app.store.member(&org, &people[0].id).await.unwrap().expect(store);
        assert_eq!(member.person.as_deref(), Some("xiao.man"), "{store}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_before_there_was_an_organisation_is_followed_with_it_and_without() {
    for is_made in [false, true] {
        let place = Place::with(&["wecom"]).await;
        signed_in(&place).await;
        if is_made {
            let admin = &place.server.app.admin;
            admin.create_org(&Actor::set_up(), "Practice company", Some(NAME)).await.unwrap();
        }
        renamed(&place).await;
        signed_in(&place).await;
        assert_eq!(place.people().await.len(), 1, "an organisation: {is_made}");
    }
}
