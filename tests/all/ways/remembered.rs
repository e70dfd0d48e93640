//! "Stay signed in on this device", whichever way somebody comes in.

use super::place::{DESK, Place};
use super::visit::Visit;
use crate::support::http::Answer;

const DAY: i64 = 86_400;

/// Whether the browser is still signed in after a day.
async fn stays(visit: &Visit<'_>, place: &Place) -> bool {
    place.server.clock.advance(DAY);
    visit.get("/account").await.status == 200
}

/// The cookie of a sign-in outlives the window where that was wanted.
fn lasts(answer: &Answer) -> bool {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    cookies.filter(|cookie| cookie.starts_with("session=")).any(|cookie| cookie.contains("Max-Age=2592000"))
}

#[tokio::test]
async fn a_platform_carries_the_wish_to_stay_signed_in() {
    for (store, place) in Place::both(&["wechat_website"]).await {
        let application = place.application().await;
        for (person, wish) in [("xiaoman", "1"), ("amara", "")] {
            let visit = Visit::begin(&place, &application, DESK).await;
            let page = visit.page().await.body;
            assert!(page.contains("name=\"remember\""), "{store}: {page}");
            visit.at_platform(&visit.with("wechat-website-practice", &[("remember", wish)]).await).await;
            let code = place.code("wechat").await;
            place.scan_and_confirm(person, &code).await;
            let sent = visit.at_platform(&format!("/open.weixin.qq.com/connect/wait?uuid={code}")).await;
            let back = visit.back(&sent).await;
            assert_eq!(lasts(&back), !wish.is_empty(), "{store} {person}: {back:?}");
            visit.finish().await;
            assert_eq!(stays(&visit, &place).await, !wish.is_empty(), "{store} {person}");
        }
    }
}

#[tokio::test]
async fn a_number_and_its_new_account_keep_the_wish_through_every_page() {
    let place = Place::with(&["sms"]).await;
    let application = place.application().await;
    for (number, wish) in [("13800000001", "1"), ("13800000002", "")] {
        let visit = Visit::begin(&place, &application, DESK).await;
        visit.with("sms-practice", &[("remember", wish)]).await;
        visit.post("answer/sms-practice", &[("phone", number)]).await;
        let code = super::sms::code(&place, &format!("+86{number}")).await;
        visit.post("answer/sms-practice", &[("code", &code)]).await;
        let done = visit.post("stranger", &[("door", "new"), ("name", "Li Lei")]).await;
        assert_eq!(lasts(&done), !wish.is_empty(), "{number}: {done:?}");
        assert_eq!(stays(&visit, &place).await, !wish.is_empty(), "{number}");
    }
}

#[tokio::test]
async fn a_wish_that_was_taken_back_is_none() {
    let place = Place::with(&["wechat_website"]).await;
    place.server.person("lin").await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    visit.with("wechat-website-practice", &[("remember", "1")]).await;
    // They come back without having signed in there, and take the box's tick away.
    let fields = [("username", "lin"), ("password", crate::support::server::PASSWORD)];
    let done = visit.post("form", &fields).await;
    assert!(done.status == 303 && !lasts(&done), "{done:?}");
}

#[tokio::test]
async fn a_new_account_with_a_password_may_stay_signed_in() {
    let place = Place::with(&[]).await;
    let application = place.application().await;
    for (name, wish) in [("lin", "1"), ("mei", "")] {
        let visit = Visit::begin(&place, &application, DESK).await;
        let password = ("password", crate::support::server::PASSWORD);
        let fields = [("username", name), ("name", name), ("email", ""), password, ("remember", wish)];
        let done = visit.post("register", &fields).await;
        assert_eq!(lasts(&done), !wish.is_empty(), "{name}: {done:?}");
        assert_eq!(stays(&visit, &place).await, !wish.is_empty(), "{name}");
    }
}
