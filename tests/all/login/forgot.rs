//! A forgotten password: a code to one's own number sets a new one.

use hufu::base::secret::Secret;
use hufu::login::interaction::{Notice, Purpose, View};

use super::house::{Browser, PASSWORD, houses};
use super::outbox::{E164, NUMBER, fields};
use super::sms::sign_up;

async fn forgot(browser: &mut Browser, id: &hufu::base::id::InteractionId, pairs: &[(&str, &str)]) {
    let stepped = browser.login.forgot(id, fields(pairs), &browser.visitor).await;
    assert!(!browser.keep(stepped));
}

#[tokio::test]
async fn a_code_to_ones_own_number_sets_a_password_and_ends_every_other_session() {
    for house in houses().await {
        house.with_phones().await;
        let mut owner = house.browser();
        sign_up(&house, &mut owner, "Li Lei").await;
        let person = owner.user().await.unwrap();
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        let View::Choose(page) = browser.show(&id).await else { panic!("the sign-in page") };
        assert!(page.forgotten);
        forgot(&mut browser, &id, &[("begin", "1")]).await;
        forgot(&mut browser, &id, &[("phone", NUMBER), ("country", "CN")]).await;
        // A code for this is none for signing in, nor the other way round.
        let code = house.outbox.code(E164);
        forgot(&mut browser, &id, &[("code", &house.outbox.wrong(E164))]).await;
        assert_eq!(browser.tries_left(&id).await, Some(4));
        forgot(&mut browser, &id, &[("code", &code)]).await;
        let View::NewPassword { forgotten: true, .. } = browser.show(&id).await else { panic!("a new password") };
        let stepped = browser.login.new_password(&id, &Secret::new(PASSWORD), &browser.visitor).await;
        assert!(browser.keep(stepped));
        assert_eq!(browser.user().await, Some(person.clone()), "{}", house.name());
        assert_eq!(owner.user().await, None, "whoever was signed in elsewhere is not any more");
        // The ticket is used up.
        let stepped = browser.login.new_password(&id, &Secret::new("another-tree-7"), &browser.visitor).await;
        assert!(!browser.keep(stepped));
        assert!(house.store().password_of(&person).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn the_ticket_lasts_five_minutes() {
    for house in houses().await {
        house.with_phones().await;
        let mut owner = house.browser();
        sign_up(&house, &mut owner, "Li Lei").await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        forgot(&mut browser, &id, &[("phone", NUMBER)]).await;
        forgot(&mut browser, &id, &[("code", &house.outbox.code(E164))]).await;
        house.world.clock.advance(300);
        let stepped = browser.login.new_password(&id, &Secret::new(PASSWORD), &browser.visitor).await;
        assert!(!browser.keep(stepped), "{}", house.name());
        assert!(matches!(browser.show(&id).await, View::Choose(_)));
    }
}

#[tokio::test]
async fn s66_an_unknown_number_is_told_apart_only_by_whoever_reads_its_messages() {
    for house in houses().await {
        house.with_phones().await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        forgot(&mut browser, &id, &[("phone", NUMBER)]).await;
        assert_eq!(house.outbox.count(), 1, "{}: a code is sent all the same", house.name());
        assert_eq!(browser.tries_left(&id).await, None);
        forgot(&mut browser, &id, &[("code", &house.outbox.code(E164))]).await;
        assert!(matches!(browser.notice(&id).await, Some(Notice::NobodysNumber)));
    }
}

#[tokio::test]
async fn s113_an_administrators_password_is_not_set_by_a_message() {
    for house in houses().await {
        house.with_phones().await;
        let mut owner = house.browser();
        sign_up(&house, &mut owner, "Li Lei").await;
        let person = owner.user().await.unwrap();
        house.update_user(&person, |user| user.administrator = true).await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        forgot(&mut browser, &id, &[("phone", NUMBER)]).await;
        forgot(&mut browser, &id, &[("code", &house.outbox.code(E164))]).await;
        assert!(matches!(browser.notice(&id).await, Some(Notice::NobodysNumber)), "{}", house.name());
    }
}
