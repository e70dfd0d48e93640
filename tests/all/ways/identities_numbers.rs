//! A person's number by the API: changed by proving the old one, one at a time, and what is left to come in by.

use hufu::admin::Actor;
use hufu::base::id::OrgId;
use hufu::login::roster::Sync;
use hufu::store::connectors::FirstSignIn;
use hufu::store::orgs::Org;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::identities::{DINGTALK, service, token, ways};
use super::place::Place;
use super::program::{MINI, Program};
use crate::support::http::Answer;

const OLD: &str = "+8613800000001";
const NEW: &str = "+8613800000003";
const OTHER: &str = "+8613800000002";

/// Somebody of the mini program, with a number bound by the API, and the way in that it is.
struct Person<'a> {
    place: &'a Place,
    program: &'a Program,
    token: String,
    number: String,
}

impl<'a> Person<'a> {
    async fn with_number(place: &'a Place, program: &'a Program) -> Self {
        let token = token(place, program, "amara").await;
        let mut person = Self { place, program, token, number: String::new() };
        person.post("/me/identities", json!({ "phone": OLD })).await;
        let code = place.sms_code(OLD).await;
        let bound = person.post("/me/identities", json!({ "phone": OLD, "code": code })).await;
        assert_eq!(bound.status, 201, "{bound:?}");
        person.number = format!("/me/identities/{}", bound.json()["subject"].as_str().unwrap());
        // Codes to one number have a pause between them.
        place.server.clock.advance(60);
        person
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.program.api("POST", path, &self.token, body).await
    }

    async fn put(&self, body: Value) -> Answer {
        self.program.api("PUT", &self.number, &self.token, body).await
    }

    /// The word that the old number was proven.
    async fn ticket(&self) -> String {
        let sent = self.post(&format!("{}/code", self.number), Value::Null).await;
        assert_eq!(sent.status, 202, "{sent:?}");
        let code = self.place.sms_code(OLD).await;
        let proven = self.post(&format!("{}/ticket", self.number), json!({ "code": code })).await;
        assert_eq!(proven.status, 200, "{proven:?}");
        proven.json()["ticket"].as_str().unwrap().to_owned()
    }

    async fn numbers(&self) -> Vec<String> {
        let user = self.place.people().await.remove(0).id;
        let links = self.place.server.app.store.identities_of(&user).await.unwrap();
        links.into_iter().filter(|link| link.space == "practice/phone").map(|link| link.value).collect()
    }
}

#[tokio::test]
async fn the_old_number_is_proven_then_the_new_one_takes_its_place() {
    for (store, place) in Place::both(&["wechat_mini", "sms"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let person = Person::with_number(&place, &program).await;
        let ticket = person.ticket().await;
        let sent = person.put(json!({ "ticket": ticket, "phone": NEW })).await;
        assert_eq!(sent.status, 202, "{store}: {sent:?}");
        let code = place.sms_code(NEW).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let not = person.put(json!({ "ticket": ticket, "phone": NEW, "code": wrong })).await;
        assert_eq!(not.error(), "wrong_code", "{store}");
        let done = person.put(json!({ "ticket": ticket, "phone": NEW, "code": code })).await;
        assert_eq!(done.status, 200, "{store}: {done:?}");
        let path = format!("/me/identities/{}", done.json()["subject"].as_str().unwrap());
        assert_eq!((path, person.numbers().await), (person.number.clone(), vec![NEW.to_owned()]), "{store}");
        let me = program.api("GET", "/me", &person.token, Value::Null).await.json();
        assert_eq!((&me["phone_number"], &me["phone_number_verified"]), (&json!(NEW), &json!(true)), "{store}");
        // Once.
        let again = person.put(json!({ "ticket": ticket, "phone": OTHER })).await;
        assert_eq!((again.status.as_u16(), again.error().as_str()), (400, "wrong_ticket"), "{store}");
        assert_eq!(place.last("phone.bind").await.1, "ok", "{store}");
    }
}

#[tokio::test]
async fn s195_without_the_proof_of_the_old_number_no_other_one_counts() {
    for (store, place) in Place::both(&["wechat_mini", "sms"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let person = Person::with_number(&place, &program).await;
        assert_eq!(person.put(json!({ "ticket": "made-up", "phone": NEW })).await.error(), "wrong_ticket", "{store}");
        assert_eq!(person.put(json!({ "phone": NEW })).await.error(), "invalid_request", "{store}");
        person.post(&format!("{}/code", person.number), Value::Null).await;
        let right = place.sms_code(OLD).await;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let path = format!("{}/ticket", person.number);
        assert_eq!(person.post(&path, json!({ "code": wrong })).await.error(), "wrong_code", "{store}");
        let ticket = person.post(&path, json!({ "code": right })).await.json()["ticket"].as_str().unwrap().to_owned();
        // Another application of the same person, and a service, bring nothing with it.
        let other = Program::of(&place).await;
        let theirs = token(&place, &other, "amara").await;
        let body = json!({ "ticket": ticket, "phone": NEW });
        assert_eq!(other.api("PUT", &person.number, &theirs, body.clone()).await.error(), "wrong_ticket", "{store}");
        let (_, service) = service(&place).await;
        let by_service = person.number.replace("/me", &format!("/users/{}", place.people().await[0].id));
        assert_eq!(program.api("PUT", &by_service, &service, body).await.error(), "wrong_ticket", "{store}");
        // Nor does somebody else, to whom this way in is as if it were not there.
        let xiaoman = token(&place, &program, "xiaoman").await;
        let body = json!({ "ticket": ticket, "phone": NEW });
        assert_eq!(program.api("PUT", &person.number, &xiaoman, body).await.status, 404, "{store}");
        // And after five minutes it is nothing.
        place.server.clock.advance(300);
        let late = person.put(json!({ "ticket": ticket, "phone": NEW })).await;
        assert_eq!(late.error(), "wrong_ticket", "{store}");
        assert_eq!(person.numbers().await, [OLD], "{store}");
    }
}

#[tokio::test]
async fn of_two_numbers_brought_at_once_one_is_bound() {
    for (store, place) in Place::both(&["wechat_mini", "sms"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let token = token(&place, &program, "amara").await;
        let mut bodies = Vec::new();
        for number in [OLD, NEW, OTHER] {
            program.api("POST", "/me/identities", &token, json!({ "phone": number })).await;
            bodies.push(json!({ "phone": number, "code": place.sms_code(number).await }));
        }
        let all = bodies.into_iter().map(|body| program.api("POST", "/me/identities", &token, body));
        let answers = futures::future::join_all(all).await;
        let mut told: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        told.sort_unstable();
        assert_eq!(told, [201, 409, 409], "{store}: {answers:?}");
        let bound = ways(&program, "/me", &token).await;
        assert_eq!(bound.iter().filter(|way| way["is_number"] == true).count(), 1, "{store}: {bound:?}");
    }
}

#[tokio::test]
async fn s186_a_way_that_is_switched_off_is_no_way_in() {
    for (store, place) in Place::both(&["wechat_mini", "dingtalk"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let token = token(&place, &program, "xiaoman").await;
        let code = place.dingtalk_code("xiaoman").await;
        let body = json!({ "connector": DINGTALK, "code": code });
        assert_eq!(program.api("POST", "/me/identities", &token, body).await.status, 201, "{store}");
        place.change_connector(DINGTALK, |row| row.enabled = false).await;
        let listed = ways(&program, "/me", &token).await;
        let of = |kind: &str| listed.iter().find(|way| way["kind"] == kind).unwrap();
        let path = |kind: &str| format!("/me/identities/{}", of(kind)["subject"].as_str().unwrap());
        assert_eq!(
            (&of("wechat_mini")["removable"], &of("dingtalk")["removable"]),
            (&json!(false), &json!(true)),
            "{store}: {listed:?}"
        );
        let kept = program.api("DELETE", &path("wechat_mini"), &token, Value::Null).await;
        assert_eq!((kept.status.as_u16(), kept.error().as_str()), (409, "last_way_in"), "{store}");
        place.change_connector(DINGTALK, |row| row.enabled = true).await;
        let gone = program.api("DELETE", &path("wechat_mini"), &token, Value::Null).await;
        assert_eq!(gone.status, 204, "{store}: {gone:?}");
    }
}

#[tokio::test]
async fn s186_a_number_that_a_password_is_typed_with_goes_with_neither() {
    for (store, place) in Place::both(&["wechat_mini", "sms"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let person = Person::with_number(&place, &program).await;
        let user = place.people().await.remove(0);
        let hash = hufu::store::credentials::Credential {
            user_id: user.id.clone(),
            value: "$argon2id$".to_owned(),
            must_change: false,
            changed_at: 0,
        };
        let set = place.server.app.store.write(move |tx| {
            let hash = hash.clone();
            Box::pin(async move { tx.set_password(&hash).await })
        });
        set.await.unwrap();
        let mini = ways(&program, "/me", &person.token).await;
        let mini = mini.iter().find(|way| way["connector"] == MINI).unwrap()["subject"].as_str().unwrap().to_owned();
        // The number stands before the password, so the platform may go.
        let gone = program.api("DELETE", &format!("/me/identities/{mini}"), &person.token, Value::Null).await;
        assert_eq!(gone.status, 204, "{store}: {gone:?}");
        // Its sessions and tokens went with it: a service asks on.
        let (_, service) = service(&place).await;
        let number = person.number.replace("/me", &format!("/users/{}", user.id));
        let sent = program.api("POST", &format!("{number}/code"), &service, Value::Null).await;
        assert_eq!(sent.status, 202, "{store}: {sent:?}");
        let code = place.sms_code(OLD).await;
        let kept = program.api("DELETE", &number, &service, json!({ "code": code })).await;
        assert_eq!((kept.status.as_u16(), kept.error().as_str()), (409, "last_way_in"), "{store}: nothing to type");
        assert_eq!(person.numbers().await, [OLD], "{store}");
    }
}

#[tokio::test]
async fn a_company_that_lets_in_only_people_it_knows_is_not_joined_by_binding_its_account() {
    for (store, place) in Place::both(&["wechat_mini", "dingtalk"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let token = token(&place, &program, "xiaoman").await;
        let (admin, actor) = (&place.server.app.admin, Actor::set_up());
        let org = admin.create_org(&actor, "Practice company", Some(DINGTALK)).await.unwrap();
        admin.update_org(&actor, Org { rule: Some(FirstSignIn::Invited), ..org.clone() }).await.unwrap();
        let bind = async || {
            let body = json!({ "connector": DINGTALK, "code": place.dingtalk_code("xiaoman").await });
            program.api("POST", "/me/identities", &token, body).await
        };
        let refused = bind().await;
        assert_eq!((refused.status.as_u16(), refused.error().as_str()), (403, "not_allowed"), "{store}: {refused:?}");
        assert_eq!(place.last("identity.link").await.1, "not invited", "{store}");
        let (login, user) = (&place.server.app.login, place.people().await.remove(0).id);
        let member = async |org: &OrgId| place.server.app.store.member(org, &user).await.unwrap();
        assert!(member(&org.id).await.is_none(), "{store}");
        // Whom its directory has, it knows; and they belong to it from then on.
        login.sync_directory(&org.id, &Sync::default(), &CancellationToken::new()).await.unwrap();
        let bound = bind().await;
        assert_eq!(bound.status, 201, "{store}: {bound:?}");
        assert_eq!(member(&org.id).await.unwrap().person.as_deref(), Some("manager4220"), "{store}");
    }
}
