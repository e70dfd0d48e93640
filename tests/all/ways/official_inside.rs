//! An official account, inside WeChat: without a tap for whoever is known, by a button for a newcomer.

use super::place::{Place, WECHAT};
use super::visit::{Tokens, Visit};

const NAME: &str = "wechat-official-practice";

/// The page tries by itself; where that leads the browser next.
async fn silently(visit: &Visit<'_>) {
    let page = visit.page().await;
    assert!(page.body.contains("data-by-itself"), "nothing is tried silently: {page:?}");
    let url = visit.with(NAME, &[("how", "silent")]).await;
    assert!(url.contains("scope=snsapi_base"), "{url}");
    let sent = visit.at_platform(&url).await;
    visit.back(&sent).await;
}

/// By the button, and a yes on WeChat's page.
async fn by_the_button(visit: &Visit<'_>, person: &str) {
    let url = visit.with(NAME, &[]).await;
    assert!(url.contains("scope=snsapi_userinfo"), "{url}");
    assert_eq!(visit.at_platform(&url).await.status, 200, "WeChat asks");
    let fields = [("choice", "allow"), ("person", person)];
    let sent = visit.platform.post_with(&url, &[("user-agent", WECHAT)], &fields).await;
    visit.back(&sent).await;
}

async fn newcomer(place: &Place, visit: &Visit<'_>, person: &str) -> Tokens {
    silently(visit).await;
    assert!(place.people().await.is_empty(), "a look alone makes nobody");
    assert!(visit.page().await.body.contains(&format!("/with/{NAME}")));
    by_the_button(visit, person).await;
    visit.finish().await
}

#[tokio::test]
async fn a_newcomer_comes_by_the_button_and_is_known_without_a_tap_afterwards() {
    for (store, place) in Place::both(&["wechat_official"]).await {
        let application = place.application().await;
        let visit = Visit::begin(&place, &application, WECHAT).await.held_by("xiaoman");
        let first = newcomer(&place, &visit, "xiaoman").await;
        assert_eq!(first.name, "小满", "{store}");
        // Another browser of the same phone, as after its data were cleared.
        let again = Visit::begin(&place, &application, WECHAT).await.held_by("xiaoman");
        silently(&again).await;
        let second = again.finish().await;
        assert_eq!((second.sub, second.name), (first.sub, first.name), "{store}");
        assert_eq!(place.people().await.len(), 1, "{store}");
    }
}

#[tokio::test]
async fn somebody_who_only_looks_at_a_snapshot_is_not_signed_in() {
    let place = Place::with(&["wechat_official"]).await;
    place.switch("wechat", &["snapshot"]).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, WECHAT).await.held_by("amara");
    silently(&visit).await;
    let url = visit.with(NAME, &[]).await;
    let sent = visit.at_platform(&url).await;
    visit.back(&sent).await;
    let page = visit.page().await;
    assert!(page.body.contains("role=\"alert\"") && page.body.contains(&format!("/with/{NAME}")), "{page:?}");
    assert!(place.people().await.is_empty());
}

#[tokio::test]
async fn a_refusal_inside_wechat_comes_back_to_the_ways_in() {
    let place = Place::with(&["wechat_official"]).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, WECHAT).await.held_by("amara");
    silently(&visit).await;
    let url = visit.with(NAME, &[]).await;
    let sent = visit.platform.post_with(&url, &[("user-agent", WECHAT)], &[("choice", "deny")]).await;
    // WeChat has thrown the state away (upstreams/wechat.md §4.5): nobody can say whose callback it is.
    let stray = visit.back(&sent).await;
    assert!(stray.status.is_client_error(), "{stray:?}");
    assert!(visit.page().await.body.contains(&format!("/with/{NAME}")), "the sign-in still waits");
    by_the_button(&visit, "amara").await;
    assert_eq!(visit.finish().await.name, "Amara Okafor");
}

#[tokio::test]
async fn wechat_may_call_twice_from_elsewhere() {
    let place = Place::with(&["wechat_official"]).await;
    place.switch("wechat", &["double_callback_before"]).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, WECHAT).await.held_by("amara");
    silently(&visit).await;
    by_the_button(&visit, "amara").await;
    assert_eq!(visit.finish().await.name, "Amara Okafor");
}
