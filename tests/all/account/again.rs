//! What was pressed before a sign-in again waits; what a removal does to this browser is said before and after.

use hufu::admin::Actor;

use super::person::{GITHUB, KINDS, Person};
use crate::ways::place::Place;
use crate::ways::sms::code;

const NUMBER: &str = "+8613800000001";
const SPACE: &str = "practice/github.com";

/// Signs in again by the number on this page; the account page that follows.
async fn again(person: &Person<'_>, path: &str) -> String {
    person.on(path, "with/sms-practice", &[]).await;
    person.on(path, "answer/sms-practice", &[("phone", NUMBER)]).await;
    let code = code(person.place, NUMBER).await;
    person.on(path, "answer/sms-practice", &[("code", &code)]).await;
    let back = person.browser.get(path).await.location().to_owned();
    assert!(back.starts_with("/account?go-on="), "{back}");
    back
}

/// The part of the page with what waits.
fn waiting(page: &str) -> Option<&str> {
    let from = page.find("aria-labelledby=\"go-on\"")?;
    Some(&page[from..from + page[from..].find("</section>")?])
}

#[tokio::test]
async fn what_was_pressed_before_signing_in_again_is_pressed_once_more() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, NUMBER).await;
        assert_eq!(lei.add_github("amara").await, "bound", "{store}");
        let subject = lei.subject(&lei.id, SPACE).await;
        let unbind = format!("/account/ways/{subject}/unbind");
        let number: &[(&str, &str)] = &[("remove", "1")];
        let password: &[(&str, &str)] = &[("password", "brand new horse 7")];
        for (path, fields, waits) in [
            (GITHUB, [].as_slice(), GITHUB),
            ("/account/phone", &[], "/account/phone"),
            ("/account/phone", number, "name=\"remove\" value=\"1\""),
            ("/account/first-password", password, "href=\"#set\""),
            (unbind.as_str(), &[], unbind.as_str()),
        ] {
            // Five codes an hour go to one number.
            place.server.clock.advance(900);
            let asked = lei.post(path, fields).await.location().to_owned();
            let back = again(&lei, &asked).await;
            let page = lei.browser.get(&back).await.body;
            let shown = waiting(&page).unwrap_or_else(|| panic!("{store} {path}: {page}"));
            assert!(shown.contains(waits), "{store} {path}: {shown}");
            assert!(!shown.contains("brand new horse"), "{store}: a password is not kept");
        }
        // One press, and it is done: nothing waits any more.
        let gone = lei.post(&unbind, &[]).await;
        assert_eq!(gone.location(), "/account?said=unbound", "{store}");
        assert!(waiting(&lei.browser.get("/account?said=unbound").await.body).is_none(), "{store}");
    }
}

#[tokio::test]
async fn s198_what_waits_is_shown_to_whoever_pressed_it_and_nobody_else() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, NUMBER).await;
        assert_eq!(lei.add_github("amara").await, "bound", "{store}");
        let subject = lei.subject(&lei.id, SPACE).await;
        let other = Person::by_number(&place, "+8613800000002").await;
        place.server.clock.advance(300);
        let asked = lei.post(&format!("/account/ways/{subject}/unbind"), &[]).await.location().to_owned();
        let id = asked.strip_prefix("/i/").unwrap();
        let early = lei.browser.get(&format!("/account?go-on={id}")).await.body;
        assert!(waiting(&early).is_none(), "{store}: not before the sign-in");
        let back = again(&lei, &asked).await;
        assert!(waiting(&lei.browser.get(&back).await.body).is_some(), "{store}");
        assert!(waiting(&other.browser.get(&back).await.body).is_none(), "{store}: another browser");
        assert!(waiting(&lei.browser.get("/account?go-on=made-up").await.body).is_none(), "{store}");
        lei.becomes(&other.id).await;
        assert!(waiting(&lei.browser.get(&back).await.body).is_none(), "{store}: somebody else by now");
    }
}

#[tokio::test]
async fn removing_the_way_one_is_signed_in_by_is_told_before_and_after() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, NUMBER).await;
        let alone = lei.browser.get("/account").await.body;
        assert!(!alone.contains("signs this device out"), "{store}: the last way stays");
        assert_eq!(lei.add_github("amara").await, "bound", "{store}");
        let here = lei.browser.get("/account").await.body;
        assert!(here.contains("signs this device out, and you sign in again with GitHub"), "{store}: {here}");
        let there = Person::by_github(&place, "amara").await;
        let page = there.browser.get("/account").await.body;
        assert!(page.contains("signs this device out, and you sign in again with Phone number"), "{store}: {page}");
        let zh = there.browser.get("/account?lang=zh-CN").await.body;
        assert!(zh.contains("解除后本设备会退出登录，之后请用手机号登录。"), "{store}: {zh}");
        there.browser.get("/account?lang=en").await;
        let subject = there.subject(&there.id, SPACE).await;
        let gone = there.post(&format!("/account/ways/{subject}/unbind"), &[]).await;
        let page = there.browser.get(gone.location()).await;
        assert!(page.body.contains("this device is signed out"), "{store}: {page:?}");
        assert!(page.body.contains("/with/sms-practice"), "{store}: {page:?}");
        assert!(!there.is_in().await && lei.is_in().await, "{store}");
    }
}

#[tokio::test]
async fn s76_removing_the_number_one_is_signed_in_by_ends_the_sessions_begun_by_it() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, NUMBER).await;
        assert_eq!(lei.add_github("amara").await, "bound", "{store}");
        let github = Person::by_github(&place, "amara").await;
        place.server.clock.advance(60);
        let path = lei.post("/account/phone", &[("remove", "1")]).await.location().to_owned();
        let right = code(&place, NUMBER).await;
        lei.on(&path, "own-number", &[("code", &right)]).await;
        let page = lei.browser.get(&path).await;
        assert!(page.body.contains("this device is signed out"), "{store}: {page:?}");
        assert!(page.body.contains("/with/github-practice"), "{store}: {page:?}");
        assert!(!lei.is_in().await && github.is_in().await, "{store}");
        assert_eq!(github.spaces(&github.id).await, [SPACE], "{store}");
    }
}

#[tokio::test]
async fn s186_a_switched_off_method_is_told_and_no_reason_to_give_the_other_one_away() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, NUMBER).await;
        assert_eq!(lei.add_github("amara").await, "bound", "{store}");
        place.change_connector("github-practice", |row| row.enabled = false).await;
        assert!(lei.browser.get("/account").await.body.contains("Switched off right now"), "{store}");
        place.server.clock.advance(60);
        let path = lei.post("/account/phone", &[("remove", "1")]).await.location().to_owned();
        let right = code(&place, NUMBER).await;
        let done = lei.on(&path, "own-number", &[("code", &right)]).await;
        assert_eq!(lei.said(done).await, "last-way", "{store}");
        // A password counts while its form is there.
        let set = lei.post("/account/first-password", &[("password", "brand new horse 7")]).await;
        assert_eq!(set.location(), "/account?said=password", "{store}");
        let subject = lei.subject(&lei.id, SPACE).await;
        // The last real way in stays on, so there is another one.
        let fields = [("client_id", "hufu"), ("client_secret", "s")];
        let fields = fields.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let admin = &place.server.app.admin;
        admin.add_connector(&Actor::set_up(), "github", "Real", None, &fields).await.unwrap();
        place.change_connector("password", |row| row.enabled = false).await;
        place.change_connector("sms-practice", |row| row.enabled = false).await;
        let kept = lei.post(&format!("/account/ways/{subject}/unbind"), &[]).await;
        assert!(kept.location().starts_with("/i/") || kept.location() == "/account?said=last-way", "{store}: {kept:?}");
        assert_eq!(lei.spaces(&lei.id).await.len(), 2, "{store}");
    }
}

#[tokio::test]
async fn a_company_that_lets_in_only_people_it_knows_says_so() {
    let place = Place::with(KINDS).await;
    let lei = Person::by_number(&place, NUMBER).await;
    let page = lei.browser.get("/account?said=not-invited").await.body;
    assert!(page.contains("lets in only people it knows"), "{page}");
}
