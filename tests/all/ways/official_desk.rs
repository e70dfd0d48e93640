//! An official account, on a desk: a picture with a scene, a push, a link in the chat, a yes on the phone.

use serde_json::{Value, json};

use super::place::{DESK, Place, WECHAT};
use super::visit::Visit;
use crate::support::http::{Answer, TestBrowser};

const NAME: &str = "wechat-official-practice";
const APPID: &str = "wxpracticeofficial0";

/// A desk that shows the picture, and its code.
pub async fn picture(place: &Place, visit: &Visit<'_>) -> String {
    assert_eq!(visit.with(NAME, &[]).await, visit.path);
    assert!(visit.page().await.body.contains("<svg"), "the picture is drawn");
    assert_eq!(state(visit).await["state"], "waiting");
    place.code("wechat").await
}

/// What the desk's page polls.
pub async fn state(visit: &Visit<'_>) -> Value {
    let answer = visit.get(&format!("{}/scan", visit.path)).await;
    if answer.status == 200 { answer.json() } else { json!({ "state": answer.status.as_u16() }) }
}

/// The number at the desk.
pub async fn number(visit: &Visit<'_>) -> String {
    let seen = state(visit).await;
    assert_eq!(seen["state"], "seen", "{seen}");
    seen["number"].to_string()
}

/// A phone with its own cookies, here and at the platform.
pub struct Phone {
    pub browser: TestBrowser,
    platform: TestBrowser,
}

impl Phone {
    pub fn of(place: &Place, person: &str) -> Self {
        let platform = TestBrowser::new(&place.origin);
        platform.keep(&format!("practice_phone={person}"));
        Self { browser: place.server.browser(), platform }
    }

    /// Opens a link of the chat in WeChat; past the platform, which says whose phone this is.
    pub async fn opens(&self, link: &str) -> Answer {
        let agent = [("user-agent", WECHAT)];
        let asked = self.browser.get_with(link, &agent).await;
        assert_eq!(asked.status, 303, "WeChat is asked who holds the phone: {asked:?}");
        let sent = self.platform.get_with(asked.location(), &agent).await;
        let back = self.browser.get_with(sent.location(), &agent).await;
        let again = back.own_location(link.split("/confirm/").next().unwrap());
        self.browser.get_with(&again.unwrap_or_else(|| panic!("{back:?}")), &agent).await
    }

    pub async fn says(&self, link: &str, page: &Answer, answer: &str) -> Answer {
        let csrf = page.hidden("csrf").unwrap_or_else(|| panic!("no question: {page:?}"));
        let path = format!("/confirm/{}", link.rsplit('/').next().unwrap());
        self.browser.post_with(&path, &[("user-agent", WECHAT)], &[("csrf", &csrf), ("answer", answer)]).await
    }
}

/// The link in the newest message on somebody's phone.
pub async fn link(place: &Place, person: &str) -> String {
    let message = place.message(person).await;
    message["links"][0].as_str().unwrap_or_else(|| panic!("no link: {message}")).to_owned()
}

#[tokio::test]
async fn a_picture_is_scanned_followed_and_confirmed_on_the_phone() {
    for (store, place) in Place::both(&["wechat_official"]).await {
        let shaken = place.control("POST", &format!("/wechat/{APPID}/handshake"), json!({})).await.json();
        assert_eq!(shaken["accepted"], true, "{store}: {shaken}");
        let application = place.application().await;
        for (person, follows) in [("xiaoman", false), ("amara", true)] {
            if follows {
                place.deed(person, "follow", json!({})).await;
            }
            let visit = Visit::begin(&place, &application, DESK).await;
            let code = picture(&place, &visit).await;
            place.deed(person, "scan", json!({ "id": code })).await;
            if !follows {
                assert_eq!(state(&visit).await["state"], "waiting", "{store}: WeChat tells nothing before the follow");
                place.deed(person, "confirm", json!({ "id": code })).await;
            }
            let number = number(&visit).await;
            let link = link(&place, person).await;
            let phone = Phone::of(&place, person);
            let question = phone.opens(&link).await;
            assert!(question.body.contains(&number) && question.body.contains("Test application"), "{question:?}");
            let said = phone.says(&link, &question, &number).await;
            assert_eq!(said.status, 200, "{store}: {said:?}");
            assert_eq!(state(&visit).await["state"], "approved", "{store}");
            visit.post("scan", &[]).await;
            // A scan tells no name, so a new person is asked for one.
            visit.post("stranger", &[("door", "new"), ("name", person)]).await;
            let tokens = visit.finish().await;
            assert_eq!(tokens.name, person, "{store}");
            assert!(!tokens.sub.is_empty(), "{store}");
            assert_eq!(place.people().await.len(), if follows { 2 } else { 1 }, "{store}");
        }
    }
}

#[tokio::test]
async fn a_second_scanner_is_told_so_and_changes_nothing() {
    let place = Place::with(&["wechat_official"]).await;
    place.deed("amara", "follow", json!({})).await;
    place.deed("xiaoman", "follow", json!({})).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    let code = picture(&place, &visit).await;
    place.deed("amara", "scan", json!({ "id": code })).await;
    let number = number(&visit).await;
    place.deed("xiaoman", "scan", json!({ "id": code })).await;
    assert_eq!(place.message("xiaoman").await["links"], json!([]), "no link for the second");
    let link = link(&place, "amara").await;
    // The second person got hold of the first one's link: WeChat names somebody else.
    let thief = Phone::of(&place, "xiaoman");
    let refused = thief.opens(&link).await;
    assert!(refused.hidden("csrf").is_none(), "{refused:?}");
    assert_eq!(state(&visit).await["number"].to_string(), number);
    assert!(place.people().await.is_empty());
}

#[tokio::test]
async fn s93_an_old_picture_is_too_old_at_the_platform_as_well_and_moves_nothing() {
    let place = Place::with(&["wechat_official"]).await;
    place.deed("amara", "follow", json!({})).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    let code = picture(&place, &visit).await;
    place.server.clock.advance(121);
    assert_eq!(state(&visit).await["state"], "expired");
    let body = Some(json!({ "id": code }).to_string());
    let json = [("content-type", "application/json")];
    let scan = place.hand.send(http::Method::POST, "/_control/phone/people/amara/scan", &json, body).await;
    assert_eq!(scan.status, 410, "not longer over there than here: {scan:?}");
    assert_eq!(state(&visit).await["state"], "expired");
    // A new picture is one press away.
    let fresh = picture(&place, &visit).await;
    assert_ne!(fresh, code);
    place.deed("amara", "scan", json!({ "id": fresh })).await;
    number(&visit).await;
}

#[tokio::test]
async fn a_wrong_number_on_the_phone_ends_the_picture() {
    let place = Place::with(&["wechat_official"]).await;
    place.deed("amara", "follow", json!({})).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    let code = picture(&place, &visit).await;
    place.deed("amara", "scan", json!({ "id": code })).await;
    let right = number(&visit).await;
    let link = link(&place, "amara").await;
    let phone = Phone::of(&place, "amara");
    let question = phone.opens(&link).await;
    let choices = question.body.split("name=\"answer\" value=\"").skip(1);
    let choices: Vec<_> = choices.map(|after| after.split('"').next().unwrap().to_owned()).collect();
    let wrong = choices.iter().find(|choice| **choice != right && *choice != "no").unwrap();
    phone.says(&link, &question, wrong).await;
    assert_eq!(state(&visit).await["state"], "refused");
    // Scanned once more, and the phone hears that it is over.
    place.deed("amara", "scan", json!({ "id": code })).await;
    let message = place.message("amara").await;
    assert!(message["text"].as_str().unwrap().contains("失效") && message["links"] == json!([]), "{message}");
    assert!(place.people().await.is_empty());
}
