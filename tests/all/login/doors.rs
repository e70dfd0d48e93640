//! First visits: who becomes whom, and who never does.

use hufu::login::interaction::{Door, Notice, Purpose, UpstreamNotice, View};

use super::house::{PASSWORD, houses};

const ADDRESS: &str = "alice@example.org";

#[tokio::test]
async fn a_new_identity_becomes_one_person_and_stays_them() {
    for house in houses().await {
        let first = house.browser().sign_in_by("hub", "7").await;
        let again = house.browser().sign_in_by("hub", "7").await;
        assert_eq!(first, again, "{}", house.name());
        assert_ne!(house.browser().sign_in_by("hub", "8").await, first);
        let user = house.store().user(&first).await.unwrap().unwrap();
        assert_eq!(user.name, "Person 7");
        assert!(!user.administrator && !user.practice);
        assert_eq!(house.outcomes("user.register").await.len(), 2);
    }
}

#[tokio::test]
async fn an_address_never_selects_a_person_however_proven() {
    for house in houses().await {
        let alice = house.person("alice").await;
        let email = hufu::base::people::Email::parse(ADDRESS).unwrap();
        house.update_user(&alice, |user| (user.email, user.email_verified) = (Some(email), true)).await;
        let mut proven = house.browser();
        let id = proven.open_page(Purpose::Account).await;
        assert!(!proven.platform(&id, "hub", &[("code", "1"), ("email", ADDRESS), ("proven", "1")]).await);
        let View::Stranger(page) = proven.show(&id).await else { panic!("the doors were expected") };
        assert!(page.may_create, "{}", house.name());
        let stepped = proven.login.stranger(&id, (Door::New, ""), &proven.visitor).await;
        assert!(proven.keep(stepped));
        let made = house.store().user(&proven.user().await.unwrap()).await.unwrap().unwrap();
        assert!(made.id != alice && made.email.is_none());

        let mut unproven = house.browser();
        let id = unproven.open_page(Purpose::Account).await;
        assert!(unproven.platform(&id, "hub", &[("code", "2"), ("email", ADDRESS)]).await);
        let made = house.store().user(&unproven.user().await.unwrap()).await.unwrap().unwrap();
        assert!(made.id != alice && made.email.is_none());
    }
}

#[tokio::test]
async fn an_old_account_is_proven_by_its_password_and_then_linked() {
    for house in houses().await {
        let alice = house.person("alice").await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        assert!(!browser.platform(&id, "ask", &[("code", "1")]).await);
        browser.login.stranger(&id, (Door::Existing, ""), &browser.visitor).await.unwrap();
        let View::Choose(page) = browser.show(&id).await else { panic!("the sign-in page was expected") };
        assert_eq!(page.linking.unwrap().title, "ASK", "{}", house.name());
        assert!(!page.registration);
        assert!(!browser.password(&id, "alice", "wrong-1-wrong").await);
        assert!(house.store().identities_of(&alice).await.unwrap().is_empty());
        assert!(browser.password(&id, "alice", PASSWORD).await);
        assert!(matches!(browser.show(&id).await, View::Ours("/account")));
        assert_eq!(house.store().identities_of(&alice).await.unwrap().len(), 1);
        assert_eq!(house.browser().sign_in_by("ask", "1").await, alice);
    }
}

#[tokio::test]
async fn s184_a_session_is_no_proof_whoever_it_is_and_another_linked_platform_is_one() {
    for house in houses().await {
        let mut browser = house.browser();
        let person = browser.sign_in_by("hub", "7").await;
        let id = browser.open_page(Purpose::Account).await;
        assert!(!browser.platform(&id, "ask", &[("code", "1")]).await);
        browser.login.stranger(&id, (Door::Existing, ""), &browser.visitor).await.unwrap();
        assert!(matches!(browser.show(&id).await, View::Choose(_)), "{}", house.name());
        // Nor does it count that somebody else signed in meanwhile, in another tab.
        let bob = house.person("bob").await;
        browser.sign_in_as("bob").await;
        assert!(matches!(browser.show(&id).await, View::Choose(_)));
        // An identity nobody has proves nothing.
        assert!(!browser.platform(&id, "hub", &[("code", "unknown")]).await);
        let notice = browser.notice(&id).await;
        assert!(matches!(notice, Some(Notice::Upstream { what: UpstreamNotice::NotInvited, .. })));
        assert!(browser.platform(&id, "hub", &[("code", "7")]).await);
        assert!(house.store().identities_of(&bob).await.unwrap().is_empty(), "nothing is linked to the bystander");
        assert_eq!(house.browser().sign_in_by("ask", "1").await, person);
    }
}

#[tokio::test]
async fn s185_an_identity_linked_elsewhere_meanwhile_changes_nothing() {
    for house in houses().await {
        let alice = house.person("alice").await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        browser.platform(&id, "ask", &[("code", "1")]).await;
        browser.login.stranger(&id, (Door::Existing, ""), &browser.visitor).await.unwrap();
        house.change_connector("ask", |row| row.rule = hufu::store::connectors::FirstSignIn::Create).await;
        let other = house.browser().sign_in_by("ask", "1").await;
        assert!(!browser.password(&id, "alice", PASSWORD).await);
        let notice = browser.notice(&id).await;
        assert!(matches!(notice, Some(Notice::Upstream { what: UpstreamNotice::Taken, .. })), "{}", house.name());
        assert!(house.store().identities_of(&alice).await.unwrap().is_empty());
        assert_eq!(house.browser().sign_in_by("ask", "1").await, other);
        assert_eq!(house.outcomes("identity.link").await, ["taken"]);
        assert!(browser.password(&id, "alice", PASSWORD).await, "the account itself is as before");
    }
}

#[tokio::test]
async fn rules_are_read_anew_at_each_sign_in() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        assert!(!browser.platform(&id, "invited", &[("code", "1")]).await);
        let notice = browser.notice(&id).await;
        let not_invited = |notice| matches!(notice, Some(Notice::Upstream { what: UpstreamNotice::NotInvited, .. }));
        assert!(not_invited(notice), "{}", house.name());
        house.change_connector("hub", |row| row.registration = false).await;
        assert!(!browser.platform(&id, "hub", &[("code", "1")]).await);
        assert!(not_invited(browser.notice(&id).await));
        assert!(!browser.platform(&id, "ask", &[("code", "1")]).await);
        house.change_connector("ask", |row| row.registration = false).await;
        let stepped = browser.login.stranger(&id, (Door::New, ""), &browser.visitor).await;
        assert!(!browser.keep(stepped), "the door was closed after the page was shown");
        assert_eq!(house.people().await, 0);
    }
}

#[tokio::test]
async fn a_disabled_person_is_kept_out_whatever_the_platform_says() {
    for house in houses().await {
        let mut browser = house.browser();
        let person = browser.sign_in_by("hub", "7").await;
        let disabled = hufu::store::users::UserState::Disabled;
        house.update_user(&person, |user| user.state = disabled).await;
        assert_eq!(browser.user().await, None, "{}", house.name());
        let id = browser.open_page(Purpose::Account).await;
        assert!(!browser.platform(&id, "hub", &[("code", "7")]).await);
        let notice = browser.notice(&id).await;
        assert!(matches!(notice, Some(Notice::Upstream { what: UpstreamNotice::NotAllowed, .. })));
    }
}

#[tokio::test]
async fn practice_and_real_people_never_meet() {
    for house in houses().await {
        let real = house.browser().sign_in_by("hub", "7").await;
        let practice = house.browser().sign_in_by("practice", "7").await;
        assert_ne!(real, practice, "{}", house.name());
        let user = house.store().user(&practice).await.unwrap().unwrap();
        assert!(user.practice && !user.administrator);
        // A real person's proof does not take a practice identity in.
        house.change_connector("practice", |row| row.rule = hufu::store::connectors::FirstSignIn::Ask).await;
        let alice = house.person("alice").await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        browser.platform(&id, "practice", &[("code", "9")]).await;
        browser.login.stranger(&id, (Door::Existing, ""), &browser.visitor).await.unwrap();
        assert!(!browser.password(&id, "alice", PASSWORD).await);
        let notice = browser.notice(&id).await;
        assert!(matches!(notice, Some(Notice::Upstream { what: UpstreamNotice::OtherWorld, .. })));
        assert!(house.store().identities_of(&alice).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn r9_one_new_identity_on_two_nodes_at_once_becomes_one_person() {
    for house in houses().await {
        let node = house.node().await;
        for round in 0..10 {
            let (mut here, mut there) = (house.browser(), house.browser());
            there.login = node.clone();
            let subject = format!("new-{round}");
            let params = [("code", subject.as_str()), ("username", subject.as_str())];
            let (a, b) = (here.open_page(Purpose::Account).await, there.open_page(Purpose::Account).await);
            let (first, second) = tokio::join!(here.platform(&a, "hub", &params), there.platform(&b, "hub", &params));
            assert!(first && second, "{}: both are signed in", house.name());
            assert_eq!(here.user().await, there.user().await);
        }
        assert_eq!(house.people().await, 10);
    }
}
