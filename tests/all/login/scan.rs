//! Signing in by a picture that a phone is held up to.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hufu::base::id::InteractionId;
use hufu::login::interaction::View;
use hufu::login::scan::{Confirm, ScanState, Shown};
use hufu::login::{LoginError, Stepped};

use super::handset::{Handset, WECHAT, phone, push, scripted, server};
use super::house::{Browser, House, houses_with, request};

/// Houses with a connector `scan`.
async fn with(handset: Handset) -> (Vec<House>, Arc<Handset>) {
    let handset = Arc::new(handset);
    let houses = houses_with(&[scripted(&handset)]).await;
    for house in &houses {
        house.add_connector("scan", "oidc", |_| {}).await;
    }
    (houses, handset)
}

/// Opens the picture: its interaction and scene.
async fn picture(browser: &Browser) -> (InteractionId, String) {
    let id = browser.open(request(|_| {})).await;
    let stepped = browser.login.begin(&id, "scan", &browser.visitor).await.unwrap();
    assert!(matches!(stepped, Stepped::Interaction(..)));
    let scene = scene(browser, &id).await;
    (id, scene)
}

async fn scene(browser: &Browser, id: &InteractionId) -> String {
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
async fn s93_a_picture_scanned_and_confirmed_on_the_phone_signs_the_desk_in_over_two_nodes() {
    let (houses, handset) = with(Handset::default()).await;
    for house in houses {
        let mut desk = house.browser();
        let other = house.node().await;
        let (id, scene) = picture(&desk).await;
        assert_eq!((scene.len(), scene.bytes().all(|b| b.is_ascii_alphanumeric())), (32, true));
        assert_eq!(state(&desk, &id).await, Some(ScanState::Waiting), "{}", house.name());
        // Scanned through the other node; it signs nobody in yet.
        let (status, link) = push(&other, &format!("seen {scene} ann")).await;
        assert_eq!(status, 200);
        let Some(ScanState::Seen { number }) = state(&desk, &id).await else { panic!("not seen") };
        let early = desk.login.finish_scan(&id, &desk.visitor).await;
        assert!(!desk.keep(early), "{}: scanning is not saying yes", house.name());
        // A push that is repeated gets the first answer again, and does nothing else.
        assert_eq!(push(&house.login, &format!("seen {scene} ann")).await.1, link);
        let confirm = other.confirm(token(&link), &phone(1, "test")).await.unwrap();
        let Confirm::Ask(asked) = confirm else { panic!("no question: {confirm:?}") };
        assert_eq!((asked.context.application.as_str(), asked.address.as_str()), ("app", "192.0.2.1"));
        assert!(asked.elsewhere && asked.choices.contains(&number));
        let said = other.answer_confirmation(token(&link), Some(number), &phone(1, "test")).await.unwrap();
        assert_eq!(said, Shown::Approved);
        assert_eq!(state(&desk, &id).await, Some(ScanState::Approved));
        let stepped = desk.login.finish_scan(&id, &desk.visitor).await;
        assert!(desk.keep(stepped), "{}", house.name());
        assert!(desk.user().await.is_some());
        // Used up on both sides.
        assert_eq!(state(&desk, &id).await, None);
        let again = other.answer_confirmation(token(&link), Some(number), &phone(1, "test")).await.unwrap();
        assert_eq!(again, Shown::Over);
        assert_eq!(house.people().await, 1);
    }
    assert_eq!(handset.pictures.load(Ordering::SeqCst), 2, "one a store");
}

#[tokio::test]
async fn s93_a_wrong_number_or_a_no_ends_the_picture() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        for wrong in [true, false] {
            let mut desk = house.browser();
            let (id, scene) = picture(&desk).await;
            let (_, link) = push(&house.login, &format!("seen {scene} ann")).await;
            let Some(ScanState::Seen { number }) = state(&desk, &id).await else { panic!("not seen") };
            let Ok(Confirm::Ask(asked)) = house.login.confirm(token(&link), &phone(1, "test")).await else { panic!() };
            let other = *asked.choices.iter().find(|choice| **choice != number).unwrap();
            let picked = wrong.then_some(other);
            let said = house.login.answer_confirmation(token(&link), picked, &phone(1, "test")).await.unwrap();
            assert_eq!(said, Shown::Refused, "{}", house.name());
            let late = house.login.answer_confirmation(token(&link), Some(number), &phone(1, "test")).await.unwrap();
            assert_eq!(late, Shown::Over, "one answer a link");
            assert_eq!(state(&desk, &id).await, Some(ScanState::Refused));
            let stepped = desk.login.finish_scan(&id, &desk.visitor).await;
            assert!(!desk.keep(stepped));
        }
        assert_eq!(house.outcomes("scan.confirm").await, ["refused", "wrong number"]);
        assert_eq!(house.people().await, 0);
    }
}

#[tokio::test]
async fn s93_the_first_to_scan_is_the_only_one_and_only_the_desk_that_asked_goes_on() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        let mut desk = house.browser();
        let (id, scene) = picture(&desk).await;
        let (_, link) = push(&house.login, &format!("seen {scene} ann")).await;
        let (_, second) = push(&house.login, &format!("seen {scene} bob")).await;
        assert_eq!(second, "", "{}: nobody waits for a second person", house.name());
        push(&house.login, &format!("seen {scene} bob approved")).await;
        assert!(matches!(state(&desk, &id).await, Some(ScanState::Seen { .. })));
        assert!(house.outcomes("scan").await.contains(&"a second person".to_owned()));
        push(&house.login, &format!("seen {scene} ann approved")).await;
        assert_eq!(state(&desk, &id).await, Some(ScanState::Approved), "the tenant's choice: scanning is saying yes");
        assert!(matches!(house.login.confirm(token(&link), &phone(1, "test")).await, Ok(Confirm::Over)));
        let thief = house.browser();
        let stolen = thief.login.finish_scan(&id, &thief.visitor).await;
        assert!(matches!(stolen, Err(LoginError::OtherBrowser { .. })));
        let (first, again) =
            tokio::join!(desk.login.finish_scan(&id, &desk.visitor), desk.login.finish_scan(&id, &desk.visitor));
        let sessions = [first, again].map(|stepped| match stepped.unwrap() {
            Stepped::Interaction(_, progress) => progress.signed_in.expect("both are told").session,
            other => panic!("not to be sent away: {other:?}"),
        });
        assert_eq!(sessions[0], sessions[1], "{}: recognised once", house.name());
        desk.visitor.session = Some(sessions[0].clone());
        let user = desk.user().await.unwrap();
        assert_eq!(house.store().identities_of(&user).await.unwrap()[0].value, "ann");
    }
}

#[tokio::test]
async fn s189_the_state_of_a_picture_is_told_to_its_browser_alone_and_not_after_use() {
    let (houses, handset) = with(Handset { draws: true, ..Handset::default() }).await;
    for house in houses {
        let desk = house.browser();
        let id = desk.open(request(|_| {})).await;
        assert_eq!(state(&desk, &id).await, None, "{}: no picture, no state", house.name());
        desk.login.begin(&id, "scan", &desk.visitor).await.unwrap();
        let drawn = desk.login.scan_picture(&id, &desk.visitor).await.unwrap();
        assert_eq!(drawn, Some(("image/png", vec![1, 2, 3])));
        let thief = house.browser();
        assert!(thief.login.scan_state(&id, &thief.visitor).await.is_err());
        assert!(thief.login.scan_picture(&id, &thief.visitor).await.is_err());
        // Asked for again, a fresh picture costs the platform nothing; an old one is drawn anew.
        let before = handset.pictures.load(Ordering::SeqCst);
        desk.login.begin(&id, "scan", &desk.visitor).await.unwrap();
        assert_eq!(handset.pictures.load(Ordering::SeqCst), before);
        house.world.clock.advance(120);
        assert_eq!(state(&desk, &id).await, Some(ScanState::Expired), "{}: at most two minutes", house.name());
        desk.login.begin(&id, "scan", &desk.visitor).await.unwrap();
        assert_eq!(state(&desk, &id).await, Some(ScanState::Waiting));
        assert_eq!(handset.pictures.load(Ordering::SeqCst), before + 1);
        desk.login.other_way(&id, &desk.visitor).await.unwrap();
        assert!(matches!(desk.show(&id).await, View::Choose(_)));
    }
}

#[tokio::test]
async fn s91_a_late_scan_or_one_of_another_connector_moves_nothing() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        let desk = house.browser();
        let (id, scene) = picture(&desk).await;
        assert_eq!(push(&house.login, "seen nothing ann").await.1, "", "{}", house.name());
        house.world.clock.advance(121);
        assert_eq!(push(&house.login, &format!("seen {scene} ann approved")).await.1, "");
        assert_eq!(state(&desk, &id).await, Some(ScanState::Expired));
        house.change_connector("scan", |row| row.enabled = false).await;
        assert!(
            house
                .login
                .hook(
                    "scan",
                    hufu::connectors::hook::Push {
                        is_post: true,
                        query: std::collections::BTreeMap::new(),
                        body: Vec::new(),
                    },
                    &server()
                )
                .await
                .is_err()
        );
        assert!(matches!(desk.show(&id).await, View::Choose(_)), "{}: switched off meanwhile (row 183)", house.name());
    }
}

#[tokio::test]
async fn the_platform_s_own_browser_must_name_whoever_scanned() {
    let (houses, handset) = with(Handset { silent: true, ..Handset::default() }).await;
    for house in houses {
        let desk = house.browser();
        let (id, scene) = picture(&desk).await;
        let (_, link) = push(&house.login, &format!("seen {scene} ann")).await;
        let token = token(&link).to_owned();
        // Outside the platform's browser nobody could say whose phone this is.
        let outside = house.login.confirm(&token, &phone(1, "test")).await.unwrap();
        assert!(matches!(outside, Confirm::Elsewhere { .. }), "{}: {outside:?}", house.name());
        let Some(ScanState::Seen { number }) = state(&desk, &id).await else { panic!("not seen") };
        let blind = house.login.answer_confirmation(&token, Some(number), &phone(1, "test")).await.unwrap();
        assert_eq!(blind, Shown::Over);
        let holder = phone(2, WECHAT);
        let Ok(Confirm::Go(url)) = house.login.confirm(&token, &holder).await else { panic!("not asked") };
        let trip = url.split("state=").nth(1).unwrap().to_owned();
        let params = |code: &str| [("state".to_owned(), trip.clone()), ("code".to_owned(), code.to_owned())].into();
        let thief = house.login.callback("scan", params("ann"), &phone(3, WECHAT)).await;
        assert!(matches!(thief, Err(LoginError::OtherBrowser { .. })));
        let before = handset.answers.load(Ordering::SeqCst);
        let name = if house.name() == "sqlite" { "ann" } else { "eve" };
        let back = house.login.callback("scan", params(name), &holder).await.unwrap();
        assert!(matches!(back, Stepped::Confirm(again) if again == token));
        assert_eq!(handset.answers.load(Ordering::SeqCst), before + 1);
        let shown = house.login.confirm(&token, &holder).await.unwrap();
        let said = house.login.answer_confirmation(&token, Some(number), &holder).await.unwrap();
        if name == "ann" {
            assert!(matches!(shown, Confirm::Ask(_)), "{shown:?}");
            assert_eq!(said, Shown::Approved);
        } else {
            assert!(matches!(shown, Confirm::Over), "somebody else's phone: {shown:?}");
            assert_eq!(said, Shown::Over);
            assert_eq!(house.outcomes("scan.confirm").await, ["somebody else holds the phone"]);
        }
    }
}

#[tokio::test]
async fn s179_a_mini_program_says_who_by_a_code_and_nothing_else() {
    let (houses, handset) = with(Handset { program: true, ..Handset::default() }).await;
    for house in houses {
        let mut desk = house.browser();
        let (id, scene) = picture(&desk).await;
        let before = handset.answers.load(Ordering::SeqCst);
        let code = |text: &str| hufu::base::secret::Secret::new(text);
        assert!(house.login.seen_by_program("scan", ("nothing", code("ann")), &server()).await.is_err());
        assert!(house.login.seen_by_program("nobody", (&scene, code("ann")), &server()).await.is_err());
        assert_eq!(handset.answers.load(Ordering::SeqCst), before, "{}: no upstream call", house.name());
        assert!(house.login.seen_by_program("scan", (&scene, code("bad")), &server()).await.is_err());
        let (approval, asked) = house.login.seen_by_program("scan", (&scene, code("ann")), &server()).await.unwrap();
        assert!(
            house.login.seen_by_program("scan", (&scene, code("bob")), &server()).await.is_err(),
            "a second person"
        );
        let Some(ScanState::Seen { number }) = state(&desk, &id).await else { panic!("not seen") };
        assert!(asked.choices.contains(&number));
        let said = house.login.answer_program(&approval, Some(number), &server()).await.unwrap();
        assert_eq!(said, Shown::Approved);
        let stepped = desk.login.finish_scan(&id, &desk.visitor).await;
        assert!(desk.keep(stepped), "{}", house.name());
    }
}

#[tokio::test]
async fn s93_a_link_out_of_a_chat_is_no_approval_of_a_program() {
    let (houses, handset) = with(Handset { silent: true, ..Handset::default() }).await;
    for house in houses {
        let desk = house.browser();
        let (id, scene) = picture(&desk).await;
        let (_, link) = push(&house.login, &format!("seen {scene} ann")).await;
        let Some(ScanState::Seen { number }) = state(&desk, &id).await else { panic!("not seen") };
        for visitor in [server(), phone(1, WECHAT)] {
            let said = house.login.answer_program(token(&link), Some(number), &visitor).await.unwrap();
            assert_eq!(said, Shown::Over, "{}: nobody said who holds the phone", house.name());
        }
        assert!(matches!(state(&desk, &id).await, Some(ScanState::Seen { .. })), "{}", house.name());
        // Nor does a connector that is no program take codes there.
        let before = handset.answers.load(Ordering::SeqCst);
        let code = hufu::base::secret::Secret::new("ann");
        assert!(house.login.seen_by_program("scan", (&scene, code), &server()).await.is_err());
        assert_eq!(handset.answers.load(Ordering::SeqCst), before);
    }
}

#[tokio::test]
async fn s180_a_repeated_scan_that_was_the_yes_gets_the_first_answer_again_also_after_the_desk_went_on() {
    let (houses, _) = with(Handset::default()).await;
    for house in houses {
        let mut desk = house.browser();
        let (id, scene) = picture(&desk).await;
        let scan = format!("seen {scene} ann approved");
        let (_, first) = push(&house.login, &scan).await;
        assert!(first.contains("/confirm/"), "{}: somebody waits", house.name());
        assert_eq!(push(&house.login, &scan).await.1, first, "{}: approved meanwhile", house.name());
        let stepped = desk.login.finish_scan(&id, &desk.visitor).await;
        assert!(desk.keep(stepped));
        assert_eq!(push(&house.login, &scan).await.1, first, "{}: used meanwhile", house.name());
        assert_eq!(push(&house.login, &format!("seen {scene} bob approved")).await.1, "", "nobody else");
        let late = house.login.confirm(token(&first), &phone(1, "test")).await;
        assert!(matches!(late, Ok(Confirm::Over)), "{}: it opens nothing", house.name());
        house.world.clock.advance(121);
        assert_eq!(push(&house.login, &scan).await.1, "", "{}: at last it is too old", house.name());
        assert_eq!(house.people().await, 1);
    }
}
