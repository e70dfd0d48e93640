//! From a request to its answer: at once, after pages, or refused.

use hufu::base::id::InteractionId;
use hufu::login::interaction::{Ended, Notice, Purpose, View};
use hufu::login::{LoginError, Opened};
use hufu::oidc::error::{Code, Refusal};

use super::house::{Browser, House, PASSWORD, houses, parameter, request};

fn refusal(opened: Opened) -> Code {
    match opened {
        Opened::Refuse(Refusal::Return { error, .. }) => error.code,
        other => panic!("a refusal was expected: {other:?}"),
    }
}

#[tokio::test]
async fn a_sign_in_answers_the_application_and_its_session_the_next_request() {
    for house in houses().await {
        house.person("alice").await;
        let mut browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        assert!(matches!(browser.show(&id).await, View::Choose(_)), "{}", house.name());
        assert!(browser.password(&id, "alice", PASSWORD).await);
        let response = browser.issued(&id).await;
        assert!(parameter(&response, "code").is_some());
        assert!(matches!(browser.authorize(request(|_| {})).await, Opened::Issue(_)));
    }
}

#[tokio::test]
async fn s65_the_last_step_repeated_gives_the_same_code_and_never_a_second() {
    for house in houses().await {
        house.person("alice").await;
        let mut browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        browser.password(&id, "alice", PASSWORD).await;
        let first = browser.issued(&id).await;
        assert_eq!(browser.issued(&id).await, first, "{}", house.name());
        house.world.clock.advance(120);
        assert!(matches!(browser.show(&id).await, View::Finished { .. }));
        // A stale form is a way back to the page, nothing else.
        let session = browser.visitor.session.clone();
        assert!(!browser.password(&id, "alice", PASSWORD).await);
        assert_eq!(browser.visitor.session, session);
    }
}

#[tokio::test]
async fn s62_an_interaction_opened_in_another_browser_is_named_and_untouched() {
    for house in houses().await {
        house.person("alice").await;
        let mut owner = house.browser();
        let id = owner.open(request(|_| {})).await;
        let thief = house.browser();
        let shown = thief.login.show(&id, &thief.visitor).await;
        assert!(matches!(shown, Err(LoginError::OtherBrowser { application }) if application == "app"));
        let password = hufu::base::secret::Secret::new(PASSWORD);
        let posted = thief.login.sign_in(&id, "alice", &password, false, &thief.visitor).await;
        assert!(matches!(posted, Err(LoginError::OtherBrowser { .. })), "{}", house.name());
        let cancelled = thief.login.cancel(&id, &thief.visitor).await;
        assert!(matches!(cancelled, Err(LoginError::OtherBrowser { .. })));
        assert!(owner.password(&id, "alice", PASSWORD).await);
        assert!(parameter(&owner.issued(&id).await, "code").is_some());
        let unknown = thief.login.show(&InteractionId::new("x"), &thief.visitor).await;
        assert!(matches!(unknown, Err(LoginError::Unknown)));
    }
}

#[tokio::test]
async fn s41_prompt_none_names_what_is_missing_and_shows_nothing() {
    for house in houses().await {
        house.person("alice").await;
        house.world.client("third", |_| {}).await;
        let mut browser = house.browser();
        let none = |change: fn(&mut hufu::oidc::authorize::AuthorizeRequest)| {
            request(move |request| {
                request.prompt.none = true;
                change(request);
            })
        };
        assert_eq!(refusal(browser.authorize(none(|_| {})).await), Code::LoginRequired, "{}", house.name());
        browser.sign_in_as("alice").await;
        assert!(matches!(browser.authorize(none(|_| {})).await, Opened::Issue(_)));
        house.world.clock.advance(10);
        let old = none(|request| request.max_age = Some(5));
        assert_eq!(refusal(browser.authorize(old).await), Code::LoginRequired);
        let other = none(|request| request.wanted_user = Some(hufu::base::id::UserId::new("someone")));
        assert_eq!(refusal(browser.authorize(other).await), Code::LoginRequired);
        let third = none(|request| request.client_id = hufu::base::id::ClientId::new("third"));
        assert_eq!(refusal(browser.authorize(third).await), Code::ConsentRequired);
    }
}

#[tokio::test]
async fn s72_prompt_login_wants_a_new_sign_in_and_a_new_auth_time() {
    for house in houses().await {
        house.person("alice").await;
        let mut browser = house.browser();
        let old = browser.sign_in_as("alice").await;
        let before = browser.login.session(&browser.visitor).await.unwrap().unwrap().auth_time;
        house.world.clock.advance(100);
        for ask in [request(|request| request.prompt.login = true), request(|request| request.max_age = Some(50))] {
            let id = browser.open(ask).await;
            assert!(matches!(browser.show(&id).await, View::Choose(_)), "{}", house.name());
            assert!(browser.password(&id, "alice", PASSWORD).await);
            assert!(parameter(&browser.issued(&id).await, "code").is_some());
            house.world.clock.advance(100);
        }
        let session = browser.login.session(&browser.visitor).await.unwrap().unwrap();
        assert!(session.auth_time > before && session.id != old);
    }
}

#[tokio::test]
async fn select_account_asks_and_somebody_else_may_come() {
    for house in houses().await {
        let alice = house.person("alice").await;
        let bob = house.person("bob").await;
        let mut browser = house.browser();
        browser.sign_in_as("alice").await;
        let asks = || request(|request| request.prompt.select_account = true);
        let id = browser.open(asks()).await;
        assert!(matches!(browser.show(&id).await, View::Account { name, .. } if name == "alice"), "{}", house.name());
        browser.login.choose_account(&id, true, &browser.visitor).await.unwrap();
        assert!(matches!(browser.show(&id).await, View::Issue(_)));
        assert_eq!(browser.user().await, Some(alice));
        let id = browser.open(asks()).await;
        browser.login.choose_account(&id, false, &browser.visitor).await.unwrap();
        assert!(matches!(browser.show(&id).await, View::Choose(_)));
        assert!(browser.password(&id, "bob", PASSWORD).await);
        assert!(matches!(browser.show(&id).await, View::Issue(_)));
        assert_eq!(browser.user().await, Some(bob));
    }
}

async fn third_party(house: &House) -> (Browser, impl Fn(&[&str]) -> hufu::oidc::authorize::AuthorizeRequest) {
    house.world.client("third", |_| {}).await;
    house.person("alice").await;
    let mut browser = house.browser();
    browser.sign_in_as("alice").await;
    let ask = |scopes: &[&str]| {
        request(|request| {
            request.client_id = hufu::base::id::ClientId::new("third");
            request.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        })
    };
    (browser, ask)
}

#[tokio::test]
async fn s74_consent_is_asked_once_and_then_for_what_is_new() {
    for house in houses().await {
        let (browser, ask) = third_party(&house).await;
        let id = browser.open(ask(&["openid"])).await;
        assert!(matches!(browser.show(&id).await, View::Consent(_)), "{}", house.name());
        browser.login.consent(&id, true, &browser.visitor).await.unwrap();
        assert!(parameter(&browser.issued(&id).await, "code").is_some());
        assert!(matches!(browser.authorize(ask(&["openid"])).await, Opened::Issue(_)));
        let id = browser.open(ask(&["openid", "email", "offline_access"])).await;
        let View::Consent(view) = browser.show(&id).await else { panic!("consent was expected") };
        assert_eq!(
            (view.new_scopes, view.known_scopes),
            (vec!["email".to_owned(), "offline_access".to_owned()], vec!["openid".to_owned()])
        );
        browser.login.consent(&id, true, &browser.visitor).await.unwrap();
        assert!(matches!(browser.authorize(ask(&["openid", "email"])).await, Opened::Issue(_)));
        let mut again = ask(&["openid"]);
        again.prompt.consent = true;
        let id = browser.open(again).await;
        assert!(matches!(browser.show(&id).await, View::Consent(_)));
    }
}

#[tokio::test]
async fn s74_a_no_goes_back_as_access_denied_and_nothing_is_kept() {
    for house in houses().await {
        let (browser, ask) = third_party(&house).await;
        let id = browser.open(ask(&["openid"])).await;
        browser.login.consent(&id, false, &browser.visitor).await.unwrap();
        let response = browser.issued(&id).await;
        assert_eq!(parameter(&response, "error"), Some("access_denied"), "{}", house.name());
        assert_eq!(parameter(&response, "state"), Some("st"));
        // A yes after the no is stale.
        browser.login.consent(&id, true, &browser.visitor).await.unwrap();
        assert_eq!(parameter(&browser.issued(&id).await, "error"), Some("access_denied"));
        assert!(matches!(browser.authorize(ask(&["openid"])).await, Opened::Interaction(_)));
    }
}

#[tokio::test]
async fn cancelling_goes_back_to_the_application_or_ends_on_a_page() {
    for house in houses().await {
        let browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        browser.login.cancel(&id, &browser.visitor).await.unwrap();
        assert_eq!(parameter(&browser.issued(&id).await, "error"), Some("access_denied"), "{}", house.name());
        let id = browser.open_page(Purpose::Account).await;
        browser.login.cancel(&id, &browser.visitor).await.unwrap();
        assert!(matches!(browser.show(&id).await, View::Ended { reason: Ended::Cancelled, .. }));
    }
}

#[tokio::test]
async fn an_old_sign_in_page_says_where_to_start_again() {
    for house in houses().await {
        house.person("alice").await;
        let mut browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        house.world.clock.advance(3601);
        let View::Ended { context, reason: Ended::Expired } = browser.show(&id).await else { panic!("expired") };
        assert_eq!(context.application, "app", "{}", house.name());
        assert!(!browser.password(&id, "alice", PASSWORD).await);
    }
}

#[tokio::test]
async fn the_console_lets_administrators_through_and_says_why_not() {
    for house in houses().await {
        let alice = house.person("alice").await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Console).await;
        assert!(browser.password(&id, "alice", PASSWORD).await);
        assert!(matches!(browser.notice(&id).await, Some(Notice::NotAdministrator)), "{}", house.name());
        assert!(browser.login.console_session(&browser.visitor).await.unwrap().is_none());
        house.update_user(&alice, |user| user.administrator = true).await;
        assert!(matches!(browser.show(&id).await, View::Ours("/admin")));
        assert!(browser.login.console_session(&browser.visitor).await.unwrap().is_some());
    }
}
