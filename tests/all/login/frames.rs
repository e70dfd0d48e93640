//! A platform's QR code in a frame of our page, over HTTP where headers matter.

use std::sync::Arc;

use hufu::login::Stepped;
use hufu::login::interaction::{How, View};

use super::handset::{Handset, scripted};
use super::house::{houses_with, request};
use crate::support::server::TestServer;

#[tokio::test]
async fn a_frame_carries_a_trip_of_its_own_and_goes_when_another_way_is_taken() {
    let handset = Arc::new(Handset::default());
    for house in houses_with(&[scripted(&handset)]).await {
        house.add_connector("scan", "oidc", |_| {}).await;
        let mut browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        let stepped = browser.login.begin_as(&id, "scan", How::Frame, &browser.visitor).await.unwrap();
        assert!(matches!(stepped, Stepped::Interaction(..)), "{}", house.name());
        let View::Frame(view) = browser.show(&id).await else { panic!("a frame") };
        assert!(view.is_good && view.url.ends_with("&frame=1"));
        assert!(view.callback_url.ends_with("/callback/scan"));
        browser.login.other_way(&id, &browser.visitor).await.unwrap();
        assert!(matches!(browser.show(&id).await, View::Choose(_)));
        browser.login.begin_as(&id, "scan", How::Frame, &browser.visitor).await.unwrap();
        let View::Frame(view) = browser.show(&id).await else { panic!("a frame") };
        let state = view.url.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let stepped = browser.come_back("scan", &state, &[("code", "ann")]).await;
        assert!(browser.keep(stepped), "{}", house.name());
        assert!(matches!(browser.show(&id).await, View::Issue(_)));
    }
}

#[tokio::test]
async fn s1_a_callback_inside_a_frame_touches_nothing_and_only_our_own_pages_may_frame_it() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    let framed = browser.get_with("/callback/github?state=x&code=y", &[("sec-fetch-dest", "iframe")]).await;
    assert_eq!(framed.status, 200, "{framed:?}");
    assert_eq!(framed.header("x-frame-options"), "SAMEORIGIN");
    assert!(framed.header("content-security-policy").contains("frame-ancestors 'self'"), "{framed:?}");
    assert!(framed.body.contains("/static/out-of-frame.js") && !framed.body.contains("code=y"));
    let whole = browser.get("/callback/github?state=x&code=y").await;
    assert_eq!(whole.status, 400, "in the whole window it is looked at");
    assert_eq!(whole.header("x-frame-options"), "DENY");
}

#[tokio::test]
async fn pushes_and_mini_programs_are_answered_in_their_own_form() {
    let server = TestServer::sqlite().await;
    let browser = server.browser();
    let nobody = browser.get("/hook/nobody?echostr=1").await;
    assert_eq!(
        (nobody.status.as_u16(), nobody.header("content-type")),
        (404, "text/plain; charset=utf-8"),
        "{nobody:?}"
    );
    assert_eq!(nobody.header("set-cookie"), "");
    let twice = browser.get("/hook/password?a=1&a=2").await;
    assert_eq!(twice.status, 400);
    let bad = browser.send(http::Method::POST, "/scan/seen", &[], Some("{\"openid\":\"o\"}".to_owned())).await;
    assert_eq!((bad.status.as_u16(), bad.error().as_str()), (400, "invalid_request"), "{bad:?}");
    let none = "{\"connector\":\"nobody\",\"scene\":\"s\",\"code\":\"c\"}";
    let none = browser.send(http::Method::POST, "/scan/seen", &[], Some(none.to_owned())).await;
    assert_eq!(none.error(), "invalid_request");
    let confirm = browser.get("/confirm/nothing").await;
    assert_eq!(confirm.status, 200, "a page that says so: {confirm:?}");
    let picture = browser.get("/i/nothing/scan").await;
    assert_eq!(picture.status, 404, "s189: {picture:?}");
}
