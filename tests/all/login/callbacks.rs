//! What comes back from a platform: checked before anything leaves the house.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use hufu::login::interaction::{Notice, Purpose, UpstreamNotice, View};
use hufu::login::{LoginError, Stepped};

use super::house::{House, houses, parameter, request};

fn is_stray(answer: &Result<Stepped, LoginError>) -> bool {
    matches!(answer, Err(LoginError::StrayCallback))
}

#[tokio::test]
async fn s169_a_callback_nobody_waits_for_never_reaches_the_platform() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        let nobody = browser.login.callback("hub", BTreeMap::new(), &browser.visitor).await;
        assert!(is_stray(&nobody), "{}: no state", house.name());
        let random = browser.come_back("hub", &"x".repeat(43), &[("code", "1")]).await;
        assert!(is_stray(&random), "unknown state");
        let state = browser.go(&id, "hub").await;
        assert!(is_stray(&browser.come_back("ask", &state, &[("code", "1")]).await), "another platform's callback");
        let other = house.browser();
        let stolen = other.come_back("hub", &state, &[("code", "1")]).await;
        assert!(matches!(stolen, Err(LoginError::OtherBrowser { application }) if application == "app"));
        let late = browser.go(&id, "hub").await;
        house.world.clock.advance(601);
        assert!(is_stray(&browser.come_back("hub", &late, &[("code", "1")]).await), "older than ten minutes");
        assert_eq!(house.calls(), 0, "{}", house.name());
        assert_eq!(house.people().await, 0);
        // The trip that a stranger tried to take is still its owner's.
        let state = browser.go(&id, "hub").await;
        let _ = other.come_back("hub", &state, &[("code", "1")]).await;
        let stepped = browser.come_back("hub", &state, &[("code", "1")]).await;
        assert!(browser.keep(stepped));
        assert_eq!(house.calls(), 1);
    }
}

#[tokio::test]
async fn s178_our_state_is_43_letters_and_digits() {
    for house in houses().await {
        let browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        let state = browser.go(&id, "hub").await;
        assert!(state.len() == 43 && state.bytes().all(|b| b.is_ascii_alphanumeric()), "{}: {state}", house.name());
    }
}

#[tokio::test]
async fn s171_a_repeated_callback_learns_the_outcome_without_a_second_call() {
    for house in houses().await {
        house.platform.delay.store(150, Ordering::SeqCst);
        let browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        let state = browser.go(&id, "hub").await;
        let code = [("code", "1")];
        let (first, second) =
            tokio::join!(browser.come_back("hub", &state, &code), browser.come_back("hub", &state, &code));
        let sessions = [first, second].map(|stepped| match stepped.unwrap() {
            Stepped::Interaction(_, progress) => progress.signed_in.expect("both are told").session,
            Stepped::Go(_) | Stepped::Confirm(_) => panic!("not to be sent away"),
        });
        assert_eq!(sessions[0], sessions[1], "{}", house.name());
        assert_eq!(house.calls(), 1);
        let thief = house.browser();
        let stolen = thief.come_back("hub", &state, &code).await;
        assert!(matches!(stolen, Err(LoginError::OtherBrowser { .. })));
        house.world.clock.advance(61);
        let mut late = browser.clone();
        let stepped = late.come_back("hub", &state, &code).await;
        assert!(!late.keep(stepped), "a minute later it is only a way back to the page");
        assert_eq!(house.calls(), 1);
    }
}

#[tokio::test]
async fn s183_a_platform_switched_off_or_changed_meanwhile_is_not_asked() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        let state = browser.go(&id, "hub").await;
        house.change_connector("hub", |row| row.enabled = false).await;
        let stepped = browser.come_back("hub", &state, &[("code", "1")]).await;
        assert!(!browser.keep(stepped), "{}", house.name());
        let notice = browser.notice(&id).await;
        assert!(matches!(notice, Some(Notice::Upstream { what: UpstreamNotice::NotAllowed, .. })));
        house.change_connector("hub", |row| (row.enabled, row.version) = (true, 2)).await;
        let state = browser.go(&id, "hub").await;
        house.change_connector("hub", |row| row.settings = r#"{"issuer":"https://evil.example"}"#.to_owned()).await;
        let stepped = browser.come_back("hub", &state, &[("code", "1")]).await;
        assert!(!browser.keep(stepped));
        assert_eq!(house.calls(), 0);
    }
}

#[tokio::test]
async fn s170_a_platforms_failure_is_a_sentence_with_a_reference_and_its_detail_is_audited() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        for (code, expected) in [("cancel", UpstreamNotice::Cancelled), ("broken", UpstreamNotice::BadReply)] {
            assert!(!browser.platform(&id, "hub", &[("code", code)]).await);
            let Some(Notice::Upstream { title, what, reference }) = browser.notice(&id).await else {
                panic!("a notice was expected")
            };
            assert_eq!((title.as_str(), what), ("HUB", expected), "{}", house.name());
            assert_eq!(reference, browser.visitor.request_id);
        }
        // Both within one second of the test clock: in no order.
        let mut outcomes = house.outcomes("sign_in").await;
        outcomes.sort();
        assert_eq!(outcomes, ["bad reply", "cancelled"]);
        assert!(browser.platform(&id, "hub", &[("code", "1")]).await, "and the next try works");
    }
}

#[tokio::test]
async fn twenty_tabs_sign_in_at_once_and_each_gets_its_own() {
    for house in houses().await {
        let browser = house.browser();
        let mut trips = Vec::new();
        for _ in 0..20 {
            let id = browser.open(request(|_| {})).await;
            let state = browser.go(&id, "hub").await;
            trips.push((id, state));
        }
        let back = trips.iter().map(|(_, state)| browser.come_back("hub", state, &[("code", "same")]));
        let mut last = browser.clone();
        for stepped in futures::future::join_all(back).await {
            assert!(last.keep(stepped), "{}", house.name());
        }
        assert_eq!(house.people().await, 1);
        for (id, _) in &trips {
            assert!(parameter(&last.issued(id).await, "code").is_some());
        }
    }
}

async fn one_of_a_crowd(house: &House, number: usize) {
    let mut browser = house.browser();
    let subject = format!("crowd-{number}");
    let connector = ["hub", "ask", "practice"][number % 3];
    let id = browser.open_page(Purpose::Account).await;
    let mut signed_in = browser.platform(&id, connector, &[("code", &subject)]).await;
    if connector == "ask" {
        let stepped = browser.login.stranger(&id, (hufu::login::interaction::Door::New, ""), &browser.visitor).await;
        signed_in = browser.keep(stepped);
    }
    assert!(signed_in, "{subject}");
    let user = house.store().user(&browser.user().await.unwrap()).await.unwrap().unwrap();
    assert_eq!(user.name, format!("Person {subject}"));
}

#[tokio::test]
async fn s188_parallel_sign_ins_are_never_mixed_up() {
    for house in houses().await {
        futures::future::join_all((0..200).map(|number| one_of_a_crowd(&house, number))).await;
        assert_eq!(house.people().await, 200, "{}", house.name());
    }
}

#[tokio::test]
async fn a_callback_by_post_is_kept_once_for_its_get() {
    for house in houses().await {
        let (login, visitor) = (&house.login, house.browser().visitor);
        let params = BTreeMap::from([("state".to_owned(), "s".to_owned()), ("code".to_owned(), "c".to_owned())]);
        let key = login.keep_form_post("hub", params.clone(), &visitor).await.unwrap();
        assert!(matches!(login.take_form_post("ask", &key).await, Err(LoginError::StrayCallback)));
        assert_eq!(login.take_form_post("hub", &key).await.unwrap(), params, "{}", house.name());
        assert!(matches!(login.take_form_post("hub", &key).await, Err(LoginError::StrayCallback)));
        let key = login.keep_form_post("hub", params, &visitor).await.unwrap();
        house.world.clock.advance(61);
        assert!(matches!(login.take_form_post("hub", &key).await, Err(LoginError::StrayCallback)));
        let large = BTreeMap::from([("code".to_owned(), "c".repeat(17_000))]);
        assert!(matches!(login.keep_form_post("hub", large, &visitor).await, Err(LoginError::StrayCallback)));
    }
}

#[tokio::test]
async fn a_platform_that_is_not_offered_is_no_way_out() {
    for house in houses().await {
        house.world.client("narrow", |metadata| metadata.connectors = vec!["ask".to_owned()]).await;
        let browser = house.browser();
        let narrow = hufu::base::id::ClientId::new("narrow");
        let id = browser.open(request(|request| request.client_id = narrow)).await;
        let View::Choose(choose) = browser.show(&id).await else { panic!("the sign-in page was expected") };
        let names: Vec<_> = choose.methods.iter().map(|method| method.name.as_str()).collect();
        assert_eq!((names, choose.password), (vec!["ask"], false), "{}", house.name());
        for name in ["hub", "nothing"] {
            let begun = browser.login.begin(&id, name, &browser.visitor).await.unwrap();
            assert!(matches!(begun, Stepped::Interaction(..)));
        }
    }
}
