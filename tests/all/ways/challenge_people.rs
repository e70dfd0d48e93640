//! Whose an unknown identity is, without a page: it waits behind the `auth_session`, and proof binds it.

use hufu::store::connectors::FirstSignIn;

use super::place::Place;
use super::program::{MINI, Program, need, reason};

const E164: &str = "+8613800000001";

/// Somebody whose way in is their number.
async fn by_number(place: &Place, program: &Program) -> String {
    let answer = program.begin(&[("phone", "13800000001")]).await;
    let code = place.sms_code(E164).await;
    let mut answer = program.go_on(&answer, &[("code", &code)]).await;
    if answer.status == 403 {
        answer = program.go_on(&answer, &[("register", "true"), ("name", "Li Lei")]).await;
    }
    let (_, who) = program.redeem(&answer).await;
    place.server.clock.advance(60);
    who["sub"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_unknown_identity_is_bound_by_signing_in_to_the_old_account() {
    for (store, place) in Place::both(&["wechat_mini", "sms"]).await {
        place.change_connector(MINI, |row| row.rule = FirstSignIn::Ask).await;
        let program = Program::of(&place).await;
        let old = by_number(&place, &program).await;
        let code = place.mini_code("amara").await;
        let answer = program.begin(&[("connector", MINI), ("code", &code)]).await;
        assert_eq!(need(&answer), "bind", "{store}: registration is off for mini programs");
        let answer = program.go_on(&answer, &[("bind", "true"), ("phone", "13800000001")]).await;
        assert_eq!(need(&answer), "code", "{store}");
        let code = place.sms_code(E164).await;
        let (_, who) = program.redeem(&program.go_on(&answer, &[("code", &code)]).await).await;
        assert_eq!(who["sub"], old.as_str(), "{store}");
        // From now on the mini program's code alone is enough.
        let code = place.mini_code("amara").await;
        let (_, who) = program.redeem(&program.begin(&[("connector", MINI), ("code", &code)]).await).await;
        assert_eq!((who["sub"].as_str(), place.people().await.len()), (Some(old.as_str()), 1), "{store}");
    }
}

#[tokio::test]
async fn where_numbers_bind_the_number_alone_says_whose_it_is() {
    for (store, place) in Place::both(&["wechat_mini", "sms"]).await {
        place.change_connector(MINI, |row| row.rule = FirstSignIn::BindPhone).await;
        let program = Program::of(&place).await;
        let old = by_number(&place, &program).await;
        let code = place.mini_code("amara").await;
        let answer = program.begin(&[("connector", MINI), ("code", &code)]).await;
        assert_eq!(need(&answer), "phone", "{store}");
        let answer = program.go_on(&answer, &[("phone", "13800000001")]).await;
        assert_eq!(need(&answer), "code", "{store}");
        let code = place.sms_code(E164).await;
        let (_, who) = program.redeem(&program.go_on(&answer, &[("code", &code)]).await).await;
        assert_eq!(who["sub"], old.as_str(), "{store}");
    }
}

#[tokio::test]
async fn with_registration_off_a_stranger_stays_outside() {
    let place = Place::with(&["wechat_mini"]).await;
    let program = Program::of(&place).await;
    let code = place.mini_code("amara").await;
    let answer = program.begin(&[("connector", MINI), ("code", &code), ("register", "true"), ("name", "A")]).await;
    assert_eq!((need(&answer), reason(&answer)), ("sign_in register".to_owned(), "not_invited".to_owned()));
    place.change_connector(MINI, |row| row.rule = FirstSignIn::Ask).await;
    let code = place.mini_code("amara").await;
    let answer = program.begin(&[("connector", MINI), ("code", &code)]).await;
    let answer = program.go_on(&answer, &[("register", "true"), ("name", "A")]).await;
    assert_eq!(need(&answer), "bind", "the word alone opens no door");
    assert!(place.people().await.is_empty());
}

#[tokio::test]
async fn a_waiting_identity_is_of_its_own_chain_alone() {
    let place = Place::with(&["wechat_mini", "sms"]).await;
    place.change_connector(MINI, |row| row.rule = FirstSignIn::Ask).await;
    let program = Program::of(&place).await;
    let code = place.mini_code("amara").await;
    let waiting = program.begin(&[("connector", MINI), ("code", &code)]).await;
    by_number(&place, &program).await;
    // The other sign-in bound nothing, and the one that waits still asks for proof.
    assert_eq!(place.spaces(&place.people().await[0].id).await, ["practice/phone"]);
    assert_eq!(need(&program.go_on(&waiting, &[]).await), "bind");
}
