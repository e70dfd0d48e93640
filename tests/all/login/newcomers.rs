//! New accounts: the register form and the first administrator.

use hufu::base::secret::{Secret, digest};
use hufu::login::enrol::EnrolError;
use hufu::login::interaction::{Notice, PasswordMistake, Purpose, RegistrationMistake, View};
use hufu::login::{LoginError, Registration};
use hufu::store::artifact::{Kind, NewArtifact};

use super::house::{Browser, House, PASSWORD, houses, parameter, request};

fn form(username: &str, password: &str) -> Registration {
    Registration {
        username: username.to_owned(),
        name: "Li Lei".to_owned(),
        email: None,
        password: Secret::new(password),
    }
}

async fn register(browser: &mut Browser, registration: Registration) -> Option<RegistrationMistake> {
    let id = browser.open_page(Purpose::Account).await;
    let stepped = browser.login.register(&id, registration, &browser.visitor).await;
    if browser.keep(stepped) {
        return None;
    }
    match browser.show(&id).await {
        View::Choose(choose) => choose.registration_mistake,
        other => panic!("the sign-in page was expected: {other:?}"),
    }
}

#[tokio::test]
async fn a_new_account_is_signed_in_at_once_and_its_address_is_not_proven() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = browser.open(request(|request| request.prompt.create = true)).await;
        let View::Choose(choose) = browser.show(&id).await else { panic!("the sign-in page was expected") };
        assert!(choose.registration && choose.context.create, "{}", house.name());
        let registration = Registration { email: Some("Li@example.org".to_owned()), ..form("LiLei", PASSWORD) };
        let stepped = browser.login.register(&id, registration, &browser.visitor).await;
        assert!(browser.keep(stepped));
        assert!(parameter(&browser.issued(&id).await, "code").is_some());
        let user = house.store().user(&browser.user().await.unwrap()).await.unwrap().unwrap();
        assert!(user.email.is_some() && !user.email_verified && !user.administrator);
        for typed in ["lilei", " LILEI ", "li@EXAMPLE.org"] {
            let mut again = house.browser();
            let id = again.open_page(Purpose::Account).await;
            assert!(again.password(&id, typed, PASSWORD).await, "{typed}");
        }
    }
}

#[tokio::test]
async fn mistakes_stand_beside_the_form_with_what_was_typed() {
    for house in houses().await {
        house.person("taken").await;
        let mut browser = house.browser();
        let email = |text: &str| Registration { email: Some(text.to_owned()), ..form("new", PASSWORD) };
        let cases = [
            (form("a", PASSWORD), RegistrationMistake::Username),
            (form("has space", PASSWORD), RegistrationMistake::Username),
            (form("a@b.org", PASSWORD), RegistrationMistake::Username),
            (form("TAKEN", PASSWORD), RegistrationMistake::UsernameTaken),
            (Registration { name: "\u{202e}".to_owned(), ..form("new", PASSWORD) }, RegistrationMistake::Name),
            (email("a@b,c@d.org"), RegistrationMistake::Email),
            (form("new", "short1"), RegistrationMistake::Password(PasswordMistake::TooShort)),
            (form("new", "password1"), RegistrationMistake::Password(PasswordMistake::Common)),
            (form("new", &"a1".repeat(200)), RegistrationMistake::Password(PasswordMistake::TooLong)),
        ];
        let hashes = house.passwords.hashes();
        for (registration, expected) in cases {
            assert_eq!(register(&mut browser, registration).await, Some(expected), "{}", house.name());
        }
        assert_eq!(house.passwords.hashes(), hashes, "nothing is hashed for a form with a mistake");
        assert_eq!(house.people().await, 1);
    }
}

#[tokio::test]
async fn registration_that_is_off_is_off_behind_the_page_too() {
    for house in houses().await {
        let off = house.store().write(|tx| Box::pin(async move { tx.put_setting("registration", "false").await }));
        off.await.unwrap();
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        let View::Choose(choose) = browser.show(&id).await else { panic!("the sign-in page was expected") };
        assert!(!choose.registration);
        let stepped = browser.login.register(&id, form("new", PASSWORD), &browser.visitor).await;
        assert!(!browser.keep(stepped));
        assert!(matches!(browser.notice(&id).await, Some(Notice::RegistrationOff)), "{}", house.name());
        assert_eq!(house.people().await, 0);
    }
}

#[tokio::test]
async fn r10_one_name_on_two_nodes_at_once_has_one_owner() {
    for house in houses().await {
        let node = house.node().await;
        for round in 0..5 {
            let (mut here, mut there) = (house.browser(), house.browser());
            there.login = node.clone();
            let spellings = (format!("Name{round}"), format!("\u{ff4e}ame{round}"));
            let (first, second) = tokio::join!(
                register(&mut here, form(&spellings.0, PASSWORD)),
                register(&mut there, form(&spellings.1, PASSWORD))
            );
            let taken = Some(RegistrationMistake::UsernameTaken);
            assert!((first, second) == (None, taken) || (first, second) == (taken, None), "{}", house.name());
        }
        assert_eq!(house.people().await, 5);
    }
}

async fn put_link(house: &House, link: &'static str) {
    let now = house.world.clock.now();
    let artifact = NewArtifact {
        kind: Kind::SetupLink,
        digest: digest(link),
        grant_id: None,
        owner: None,
        client_id: None,
        payload: "{}".to_owned(),
        expires_at: now + 600,
        keep_until: now + 600,
    };
    let put = house.store().write(move |tx| {
        let artifact = artifact.clone();
        Box::pin(async move { tx.put(&artifact).await })
    });
    put.await.unwrap();
}

#[tokio::test]
async fn the_first_administrator_uses_the_link_up_and_opens_the_console() {
    for house in houses().await {
        put_link(&house, "link").await;
        let mut browser = house.browser();
        let login = browser.login.clone();
        let weak = login.create_administrator("link", &form("root", "root"), &browser.visitor).await;
        assert!(matches!(weak, Err(EnrolError::Mistake(RegistrationMistake::Password(_)))));
        let made = login.create_administrator("link", &form("root", PASSWORD), &browser.visitor).await;
        browser.visitor.session = Some(made.unwrap().session);
        let id = browser.open_page(Purpose::Console).await;
        assert!(matches!(browser.show(&id).await, View::Ours("/admin")), "{}", house.name());
        let again = login.create_administrator("link", &form("second", PASSWORD), &browser.visitor).await;
        assert!(matches!(again, Err(EnrolError::Login(LoginError::Unknown))));
        assert_eq!(house.people().await, 1);
    }
}

#[tokio::test]
async fn s187_who_comes_from_outside_has_no_role_and_no_organisation_but_the_one_chosen_for_the_method() {
    for house in houses().await {
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        let said = [("code", "7"), ("username", "admin"), ("email", "root@example.org"), ("proven", "1")];
        assert!(browser.platform(&id, "hub", &said).await);
        let user = browser.user().await.unwrap();
        let person = house.store().user(&user).await.unwrap().unwrap();
        assert!(!person.administrator, "{}", house.name());
        assert!(house.store().memberships_of(&user).await.unwrap().is_empty(), "{}", house.name());
    }
}
