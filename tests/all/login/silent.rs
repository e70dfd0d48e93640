//! A sign-in without a tap, ways in by where the page is looked at, and a program's own code.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hufu::base::id::InteractionId;
use hufu::base::secret::Secret;
use hufu::login::Stepped;
use hufu::login::interaction::{How, Purpose, View};
use hufu::oidc::authorize::AuthorizeRequest;

use super::handset::{Handset, WECHAT, scripted};
use super::house::{Browser, House, houses_with, request};

async fn with() -> (Vec<House>, Arc<Handset>) {
    let handset = Arc::new(Handset { silent: true, ..Handset::default() });
    let houses = houses_with(&[scripted(&handset)]).await;
    for house in &houses {
        house.add_connector("scan", "oidc", |_| {}).await;
    }
    (houses, handset)
}

fn in_wechat(house: &House) -> Browser {
    let mut browser = house.browser();
    WECHAT.clone_into(&mut browser.visitor.agent);
    browser
}

/// Goes there without a tap; the trip's state.
async fn silently(browser: &Browser, id: &InteractionId) -> Option<String> {
    match browser.login.begin_as(id, "scan", How::Silent, &browser.visitor).await.unwrap() {
        Stepped::Go(url) => url.split("state=").nth(1).map(str::to_owned),
        _ => None,
    }
}

#[tokio::test]
async fn a_known_person_is_signed_in_without_a_tap_and_an_unknown_one_sees_every_way_in() {
    let (houses, _) = with().await;
    for house in houses {
        let mut browser = in_wechat(&house);
        let id = browser.open(request(|_| {})).await;
        assert!(matches!(browser.show(&id).await, View::Silent(_)), "{}", house.name());
        let state = silently(&browser, &id).await.unwrap();
        let stepped = browser.come_back("scan", &state, &[("code", "ann")]).await;
        assert!(!browser.keep(stepped), "{}: nobody is made by it", house.name());
        assert_eq!(house.people().await, 0);
        let View::Choose(choose) = browser.show(&id).await else { panic!("every way in") };
        assert!(choose.notice.is_none());
        assert!(silently(&browser, &id).await.is_none(), "once is enough");
        assert!(browser.platform(&id, "scan", &[("code", "ann")]).await, "by a tap she is made");
        let made = house.world.clock.now();
        house.world.clock.advance(1000);
        let mut again = in_wechat(&house);
        let id = again.open(request(|_| {})).await;
        let state = silently(&again, &id).await.unwrap();
        let stepped = again.come_back("scan", &state, &[("code", "ann")]).await;
        assert!(again.keep(stepped), "{}", house.name());
        let session = again.login.session(&again.visitor).await.unwrap().unwrap();
        assert_eq!(session.auth_time, made, "{}: she did nothing just now", house.name());
        // So it satisfies nobody who asks for a fresh sign-in.
        let fresh = again.open(request(|request| request.max_age = Some(500))).await;
        assert!(matches!(again.show(&fresh).await, View::Choose(_)));
    }
}

#[tokio::test]
async fn a_silent_trouble_has_nothing_to_say() {
    let (houses, _) = with().await;
    for house in houses {
        let mut browser = in_wechat(&house);
        let id = browser.open(request(|_| {})).await;
        let state = silently(&browser, &id).await.unwrap();
        let stepped = browser.come_back("scan", &state, &[("code", "bad")]).await;
        assert!(!browser.keep(stepped));
        assert!(browser.notice(&id).await.is_none(), "{}", house.name());
    }
}

#[tokio::test]
async fn nothing_is_tried_without_a_tap_where_more_was_asked() {
    type Change = fn(&mut AuthorizeRequest);
    let (houses, _) = with().await;
    let asked: [Change; 4] = [
        |request| request.prompt.login = true,
        |request| request.max_age = Some(60),
        |request| request.prompt.select_account = true,
        |request| request.prompt.create = true,
    ];
    for house in houses {
        let browser = in_wechat(&house);
        for change in asked {
            let id = browser.open(request(change)).await;
            assert!(!matches!(browser.show(&id).await, View::Silent(_)), "{}", house.name());
            assert!(silently(&browser, &id).await.is_none(), "nor by a form of one's own");
        }
        for purpose in [Purpose::Account, Purpose::Console] {
            let id = browser.open_page(purpose).await;
            assert!(matches!(browser.show(&id).await, View::Choose(_)), "{}", house.name());
        }
        let desk = house.browser();
        let id = desk.open(request(|_| {})).await;
        assert!(matches!(desk.show(&id).await, View::Choose(_)), "another browser");
        assert!(silently(&desk, &id).await.is_none());
        house.add_connector("hub2", "oidc", |_| {}).await;
    }
}

#[tokio::test]
async fn a_program_s_own_code_is_asked_for_and_answered_in_our_page() {
    let (houses, handset) = with().await;
    for house in houses {
        let mut browser = house.browser();
        browser.visitor.agent = "AliApp(DingTalk/7.0.45)".to_owned();
        let id = browser.open(request(|_| {})).await;
        let code = |text: &str| BTreeMap::from([("code".to_owned(), Secret::new(text))]);
        let before = handset.answers.load(Ordering::SeqCst);
        let early = browser.login.answer_form(&id, "scan", code("ann"), &browser.visitor).await;
        assert!(!browser.keep(early));
        assert_eq!(handset.answers.load(Ordering::SeqCst), before, "{}: nothing was asked", house.name());
        browser.login.begin(&id, "scan", &browser.visitor).await.unwrap();
        let View::Ask(view) = browser.show(&id).await else { panic!("the form") };
        assert_eq!(view.name, "scan");
        let again = browser.login.answer_form(&id, "scan", code("again"), &browser.visitor).await;
        assert!(!browser.keep(again));
        let thief = house.browser();
        assert!(thief.login.answer_form(&id, "scan", code("ann"), &thief.visitor).await.is_err());
        let stepped = browser.login.answer_form(&id, "scan", code("ann"), &browser.visitor).await;
        assert!(browser.keep(stepped), "{}", house.name());
    }
}
