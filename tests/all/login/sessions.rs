//! Sessions: new at each sign-in, idle and absolute ends, ended here and everywhere.

use hufu::base::secret::Secret;
use hufu::login::Stepped;
use hufu::login::interaction::{Purpose, View};

use super::house::{PASSWORD, houses};

#[tokio::test]
async fn s70_each_sign_in_has_a_new_session_and_the_old_one_is_over() {
    for house in houses().await {
        house.person("alice").await;
        house.person("bob").await;
        let mut browser = house.browser();
        let first = browser.sign_in_as("alice").await;
        let before = browser.visitor.clone();
        let second = browser.sign_in_as("alice").await;
        assert_ne!(first, second, "{}", house.name());
        assert!(browser.login.session(&before).await.unwrap().is_none(), "a step-up replaces the session");
        let before = browser.visitor.clone();
        browser.sign_in_as("bob").await;
        assert!(browser.login.session(&before).await.unwrap().is_none(), "so does another person");
    }
}

#[tokio::test]
async fn s76_a_session_ends_when_idle_and_at_its_absolute_end() {
    for house in houses().await {
        house.person("alice").await;
        let mut browser = house.browser();
        browser.sign_in_as("alice").await;
        house.world.clock.advance(2 * 3600 - 1);
        assert!(browser.user().await.is_some(), "{}", house.name());
        house.world.clock.advance(2 * 3600 - 1);
        assert!(browser.user().await.is_some(), "use slides it");
        house.world.clock.advance(2 * 3600);
        assert!(browser.user().await.is_none(), "idle");
        browser.sign_in_as("alice").await;
        for _ in 0..11 {
            house.world.clock.advance(3600);
            assert!(browser.user().await.is_some());
        }
        house.world.clock.advance(3600);
        assert!(browser.user().await.is_none(), "twelve hours are the end");
    }
}

#[tokio::test]
async fn s76_a_remembered_session_lives_for_weeks() {
    for house in houses().await {
        house.person("alice").await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        let stepped = browser.login.sign_in(&id, "alice", &Secret::new(PASSWORD), true, &browser.visitor).await;
        let Ok(Stepped::Interaction(_, progress)) = &stepped else { panic!("a sign-in was expected") };
        assert!(progress.signed_in.as_ref().is_some_and(|signed_in| signed_in.remembered));
        browser.keep(stepped);
        house.world.clock.advance(13 * 86_400);
        assert!(browser.user().await.is_some(), "{}", house.name());
        house.world.clock.advance(14 * 86_400);
        assert!(browser.user().await.is_none());
    }
}

#[tokio::test]
async fn s75_signing_out_ends_this_session_and_everywhere_the_others() {
    for house in houses().await {
        let alice = house.person("alice").await;
        let (mut here, mut there) = (house.browser(), house.browser());
        let kept = here.sign_in_as("alice").await;
        there.sign_in_as("alice").await;
        let ended = house.login.sign_out_everywhere(&alice, Some(&kept), &here.visitor).await.unwrap();
        assert_eq!((ended, there.user().await), (1, None), "{}", house.name());
        assert!(here.user().await.is_some());
        house.login.sign_out(&kept, &here.visitor).await.unwrap();
        assert!(here.user().await.is_none());
        assert_eq!(house.outcomes("sign_out").await, ["ok"]);
    }
}

#[tokio::test]
async fn an_idle_console_asks_again() {
    for house in houses().await {
        let alice = house.person("alice").await;
        house.update_user(&alice, |user| user.administrator = true).await;
        let mut browser = house.browser();
        browser.sign_in_as("alice").await;
        house.world.clock.advance(1799);
        assert!(browser.login.console_session(&browser.visitor).await.unwrap().is_some(), "{}", house.name());
        house.world.clock.advance(1800);
        assert!(browser.login.console_session(&browser.visitor).await.unwrap().is_none());
        let id = browser.open_page(Purpose::Console).await;
        assert!(matches!(browser.show(&id).await, View::Choose(_)));
        assert!(browser.password(&id, "alice", PASSWORD).await);
        assert!(matches!(browser.show(&id).await, View::Ours("/admin")));
    }
}

#[tokio::test]
async fn a_session_of_a_platform_switched_off_signs_nobody_in_any_more() {
    for house in houses().await {
        let mut browser = house.browser();
        browser.sign_in_by("hub", "7").await;
        let id = browser.open_page(Purpose::Account).await;
        assert!(matches!(browser.show(&id).await, View::Ours("/account")));
        house.change_connector("hub", |row| row.enabled = false).await;
        assert!(matches!(browser.show(&id).await, View::Choose(_)), "{}", house.name());
    }
}
