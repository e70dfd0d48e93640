//! Who may not touch whose ways in (`/api/v1`).

use hufu::store::clients::{ApplicationType, AuthMethod, ClientMetadata};
use hufu::store::resources::{Resource, ResourceMetadata};
use serde_json::{Value, json};

use super::identities::{DINGTALK, service, token, ways};
use super::place::Place;
use super::program::{MINI, Program, metadata};
use crate::support::http::TestBrowser;
use crate::support::server::PASSWORD;

const FORBIDDEN: (u16, &str) = (403, "insufficient_scope");

#[tokio::test]
async fn s119_s121_each_door_opens_to_its_own_token_only() {
    for (store, place) in Place::both(&["wechat_mini"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let own = token(&place, &program, "amara").await;
        let (_, service) = service(&place).await;
        let code = place.mini_code("amara").await;
        let plain = program.begin(&[("connector", MINI), ("code", &code)]).await;
        let plain = program.access(&plain).await;
        let id = place.people().await[0].id.to_string();
        for (path, token) in [
            ("/me".to_owned(), &plain),
            ("/me/identities".to_owned(), &plain),
            ("/me".to_owned(), &service),
            (format!("/users/{id}"), &own),
            (format!("/users/{id}/identities"), &plain),
        ] {
            let answer = program.api("GET", &path, token, Value::Null).await;
            assert_eq!((answer.status.as_u16(), answer.error().as_str()), FORBIDDEN, "{store}: {path}");
            assert!(answer.header("www-authenticate").starts_with("Bearer realm="), "{store}: {path}");
        }
        let way = TestBrowser::new(&place.server.issuer);
        let bare = way.get("/api/v1/me").await;
        assert_eq!((bare.status.as_u16(), bare.header("www-authenticate")), (401, "Bearer realm=\"hufu\""), "{store}");
        let in_url = way.get(&format!("/api/v1/me?access_token={own}")).await;
        assert_eq!((in_url.status.as_u16(), in_url.error().as_str()), (400, "invalid_request"), "{store}");
        assert_eq!(program.api("GET", "/me", "made-up", Value::Null).await.error(), "invalid_token", "{store}");
        place.server.clock.advance(3601);
        for (path, token) in [("/me", &own), ("/users/x", &service)] {
            let late = program.api("GET", path, token, Value::Null).await;
            assert_eq!((late.status.as_u16(), late.error().as_str()), (401, "invalid_token"), "{store}: {path}");
        }
    }
}

#[tokio::test]
async fn s77_a_change_needs_a_sign_in_of_a_moment_ago() {
    let place = Place::with(&["wechat_mini", "dingtalk", "sms"]).await;
    place.open_the_mini_program().await;
    let program = Program::of(&place).await;
    let own = token(&place, &program, "amara").await;
    let way = ways(&program, "/me", &own).await[0]["subject"].as_str().unwrap().to_owned();
    place.server.clock.advance(300);
    assert_eq!(program.api("GET", "/me", &own, Value::Null).await.status, 200, "reading needs none");
    let code = place.dingtalk_code("amara").await;
    for (method, path, body) in [
        ("POST", "/me/identities".to_owned(), json!({ "connector": DINGTALK, "code": code })),
        ("POST", "/me/identities".to_owned(), json!({ "phone": "13800000001" })),
        ("POST", format!("/me/identities/{way}/code"), Value::Null),
        ("DELETE", format!("/me/identities/{way}"), Value::Null),
    ] {
        let answer = program.api(method, &path, &own, body).await;
        let told = (answer.status.as_u16(), answer.error());
        assert_eq!(told, (401, "insufficient_user_authentication".to_owned()), "{method} {path}");
        assert!(answer.header("www-authenticate").ends_with("max_age=\"300\""), "{answer:?}");
    }
    // The same person again, a moment ago.
    let own = token(&place, &program, "amara").await;
    let bound = program.api("POST", "/me/identities", &own, json!({ "connector": DINGTALK, "code": code })).await;
    assert_eq!(bound.status, 201, "{bound:?}");
}

#[tokio::test]
async fn s113_a_token_that_came_by_a_text_message_opens_an_administrator_no_other_way_in() {
    let place = Place::with(&["wechat_mini", "dingtalk", "sms"]).await;
    place.open_the_mini_program().await;
    let program = Program::of(&place).await;
    let answer = program.begin(&[("phone", "13800000001"), ("scope", "openid profile account")]).await;
    let code = place.sms_code("+8613800000001").await;
    let answer = program.go_on(&answer, &[("code", &code)]).await;
    let own = program.access(&program.go_on(&answer, &[("register", "true"), ("name", "Li Lei")]).await).await;
    let store = &place.server.app.store;
    let user = hufu::store::users::User { administrator: true, ..place.people().await.remove(0) };
    let made = store.write(move |tx| {
        let user = user.clone();
        Box::pin(async move { tx.update_user(&user).await })
    });
    assert!(made.await.unwrap());
    let code = place.dingtalk_code("amara").await;
    let bound = program.api("POST", "/me/identities", &own, json!({ "connector": DINGTALK, "code": code })).await;
    let told = (bound.status.as_u16(), bound.error());
    assert_eq!(told, (401, "insufficient_user_authentication".to_owned()), "{bound:?}");
    assert_eq!(ways(&program, "/me", &own).await.len(), 1);
}

#[tokio::test]
async fn s185_s198_what_belongs_to_others_stays_theirs() {
    for (store, place) in Place::both(&["wechat_mini", "dingtalk", "sms"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let xiaoman = token(&place, &program, "xiaoman").await;
        let code = place.dingtalk_code("xiaoman").await;
        let body = json!({ "connector": DINGTALK, "code": code });
        assert_eq!(program.api("POST", "/me/identities", &xiaoman, body).await.status, 201, "{store}");
        let amara = token(&place, &program, "amara").await;
        let theirs = ways(&program, "/me", &xiaoman).await;
        for way in &theirs {
            let path = format!("/me/identities/{}", way["subject"].as_str().unwrap());
            let answer = program.api("DELETE", &path, &amara, Value::Null).await;
            assert_eq!((answer.status.as_u16(), answer.error().as_str()), (404, "no_such_identity"), "{store}");
            assert_eq!(program.api("POST", &format!("{path}/code"), &amara, Value::Null).await.status, 404, "{store}");
        }
        let code = place.dingtalk_code("xiaoman").await;
        let body = json!({ "connector": DINGTALK, "code": code });
        let answer = program.api("POST", "/me/identities", &amara, body).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (409, "taken"), "{store}");
        assert_eq!(ways(&program, "/me", &xiaoman).await, theirs, "{store}");
        assert_eq!(ways(&program, "/me", &amara).await.len(), 1, "{store}");
        // A code that one person asked for is none for another.
        let number = json!({ "phone": "13800000001" });
        assert_eq!(program.api("POST", "/me/identities", &xiaoman, number).await.status, 202, "{store}");
        let body = json!({ "phone": "13800000001", "code": place.sms_code("+8613800000001").await });
        assert_eq!(program.api("POST", "/me/identities", &amara, body).await.error(), "wrong_code", "{store}");
    }
}

#[tokio::test]
async fn s199_who_it_is_cannot_be_told_in_the_body() {
    let place = Place::with(&["wechat_mini", "dingtalk"]).await;
    place.open_the_mini_program().await;
    let program = Program::of(&place).await;
    let own = token(&place, &program, "amara").await;
    let code = place.dingtalk_code("xiaoman").await;
    for body in [
        json!({ "connector": DINGTALK, "code": code, "userid": "somebody" }),
        json!({ "connector": DINGTALK, "code": code, "user": "somebody" }),
        json!({ "connector": DINGTALK, "unionid": "somebody" }),
        json!({ "connector": DINGTALK }),
        json!({ "openid": "somebody" }),
        json!([]),
    ] {
        let answer = program.api("POST", "/me/identities", &own, body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_request"), "{body}");
    }
    let mini = place.mini_code("xiaoman").await;
    for connector in ["no-such-thing", "password"] {
        let body = json!({ "connector": connector, "code": mini });
        assert_eq!(program.api("POST", "/me/identities", &own, body).await.error(), "no_such_connector");
    }
    assert_eq!(ways(&program, "/me", &own).await.len(), 1);
    // What the platform does not take is noted with its reason.
    let body = json!({ "connector": DINGTALK, "code": "made-up" });
    assert_eq!(program.api("POST", "/me/identities", &own, body).await.error(), "platform_refused");
    let noted = place.server.app.store.audit(None, 10).await.unwrap();
    assert!(noted.iter().any(|entry| entry.action == "identity.link" && entry.outcome != "ok"), "{noted:?}");
}

#[tokio::test]
async fn s202_a_service_changes_no_administrator() {
    let place = Place::with(&["wechat_mini", "sms"]).await;
    place.open_the_mini_program().await;
    let program = Program::of(&place).await;
    let own = token(&place, &program, "amara").await;
    let (_, service) = service(&place).await;
    let user = place.people().await[0].clone();
    let way = ways(&program, "/me", &own).await[0]["subject"].as_str().unwrap().to_owned();
    let id = user.id.clone();
    let raised = place.server.app.store.write(move |tx| {
        let user = hufu::store::users::User { administrator: true, ..user.clone() };
        Box::pin(async move { tx.update_user(&user).await })
    });
    assert!(raised.await.unwrap());
    assert_eq!(program.api("GET", &format!("/users/{id}"), &service, Value::Null).await.status, 200);
    for (method, path, body) in [
        ("POST", format!("/users/{id}/identities"), json!({ "phone": "13800000001" })),
        ("DELETE", format!("/users/{id}/identities/{way}"), Value::Null),
    ] {
        let answer = program.api(method, &path, &service, body).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, "administrator"), "{method}");
    }
}

#[tokio::test]
async fn a_real_person_gets_nothing_of_the_practice_world() {
    let place = Place::with(&["wechat_mini", "dingtalk", "sms"]).await;
    place.server.person("alice").await;
    let program = Program::of(&place).await;
    let wanted = [("username", "alice"), ("password", PASSWORD), ("scope", "openid account")];
    let own = program.access(&program.begin(&wanted).await).await;
    let code = place.dingtalk_code("xiaoman").await;
    let answer = program.api("POST", "/me/identities", &own, json!({ "connector": DINGTALK, "code": code })).await;
    assert_eq!(answer.error(), "no_such_connector");
    let answer = program.api("POST", "/me/identities", &own, json!({ "phone": "13800000001" })).await;
    assert_eq!(answer.error(), "no_such_connector", "real codes have no sender here");
    assert!(ways(&program, "/me", &own).await.is_empty());
}

#[tokio::test]
async fn only_applications_of_the_house_or_named_ones_get_the_scope() {
    let place = Place::with(&["wechat_mini"]).await;
    let web = ClientMetadata {
        application_type: ApplicationType::Web,
        token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
        grant_types: vec!["authorization_code".to_owned()],
        ..ClientMetadata::default()
    };
    let alice = place.server.person("alice").await;
    let named = ClientMetadata { scope: vec!["openid".to_owned(), "account".to_owned()], ..web.clone() };
    for (metadata, scope) in [(web, "openid"), (named, "openid account")] {
        let application = place.server.application_as(metadata).await;
        let browser = place.server.signed_in(&alice).await;
        let opened = browser.authorize(&application, &[("scope", "openid account")]).await;
        let page = opened.own_location(&place.server.issuer).unwrap();
        let csrf = browser.get(&page).await.hidden("csrf").unwrap();
        let fields = [("csrf", csrf.as_str()), ("choice", "allow")];
        let answer = browser.post_form(&format!("{page}/consent"), &fields).await;
        let code = browser.follow(answer).await.query("code").unwrap();
        assert_eq!(browser.redeem(&application, &code).await.json()["scope"], scope);
    }
}

#[tokio::test]
async fn a_token_for_another_resource_or_with_its_words_opens_nothing() {
    let place = Place::with(&[]).await;
    let alice = place.server.person("alice").await;
    let api = "https://api.example.org/";
    let words = vec!["account".to_owned(), "users:write".to_owned()];
    let told = ResourceMetadata { title: "API".to_owned(), scopes: words, ..ResourceMetadata::default() };
    let resource = Resource { id: api.to_owned(), version: 0, metadata: told };
    let actor = hufu::admin::Actor::set_up();
    place.server.app.admin.put_resource(&actor, resource).await.unwrap();
    let program = Program::with(&place, ClientMetadata { resources: vec![api.to_owned()], ..metadata() }).await;
    let wanted =
        [("username", "alice"), ("password", PASSWORD), ("resource", api), ("scope", "openid account users:write")];
    let done = program.begin(&wanted).await;
    let code = done.json()["authorization_code"].as_str().unwrap().to_owned();
    let way = TestBrowser::new(&place.server.issuer);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", crate::support::http::VERIFIER),
        ("resource", api),
    ];
    let only_there = way.token(&program.application, &fields).await.json();
    let only_there = only_there["access_token"].as_str().unwrap_or_else(|| panic!("{only_there}"));
    assert_eq!(program.api("GET", "/me", only_there, Value::Null).await.error(), "invalid_token");
    // One that is good here as well, with a word that the resource defined: a person's token is no service's.
    let both = program.access(&program.begin(&wanted).await).await;
    let answer = program.api("GET", &format!("/users/{alice}"), &both, Value::Null).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), FORBIDDEN);
}

#[tokio::test]
async fn s112_other_origins_read_what_a_token_opens_and_nothing_of_services() {
    let place = Place::with(&[]).await;
    let way = TestBrowser::new(&place.server.issuer);
    let origin = ("origin", "https://shop.example");
    let asks = ("access-control-request-method", "DELETE");
    let preflight = way.send(http::Method::OPTIONS, "/api/v1/me/identities/x", &[origin, asks], None).await;
    assert_eq!(preflight.status, 204);
    assert!(preflight.header("access-control-allow-methods").contains("DELETE"));
    assert_eq!(way.get_with("/api/v1/me", &[origin]).await.header("access-control-allow-origin"), "*");
    assert_eq!(way.get_with("/api/v1/users/x", &[origin]).await.header("access-control-allow-origin"), "");
    let wrong = way.get_with("/api/v1/nothing", &[("accept", "text/html")]).await;
    assert_eq!((wrong.status.as_u16(), wrong.error().as_str()), (404, "invalid_request"), "{wrong:?}");
}
