//! `/api/v1`: what programs do for a person's ways in, with that person's token and as a service.

use hufu::store::clients::{AuthMethod, ClientMetadata};
use serde_json::{Value, json};

use super::place::Place;
use super::program::{MINI, Program, metadata};
use crate::support::http::{Answer, TestBrowser};
use crate::support::server::Application;

pub const DINGTALK: &str = "dingtalk-practice";
const E164: &str = "+8613800000001";

/// A token of somebody who came by the mini program, with the scope that this is about.
pub async fn token(place: &Place, program: &Program, person: &str) -> String {
    let code = place.mini_code(person).await;
    let wanted = [("connector", MINI), ("code", code.as_str()), ("scope", "openid profile account")];
    let mut answer = program.begin(&wanted).await;
    if answer.status == 403 {
        answer = program.go_on(&answer, &[("register", "true"), ("name", person)]).await;
    }
    program.access(&answer).await
}

/// A service that changes people, and its token.
pub async fn service(place: &Place) -> (Application, String) {
    let machine = ClientMetadata {
        token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
        grant_types: vec!["client_credentials".to_owned()],
        scope: vec!["users:write".to_owned()],
        ..ClientMetadata::default()
    };
    let application = place.server.application_as(machine).await;
    let way = TestBrowser::new(&place.server.issuer);
    let fields = [("grant_type", "client_credentials"), ("scope", "users:write")];
    let answer = way.token(&application, &fields).await;
    let token = answer.json()["access_token"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned();
    (application, token)
}

pub async fn ways(program: &Program, path: &str, token: &str) -> Vec<Value> {
    let answer = program.api("GET", &format!("{path}/identities"), token, Value::Null).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["identities"].as_array().unwrap().clone()
}

async fn bind_dingtalk(place: &Place, program: &Program, path: &str, token: &str) -> Answer {
    let code = place.dingtalk_code("xiaoman").await;
    program.api("POST", &format!("{path}/identities"), token, json!({ "connector": DINGTALK, "code": code })).await
}

fn subject(answer: &Answer) -> String {
    answer.json()["subject"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

#[tokio::test]
async fn s186_a_platforms_account_is_bound_by_its_code_and_taken_away_again() {
    for (store, place) in Place::both(&["wechat_mini", "dingtalk"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let token = token(&place, &program, "xiaoman").await;
        let me = program.api("GET", "/me", &token, Value::Null).await.json();
        assert_eq!(
            (&me["name"], &me["has_password"], &me["practice"]),
            (&json!("xiaoman"), &json!(false), &json!(true))
        );
        let before = ways(&program, "/me", &token).await;
        assert_eq!(
            (before.len(), &before[0]["kind"], &before[0]["removable"]),
            (1, &json!("wechat_mini"), &json!(false))
        );
        let bound = bind_dingtalk(&place, &program, "/me", &token).await;
        assert_eq!(bound.status, 201, "{store}: {bound:?}");
        let again = bind_dingtalk(&place, &program, "/me", &token).await;
        assert_eq!((again.status.as_u16(), subject(&again)), (200, subject(&bound)), "{store}: theirs already");
        let listed = ways(&program, "/me", &token).await;
        let dingtalk = listed.iter().find(|way| way["connector"] == DINGTALK).unwrap();
        assert_eq!((listed.len(), &dingtalk["name"]), (2, &json!("林小满")), "{store}");
        assert!(listed.iter().all(|way| way["removable"] == json!(true)), "{store}");
        // It signs the same person in.
        let code = place.dingtalk_code("xiaoman").await;
        let done = program.begin(&[("connector", DINGTALK), ("code", &code)]).await;
        assert_eq!(program.redeem(&done).await.1["sub"], me["sub"], "{store}");
        let path = format!("/me/identities/{}", subject(&bound));
        assert_eq!(program.api("DELETE", &path, &token, Value::Null).await.status, 204, "{store}");
        assert_eq!(program.api("DELETE", &path, &token, Value::Null).await.status, 404, "{store}: gone");
        let last = format!("/me/identities/{}", before[0]["subject"].as_str().unwrap());
        let kept = program.api("DELETE", &last, &token, Value::Null).await;
        assert_eq!((kept.status.as_u16(), kept.error().as_str()), (409, "last_way_in"), "{store}");
        assert_eq!(ways(&program, "/me", &token).await.len(), 1, "{store}");
    }
}

#[tokio::test]
async fn a_number_is_bound_and_taken_away_by_codes_to_it() {
    for (store, place) in Place::both(&["wechat_mini", "sms"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let token = token(&place, &program, "amara").await;
        let sent = program.api("POST", "/me/identities", &token, json!({ "phone": "13800000001" })).await;
        assert_eq!(sent.status, 202, "{store}: {sent:?}");
        assert!(!sent.body.contains("13800000001") && sent.json()["again_at"].is_i64(), "{store}: {sent:?}");
        let right = place.sms_code(E164).await;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let bring = async |code: &str| {
            let body = json!({ "phone": "13800000001", "code": code });
            program.api("POST", "/me/identities", &token, body).await
        };
        assert_eq!(bring(wrong).await.error(), "wrong_code", "{store}");
        let bound = bring(&right).await;
        assert_eq!(bound.status, 201, "{store}: {bound:?}");
        assert_eq!(bring(&right).await.error(), "has_number", "{store}");
        let me = program.api("GET", "/me", &token, Value::Null).await.json();
        assert_eq!((&me["phone_number"], &me["phone_number_verified"]), (&json!(E164), &json!(true)), "{store}");
        let listed = ways(&program, "/me", &token).await;
        let number =
            listed.iter().find(|way| way["is_number"] == true).unwrap_or_else(|| panic!("{store}: {listed:?}"));
        assert!(listed.len() == 2 && number["name"].as_str().unwrap().contains("****"), "{store}: {listed:?}");
        let path = format!("/me/identities/{}", subject(&bound));
        let first = program.api("DELETE", &path, &token, Value::Null).await;
        assert_eq!((first.status.as_u16(), first.error().as_str()), (403, "code_required"), "{store}");
        place.server.clock.advance(60);
        assert_eq!(program.api("POST", &format!("{path}/code"), &token, Value::Null).await.status, 202, "{store}");
        let code = place.sms_code(E164).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let not = program.api("DELETE", &path, &token, json!({ "code": wrong })).await;
        assert_eq!(not.error(), "wrong_code", "{store}");
        let gone = program.api("DELETE", &path, &token, json!({ "code": code })).await;
        assert_eq!(gone.status, 204, "{store}: {gone:?}");
        let me = program.api("GET", "/me", &token, Value::Null).await.json();
        assert_eq!(me["phone_number"], Value::Null, "{store}");
    }
}

#[tokio::test]
async fn a_service_does_the_same_for_a_person_it_names() {
    for (store, place) in Place::both(&["wechat_mini", "dingtalk"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let own = token(&place, &program, "xiaoman").await;
        let me = program.api("GET", "/me", &own, Value::Null).await.json();
        let (application, service) = service(&place).await;
        let by_id = format!("/users/{}", me["id"].as_str().unwrap());
        let by_sub = format!("/users/{}", me["sub"].as_str().unwrap());
        for path in [&by_id, &by_sub] {
            let account = program.api("GET", path, &service, Value::Null).await;
            assert_eq!((&account.json()["id"], account.json().get("sub")), (&me["id"], None), "{store}: {account:?}");
        }
        let bound = bind_dingtalk(&place, &program, &by_sub, &service).await;
        assert_eq!(bound.status, 201, "{store}: {bound:?}");
        assert_eq!(ways(&program, &by_id, &service).await.len(), 2, "{store}");
        let path = format!("{by_id}/identities/{}", subject(&bound));
        assert_eq!(program.api("DELETE", &path, &service, Value::Null).await.status, 204, "{store}");
        let nobody = program.api("GET", "/users/nobody-at-all", &service, Value::Null).await;
        assert_eq!((nobody.status.as_u16(), nobody.error().as_str()), (404, "no_such_person"), "{store}");
        let noted = place.server.app.store.audit(None, 50).await.unwrap();
        let actor = format!("client:{}", application.id);
        let done: Vec<_> =
            noted.iter().filter(|entry| entry.actor == actor).map(|entry| entry.action.as_str()).collect();
        assert!(done.contains(&"identity.link") && done.contains(&"identity.unlink"), "{store}: {done:?}");
    }
}

#[tokio::test]
async fn the_methods_are_told_without_their_secrets() {
    let place = Place::with(&["wechat_mini", "wechat_official", "dingtalk", "wecom", "sms", "github"]).await;
    let way = TestBrowser::new(&place.server.issuer);
    let answer = way.get_with("/api/v1/connectors", &[("origin", "https://shop.example")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, "*"));
    for secret in ["practice-secret", "practicetoken", "secret", "token", "aes_key"] {
        assert!(!answer.body.contains(secret), "{secret}: {}", answer.body);
    }
    let all = answer.json()["connectors"].as_array().unwrap().clone();
    let find = |name: &str| all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}: {all:?}"));
    assert_eq!(find(MINI)["settings"]["appid"], "wxpracticemini0000");
    assert_eq!((&find(MINI)["codes"], &find("github-practice")["codes"]), (&json!("from_programs"), &json!("never")));
    assert_eq!(find(DINGTALK)["settings"]["corp_id"], "dingpractice");
    assert_eq!(find("wecom-practice")["codes"], "from_browsers");
    assert_eq!(find("sms-practice")["settings"]["countries"], json!(["CN"]));
    assert_eq!(find("password")["kind"], "password");
    // Those of one application, and none that is off.
    let limited = ClientMetadata { connectors: vec![MINI.to_owned(), DINGTALK.to_owned()], ..metadata() };
    let limited = place.server.application_as(limited).await;
    place.change_connector(DINGTALK, |row| row.enabled = false).await;
    let answer = way.get(&format!("/api/v1/connectors?client_id={}", limited.id)).await.json();
    let names: Vec<_> = answer["connectors"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, [json!(MINI)]);
}
