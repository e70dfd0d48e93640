//! What the account page refuses: stale sign-ins, foreign forms, other people's things, another world.

use hufu::store::users::User;

use super::person::{GITHUB, KINDS, Person};
use crate::ways::place::Place;

const SENSITIVE: &[(&str, &[(&str, &str)])] = &[
    (GITHUB, &[]),
    ("/account/ways/whatever/unbind", &[]),
    ("/account/phone", &[]),
    ("/account/phone", &[("remove", "1")]),
    ("/account/first-password", &[("password", "brand new horse 7")]),
];

#[tokio::test]
async fn s77_five_minutes_after_signing_in_a_change_asks_to_sign_in_again() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, "+8613800000001").await;
        place.server.clock.advance(300);
        for (path, fields) in SENSITIVE {
            let answer = lei.post(path, fields).await;
            let to = answer.location();
            assert!(to.starts_with("/i/"), "{store} {path}: {answer:?}");
            let page = lei.browser.get(to).await;
            assert!(page.body.contains("/with/sms-practice"), "{store} {path}: {page:?}");
        }
        assert_eq!(lei.spaces(&lei.id).await, ["practice/phone"], "{store}");
        assert!(place.server.app.store.password_of(&lei.id).await.unwrap().is_none(), "{store}");
        // Signed in again there, the change goes on.
        let path = lei.post(GITHUB, &[]).await.location().to_owned();
        lei.on(&path, "with/sms-practice", &[]).await;
        lei.on(&path, "answer/sms-practice", &[("phone", "+8613800000001")]).await;
        let code = crate::ways::sms::code(&place, "+8613800000001").await;
        lei.on(&path, "answer/sms-practice", &[("code", &code)]).await;
        assert!(lei.browser.get(&path).await.location().starts_with("/account?go-on="), "{store}");
        assert_eq!(lei.add_github("amara").await, "bound", "{store}");
    }
}

#[tokio::test]
async fn s113_a_code_opens_an_administrator_no_other_way_in() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, "+8613800000001").await;
        let store_of = &place.server.app.store;
        let user = User { administrator: true, ..store_of.user(&lei.id).await.unwrap().unwrap() };
        let made = store_of.write(move |tx| {
            let user = user.clone();
            Box::pin(async move { tx.update_user(&user).await })
        });
        assert!(made.await.unwrap(), "{store}");
        for (path, fields) in SENSITIVE {
            let to = lei.post(path, fields).await.location().to_owned();
            assert!(to.starts_with("/i/"), "{store} {path}: {to}");
            let page = lei.browser.get(&to).await;
            assert!(page.body.contains("role=\"alert\""), "{store} {path}: {page:?}");
            assert!(!page.body.contains("/with/sms-practice"), "{store} {path}: what does not help is not offered");
        }
        assert_eq!(lei.spaces(&lei.id).await, ["practice/phone"], "{store}");
        assert!(place.server.app.store.password_of(&lei.id).await.unwrap().is_none(), "{store}");
    }
}

#[tokio::test]
async fn s77_whoever_signs_in_again_is_asked_by_the_platform_too() {
    for (store, place) in Place::both(KINDS).await {
        let amara = Person::by_github(&place, "amara").await;
        place.server.clock.advance(300);
        let path = amara.post("/account/first-password", &[("password", "brand new horse 7")]).await;
        let sent = amara.on(path.location(), "with/github-practice", &[]).await;
        assert!(sent.location().contains("prompt=select_account"), "{store}: {sent:?}");
        // Who just signs in is not held up.
        let fresh = place.server.browser();
        let page = fresh.get("/account").await.location().to_owned();
        let csrf = fresh.get(&page).await.hidden("csrf").unwrap();
        let sent = fresh.post_form(&format!("{page}/with/github-practice"), &[("csrf", &csrf)]).await;
        assert!(sent.location().starts_with(&place.origin), "{store}: {sent:?}");
        assert!(!sent.location().contains("prompt="), "{store}: {sent:?}");
    }
}

#[tokio::test]
async fn s63_forms_that_are_not_ours_change_nothing() {
    let place = Place::with(KINDS).await;
    let lei = Person::by_number(&place, "+8613800000001").await;
    let csrf = lei.browser.get("/account").await.hidden("csrf").unwrap();
    let profile: (&str, &[(&str, &str)]) = ("/account/profile", &[("name", "Mallory")]);
    for (path, fields) in SENSITIVE.iter().copied().chain([profile]) {
        let mut whole = vec![("csrf", csrf.as_str())];
        whole.extend_from_slice(fields);
        for (what, answer) in [
            ("no token", lei.browser.post_form(path, fields).await),
            ("a foreign origin", lei.browser.post_with(path, &[("origin", "https://evil.example")], &whole).await),
            ("another site", lei.browser.post_with(path, &[("sec-fetch-site", "cross-site")], &whole).await),
        ] {
            assert_eq!(answer.status, 403, "{path} {what}");
        }
        assert_eq!(lei.browser.get(path).await.status, 405, "{path}");
    }
    let own = lei.post("/account/phone", &[]).await.location().to_owned();
    assert_eq!(lei.browser.post_form(&format!("{own}/own-number"), &[("code", "123456")]).await.status, 403);
    assert_eq!(place.server.app.store.user(&lei.id).await.unwrap().unwrap().name, "Li Lei");
    let nobody = place.server.browser();
    nobody.get("/account").await;
    let page = nobody.get(nobody.get("/account").await.location()).await;
    let token = page.hidden("csrf").unwrap();
    for (path, _) in SENSITIVE {
        let answer = nobody.post_form(path, &[("csrf", &token)]).await;
        assert!(answer.location().starts_with("/i/"), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn s198_other_peoples_ways_are_as_if_they_were_not_there() {
    for (store, place) in Place::both(KINDS).await {
        let owner = Person::by_github(&place, "amara").await;
        let subject = owner.subject(&owner.id, "practice/github.com").await;
        let lei = Person::by_number(&place, "+8613800000001").await;
        for id in [subject.as_str(), "nothing", "01aaaaaaaaaaaaaaaaaaaaaaaa"] {
            let answer = lei.post(&format!("/account/ways/{id}/unbind"), &[]).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account"), "{store} {id}");
        }
        assert_eq!(owner.spaces(&owner.id).await.len(), 1, "{store}");
        // A page of somebody else's change is another browser's.
        let path = owner.post("/account/phone", &[]).await.location().to_owned();
        let tried = lei.browser.get(&path).await;
        assert_eq!(tried.status, 400, "{store}");
    }
}

#[tokio::test]
async fn a_practice_identity_or_number_never_becomes_a_real_persons() {
    for (store, place) in Place::both(KINDS).await {
        let boss = Person::real(&place, "boss").await;
        for path in
            [GITHUB, "/account/ways/sms-practice/bind", "/account/ways/nothing/bind", "/account/ways/password/bind"]
        {
            let answer = boss.post(path, &[]).await;
            assert!(answer.status.is_client_error(), "{store} {path}: {answer:?}");
        }
        let page = boss.browser.get("/account").await;
        assert!(!page.body.contains("github-practice") && !page.body.contains("/account/phone"), "{store}");
        // The other world's methods are refused to practice people as well, and so is a second number by the side door.
        let lei = Person::by_number(&place, "+8613800000001").await;
        let answer = lei.post("/account/ways/sms-practice/bind", &[]).await;
        assert!(answer.status.is_client_error(), "{store}: {answer:?}");
        let sent = lei.post(GITHUB, &[]).await;
        let back = lei.at_github(&sent, "amara").await;
        lei.becomes(&boss.id).await;
        assert_eq!(lei.said(lei.browser.get(&back).await).await, "not-bound", "{store}");
        assert!(boss.spaces(&boss.id).await.is_empty(), "{store}");
    }
}
