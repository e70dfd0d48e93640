//! Pictures that cost something, link something, or outlive the browser that waits.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hufu::base::id::InteractionId;
use hufu::base::secret::Secret;
use hufu::login::Stepped;
use hufu::login::interaction::{Door, Notice, Purpose, UpstreamNotice, View};
use hufu::login::scan::{Confirm, ScanState, Shown};

use super::handset::{Handset, WECHAT, phone, push, scripted};
use super::house::{Browser, House, houses_with, request};

async fn with(handset: Handset) -> (Vec<House>, Arc<Handset>) {
    let handset = Arc::new(handset);
    let houses = houses_with(&[scripted(&handset)]).await;
    for house in &houses {
        house.add_connector("scan", "oidc", |_| {}).await;
    }
    (houses, handset)
}

async fn scene(browser: &Browser, id: &InteractionId) -> String {
    browser.login.begin(id, "scan", &browser.visitor).await.unwrap();
    shown_scene(browser, id).await
}

async fn shown_scene(browser: &Browser, id: &InteractionId) -> String {
    match browser.show(id).await {
        View::Scan(view) => view.text.unwrap().rsplit('/').next().unwrap().to_owned(),
        other => panic!("a picture was expected: {other:?}"),
    }
}

async fn state(browser: &Browser, id: &InteractionId) -> Option<ScanState> {
    browser.login.scan_state(id, &browser.visitor).await.unwrap()
}

fn token(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn s93_an_identity_that_waits_to_be_linked_is_named_on_the_phone_and_scanning_is_not_saying_yes() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        let mut inside = house.browser();
        inside.visitor.agent = WECHAT.to_owned();
        let ann = inside.sign_in_by("scan", "ann").await;
        // Somebody brings an unknown identity, says "I have an account", and proves it by a picture.
        let mut desk = house.browser();
        let id = desk.open_page(Purpose::Account).await;
        assert!(!desk.platform(&id, "ask", &[("code", "1")]).await);
        desk.login.stranger(&id, (Door::Existing, ""), &desk.visitor).await.unwrap();
        let scene = scene(&desk, &id).await;
        let (_, link) = push(&house.login, &format!("seen {scene} ann approved")).await;
        let Some(ScanState::Seen { number }) = state(&desk, &id).await else {
            panic!("{}: approved without being asked", house.name())
        };
        let Ok(Confirm::Ask(asked)) = house.login.confirm(token(&link), &phone(1, "test")).await else { panic!() };
        assert_eq!(asked.links.expect("named").title, "ASK", "{}", house.name());
        assert!(house.store().identities_of(&ann).await.unwrap().len() == 1);
        let said = house.login.answer_confirmation(token(&link), Some(number), &phone(1, "test")).await.unwrap();
        assert_eq!(said, Shown::Approved);
        let stepped = desk.login.finish_scan(&id, &desk.visitor).await;
        assert!(desk.keep(stepped));
        assert_eq!(house.store().identities_of(&ann).await.unwrap().len(), 2, "{}", house.name());
        // A plain sign-in names nothing.
        let plain = house.browser();
        let id = plain.open(request(|_| {})).await;
        let scene = self::scene(&plain, &id).await;
        let (_, link) = push(&house.login, &format!("seen {scene} ann")).await;
        let Ok(Confirm::Ask(asked)) = house.login.confirm(token(&link), &phone(1, "test")).await else { panic!() };
        assert!(asked.links.is_none());
    }
}

#[tokio::test]
async fn s93_an_account_that_takes_another_way_in_is_named_on_the_phone() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        let mut desk = house.browser();
        let owner = desk.sign_in_by("hub", "7").await;
        let session = desk.login.session(&desk.visitor).await.unwrap().unwrap();
        let stepped = desk.login.begin_bind(&session, "scan", &desk.visitor).await.unwrap();
        let Stepped::Interaction(id, _) = stepped else { panic!("a page was expected") };
        let scene = shown_scene(&desk, &id).await;
        let (_, link) = push(&house.login, &format!("seen {scene} ann approved")).await;
        let Some(ScanState::Seen { number }) = state(&desk, &id).await else {
            panic!("{}: approved without being asked", house.name())
        };
        let Ok(Confirm::Ask(asked)) = house.login.confirm(token(&link), &phone(1, "test")).await else { panic!() };
        assert_eq!(asked.binds.expect("named").name, "Person 7", "{}", house.name());
        house.login.answer_confirmation(token(&link), Some(number), &phone(1, "test")).await.unwrap();
        desk.login.finish_scan(&id, &desk.visitor).await.unwrap();
        let ways = house.store().identities_of(&owner).await.unwrap();
        assert_eq!(ways.len(), 2, "{}", house.name());
    }
}

#[tokio::test]
async fn a_platform_that_is_away_says_nothing_about_who_holds_the_phone() {
    let (houses, handset) = with(Handset { silent: true, ..Handset::default() }).await;
    for house in houses {
        let desk = house.browser();
        let id = desk.open(request(|_| {})).await;
        let scene = scene(&desk, &id).await;
        let (_, link) = push(&house.login, &format!("seen {scene} ann")).await;
        let (token, holder) = (token(&link).to_owned(), phone(2, WECHAT));
        let trip = async || {
            let Ok(Confirm::Go(url)) = house.login.confirm(&token, &holder).await else { panic!("not asked") };
            let state = url.split("state=").nth(1).unwrap().to_owned();
            let params = [("state".to_owned(), state), ("code".to_owned(), "ann".to_owned())].into();
            let back = house.login.callback("scan", params, &holder).await.unwrap();
            assert!(matches!(back, Stepped::Confirm(again) if again == token));
        };
        handset.fails.store(1, Ordering::SeqCst);
        trip().await;
        // Not at once: the phone would go to and fro for as long as the platform is away.
        let shown = house.login.confirm(&token, &holder).await.unwrap();
        assert!(matches!(shown, Confirm::Later { .. }), "{}: {shown:?}", house.name());
        house.world.clock.advance(3);
        trip().await;
        let shown = house.login.confirm(&token, &holder).await.unwrap();
        assert!(matches!(shown, Confirm::Ask(_)), "{}: {shown:?}", house.name());
        assert!(house.outcomes("scan.confirm").await.is_empty(), "nobody else held it");
    }
}

#[tokio::test]
async fn a_browser_that_goes_away_uses_up_no_scene_for_nothing() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        for polls in 0..16 {
            let mut desk = house.browser();
            let id = desk.open(request(|_| {})).await;
            let scene = scene(&desk, &id).await;
            push(&house.login, &format!("seen {scene} ann approved")).await;
            {
                let mut going = Box::pin(desk.login.finish_scan(&id, &desk.visitor));
                for _ in 0..polls {
                    if futures::poll!(going.as_mut()).is_ready() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            // Either it was done behind the browser's back, or it can be done now.
            let again = desk.login.finish_scan(&id, &desk.visitor).await;
            let signed_in = desk.keep(again) || house.outcomes("sign_in").await.len() == polls + 1;
            assert!(signed_in, "{}: given up after {polls} polls", house.name());
        }
    }
}

#[tokio::test]
async fn a_browser_that_goes_away_uses_up_no_code_of_a_form_for_nothing() {
    let (houses, handset) = with(Handset { slow: Duration::from_millis(200), ..Handset::default() }).await;
    for house in houses {
        let before = handset.answers.load(Ordering::SeqCst);
        let mut browser = house.browser();
        browser.visitor.agent = "Mozilla/5.0 (Linux) AliApp(DingTalk/7.6.0) com.alibaba.android.rimet".to_owned();
        let id = browser.open(request(|_| {})).await;
        browser.login.begin(&id, "scan", &browser.visitor).await.unwrap();
        let fields = [("code".to_owned(), Secret::new("ann"))].into();
        let going = browser.login.answer_form(&id, "scan", fields, &browser.visitor);
        assert!(tokio::time::timeout(Duration::from_millis(50), going).await.is_err());
        house.login.settled(Duration::from_secs(5)).await;
        assert_eq!(handset.answers.load(Ordering::SeqCst), before + 1);
        assert_eq!(house.people().await, 1, "{}: the code was not spent in vain", house.name());
    }
}

#[tokio::test]
async fn pictures_are_limited_by_address_before_the_platform_hears_of_them_and_go_when_they_are_too_old() {
    let (houses, handset) = with(Handset { draws: true, ..Handset::default() }).await;
    for house in houses {
        let before = handset.pictures.load(Ordering::SeqCst);
        let ask = async || {
            let desk = house.browser();
            let id = desk.open(request(|_| {})).await;
            desk.login.begin(&id, "scan", &desk.visitor).await.unwrap();
            (desk, id)
        };
        for _ in 0..120 {
            Box::pin(ask()).await;
        }
        assert_eq!(handset.pictures.load(Ordering::SeqCst), before + 120);
        let (desk, id) = Box::pin(ask()).await;
        assert_eq!(handset.pictures.load(Ordering::SeqCst), before + 120, "{}", house.name());
        let notice = desk.notice(&id).await;
        assert!(matches!(notice, Some(Notice::Upstream { what: UpstreamNotice::Unreachable, .. })), "{notice:?}");
        house.world.clock.advance(601);
        let (desk, id) = Box::pin(ask()).await;
        assert!(desk.login.scan_picture(&id, &desk.visitor).await.unwrap().is_some());
        house.world.clock.advance(120);
        let now = house.world.clock.now();
        let swept = house.store().write(move |tx| Box::pin(async move { tx.sweep_artifacts(now, 10_000).await }));
        swept.await.unwrap();
        assert!(desk.login.scan_picture(&id, &desk.visitor).await.unwrap().is_none(), "{}", house.name());
        assert_eq!(state(&desk, &id).await, Some(ScanState::Expired), "its scene stays a while");
    }
}
