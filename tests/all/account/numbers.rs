//! One's own number: the old one is proven, then the new one.

use hufu::admin::Actor;

use super::person::{KINDS, Person};
use crate::support::http::Answer;
use crate::ways::place::Place;
use crate::ways::sms::code;

const OLD: &str = "+8613800000001";
const NEW: &str = "+8613800000003";

/// Begins a change, once codes may be sent again; the page's address.
async fn begun(person: &Person<'_>, fields: &[(&str, &str)]) -> String {
    person.place.server.clock.advance(60);
    person.post("/account/phone", fields).await.location().to_owned()
}

async fn number(person: &Person<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
    person.on(path, "own-number", fields).await
}

/// Proves a number on the page that waits for its code.
async fn prove(person: &Person<'_>, path: &str, of: &str) -> Answer {
    let right = code(person.place, of).await;
    number(person, path, &[("code", &right)]).await
}

async fn value(person: &Person<'_>) -> Vec<String> {
    let links = person.place.server.app.store.identities_of(&person.id).await.unwrap();
    links.into_iter().filter(|link| link.space == "practice/phone").map(|link| link.value).collect()
}

#[tokio::test]
async fn the_old_number_is_proven_then_the_new_one_and_only_the_new_one_signs_in() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, OLD).await;
        let path = begun(&lei, &[]).await;
        let page = lei.browser.get(&path).await;
        assert!(page.body.contains("one-time-code") && !page.body.contains("13800000001"), "{store}: {page:?}");
        // Before the old one is proven no other number counts.
        number(&lei, &path, &[("phone", NEW)]).await;
        assert!(lei.browser.get(&path).await.body.contains("one-time-code"), "{store}");
        prove(&lei, &path, OLD).await;
        let page = lei.browser.get(&path).await;
        assert!(page.body.contains("name=\"phone\"") && page.body.contains("A number for your account"), "{store}");
        number(&lei, &path, &[("phone", NEW)]).await;
        let done = prove(&lei, &path, NEW).await;
        assert_eq!(lei.said(done).await, "bound", "{store}");
        assert_eq!(value(&lei).await, [NEW], "{store}");
        let user = place.server.app.store.user(&lei.id).await.unwrap().unwrap();
        assert_eq!((user.phone.as_deref(), user.phone_verified), (Some(NEW), true), "{store}");
        assert!(lei.browser.get("/account").await.body.contains("Phone number set"), "{store}");
        assert_eq!(Person::by_number(&place, NEW).await.id, lei.id, "{store}");
        assert_ne!(Person::by_number(&place, OLD).await.id, lei.id, "{store}: the old one is nobody's");
    }
}

#[tokio::test]
async fn the_proof_of_the_old_number_is_good_for_five_minutes() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, OLD).await;
        let path = begun(&lei, &[]).await;
        prove(&lei, &path, OLD).await;
        place.server.clock.advance(240);
        number(&lei, &path, &[("phone", NEW)]).await;
        place.server.clock.advance(60);
        let right = code(&place, NEW).await;
        let late = number(&lei, &path, &[("code", &right)]).await;
        assert_ne!(lei.said(late).await, "bound", "{store}");
        assert_eq!(value(&lei).await, [OLD], "{store}");
    }
}

#[tokio::test]
async fn s192_five_wrong_codes_use_the_right_one_up() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, OLD).await;
        let path = begun(&lei, &[]).await;
        let right = code(&place, OLD).await;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            number(&lei, &path, &[("code", wrong)]).await;
            assert!(lei.browser.get(&path).await.body.contains("role=\"alert\""), "{store}");
        }
        number(&lei, &path, &[("code", &right)]).await;
        let page = lei.browser.get(&path).await;
        assert!(page.body.contains("role=\"alert\"") && !page.body.contains("A number for your account"), "{store}");
        assert_eq!(value(&lei).await, [OLD], "{store}");
    }
}

#[tokio::test]
async fn s195_a_number_that_is_somebodys_stays_theirs() {
    for (store, place) in Place::both(KINDS).await {
        let owner = Person::by_number(&place, NEW).await;
        let lei = Person::by_number(&place, OLD).await;
        let path = begun(&lei, &[]).await;
        prove(&lei, &path, OLD).await;
        number(&lei, &path, &[("phone", NEW)]).await;
        let done = prove(&lei, &path, NEW).await;
        assert_eq!(lei.said(done).await, "taken", "{store}");
        assert_eq!((value(&lei).await, value(&owner).await), (vec![OLD.to_owned()], vec![NEW.to_owned()]), "{store}");
        assert!(lei.is_in().await, "{store}: the code signed nobody in to the other account");
    }
}

#[tokio::test]
async fn s184_a_session_that_changed_on_the_way_changes_nothing() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, OLD).await;
        let other = Person::by_github(&place, "amara").await;
        let path = begun(&lei, &[]).await;
        prove(&lei, &path, OLD).await;
        number(&lei, &path, &[("phone", NEW)]).await;
        let right = code(&place, NEW).await;
        let csrf = lei.browser.get(&path).await.hidden("csrf").unwrap();
        lei.becomes(&other.id).await;
        let own = format!("{path}/own-number");
        lei.browser.post_form(&own, &[("csrf", csrf.as_str()), ("code", right.as_str())]).await;
        assert_eq!((value(&lei).await, value(&other).await), (vec![OLD.to_owned()], Vec::new()), "{store}");
    }
}

#[tokio::test]
async fn a_first_number_is_added_and_with_another_way_in_a_code_takes_it_away() {
    for (store, place) in Place::both(KINDS).await {
        let amara = Person::by_github(&place, "amara").await;
        let path = begun(&amara, &[]).await;
        assert!(amara.browser.get(&path).await.body.contains("A number for your account"), "{store}");
        number(&amara, &path, &[("phone", NEW)]).await;
        let done = prove(&amara, &path, NEW).await;
        assert_eq!(amara.said(done).await, "bound", "{store}");
        assert_eq!(Person::by_number(&place, NEW).await.id, amara.id, "{store}");
        let path = begun(&amara, &[("remove", "1")]).await;
        assert_eq!(value(&amara).await, [NEW], "{store}: not before its code");
        let done = prove(&amara, &path, NEW).await;
        assert_eq!(amara.said(done).await, "bound", "{store}");
        assert!(value(&amara).await.is_empty(), "{store}");
        let user = place.server.app.store.user(&amara.id).await.unwrap().unwrap();
        assert_eq!((user.phone, user.phone_verified), (None, false), "{store}");
    }
}

#[tokio::test]
async fn a_second_number_is_not_linked_to_an_account_that_has_one() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, OLD).await;
        lei.post("/account/sign-out", &[]).await;
        place.server.clock.advance(60);
        let path = lei.browser.get("/account").await.location().to_owned();
        let sign_in = async |with: &str| {
            lei.on(&path, "with/sms-practice", &[]).await;
            lei.on(&path, "answer/sms-practice", &[("phone", with)]).await;
            let right = code(&place, with).await;
            lei.on(&path, "answer/sms-practice", &[("code", &right)]).await
        };
        sign_in(NEW).await;
        lei.on(&path, "stranger", &[("door", "existing")]).await;
        sign_in(OLD).await;
        let page = lei.browser.get(&path).await;
        assert!(page.body.contains("signs in with another number already"), "{store}: {page:?}");
        assert_eq!(value(&lei).await, [OLD], "{store}");
        assert_eq!(place.last("identity.link").await.1, "has a number", "{store}");
    }
}

#[tokio::test]
async fn s196_a_number_proven_on_the_account_page_signs_in_again_however_long_it_was_not_used() {
    const LONG: i64 = 91 * 86_400;
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, OLD).await;
        assert_eq!(lei.add_github("amara").await, "bound", "{store}");
        place.server.clock.advance(LONG);
        let back = Person::by_github(&place, "amara").await;
        let path = begun(&back, &[]).await;
        prove(&back, &path, OLD).await;
        number(&back, &path, &[("phone", NEW)]).await;
        let done = prove(&back, &path, NEW).await;
        assert_eq!(back.said(done).await, "bound", "{store}");
        assert_eq!(Person::by_number(&place, NEW).await.id, lei.id, "{store}: the new one is as good as new");
        place.server.clock.advance(LONG);
        let back = Person::by_github(&place, "amara").await;
        let path = begun(&back, &[]).await;
        prove(&back, &path, NEW).await;
        assert_eq!(Person::by_number(&place, NEW).await.id, lei.id, "{store}: the proof alone is enough");
        // The same number once more is no change, and no mistake.
        let path = begun(&back, &[]).await;
        prove(&back, &path, NEW).await;
        place.server.clock.advance(60);
        number(&back, &path, &[("phone", NEW)]).await;
        let done = prove(&back, &path, NEW).await;
        assert_eq!(back.said(done).await, "bound", "{store}");
    }
}

#[tokio::test]
async fn an_english_browser_is_sent_its_codes_in_english_and_a_chosen_language_beats_the_browsers() {
    for (store, place) in Place::both(KINDS).await {
        place.server.app.admin.add_practice_sender(&Actor::set_up(), "twilio").await.unwrap();
        let lei = Person::by_number(&place, OLD).await;
        for (language, word) in [("en", "code"), ("zh-CN", "验证码")] {
            lei.browser.keep(&format!("lang={language}"));
            begun(&lei, &[]).await;
            let path = format!("/phone/messages?mobile={}", OLD.replace('+', "%2B"));
            let messages = place.control("GET", &path, serde_json::Value::Null).await.json();
            let text = messages.as_array().unwrap().last().unwrap()["text"].as_str().unwrap().to_owned();
            assert!(text.contains(word), "{store}: {language}: {text}");
        }
    }
}
