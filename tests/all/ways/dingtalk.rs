//! DingTalk: its page and code on a desk, its one-time code inside, and who left the company.

use serde_json::json;

use super::place::{DESK, DINGTALK, Place};
use super::visit::{Visit, attribute};
use crate::support::http::Answer;

const NAME: &str = "dingtalk-practice";

/// The platform's page in a browser: its code, scanned by this person, and where the page goes on then.
async fn scanned(place: &Place, visit: &Visit<'_>, url: &str, person: &str) -> Answer {
    assert_eq!(visit.at_platform(url).await.status, 200, "DingTalk asks who it is");
    let code = place.code("dingtalk").await;
    place.scan_and_confirm(person, &code).await;
    visit.platform.post_with(url, &[("user-agent", DESK)], &[("scan", &code)]).await
}

/// A code as DingTalk gives it to a page inside it.
async fn inside(place: &Place, person: &str) -> String {
    let minted = place.control("POST", "/dingtalk/codes", json!({ "kind": "in_app", "person": person })).await;
    minted.json()["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_scan_signs_a_member_in_and_a_second_time_is_the_same_person() {
    for (store, place) in Place::both(&["dingtalk"]).await {
        let application = place.application().await;
        let mut subs = Vec::new();
        for _ in 0..2 {
            let visit = Visit::begin(&place, &application, DESK).await;
            let url = visit.with(NAME, &[]).await;
            let sent = scanned(&place, &visit, &url, "xiaoman").await;
            visit.back(&sent).await;
            let tokens = visit.finish().await;
            assert_eq!(tokens.name, "林小满", "{store}");
            subs.push(tokens.sub);
        }
        assert_eq!((&subs[0], place.people().await.len()), (&subs[1], 1), "{store}");
    }
}

#[tokio::test]
async fn inside_dingtalk_the_page_posts_the_code_it_was_given() {
    let place = Place::with(&["dingtalk"]).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DINGTALK).await;
    assert_eq!(visit.with(NAME, &[]).await, visit.path);
    let page = visit.page().await;
    assert_eq!(attribute(&page.body, "data-corp-id=\""), "dingpractice");
    let code = inside(&place, "amara").await;
    visit.post(&format!("answer/{NAME}"), &[("code", &code)]).await;
    assert_eq!(visit.finish().await.name, "Amara Okafor");
    // The same code again is nobody's.
    let again = Visit::begin(&place, &application, DINGTALK).await;
    again.with(NAME, &[]).await;
    again.post(&format!("answer/{NAME}"), &[("code", &code)]).await;
    assert!(!again.page().await.body.contains("/consent"));
    assert_eq!(place.people().await.len(), 1);
}

#[tokio::test]
async fn the_code_in_a_frame_is_handed_to_the_page_around_it() {
    let place = Place::with(&["dingtalk"]).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    assert_eq!(visit.with(NAME, &[("how", "frame")]).await, visit.path);
    let page = visit.page().await;
    let frame = attribute(&page.body, "class=\"platform-frame\" src=\"");
    let callback = attribute(&page.body, "data-callback=\"");
    assert_eq!(attribute(&page.body, "data-frame-origin=\""), place.origin);
    let carrier = scanned(&place, &visit, &frame, "amara").await;
    assert_eq!(carrier.status, 200, "the frame speaks to the page around it: {carrier:?}");
    let query = carrier.body.split(&format!("{callback}?")).nth(1).unwrap_or_else(|| panic!("{carrier:?}"));
    let query = query.split(['"', '\'']).next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
    let back = visit.get(&format!("{callback}?{query}")).await;
    assert_eq!(back.status, 303, "{back:?}");
    assert_eq!(visit.finish().await.name, "Amara Okafor");
}

#[tokio::test]
async fn who_left_the_company_or_never_was_in_it_is_refused() {
    let place = Place::with(&["dingtalk"]).await;
    let application = place.application().await;
    place.deed("amara", "leave", json!({ "company": "dingtalk" })).await;
    for person in ["amara", "nameless"] {
        let visit = Visit::begin(&place, &application, DINGTALK).await;
        visit.with(NAME, &[]).await;
        let code = inside(&place, person).await;
        visit.post(&format!("answer/{NAME}"), &[("code", &code)]).await;
        let page = visit.page().await;
        assert!(page.body.contains("role=\"alert\""), "{person}: {page:?}");
        // On a desk DingTalk itself finds them in no company.
        let visit = Visit::begin(&place, &application, DESK).await;
        let url = visit.with(NAME, &[]).await;
        let shown = scanned(&place, &visit, &url, person).await;
        assert_eq!((shown.status.as_u16(), shown.location()), (400, ""), "{person}");
    }
    assert!(place.people().await.is_empty());
}
