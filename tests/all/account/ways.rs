//! Platforms: added with proof, taken away, and what then signs whom in.

use hufu::store::identities::StoredIdentity;

use super::person::{GITHUB, KINDS, Person};
use crate::ways::place::Place;
use crate::ways::sms::code;

const SPACE: &str = "practice/github.com";

#[tokio::test]
async fn a_platform_added_with_proof_signs_the_same_person_in_until_it_is_removed() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, "+8613800000001").await;
        let policy = lei.browser.get("/account").await.header("content-security-policy").to_owned();
        assert!(!policy.contains("form-action 'self'"), "{store}: a form leads away to the platform: {policy}");
        assert_eq!(lei.add_github("amara").await, "bound", "{store}");
        let page = lei.browser.get("/account").await;
        assert!(page.body.contains("GitHub") && page.body.contains("Added a way to sign in"), "{store}");
        let again = Person::by_github(&place, "amara").await;
        assert_eq!(again.id, lei.id, "{store}");
        // The same account over there once more is theirs already, and changes nothing.
        assert_eq!(again.add_github("amara").await, "bound", "{store}");
        // Another account of the same platform is another way in.
        assert_eq!(again.add_github("xiaoman").await, "bound", "{store}");
        assert_eq!(lei.spaces(&lei.id).await.iter().filter(|space| *space == SPACE).count(), 2, "{store}");
        place.server.clock.advance(60);
        let again = Person::by_number(&place, "+8613800000001").await;
        assert_eq!(again.id, lei.id, "{store}");
        for _ in 0..2 {
            let subject = again.subject(&again.id, SPACE).await;
            let gone = again.post(&format!("/account/ways/{subject}/unbind"), &[]).await;
            assert_eq!(gone.location(), "/account?said=unbound", "{store}");
        }
        let stranger = Person::by_github(&place, "amara").await;
        assert_ne!(stranger.id, lei.id, "{store}: it leads to their account no more");
        assert!(!lei.is_in().await || lei.spaces(&lei.id).await.len() == 1, "{store}");
    }
}

#[tokio::test]
async fn s75_sessions_begun_by_a_way_end_with_it() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, "+8613800000001").await;
        assert_eq!(lei.add_github("amara").await, "bound", "{store}");
        let elsewhere = Person::by_github(&place, "amara").await;
        assert!(elsewhere.is_in().await, "{store}");
        let subject = lei.subject(&lei.id, SPACE).await;
        lei.post(&format!("/account/ways/{subject}/unbind"), &[]).await;
        assert!(!elsewhere.is_in().await && lei.is_in().await, "{store}");
    }
}

#[tokio::test]
async fn s185_what_belongs_to_somebody_else_is_not_added() {
    for (store, place) in Place::both(KINDS).await {
        let owner = Person::by_github(&place, "amara").await;
        let lei = Person::by_number(&place, "+8613800000001").await;
        assert_eq!(lei.add_github("amara").await, "taken", "{store}");
        assert_eq!(lei.spaces(&lei.id).await, ["practice/phone"], "{store}");
        assert_eq!(owner.spaces(&owner.id).await, [SPACE], "{store}");
        assert_eq!(place.last("identity.link").await.1, "taken", "{store}");
        let page = lei.browser.get("/account?said=taken").await;
        assert!(page.body.contains("belongs to another account"), "{store}");
    }
}

#[tokio::test]
async fn s186_the_last_way_in_stays() {
    for (store, place) in Place::both(KINDS).await {
        let amara = Person::by_github(&place, "amara").await;
        let subject = amara.subject(&amara.id, SPACE).await;
        let refused = amara.post(&format!("/account/ways/{subject}/unbind"), &[]).await;
        assert_eq!(refused.location(), "/account?said=last-way", "{store}");
        let lei = Person::by_number(&place, "+8613800000001").await;
        place.server.clock.advance(60);
        let asked = lei.post("/account/phone", &[("remove", "1")]).await;
        let path = asked.location().to_owned();
        let right = code(&place, "+8613800000001").await;
        let done = lei.on(&path, "own-number", &[("code", &right)]).await;
        assert_eq!(lei.said(done).await, "last-way", "{store}");
        assert_eq!(lei.spaces(&lei.id).await, ["practice/phone"], "{store}");
        assert!(lei.browser.get("/account?said=last-way").await.body.contains("This is your last way in"));
    }
}

#[tokio::test]
async fn s184_whoever_comes_back_to_another_session_adds_nothing() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, "+8613800000001").await;
        let other = Person::by_number(&place, "+8613800000002").await;
        let sent = lei.post(GITHUB, &[]).await;
        let back = lei.at_github(&sent, "amara").await;
        lei.becomes(&other.id).await;
        assert_eq!(lei.said(lei.browser.get(&back).await).await, "not-bound", "{store}");
        for who in [&lei, &other] {
            assert_eq!(who.spaces(&who.id).await, ["practice/phone"], "{store}");
        }
        assert_eq!(place.last("identity.link").await.1, "another person", "{store}");
        // Nor does somebody who signed out on the way.
        let sent = other.post(GITHUB, &[]).await;
        let back = other.at_github(&sent, "amara").await;
        other.post("/account/sign-out", &[]).await;
        other.browser.get(&back).await;
        assert!(!other.is_in().await, "{store}");
        assert_eq!(other.spaces(&other.id).await, ["practice/phone"], "{store}");
        assert_eq!(place.people().await.len(), 2, "{store}");
    }
}

#[tokio::test]
async fn s79_an_answer_works_once_and_in_its_own_browser() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, "+8613800000001").await;
        let other = Person::by_number(&place, "+8613800000002").await;
        let sent = lei.post(GITHUB, &[]).await;
        let back = lei.at_github(&sent, "amara").await;
        assert_eq!(other.browser.get(&back).await.status, 400, "{store}: another browser");
        assert_eq!(other.spaces(&other.id).await.len(), 1, "{store}");
        assert_eq!(lei.said(lei.browser.get(&back).await).await, "bound", "{store}");
        let subject = lei.subject(&lei.id, SPACE).await;
        lei.post(&format!("/account/ways/{subject}/unbind"), &[]).await;
        lei.browser.get(&back).await;
        assert_eq!(lei.spaces(&lei.id).await, ["practice/phone"], "{store}: a second time it does nothing");
    }
}

#[tokio::test]
async fn a_refusal_at_the_platform_changes_nothing_and_keeps_the_session() {
    let place = Place::with(KINDS).await;
    let lei = Person::by_number(&place, "+8613800000001").await;
    let sent = lei.post(GITHUB, &[]).await;
    let back = format!("{}?error=access_denied&state={}", callback(&place), state(sent.location()));
    assert_eq!(lei.said(lei.browser.get(&back).await).await, "not-bound");
    assert!(lei.is_in().await);
    assert_eq!(lei.spaces(&lei.id).await, ["practice/phone"]);
}

fn callback(place: &Place) -> String {
    format!("{}/callback/github-practice", place.server.issuer)
}

fn state(url: &str) -> String {
    crate::ways::visit::parameter(url, "state")
}

#[tokio::test]
async fn s75_sessions_of_every_method_that_an_account_over_there_came_through_end_with_it() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, "+8613800000001").await;
        assert_eq!(lei.add_github("amara").await, "bound", "{store}");
        let (data, now) = (&place.server.app.store, place.server.clock.now());
        // The same account over there, known to another method by a key of its own.
        let elsewhere = place.server.session(&lei.id).await;
        let method = data.live_session(&elsewhere, now).await.unwrap().unwrap().connector_id;
        let links = data.identities_of(&lei.id).await.unwrap();
        let link = links.into_iter().find(|link| link.space == SPACE).unwrap();
        let subject = link.subject.clone();
        let key = StoredIdentity { id: "key".to_owned(), space: "practice/x".to_owned(), connector_id: method, ..link };
        let write = data.write(move |tx| {
            let key = key.clone();
            Box::pin(async move { tx.insert_identity(&key).await })
        });
        write.await.unwrap();
        let gone = lei.post(&format!("/account/ways/{subject}/unbind"), &[]).await;
        assert_eq!(gone.location(), "/account?said=unbound", "{store}");
        assert!(data.live_session(&elsewhere, now).await.unwrap().is_none(), "{store}");
        assert_eq!(lei.spaces(&lei.id).await, ["practice/phone"], "{store}: every key of it");
    }
}
