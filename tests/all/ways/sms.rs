//! A phone number and the code sent to it.

use serde_json::Value;

use super::place::{DESK, Place};
use super::visit::Visit;
use crate::support::http::Answer;

const NAME: &str = "sms-practice";
const ANSWER: &str = "answer/sms-practice";

/// A visit that has asked for a code to this number.
async fn asked<'a>(place: &'a Place, application: &'a crate::support::server::Application, number: &str) -> Visit<'a> {
    let visit = Visit::begin(place, application, DESK).await;
    assert_eq!(visit.with(NAME, &[]).await, visit.path);
    visit.post(ANSWER, &[("phone", number)]).await;
    visit
}

/// The newest code on the phone with this number.
pub async fn code(place: &Place, mobile: &str) -> String {
    let path = format!("/phone/messages?mobile={}", mobile.replace('+', "%2B"));
    let messages = place.control("GET", &path, Value::Null).await.json();
    let text = messages.as_array().unwrap().last().unwrap_or_else(|| panic!("no message"))["text"].clone();
    let text = text.as_str().unwrap();
    let mut digits = text.split(|c: char| !c.is_ascii_digit()).filter(|part| part.len() == 6);
    digits.next().unwrap_or_else(|| panic!("no code: {text}")).to_owned()
}

async fn try_code(visit: &Visit<'_>, code: &str) -> Answer {
    visit.post(ANSWER, &[("code", code)]).await;
    visit.page().await
}

#[tokio::test]
async fn a_code_to_a_number_makes_an_account_and_finds_it_again() {
    for (store, place) in Place::both(&["sms"]).await {
        let application = place.application().await;
        let mut subs = Vec::new();
        for (typed, is_new) in [("13800000001", true), ("+86 138 0000 0001", false)] {
            let visit = asked(&place, &application, typed).await;
            let page = visit.page().await;
            assert!(page.body.contains("one-time-code"), "{store}: {page:?}");
            assert!(!page.body.contains("13800000001"), "{store}: the number is masked");
            try_code(&visit, &code(&place, "+8613800000001").await).await;
            if is_new {
                visit.post("stranger", &[("door", "new"), ("name", "Li Lei")]).await;
            }
            let tokens = visit.finish().await;
            assert_eq!(tokens.name, "Li Lei", "{store}");
            subs.push(tokens.sub);
            place.server.clock.advance(60);
        }
        let people = place.people().await;
        assert_eq!((&subs[0], people.len(), people[0].practice), (&subs[1], 1, true), "{store}");
        assert!(people[0].phone.is_some(), "{store}: the number is the account");
    }
}

#[tokio::test]
async fn five_wrong_codes_use_the_right_one_up() {
    let place = Place::with(&["sms"]).await;
    let application = place.application().await;
    let visit = asked(&place, &application, "13800000002").await;
    let right = code(&place, "+8613800000002").await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let page = try_code(&visit, wrong).await;
        assert!(page.body.contains("role=\"alert\""), "{page:?}");
    }
    let page = try_code(&visit, &right).await;
    assert!(page.body.contains("role=\"alert\"") && !page.body.contains("/consent"), "{page:?}");
    assert!(place.people().await.is_empty());
    // Another code a minute later is good.
    place.server.clock.advance(60);
    visit.post(ANSWER, &[("again", "1")]).await;
    let fresh = code(&place, "+8613800000002").await;
    try_code(&visit, &fresh).await;
    visit.post("stranger", &[("door", "new"), ("name", "Amara")]).await;
    assert!(!visit.finish().await.sub.is_empty());
}

#[tokio::test]
async fn a_number_nobody_can_have_gets_no_code() {
    let place = Place::with(&["sms"]).await;
    let application = place.application().await;
    for typed in ["12345", "+12025550104", ""] {
        let visit = asked(&place, &application, typed).await;
        let page = visit.page().await;
        assert!(page.body.contains("name=\"phone\"") && page.body.contains("role=\"alert\""), "{typed}: {page:?}");
    }
    let sent = place.control("GET", "/phone/messages", Value::Null).await.json();
    assert_eq!(sent, serde_json::json!([]));
}
