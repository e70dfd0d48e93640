//! Profile, first password, activity; and hostile words wherever the page shows any.

use hufu::store::identities::StoredIdentity;

use super::person::{KINDS, Person};
use crate::pages::elements::skeleton;
use crate::pages::login::HOSTILE;
use crate::ways::place::Place;

#[tokio::test]
async fn name_nickname_and_language_change_and_nothing_else_does() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, "+8613800000001").await;
        let before = place.server.app.store.user(&lei.id).await.unwrap().unwrap();
        let fields = [
            ("name", "  Li\u{202e} Hua "),
            ("nickname", "Hua"),
            ("locale", "zh-CN"),
            ("administrator", "1"),
            ("practice", "0"),
            ("phone", "+8613800000009"),
            ("email", "boss@example.org"),
            ("email_verified", "1"),
            ("id", "01aaaaaaaaaaaaaaaaaaaaaaaa"),
        ];
        assert_eq!(lei.post("/account/profile", &fields).await.location(), "/account?said=profile", "{store}");
        let user = place.server.app.store.user(&lei.id).await.unwrap().unwrap();
        assert_eq!((user.name.as_str(), user.profile.nickname.as_deref()), ("Li Hua", Some("Hua")), "{store}");
        assert_eq!(user.locale.as_deref(), Some("zh-CN"), "{store}");
        assert_eq!(
            (user.administrator, user.practice, &user.phone, &user.email, user.email_verified),
            (false, true, &before.phone, &before.email, false),
            "{store}"
        );
        let empty = lei.post("/account/profile", &[("name", " \u{200b}")]).await;
        assert_eq!(empty.location(), "/account?said=no-name", "{store}");
        let long = "x".repeat(300);
        lei.post("/account/profile", &[("name", &long)]).await;
        let user = place.server.app.store.user(&lei.id).await.unwrap().unwrap();
        assert_eq!((user.name.len(), user.profile.nickname), (100, None), "{store}");
        assert_eq!(user.locale.as_deref(), Some("zh-CN"), "{store}: no choice is no change");
    }
}

#[tokio::test]
async fn s69_a_first_password_follows_the_rules_and_ends_other_sessions() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, "+8613800000001").await;
        let elsewhere = Person::by_number(&place, "+8613800000001").await;
        let weak = lei.post("/account/first-password", &[("password", "short")]).await;
        assert!(weak.status == 422 && weak.body.contains("id=\"password-wrong\""), "{store}: {weak:?}");
        let set = lei.post("/account/first-password", &[("password", "brand new horse 7")]).await;
        assert_eq!(set.location(), "/account?said=password", "{store}");
        assert!(lei.is_in().await && !elsewhere.is_in().await, "{store}");
        // From then on the old one is asked for.
        let page = lei.browser.get("/account").await;
        assert!(page.body.contains("name=\"current\"") && !page.body.contains("/account/first-password"), "{store}");
        let again = lei.post("/account/first-password", &[("password", "another horse 8")]).await;
        assert_eq!(again.location(), "/account?said=again", "{store}");
        // Known by a number alone, and the password is theirs to change.
        let change = [("current", "brand new horse 7"), ("password", "another horse 8")];
        let changed = lei.post("/account/password", &change).await;
        assert_eq!(changed.location(), "/account?said=password", "{store}: {changed:?}");
    }
}

#[tokio::test]
async fn activity_says_in_plain_words_what_happened() {
    let place = Place::with(KINDS).await;
    let lei = Person::by_number(&place, "+8613800000001").await;
    assert_eq!(lei.add_github("amara").await, "bound");
    lei.post("/account/profile", &[("name", "Li Hua")]).await;
    let page = lei.browser.get("/account?lang=en").await.body;
    for said in ["Signed in", "Account created", "Added a way to sign in", "Profile changed"] {
        assert!(page.contains(&format!("<span>{said}</span>")), "{said}");
    }
    let page = lei.browser.get("/account?lang=zh-CN").await.body;
    for said in ["登录", "创建账号", "添加登录方式", "修改个人资料"] {
        assert!(page.contains(&format!("<span>{said}</span>")), "{said}");
    }
    assert!(!page.contains("sign_in") && !page.contains("identity.link"), "the words of the log stay there");
    let other = Person::by_number(&place, "+8613800000002").await;
    let page = other.browser.get("/account").await.body;
    assert!(!page.contains("修改个人资料") && !page.contains("Profile changed"), "of nobody else");
    // After ninety days nobody is reminded.
    place.server.clock.advance(91 * 86_400);
    let later = Person::by_github(&place, "amara").await;
    assert_eq!(later.id, lei.id);
    assert!(!later.browser.get("/account").await.body.contains("Profile changed"));
}

/// The account page of somebody whom others called `x` wherever they could.
async fn page_with(place: &Place, person: &Person<'_>, x: &str) -> String {
    let app = &place.server.app;
    let mut user = app.store.user(&person.id).await.unwrap().unwrap();
    x.clone_into(&mut user.name);
    (user.profile.nickname, user.username) = (Some(x.to_owned()), Some(x.to_owned()));
    let rows = app.store.connectors().await.unwrap();
    let mut github = rows.iter().find(|row| row.name == "github-practice").cloned().unwrap();
    x.clone_into(&mut github.title);
    let links: Vec<StoredIdentity> = app.store.identities_of(&person.id).await.unwrap();
    let profile = serde_json::json!({ "keys": [], "name": x, "username": x }).to_string();
    let write = app.store.write(move |tx| {
        let (user, github, links, profile) = (user.clone(), github.clone(), links.clone(), profile.clone());
        Box::pin(async move {
            assert!(tx.update_user(&user).await? && tx.update_connector(&github).await?);
            for link in &links {
                tx.set_identity_profile(&link.id, &profile).await?;
            }
            Ok(())
        })
    });
    write.await.unwrap();
    let agent = x.replace(|c: char| c.is_control() || !c.is_ascii(), "");
    let page = person
        .browser
        .get_with(
            &format!("/account?said={}", form_urlencoded::byte_serialize(x.as_bytes()).collect::<String>()),
            &[("user-agent", &agent)],
        )
        .await;
    assert_eq!(page.status, 200);
    page.body
}

#[tokio::test]
async fn s38_s54_hostile_words_on_the_account_page_stay_words() {
    let place = Place::with(KINDS).await;
    let lei = Person::by_number(&place, "+8613800000001").await;
    assert_eq!(lei.add_github("amara").await, "bound");
    let plain = page_with(&place, &lei, "x").await;
    for hostile in HOSTILE {
        let got = page_with(&place, &lei, hostile).await;
        assert_eq!(skeleton(&plain), skeleton(&got), "{hostile:?} changes the page's shape");
        assert!(!got.contains("<script>alert") && !got.contains("<img src=x"), "{hostile:?}");
    }
}
