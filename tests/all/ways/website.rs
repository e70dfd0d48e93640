//! A WeChat website application: the platform's page with its QR code, alone or in a frame of ours.

use serde_json::json;

use super::place::{DESK, Place};
use super::visit::{Visit, attribute, parameter};
use crate::support::http::Answer;

const NAME: &str = "wechat-website-practice";

/// What the platform's page does once the phone said yes.
async fn after_the_scan(visit: &Visit<'_>, code: &str) -> Answer {
    visit.at_platform(&format!("/open.weixin.qq.com/connect/wait?uuid={code}")).await
}

#[tokio::test]
async fn a_scan_and_a_yes_on_the_phone_sign_in_on_the_desk() {
    for (store, place) in Place::both(&["wechat_website"]).await {
        let application = place.application().await;
        let visit = Visit::begin(&place, &application, DESK).await;
        let page = visit.at_platform(&visit.with(NAME, &[]).await).await;
        assert_eq!(page.status, 200, "{store}: {page:?}");
        let code = place.code("wechat").await;
        place.scan_and_confirm("xiaoman", &code).await;
        let sent = after_the_scan(&visit, &code).await;
        let back = visit.back(&sent).await;
        assert_eq!(back.own_location(&place.server.issuer), Some(visit.path.clone()), "{store}: {back:?}");
        // The platform's page may send the browser twice; the second finds the work done.
        let again = visit.back(&sent).await;
        assert_eq!(again.own_location(&place.server.issuer), Some(visit.path.clone()), "{store}: {again:?}");
        let tokens = visit.finish().await;
        assert_eq!(tokens.name, "小满", "{store}");
        let people = place.people().await;
        assert_eq!((people.len(), people[0].practice), (1, true), "{store}");
        assert_eq!(place.spaces(&people[0].id).await.len(), 2, "{store}: appid and union group");
    }
}

#[tokio::test]
async fn two_callbacks_at_once_are_one_sign_in() {
    let place = Place::with(&["wechat_website"]).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    visit.at_platform(&visit.with(NAME, &[]).await).await;
    let code = place.code("wechat").await;
    place.scan_and_confirm("amara", &code).await;
    let sent = after_the_scan(&visit, &code).await;
    let (one, other) = tokio::join!(visit.back(&sent), visit.back(&sent));
    for back in [one, other] {
        assert_eq!(back.own_location(&place.server.issuer), Some(visit.path.clone()), "{back:?}");
    }
    let redeemed = place.control("GET", "/requests?path=access_token", json!(null)).await.json();
    assert_eq!(redeemed.as_array().unwrap().len(), 1, "the platform was asked once");
    assert_eq!(visit.finish().await.name, "Amara Okafor");
}

#[tokio::test]
async fn a_refusal_without_a_code_leads_back_to_the_ways_in() {
    let place = Place::with(&["wechat_website"]).await;
    place.switch("wechat", &["cancel_redirects"]).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    let url = visit.with(NAME, &[]).await;
    visit.at_platform(&url).await;
    let code = place.code("wechat").await;
    place.deed("amara", "scan", json!({ "id": code })).await;
    place.deed("amara", "refuse", json!({ "id": code })).await;
    let page = after_the_scan(&visit, &code).await;
    assert_eq!(page.status, 200, "the platform's script moves on: {page:?}");
    let state = parameter(&url, "state");
    let back = visit.get(&format!("/callback/{NAME}?state={state}")).await;
    assert_eq!(back.own_location(&place.server.issuer), Some(visit.path.clone()), "{back:?}");
    let ways = visit.page().await;
    assert!(ways.body.contains(&format!("/with/{NAME}")), "{ways:?}");
    assert!(place.people().await.is_empty());
}

#[tokio::test]
async fn a_callback_inside_the_frame_leaves_it_and_only_then_signs_in() {
    let place = Place::with(&["wechat_website"]).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    assert_eq!(visit.with(NAME, &[("how", "frame")]).await, visit.path);
    let page = visit.page().await;
    let frame = attribute(&page.body, "class=\"platform-frame\" src=\"");
    assert!(page.header("content-security-policy").contains(&format!("frame-src {}", place.origin)), "{page:?}");
    visit.at_platform(&frame).await;
    let code = place.code("wechat").await;
    place.scan_and_confirm("amara", &code).await;
    let sent = after_the_scan(&visit, &code).await;
    let inside = visit.browser.get_with(sent.location(), &[("sec-fetch-dest", "iframe"), ("cookie", "")]).await;
    assert_eq!(inside.status, 200, "{inside:?}");
    assert!(inside.body.contains("/static/out-of-frame.js") && place.people().await.is_empty());
    visit.back(&sent).await;
    assert_eq!(visit.finish().await.name, "Amara Okafor");
}
