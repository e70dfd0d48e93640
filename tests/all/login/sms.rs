//! Signing in and up by a phone number.

use hufu::login::interaction::{Door, Notice, Purpose, UpstreamNotice, View};

use super::house::{Browser, House, houses};
use super::outbox::{E164, NUMBER};

/// Up by a number, with a name.
pub async fn sign_up(house: &House, browser: &mut Browser, name: &str) {
    let id = browser.open_page(Purpose::Account).await;
    browser.ask_code(&id, NUMBER).await;
    assert!(!browser.answer(&id, "phone", &[("code", &house.outbox.code(E164))]).await);
    let View::Stranger(page) = browser.show(&id).await else { panic!("the doors were expected") };
    assert_eq!(page.phone.as_deref(), Some("+86 138****0001"));
    let stepped = browser.login.stranger(&id, (Door::New, name), &browser.visitor).await;
    assert!(browser.keep(stepped));
    house.world.clock.advance(60);
}

#[tokio::test]
async fn a_number_signs_up_with_a_name_and_then_in() {
    for house in houses().await {
        house.with_phones().await;
        let mut browser = house.browser();
        sign_up(&house, &mut browser, " Li  Lei ").await;
        let person = browser.user().await.unwrap();
        let user = house.store().user(&person).await.unwrap().unwrap();
        assert_eq!((user.name.as_str(), user.phone.as_deref(), user.phone_verified), ("Li Lei", Some(E164), true));
        let mut again = house.browser();
        let id = again.open_page(Purpose::Account).await;
        again.ask_code(&id, "+86 138-0000-0001").await;
        assert!(again.answer(&id, "phone", &[("code", &house.outbox.code(E164))]).await, "{}", house.name());
        assert_eq!(again.user().await, Some(person));
        let session = house.login.session(&again.visitor).await.unwrap().unwrap();
        assert_eq!(session.amr, ["sms", "otp"]);
    }
}

#[tokio::test]
async fn a_number_alone_in_the_field_for_names_is_sent_a_code() {
    for house in houses().await {
        house.with_phones().await;
        let mut browser = house.browser();
        sign_up(&house, &mut browser, "Li Lei").await;
        let person = browser.user().await;
        let mut again = house.browser();
        let id = again.open_page(Purpose::Account).await;
        let View::Choose(page) = again.show(&id).await else { panic!("{}: no page of ways in", house.name()) };
        assert!(page.numbers && page.codes, "{}", house.name());
        let stepped = again.login.by_address(&id, " +86 138 0000 0001 ", &again.visitor).await;
        assert!(!again.keep(stepped));
        assert!(matches!(again.show(&id).await, View::Ask(_)), "{}", house.name());
        assert!(again.answer(&id, "phone", &[("code", &house.outbox.code(E164))]).await, "{}", house.name());
        assert_eq!(again.user().await, person);
        // Neither a name of few digits nor the console gets a code.
        for (purpose, typed) in [(Purpose::Account, "138"), (Purpose::Account, "li.lei"), (Purpose::Console, NUMBER)] {
            house.world.clock.advance(60);
            let mut other = house.browser();
            let id = other.open_page(purpose).await;
            let stepped = other.login.by_address(&id, typed, &other.visitor).await;
            assert!(!other.keep(stepped));
            assert!(matches!(other.notice(&id).await, Some(Notice::PasswordMissing)), "{} {typed}", house.name());
        }
    }
}

#[tokio::test]
async fn a_number_that_is_only_somebodys_attribute_signs_nobody_in() {
    for house in houses().await {
        house.with_phones().await;
        let alice = house.person("alice").await;
        house.update_user(&alice, |user| (user.phone, user.phone_verified) = (Some(E164.to_owned()), true)).await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        browser.ask_code(&id, NUMBER).await;
        assert!(!browser.answer(&id, "phone", &[("code", &house.outbox.code(E164))]).await);
        assert!(matches!(browser.show(&id).await, View::Stranger(_)), "{}", house.name());
        let stepped = browser.login.stranger(&id, (Door::New, "Bob"), &browser.visitor).await;
        assert!(browser.keep(stepped));
        assert_ne!(browser.user().await, Some(alice));
    }
}

#[tokio::test]
async fn s196_a_number_not_used_for_three_months_needs_the_other_way() {
    for house in houses().await {
        house.with_phones().await;
        let mut browser = house.browser();
        sign_up(&house, &mut browser, "Li Lei").await;
        let person = browser.user().await.unwrap();
        house.world.clock.advance(91 * 86_400);
        // The only way in stays one.
        let mut alone = house.browser();
        let id = alone.open_page(Purpose::Account).await;
        alone.ask_code(&id, NUMBER).await;
        assert!(alone.answer(&id, "phone", &[("code", &house.outbox.code(E164))]).await);
        let password = hufu::base::secret::Secret::new(super::house::PASSWORD);
        house.login.set_password(&person, &password, false, None).await.unwrap();
        house.world.clock.advance(91 * 86_400);
        let mut late = house.browser();
        let id = late.open_page(Purpose::Account).await;
        late.ask_code(&id, NUMBER).await;
        assert!(!late.answer(&id, "phone", &[("code", &house.outbox.code(E164))]).await, "{}", house.name());
        assert!(matches!(late.notice(&id).await, Some(Notice::Upstream { what: UpstreamNotice::Stale, .. })));
    }
}

#[tokio::test]
async fn a_practice_number_reaches_practice_people_only() {
    for house in houses().await {
        house.with_phones().await;
        let mut real = house.browser();
        sign_up(&house, &mut real, "Li Lei").await;
        let sent = house.outbox.count();
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        let stepped = browser.login.begin(&id, "practice-phone", &browser.visitor).await;
        browser.keep(stepped);
        browser.answer(&id, "practice-phone", &[("phone", NUMBER)]).await;
        assert_eq!(browser.tries_left(&id).await, None, "the answer is as for any other number");
        assert_eq!(house.outbox.count(), sent, "{}: no practice message for a real person's number", house.name());
        // Another number makes a practice person.
        browser.answer(&id, "practice-phone", &[("phone", "13800000002")]).await;
        let code = house.outbox.code("+8613800000002");
        assert!(!browser.answer(&id, "practice-phone", &[("code", &code)]).await);
        let stepped = browser.login.stranger(&id, (Door::New, "Practice"), &browser.visitor).await;
        assert!(browser.keep(stepped));
        let user = house.store().user(&browser.user().await.unwrap()).await.unwrap().unwrap();
        assert!(user.practice);
    }
}

#[tokio::test]
async fn s113_a_code_to_a_phone_opens_no_console() {
    for house in houses().await {
        house.with_phones().await;
        let mut browser = house.browser();
        sign_up(&house, &mut browser, "Li Lei").await;
        let person = browser.user().await.unwrap();
        house.update_user(&person, |user| user.administrator = true).await;
        assert!(browser.login.console_session(&browser.visitor).await.unwrap().is_none(), "{}", house.name());
        let id = browser.open_page(Purpose::Console).await;
        let View::Choose(page) = browser.show(&id).await else { panic!("{}: no page of ways in", house.name()) };
        assert!(page.numbers && page.methods.iter().all(|method| method.name != "phone"), "{}", house.name());
        browser.ask_code(&id, NUMBER).await;
        browser.answer(&id, "phone", &[("code", &house.outbox.code(E164))]).await;
        assert!(matches!(browser.notice(&id).await, Some(Notice::NotAdministrator)), "{}", house.name());
        assert!(browser.login.console_session(&browser.visitor).await.unwrap().is_none());
    }
}
