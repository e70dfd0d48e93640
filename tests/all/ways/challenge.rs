//! `POST /authorize-challenge`: every method that makes sense without a page, from what it gives to tokens.

use hufu::store::clients::ClientMetadata;
use serde_json::json;

use super::place::Place;
use super::program::{MINI, Program, metadata, need, reason};
use crate::support::server::PASSWORD;

const PHONE: &str = "sms-practice";
const E164: &str = "+8613800000001";

#[tokio::test]
async fn a_mini_program_signs_a_newcomer_up_and_knows_them_again() {
    for (store, place) in Place::both(&["wechat_mini"]).await {
        place.open_the_mini_program().await;
        let program = Program::of(&place).await;
        let mut subs = Vec::new();
        for is_new in [true, false] {
            let code = place.mini_code("xiaoman").await;
            let mut answer = program.begin(&[("connector", MINI), ("code", &code)]).await;
            if is_new {
                assert_eq!(need(&answer), "register bind", "{store}: {answer:?}");
                assert_eq!(answer.json()["asks"], json!(["name"]), "{store}: the platform tells no name");
                answer = program.go_on(&answer, &[("register", "true")]).await;
                assert_eq!(need(&answer), "register bind", "{store}: a name is asked for");
                answer = program.go_on(&answer, &[("register", "true"), ("name", "林小满")]).await;
            }
            assert_eq!(answer.json()["organizations"], json!([]), "{store}");
            let (tokens, who) = program.redeem(&answer).await;
            assert!(tokens["refresh_token"].is_string() && tokens["id_token"].is_string(), "{store}");
            assert_eq!(who["name"], "林小满", "{store}");
            subs.push(who["sub"].clone());
        }
        assert_eq!((&subs[0], place.people().await.len()), (&subs[1], 1), "{store}");
    }
}

#[tokio::test]
async fn the_code_behind_the_phone_button_brings_the_number_along() {
    let place = Place::with(&["wechat_mini"]).await;
    place.open_the_mini_program().await;
    let program = Program::of(&place).await;
    let (code, phone_code) = (place.mini_code("xiaoman").await, place.mini_phone_code("xiaoman").await);
    let answer = program.begin(&[("connector", MINI), ("code", &code), ("phone_code", &phone_code)]).await;
    let answer = program.go_on(&answer, &[("register", "1"), ("name", "Xiaoman")]).await;
    let (_, who) = program.redeem(&answer).await;
    assert_eq!((&who["phone_number"], &who["phone_number_verified"]), (&json!(E164), &json!(true)));
    // Somebody else's button tells nothing of this person.
    let (code, phone_code) = (place.mini_code("amara").await, place.mini_phone_code("xiaoman").await);
    let answer = program.begin(&[("connector", MINI), ("code", &code), ("phone_code", &phone_code)]).await;
    assert_eq!((need(&answer), reason(&answer)), ("sign_in register".to_owned(), "platform_refused".to_owned()));
}

#[tokio::test]
async fn new_people_of_a_mini_program_join_the_organisation_that_was_chosen() {
    let place = Place::with(&["wechat_mini"]).await;
    place.open_the_mini_program().await;
    let (admin, actor) = (&place.server.app.admin, hufu::admin::Actor::set_up());
    let org = admin.create_practice_org(&actor, "Members of the shop").await.unwrap();
    admin.set_org_of_new_people(&actor, MINI, Some(&org.id)).await.unwrap();
    let program = Program::of(&place).await;
    let code = place.mini_code("amara").await;
    let answer = program.begin(&[("connector", MINI), ("code", &code)]).await;
    let answer = program.go_on(&answer, &[("register", "true"), ("name", "Amara")]).await;
    assert_eq!(answer.json()["organizations"], json!([{ "id": org.id, "name": "Members of the shop" }]));
    program.redeem(&answer).await;
}

#[tokio::test]
async fn who_belongs_to_several_organisations_chooses_one() {
    let place = Place::with(&["wechat_mini", "dingtalk"]).await;
    place.open_the_mini_program().await;
    let program = Program::of(&place).await;
    let code = place.mini_code("amara").await;
    let answer = program.begin(&[("connector", MINI), ("code", &code)]).await;
    let answer = program.go_on(&answer, &[("register", "true"), ("name", "Amara")]).await;
    program.redeem(&answer).await;
    let (admin, actor) = (&place.server.app.admin, hufu::admin::Actor::set_up());
    let user = place.people().await.remove(0).id;
    let mut orgs = Vec::new();
    for (name, connector) in [("One", MINI), ("Two", "dingtalk-practice")] {
        let org = admin.create_org(&actor, name, Some(connector)).await.unwrap();
        admin.put_member(&actor, &org.id, &user, &[]).await.unwrap();
        orgs.push(org.id.to_string());
    }
    let wants = ClientMetadata { organizations: orgs.clone(), ..metadata() };
    let program = Program::with(&place, wants).await;
    let code = place.mini_code("amara").await;
    let answer = program.begin(&[("connector", MINI), ("code", &code), ("scope", "openid org")]).await;
    assert_eq!(need(&answer), "organization");
    assert_eq!(answer.json()["organizations"].as_array().unwrap().len(), 2);
    // One that was not offered is no answer.
    let answer = program.go_on(&answer, &[("organization", "none")]).await;
    assert_eq!(need(&answer), "organization");
    let answer = program.go_on(&answer, &[("organization", &orgs[1])]).await;
    let (_, who) = program.redeem(&answer).await;
    assert_eq!(who["org_id"], json!(orgs[1]));
}

#[tokio::test]
async fn codes_of_dingtalk_and_wechat_work_sign_members_in() {
    for (store, place) in Place::both(&["dingtalk", "wecom"]).await {
        let named = ["dingtalk-practice", "wecom-practice"].map(str::to_owned).to_vec();
        let program = Program::with(&place, ClientMetadata { connectors: named, ..metadata() }).await;
        let code = place.dingtalk_code("xiaoman").await;
        let answer = program.begin(&[("connector", "dingtalk-practice"), ("code", &code)]).await;
        let (_, who) = program.redeem(&answer).await;
        assert_eq!(who["name"], "林小满", "{store}");
        let code = place.wecom_code("xiaoman").await;
        let mut answer = program.begin(&[("connector", "wecom-practice"), ("code", &code)]).await;
        if answer.status == 403 {
            answer = program.go_on(&answer, &[("register", "true"), ("name", "Xiaoman at work")]).await;
        }
        program.redeem(&answer).await;
        assert_eq!(place.people().await.len(), 2, "{store}: two platforms, and nothing says they are one person");
    }
}

#[tokio::test]
async fn a_number_and_its_code_sign_up_and_in() {
    for (store, place) in Place::both(&["sms"]).await {
        let program = Program::of(&place).await;
        let mut subs = Vec::new();
        for is_new in [true, false] {
            let answer = program.begin(&[("phone", "138 0000 0001")]).await;
            assert_eq!(need(&answer), "code", "{store}");
            let sent_to = answer.json()["sent_to"].as_str().unwrap().to_owned();
            assert!(sent_to.contains("****") && !answer.body.contains("13800000001"), "{store}: {sent_to}");
            let right = place.sms_code(E164).await;
            let wrong = if right == "000000" { "000001" } else { "000000" };
            let answer = program.go_on(&answer, &[("code", wrong)]).await;
            assert_eq!((need(&answer), reason(&answer)), ("code".to_owned(), "code".to_owned()), "{store}");
            let mut answer = program.go_on(&answer, &[("code", &right)]).await;
            if is_new {
                assert_eq!(need(&answer), "register bind", "{store}");
                answer = program.go_on(&answer, &[("register", "true"), ("name", "Li Lei")]).await;
            }
            let (_, who) = program.redeem(&answer).await;
            assert_eq!(who["phone_number"], E164, "{store}");
            subs.push(who["sub"].clone());
            place.server.clock.advance(60);
        }
        assert_eq!(subs[0], subs[1], "{store}");
    }
}

#[tokio::test]
async fn a_number_that_gets_no_codes_is_said_in_a_word() {
    let place = Place::with(&["sms"]).await;
    let program = Program::of(&place).await;
    let answer = program.begin(&[("connector", PHONE), ("phone", "12345")]).await;
    assert_eq!((need(&answer), reason(&answer)), ("phone".to_owned(), "phone".to_owned()));
    let answer = program.go_on(&answer, &[("phone", "+12025550104")]).await;
    assert_eq!(reason(&answer), "country");
    let answer = program.go_on(&answer, &[("phone", "13800000001")]).await;
    assert_eq!(need(&answer), "code");
    // Another one is not sent at once, and the same form says from when on.
    let answer = program.go_on(&answer, &[("again", "true")]).await;
    assert_eq!(need(&answer), "code");
    assert!(answer.json()["again_at"].as_i64().unwrap() > place.server.clock.now());
}

#[tokio::test]
async fn a_name_and_password_do_as_well_and_new_ones_can_be_made() {
    for (store, place) in Place::both(&[]).await {
        place.server.person("alice").await;
        let program = Program::of(&place).await;
        let answer = program.begin(&[("username", "alice"), ("password", "wrong")]).await;
        assert_eq!((need(&answer), reason(&answer)), ("sign_in register".to_owned(), "wrong".to_owned()), "{store}");
        let answer = program.go_on(&answer, &[("username", "alice"), ("password", PASSWORD)]).await;
        let (_, who) = program.redeem(&answer).await;
        assert_eq!(who["preferred_username"], "alice", "{store}");
        let new = [("register", "true"), ("username", "bob"), ("name", "Bob"), ("password", PASSWORD)];
        let answer = program.begin(&[("prompt", "create")]).await;
        assert_eq!(need(&answer), "register sign_in", "{store}");
        let taken = [("register", "true"), ("username", "alice"), ("name", "A"), ("password", PASSWORD)];
        let answer = program.go_on(&answer, &taken).await;
        assert_eq!(reason(&answer), "username_taken", "{store}");
        let (_, who) = program.redeem(&program.go_on(&answer, &new).await).await;
        assert_eq!(who["preferred_username"], "bob", "{store}");
    }
}
