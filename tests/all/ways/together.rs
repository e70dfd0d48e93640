//! One person by several ways, and the line between the practice world and the real one.

use hufu::base::people::Email;
use hufu::store::users::NameKind;
use serde_json::json;

use super::place::{DESK, Place, WECHAT};
use super::visit::{Tokens, Visit};
use crate::support::server::Application;

const WEBSITE: &str = "wechat-website-practice";
const OFFICIAL: &str = "wechat-official-practice";

async fn by_the_website(place: &Place, visit: &Visit<'_>, person: &str) {
    visit.at_platform(&visit.with(WEBSITE, &[]).await).await;
    let code = place.code("wechat").await;
    place.scan_and_confirm(person, &code).await;
    let sent = visit.at_platform(&format!("/open.weixin.qq.com/connect/wait?uuid={code}")).await;
    visit.back(&sent).await;
}

/// Somebody who has signed in by the website application before.
pub async fn known_by_the_website(place: &Place, application: &Application, person: &str) -> Tokens {
    let visit = Visit::begin(place, application, DESK).await;
    by_the_website(place, &visit, person).await;
    visit.finish().await
}

#[tokio::test]
async fn one_open_platform_account_makes_one_person_of_two_apps() {
    for (store, place) in Place::both(&["wechat_website", "wechat_official"]).await {
        let application = place.application().await;
        let first = known_by_the_website(&place, &application, "xiaoman").await;
        let phone = Visit::begin(&place, &application, WECHAT).await.held_by("xiaoman");
        let url = phone.with(OFFICIAL, &[]).await;
        let fields = [("choice", "allow"), ("person", "xiaoman")];
        let sent = phone.platform.post_with(&url, &[("user-agent", WECHAT)], &fields).await;
        phone.back(&sent).await;
        assert_eq!(phone.finish().await.sub, first.sub, "{store}");
        let people = place.people().await;
        assert_eq!(people.len(), 1, "{store}");
        assert_eq!(place.spaces(&people[0].id).await.len(), 3, "{store}: two openids and one unionid");
        // Somebody else's unionid is somebody else.
        let other = known_by_the_website(&place, &application, "amara").await;
        assert_ne!(other.sub, first.sub, "{store}");
    }
}

#[tokio::test]
async fn a_unionid_that_comes_later_is_filled_in() {
    let place = Place::with(&["wechat_website"]).await;
    let application = place.application().await;
    place.deed("amara", "unionid", json!({ "text": "lose" })).await;
    let first = known_by_the_website(&place, &application, "amara").await;
    let people = place.people().await;
    assert_eq!(place.spaces(&people[0].id).await.len(), 1);
    place.deed("amara", "unionid", json!({ "text": "regain" })).await;
    assert_eq!(known_by_the_website(&place, &application, "amara").await.sub, first.sub);
    assert_eq!(place.spaces(&people[0].id).await.len(), 2);
}

#[tokio::test]
async fn practice_facts_never_reach_a_real_person() {
    let place = Place::with(&["sms", "github"]).await;
    let application = place.application().await;
    // A real person with the very number and address of a practice one.
    let real = place.server.person("amara").await;
    let mut row = place.server.app.store.user(&real).await.unwrap().unwrap();
    row.phone = Some("+8613800000002".to_owned());
    row.email = Some(Email::parse("amara@example.com").unwrap());
    let saved = place.server.app.store.write(move |tx| {
        let row = row.clone();
        Box::pin(async move { tx.update_user(&row).await })
    });
    assert!(saved.await.unwrap());
    // No practice message is sent for a real person's number, and the page looks the same.
    let visit = Visit::begin(&place, &application, DESK).await;
    visit.with("sms-practice", &[]).await;
    visit.post("answer/sms-practice", &[("phone", "13800000002")]).await;
    assert!(visit.page().await.body.contains("one-time-code"));
    let messages = place.control("GET", "/phone/messages", json!(null)).await.json();
    assert_eq!(messages, json!([]));
    // A proven address that a real person has makes somebody new, who goes without it.
    let visit = Visit::begin(&place, &application, DESK).await;
    let url = visit.with("github-practice", &[]).await;
    let sent = visit.platform.post_form(&url, &[("choice", "allow"), ("person", "amara")]).await;
    visit.back(&sent).await;
    visit.finish().await;
    let store = &place.server.app.store;
    assert!(store.identities_of(&real).await.unwrap().is_empty());
    let people = place.people().await;
    assert_eq!((people.len(), people.iter().filter(|user| user.practice).count()), (2, 1));
    let owner = store.user_by_name(NameKind::Phone, "+8613800000002").await.unwrap();
    assert_eq!(owner.map(|user| user.id), Some(real.clone()), "the real number stays with the real person");
}
