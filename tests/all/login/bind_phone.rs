//! The rule *bind by phone*: a number and its code say whose an unknown identity is.

use hufu::base::id::{InteractionId, OrgId};
use hufu::login::interaction::{Door, Notice, NumberFor, Purpose, UpstreamNotice, View};
use hufu::store::connectors::FirstSignIn;
use hufu::store::orgs::Org;

use super::house::{Browser, House, houses};
use super::outbox::{E164, NUMBER, fields};
use super::sms::sign_up;

async fn number(browser: &mut Browser, id: &InteractionId, pairs: &[(&str, &str)]) -> bool {
    let stepped = browser.login.stranger_number(id, fields(pairs), &browser.visitor).await;
    browser.keep(stepped)
}

/// A house in which `hub` binds by phone, and a stranger at its page.
async fn asked(house: &House, browser: &mut Browser) -> InteractionId {
    house.with_phones().await;
    house.change_connector("hub", |row| row.rule = FirstSignIn::BindPhone).await;
    let id = browser.open_page(Purpose::Account).await;
    assert!(!browser.platform(&id, "hub", &[("code", "7")]).await);
    let View::Number(page) = browser.show(&id).await else { panic!("a number is asked for") };
    assert!(matches!(page.what, NumberFor::FirstSignIn { title, .. } if title == "HUB"));
    id
}

#[tokio::test]
async fn a_number_that_is_a_way_in_gets_the_identity() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = asked(&house, &mut browser).await;
        let mut owner = house.browser();
        sign_up(&house, &mut owner, "Li Lei").await;
        let person = owner.user().await.unwrap();
        assert!(!number(&mut browser, &id, &[("phone", NUMBER)]).await);
        assert!(!number(&mut browser, &id, &[("code", &house.outbox.wrong(E164))]).await);
        assert!(number(&mut browser, &id, &[("code", &house.outbox.code(E164))]).await, "{}", house.name());
        assert_eq!(browser.user().await, Some(person.clone()));
        assert_eq!(house.browser().sign_in_by("hub", "7").await, person);
        assert_eq!(house.people().await, 1);
    }
}

#[tokio::test]
async fn s113_a_code_ties_nothing_to_an_administrator() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = asked(&house, &mut browser).await;
        let mut owner = house.browser();
        sign_up(&house, &mut owner, "Li Lei").await;
        let person = owner.user().await.unwrap();
        house.update_user(&person, |user| user.administrator = true).await;
        number(&mut browser, &id, &[("phone", NUMBER)]).await;
        assert!(!number(&mut browser, &id, &[("code", &house.outbox.code(E164))]).await, "{}", house.name());
        let notice = browser.notice(&id).await;
        assert!(matches!(notice, Some(Notice::Upstream { what: UpstreamNotice::NotByCode, .. })), "{notice:?}");
        assert_eq!(house.store().identities_of(&person).await.unwrap().len(), 1, "{}", house.name());

        // Nor by the door "I have an account", answered with a code.
        let mut other = house.browser();
        let id = other.open_page(Purpose::Account).await;
        assert!(!other.platform(&id, "ask", &[("code", "8")]).await);
        let stepped = other.login.stranger(&id, (Door::Existing, ""), &other.visitor).await;
        other.keep(stepped);
        house.world.clock.advance(61);
        let begun = other.login.begin(&id, "phone", &other.visitor).await;
        other.keep(begun);
        other.answer(&id, "phone", &[("phone", NUMBER), ("country", "CN")]).await;
        assert!(!other.answer(&id, "phone", &[("code", &house.outbox.code(E164))]).await, "{}", house.name());
        assert_eq!(house.store().identities_of(&person).await.unwrap().len(), 1, "{}", house.name());
    }
}

#[tokio::test]
async fn a_number_that_is_nobodys_makes_a_person_with_it() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = asked(&house, &mut browser).await;
        // No door leads past the number.
        let stepped = browser.login.stranger(&id, (Door::New, ""), &browser.visitor).await;
        assert!(!browser.keep(stepped));
        number(&mut browser, &id, &[("phone", NUMBER)]).await;
        assert!(number(&mut browser, &id, &[("code", &house.outbox.code(E164))]).await, "{}", house.name());
        let person = browser.user().await.unwrap();
        let user = house.store().user(&person).await.unwrap().unwrap();
        assert_eq!((user.name.as_str(), user.phone.as_deref(), user.phone_verified), ("Person 7", Some(E164), true));
        house.world.clock.advance(60);
        let mut by_phone = house.browser();
        let id = by_phone.open_page(Purpose::Account).await;
        by_phone.ask_code(&id, NUMBER).await;
        assert!(by_phone.answer(&id, "phone", &[("code", &house.outbox.code(E164))]).await);
        assert_eq!(by_phone.user().await, Some(person), "the number is their account");
    }
}

#[tokio::test]
async fn a_number_that_somebody_only_wrote_down_selects_nobody() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = asked(&house, &mut browser).await;
        let alice = house.person("alice").await;
        house.update_user(&alice, |user| (user.phone, user.phone_verified) = (Some(E164.to_owned()), true)).await;
        number(&mut browser, &id, &[("phone", NUMBER)]).await;
        assert!(number(&mut browser, &id, &[("code", &house.outbox.code(E164))]).await);
        assert_ne!(browser.user().await, Some(alice), "{}", house.name());
    }
}

#[tokio::test]
async fn without_registration_a_strange_number_is_turned_away() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = asked(&house, &mut browser).await;
        house.change_connector("hub", |row| row.registration = false).await;
        number(&mut browser, &id, &[("phone", NUMBER)]).await;
        assert!(!number(&mut browser, &id, &[("code", &house.outbox.code(E164))]).await);
        let notice = browser.notice(&id).await;
        assert!(matches!(notice, Some(Notice::Upstream { what: UpstreamNotice::NotInvited, .. })), "{}", house.name());
        assert_eq!(house.people().await, 0);
    }
}

#[tokio::test]
async fn an_organisation_s_rule_binds_by_phone_where_the_connector_invites_only() {
    for house in houses().await {
        house.with_phones().await;
        house.change_connector("hub", |row| row.rule = FirstSignIn::Invited).await;
        let hub = house.store().connectors().await.unwrap().iter().find(|row| row.name == "hub").unwrap().id.clone();
        let org = Org {
            id: OrgId::new("o_1"),
            version: 1,
            created_at: 0,
            updated_at: 0,
            name: "Tiger Ltd".to_owned(),
            logo: None,
            enabled: true,
            practice: false,
            connector_id: Some(hub),
            rule: Some(FirstSignIn::BindPhone),
            registration: Some(true),
            sync_every: None,
        };
        let put = house.store().write(move |tx| {
            let org = org.clone();
            Box::pin(async move { tx.insert_org(&org).await })
        });
        put.await.unwrap();
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        assert!(!browser.platform(&id, "hub", &[("code", "7")]).await);
        number(&mut browser, &id, &[("phone", NUMBER)]).await;
        assert!(number(&mut browser, &id, &[("code", &house.outbox.code(E164))]).await, "{}", house.name());
    }
}
