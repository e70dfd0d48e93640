//! WeChat Work: its page, its panel in a frame of ours, silently inside it, and its events.

use serde_json::{Value, json};

use super::place::{DESK, Place, WECOM};
use super::visit::{Visit, attribute};
use crate::support::http::Answer;

const NAME: &str = "wecom-practice";
const CORP: &str = "wwpractice00000000";

/// The platform's page: its code, scanned, and where the page goes on when it looks again.
pub async fn scanned(place: &Place, visit: &Visit<'_>, url: &str, person: &str) -> Answer {
    let page = visit.at_platform(url).await;
    let again = page.header("refresh").split("url=").nth(1).unwrap_or_else(|| panic!("{page:?}")).to_owned();
    let code = place.code("wecom").await;
    place.scan_and_confirm(person, &code).await;
    visit.at_platform(&again).await
}

#[tokio::test]
async fn a_scan_signs_a_member_in() {
    for (store, place) in Place::both(&["wecom"]).await {
        let application = place.application().await;
        let visit = Visit::begin(&place, &application, DESK).await;
        let sent = scanned(&place, &visit, &visit.with(NAME, &[]).await, "xiaoman").await;
        visit.back(&sent).await;
        let tokens = visit.finish().await;
        assert!(!tokens.sub.is_empty(), "{store}");
        let people = place.people().await;
        assert_eq!(people.len(), 1, "{store}");
        assert_eq!(place.spaces(&people[0].id).await, [format!("practice/wecom:{CORP}")], "{store}");
    }
}

#[tokio::test]
async fn the_panel_in_a_frame_comes_back_and_leaves_it() {
    let place = Place::with(&["wecom"]).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    assert_eq!(visit.with(NAME, &[("how", "frame")]).await, visit.path);
    let page = visit.page().await;
    let frame = attribute(&page.body, "class=\"platform-frame\" src=\"");
    let sent = scanned(&place, &visit, &frame, "amara").await;
    let inside = visit.browser.get_with(sent.location(), &[("sec-fetch-dest", "iframe"), ("cookie", "")]).await;
    assert!(inside.status == 200 && inside.body.contains("/static/out-of-frame.js"), "{inside:?}");
    assert!(place.people().await.is_empty());
    visit.back(&sent).await;
    assert!(!visit.finish().await.sub.is_empty());
}

#[tokio::test]
async fn inside_wechat_work_a_member_is_known_without_a_tap_from_the_second_time_on() {
    let place = Place::with(&["wecom"]).await;
    let application = place.application().await;
    let mut subs = Vec::new();
    for silent_enough in [false, true] {
        let visit = Visit::begin(&place, &application, WECOM).await.held_by("xiaoman");
        assert!(visit.page().await.body.contains("data-by-itself"));
        let sent = visit.at_platform(&visit.with(NAME, &[("how", "silent")]).await).await;
        visit.back(&sent).await;
        if !silent_enough {
            assert!(place.people().await.is_empty(), "a look alone makes nobody");
            let sent = visit.at_platform(&visit.with(NAME, &[]).await).await;
            visit.back(&sent).await;
        }
        subs.push(visit.finish().await.sub);
    }
    assert_eq!((&subs[0], place.people().await.len()), (&subs[1], 1));
}

#[tokio::test]
async fn somebody_from_outside_is_refused() {
    let place = Place::with(&["wecom"]).await;
    let application = place.application().await;
    place.deed("amara", "leave", json!({ "company": "wecom" })).await;
    for person in ["nameless", "amara"] {
        let visit = Visit::begin(&place, &application, DESK).await;
        let sent = scanned(&place, &visit, &visit.with(NAME, &[]).await, person).await;
        visit.back(&sent).await;
        let page = visit.page().await;
        assert!(page.body.contains("role=\"alert\""), "{person}: {page:?}");
    }
    assert!(place.people().await.is_empty());
}

#[tokio::test]
async fn the_callback_address_proves_itself_and_takes_events() {
    let place = Place::with(&["wecom"]).await;
    let verified = place.control("POST", &format!("/wecom/{CORP}/hook/verify"), json!({})).await.json();
    assert_eq!(verified["verified"], true, "{verified}");
    place.deed("amara", "leave", json!({ "company": "wecom" })).await;
    for _ in 0..100 {
        let pushed = place.control("GET", &format!("/wecom/{CORP}/pushed"), Value::Null).await.json();
        if let Some(last) = pushed.as_array().and_then(|all| all.last()) {
            assert_eq!((&last["status"], &last["attempt"]), (&json!(200), &json!(1)), "{last}");
            assert_eq!(last["change"], "delete_user", "{last}");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nothing was pushed");
}
