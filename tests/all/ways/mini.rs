//! A mini program: a picture on a desk, and the tenant's own program that asks Hufu and answers for the person.

use serde_json::{Value, json};

use super::official_desk::{number, state};
use super::place::{DESK, Place};
use super::visit::Visit;
use crate::practice::listener::Listener;
use crate::support::http::{Answer, TestBrowser};

const NAME: &str = "wechat-mini-practice";

/// The tenant's mini program: it hears from its phones and talks to Hufu.
struct Program {
    heard: Listener,
    way: TestBrowser,
}

impl Program {
    async fn of(place: &Place) -> Self {
        let heard = Listener::start("").await;
        let hook = json!({ "hook": heard.origin });
        place.control("PATCH", "/clients/wechat/wxpracticemini0000", hook).await;
        Self { heard, way: TestBrowser::new(&place.server.issuer) }
    }

    async fn ask(&self, path: &str, body: Value) -> Answer {
        let json = [("content-type", "application/json")];
        self.way.send(http::Method::POST, path, &json, Some(body.to_string())).await
    }

    /// Somebody opened it by the code on a desk.
    async fn opened(&mut self, place: &Place, person: &str, code: &str) -> Answer {
        place.deed(person, "scan", json!({ "id": code })).await;
        let told: Value = serde_json::from_str(&self.heard.next().await.body).unwrap();
        let body = json!({ "connector": NAME, "scene": told["scene"], "code": told["code"] });
        self.ask("/scan/seen", body).await
    }
}

async fn picture(place: &Place, visit: &Visit<'_>) -> String {
    assert_eq!(visit.with(NAME, &[]).await, visit.path);
    assert_eq!(state(visit).await["state"], "waiting");
    let drawn = visit.get(&format!("{}/scan/picture", visit.path)).await;
    assert_eq!((drawn.status.as_u16(), drawn.header("content-type")), (200, "image/jpeg"));
    place.code("wechat").await
}

#[tokio::test]
async fn who_is_known_by_the_union_group_confirms_a_desk_with_the_mini_program() {
    for (store, place) in Place::both(&["wechat_mini", "wechat_website"]).await {
        let application = place.application().await;
        let first = super::together::known_by_the_website(&place, &application, "xiaoman").await;
        let mut program = Program::of(&place).await;
        let visit = Visit::begin(&place, &application, DESK).await;
        let code = picture(&place, &visit).await;
        let seen = program.opened(&place, "xiaoman", &code).await;
        assert_eq!(seen.status, 200, "{store}: {seen:?}");
        let seen = seen.json();
        assert_eq!(seen["application"], "Test application");
        let number = number(&visit).await;
        let choices: Vec<_> = seen["choices"].as_array().unwrap().iter().map(Value::to_string).collect();
        assert!(choices.contains(&number));
        let yes = json!({ "approval": seen["approval"], "answer": number });
        let said = program.ask("/scan/answer", yes.clone()).await;
        assert_eq!(said.json()["state"], "approved", "{store}: {said:?}");
        assert_eq!(program.ask("/scan/answer", yes).await.error(), "invalid_grant", "{store}: once");
        visit.post("scan", &[]).await;
        assert_eq!(visit.finish().await.sub, first.sub, "{store}");
    }
}

#[tokio::test]
async fn a_code_alone_makes_no_account_and_a_second_person_is_refused() {
    let place = Place::with(&["wechat_mini"]).await;
    let application = place.application().await;
    let mut program = Program::of(&place).await;
    let visit = Visit::begin(&place, &application, DESK).await;
    let code = picture(&place, &visit).await;
    let seen = program.opened(&place, "amara", &code).await.json();
    let second = program.opened(&place, "xiaoman", &code).await;
    assert_eq!(second.error(), "invalid_grant", "{second:?}");
    let number = number(&visit).await;
    program.ask("/scan/answer", json!({ "approval": seen["approval"], "answer": number })).await;
    visit.post("scan", &[]).await;
    let page = visit.page().await;
    assert!(page.body.contains("role=\"alert\""), "nobody new comes in this way: {page:?}");
    assert!(place.people().await.is_empty());
}
