//! Names and passwords: constant answers, bounded tries, resets.

use hufu::base::id::GrantId;
use hufu::base::people::Email;
use hufu::base::secret::Secret;
use hufu::login::interaction::{Notice, PasswordMistake, Purpose, View};
use hufu::login::password::PasswordError;
use hufu::login::{LoginError, Opened};
use hufu::store::grants::Grant;
use hufu::store::users::UserState;

use crate::store::make::grant;

use super::house::{House, PASSWORD, houses, request};

/// Fails once under `name`; how many hashes that took.
async fn fail(house: &House, name: &str, password: &str) -> u64 {
    let mut browser = house.browser();
    let id = browser.open_page(Purpose::Account).await;
    let before = house.passwords.hashes();
    assert!(!browser.password(&id, name, password).await, "{name}");
    assert!(matches!(browser.notice(&id).await, Some(Notice::WrongPassword)), "{name}");
    house.passwords.hashes() - before
}

async fn succeeds(house: &House, name: &str) -> bool {
    let mut browser = house.browser();
    let id = browser.open_page(Purpose::Account).await;
    browser.password(&id, name, PASSWORD).await
}

#[tokio::test]
async fn s66_unknown_wrong_disabled_and_locked_look_the_same_and_cost_the_same() {
    for house in houses().await {
        house.person("alice").await;
        let gone = house.person("gone").await;
        house.world.user("nopassword").await;
        house.update_user(&gone, |user| user.state = UserState::Disabled).await;
        for (name, password) in
            [("alice", "wrong-1-wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("nopassword", PASSWORD), ("", "")]
        {
            assert_eq!(fail(&house, name, password).await, 1, "{}: {name}", house.name());
        }
        for _ in 0..10 {
            fail(&house, "alice", "wrong-1-wrong").await;
        }
        assert_eq!(fail(&house, "alice", PASSWORD).await, 1, "locked");
        let reasons = house.outcomes("sign_in").await;
        for reason in ["unknown", "wrong", "disabled", "blocked"] {
            assert!(reasons.iter().any(|noted| noted == reason), "{}: {reason}", house.name());
        }
    }
}

#[tokio::test]
async fn s67_ten_failures_under_any_spelling_close_the_account_for_a_moment() {
    for house in houses().await {
        let alice = house.person("alice").await;
        house.person("bob").await;
        let email = Email::parse("alice@example.org").unwrap();
        house.update_user(&alice, |user| user.email = Some(email)).await;
        for name in ["alice", " ALICE", "Alice ", "alice@example.org", "ALICE@example.org"] {
            fail(&house, name, "wrong-1-wrong").await;
            fail(&house, name, "wrong-2-wrong").await;
        }
        fail(&house, "alice", PASSWORD).await;
        assert!(succeeds(&house, "bob").await, "{}: another account is not touched", house.name());
        house.world.clock.advance(1);
        assert!(succeeds(&house, "alice").await, "{}: who mistyped ten times waits a second", house.name());
    }
}

#[tokio::test]
async fn s67_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour() {
    for house in houses().await {
        house.person("alice").await;
        for _ in 0..10 {
            fail(&house, "alice", "wrong-1-wrong").await;
        }
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900] {
            house.world.clock.advance(wait - 1);
            fail(&house, "alice", PASSWORD).await;
            house.world.clock.advance(1);
            fail(&house, "alice", "wrong-1-wrong").await;
        }
        house.world.clock.advance(900);
        assert!(succeeds(&house, "alice").await, "{}: never for good", house.name());
        for _ in 0..9 {
            fail(&house, "alice", "wrong-1-wrong").await;
        }
        assert!(succeeds(&house, "alice").await, "{}: a success begins anew", house.name());
    }
}

#[tokio::test]
async fn s67_ten_quiet_minutes_after_the_wait_begin_anew() {
    for house in houses().await {
        house.person("alice").await;
        for _ in 0..10 {
            fail(&house, "alice", "wrong-1-wrong").await;
        }
        house.world.clock.advance(1 + 600);
        for _ in 0..9 {
            fail(&house, "alice", "wrong-1-wrong").await;
        }
        assert!(succeeds(&house, "alice").await, "{}", house.name());
    }
}

#[tokio::test]
async fn s67_a_success_clears_the_count() {
    for house in houses().await {
        house.person("alice").await;
        for _ in 0..3 {
            for _ in 0..9 {
                fail(&house, "alice", "wrong-1-wrong").await;
            }
            assert!(succeeds(&house, "alice").await, "{}", house.name());
        }
    }
}

#[tokio::test]
async fn s67_a_hundred_failures_in_a_row_need_a_reset() {
    for house in houses().await {
        let alice = house.person("alice").await;
        for _ in 0..10 {
            for _ in 0..10 {
                fail(&house, "alice", "wrong-1-wrong").await;
            }
            house.world.clock.advance(901);
        }
        fail(&house, "alice", PASSWORD).await;
        house.login.set_password(&alice, &Secret::new(PASSWORD), false, None).await.unwrap();
        assert!(succeeds(&house, "alice").await, "{}", house.name());
    }
}

#[tokio::test]
async fn s67_an_address_has_a_budget_of_failures_and_successes_cost_nothing() {
    for house in houses().await {
        house.person("alice").await;
        for _ in 0..110 {
            assert!(succeeds(&house, "alice").await);
        }
        for number in 0..100 {
            fail(&house, &format!("guess-{number}"), PASSWORD).await;
        }
        fail(&house, "alice", PASSWORD).await;
        let mut elsewhere = house.browser();
        elsewhere.visitor.address = "198.51.100.7".to_owned();
        let id = elsewhere.open_page(Purpose::Account).await;
        assert!(elsewhere.password(&id, "alice", PASSWORD).await, "{}", house.name());
    }
}

#[tokio::test]
async fn s68_an_endless_password_is_refused_before_hashing() {
    for house in houses().await {
        let browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        let before = house.passwords.hashes();
        let long = Secret::new("é".repeat(257));
        let refused = browser.login.sign_in(&id, "alice", &long, false, &browser.visitor).await;
        assert!(matches!(refused, Err(LoginError::Protocol(_))), "{}", house.name());
        assert_eq!(house.passwords.hashes(), before);
    }
}

#[tokio::test]
async fn s73_a_reset_password_is_half_a_sign_in_until_it_is_replaced() {
    for house in houses().await {
        let alice = house.person("alice").await;
        house.login.set_password(&alice, &Secret::new(PASSWORD), true, None).await.unwrap();
        let mut browser = house.browser();
        let id = browser.open(request(|_| {})).await;
        assert!(!browser.password(&id, "alice", PASSWORD).await);
        assert!(matches!(browser.show(&id).await, View::NewPassword { mistake: None, .. }), "{}", house.name());
        let silent = browser.authorize(request(|request| request.prompt.none = true)).await;
        assert!(matches!(silent, Opened::Refuse(_)));
        for (password, expected) in [
            (PASSWORD, PasswordMistake::Same),
            ("short1", PasswordMistake::TooShort),
            ("alice123", PasswordMistake::Common),
        ] {
            let stepped = browser.login.new_password(&id, &Secret::new(password), &browser.visitor).await;
            assert!(!browser.keep(stepped));
            let View::NewPassword { mistake, .. } = browser.show(&id).await else { panic!("not past it") };
            assert_eq!(mistake, Some(expected), "{password}");
        }
        let stepped = browser.login.new_password(&id, &Secret::new("a-new-one-7"), &browser.visitor).await;
        assert!(browser.keep(stepped));
        assert!(matches!(browser.show(&id).await, View::Issue(_)));
        fail(&house, "alice", PASSWORD).await;
    }
}

#[tokio::test]
async fn s108_a_new_password_ends_what_outlives_sessions_but_not_what_is_used_here() {
    for house in houses().await {
        let alice = house.person("alice").await;
        let (mut here, mut there) = (house.browser(), house.browser());
        let sessions = [here.sign_in_as("alice").await, there.sign_in_as("alice").await];
        let offline = async |which: usize, name: &'static str| {
            let now = house.world.clock.now();
            let held = Grant {
                user_id: Some(alice.clone()),
                offline: true,
                created_at: now,
                expires_at: now + 86_400,
                ..grant(name, None, "app", Some(sessions[which].as_str()))
            };
            let id = held.id.clone();
            let store = house.store();
            let written = store.write(move |tx| {
                let held = held.clone();
                Box::pin(async move { tx.insert_grant(&held).await })
            });
            written.await.unwrap();
            id
        };
        let alive =
            async |grant: &GrantId| house.store().alive_grant(grant, house.world.clock.now()).await.unwrap().is_some();
        let (mine, theirs) = (offline(0, "mine").await, offline(1, "theirs").await);
        assert!(alive(&mine).await && alive(&theirs).await, "{}", house.name());
        let user = house.store().user(&alice).await.unwrap().unwrap();
        let (old, new) = (Secret::new(PASSWORD), Secret::new("a-new-one-7"));
        here.login.change_password(&user, &old, &new, &here.visitor).await.unwrap();
        assert!(alive(&mine).await && !alive(&theirs).await, "{}", house.name());
        house.login.set_password(&alice, &Secret::new("by-admin-1x"), true, None).await.unwrap();
        assert!(!alive(&mine).await, "{}: an administrator's reset", house.name());
    }
}

#[tokio::test]
async fn s191_a_number_and_a_password_sign_in_however_the_number_is_spelled() {
    for house in houses().await {
        let alice = house.person("alice").await;
        house
            .update_user(&alice, |user| {
                (user.username, user.phone, user.phone_verified) = (None, Some("+8613800000001".to_owned()), true);
            })
            .await;
        // Whose chosen name looks like the number takes nothing of it.
        house.person("13800000001").await;
        for spelling in ["+8613800000001", "13800000001", "+86 138 0000 0001", "008613800000001"] {
            let mut browser = house.browser();
            let id = browser.open_page(Purpose::Account).await;
            assert!(browser.password(&id, spelling, PASSWORD).await, "{} {spelling}", house.name());
            assert_eq!(browser.user().await.as_ref(), Some(&alice), "{} {spelling}", house.name());
        }
        // One budget for all of them.
        for typed in ["13800000001", "+86 13800000001"].iter().cycle().take(10) {
            fail(&house, typed, "wrong-1-wrong").await;
        }
        fail(&house, "+8613800000001", PASSWORD).await;
    }
}

#[tokio::test]
async fn s75_a_new_password_ends_every_other_session() {
    for house in houses().await {
        let alice = house.person("alice").await;
        let (mut here, mut there) = (house.browser(), house.browser());
        here.sign_in_as("alice").await;
        there.sign_in_as("alice").await;
        let user = house.store().user(&alice).await.unwrap().unwrap();
        let change = |old: &'static str, new: &'static str| {
            let (login, user, visitor) = (here.login.clone(), user.clone(), here.visitor.clone());
            async move { login.change_password(&user, &Secret::new(old), &Secret::new(new), &visitor).await }
        };
        assert!(matches!(change("wrong-1-wrong", "a-new-one-7").await, Err(PasswordError::WrongOld)));
        assert!(matches!(change(PASSWORD, PASSWORD).await, Err(PasswordError::Mistake(PasswordMistake::Same))));
        assert!(change(PASSWORD, "a-new-one-7").await.is_ok(), "{}", house.name());
        assert_eq!(here.user().await, Some(alice.clone()));
        assert_eq!(there.user().await, None);
        house.login.set_password(&alice, &Secret::new("by-admin-1x"), true, None).await.unwrap();
        assert_eq!(here.user().await, None);
    }
}
