//! The domain of a typed e-mail, an application's limit and `organization=` choose the ways in that stand on the
//! sign-in page. They make nobody a member, shut nobody out, and tell nothing of accounts.

use hufu::admin::Actor;
use hufu::base::id::OrgId;
use hufu::store::clients::ClientMetadata;

use super::support::{application, organisation, page, post};
use crate::support::http::{Answer, TestBrowser};
use crate::support::server::Application;
use crate::ways::place::Place;
use crate::ways::visit::parameter;

const OIDC: &str = "oidc-practice";

/// A company with these ways in, and its domain.
async fn company(place: &Place, name: &str, (platform, more): (&str, &[&str]), domain: &str) -> OrgId {
    let (admin, actor) = (&place.server.app.admin, Actor::set_up());
    let org = admin.create_org(&actor, name, Some(platform)).await.unwrap().id;
    for connector in more {
        admin.set_org_of_new_people(&actor, connector, Some(&org)).await.unwrap();
    }
    admin.put_domain(&actor, &org, domain, true).await.unwrap();
    org
}

/// What comes of typing this name and no password.
async fn types(browser: &TestBrowser, shown: &(String, Answer), name: &str) -> Answer {
    let csrf = shown.1.hidden("csrf").unwrap();
    let fields = [("csrf", csrf.as_str()), ("username", name), ("password", "")];
    browser.post_form(&format!("{}/form", shown.0), &fields).await
}

fn has(page: &Answer, connector: &str) -> bool {
    page.body.contains(&format!("/with/{connector}\""))
}

fn has_password(page: &Answer) -> bool {
    page.body.contains("name=\"password\"")
}

async fn every_way(browser: &TestBrowser, shown: &(String, Answer)) -> Answer {
    post(browser, shown, "other", &[("ways", "every")]).await
}

#[tokio::test]
async fn an_e_mail_of_a_company_s_domain_goes_to_its_platform_whoever_that_is() {
    for (store, place) in Place::both(&["oidc", "github"]).await {
        let org = company(&place, "Practice company", (OIDC, &[]), "works.example").await;
        let app = place.application().await;
        let known = place.server.person("known").await;
        for typed in ["nobody@works.example", "KNOWN@Works.Example", " known@works.example "] {
            let browser = place.server.browser();
            let shown = page(&browser, &app, &[]).await;
            assert!(has(&shown.1, OIDC) && has(&shown.1, "github-practice") && has_password(&shown.1), "{store}");
            assert!(shown.1.body.contains("the password can stay empty"), "{store}");
            let away = types(&browser, &shown, typed).await;
            assert!(away.location().contains("/login.example.org/"), "{store}: {away:?}");
            assert_eq!(parameter(away.location(), "login_hint"), typed.trim(), "{store}");
        }
        // Whoever is not of a company's domain needs the password too, and so does everybody alike.
        for typed in ["known", "known@example.com", "nobody@elsewhere.example", "works.example", "a@sub.works.example"]
        {
            let browser = place.server.browser();
            let shown = page(&browser, &app, &[]).await;
            types(&browser, &shown, typed).await;
            let again = browser.get(&shown.0).await;
            assert!(again.body.contains("Type the password, too."), "{store} {typed}: {again:?}");
            assert!(has(&again, "github-practice"), "{store}");
        }
        let member = place.server.app.store.member(&org, &known).await.unwrap();
        assert!(member.is_none(), "{store}: a domain makes nobody a member");
    }
}

#[tokio::test]
async fn a_company_with_several_ways_in_shows_them_under_its_name_and_the_others_behind_a_button() {
    for (store, place) in Place::both(&["oidc", "github", "google"]).await {
        let ways = (OIDC, &["github-practice"][..]);
        company(&place, "Practice company", ways, "works.example").await;
        let app = place.application().await;
        for (language, with, others) in [
            ("en", "With Practice company", "Other ways to sign in"),
            ("zh-CN", "通过 Practice company 登录", "其他登录方式"),
        ] {
            let browser = place.server.browser();
            let shown = page(&browser, &app, &[("ui_locales", language)]).await;
            assert!(!shown.1.body.contains(others), "{store}");
            types(&browser, &shown, "lei@works.example").await;
            let narrow = browser.get(&shown.0).await;
            assert!(narrow.body.contains(with) && narrow.body.contains(others), "{store}: {narrow:?}");
            assert!(has(&narrow, OIDC) && has(&narrow, "github-practice"), "{store}");
            assert!(!has(&narrow, "google-practice") && !has_password(&narrow), "{store}");
            let wide = every_way(&browser, &(shown.0.clone(), narrow)).await;
            assert!(has(&wide, "google-practice") && has_password(&wide), "{store}: {wide:?}");
            assert!(!wide.body.contains(with) && wide.body.contains("lei@works.example"), "{store}");
        }
    }
}

#[tokio::test]
async fn what_the_application_asks_for_narrows_the_page_and_a_password_stays_good() {
    for (store, place) in Place::both(&["oidc", "github"]).await {
        let org = company(&place, "Practice company", (OIDC, &[]), "works.example").await;
        let other = organisation(&place.server, "By hand").await;
        let plain = place.application().await;
        let limited = limited(&place, &[&org]).await;
        let both = self::limited(&place, &[&org, &other]).await;
        for (app, more, narrow) in [
            (&plain, vec![("organization", org.as_str())], true),
            (&plain, vec![("organization", "Practice company")], true),
            (&plain, vec![("organization", "By hand")], false),
            (&plain, vec![("organization", "nothing of the kind")], false),
            (&plain, vec![], false),
            (&limited, vec![], true),
            // Whoever belongs to the other one comes by any way.
            (&both, vec![], false),
            (&both, vec![("organization", org.as_str())], true),
        ] {
            let browser = place.server.browser();
            let shown = page(&browser, app, &more).await;
            let told = (shown.1.body.contains("With Practice company"), has_password(&shown.1));
            assert_eq!(told, (narrow, !narrow), "{store} {more:?}: {:?}", shown.1);
            assert_eq!(has(&shown.1, "github-practice"), !narrow, "{store} {more:?}");
            assert!(has(&shown.1, OIDC), "{store}");
        }
        place.server.person("root").await;
        let browser = place.server.browser();
        let shown = page(&browser, &plain, &[("organization", org.as_str())]).await;
        let wide = every_way(&browser, &shown).await;
        let fields = [("username", "root"), ("password", crate::support::server::PASSWORD)];
        let inside = post(&browser, &(shown.0, wide), "form", &fields).await;
        assert!(inside.body.contains("not") && !inside.body.contains("role=\"alert\""), "{store}: {inside:?}");
    }
}

async fn limited(place: &Place, orgs: &[&OrgId]) -> Application {
    let organizations = orgs.iter().map(ToString::to_string).collect();
    application(&place.server, |metadata| *metadata = ClientMetadata { organizations, ..metadata.clone() }).await
}

#[tokio::test]
async fn a_login_hint_of_a_company_s_domain_does_the_same_once() {
    for (store, place) in Place::both(&["oidc", "github"]).await {
        company(&place, "Practice company", (OIDC, &[]), "works.example").await;
        let app = place.application().await;
        let browser = place.server.browser();
        let hint = ("login_hint", "lei@works.example");
        let away = browser.authorize(&app, &[hint]).await;
        assert!(away.location().contains("/login.example.org/"), "{store}: {away:?}");
        assert_eq!(parameter(away.location(), "login_hint"), "lei@works.example", "{store}");
        // Back with a no: the page stands, nobody is sent away again.
        let platform = TestBrowser::new(&place.origin);
        let no = platform.post_form(away.location(), &[("choice", "deny")]).await;
        let back = browser.follow(browser.get(no.location()).await).await;
        assert!(back.body.contains("With Practice company") && has(&back, OIDC), "{store}: {back:?}");
        assert!(!has(&back, "github-practice"), "{store}");
        for more in [("prompt", "select_account"), ("organization", "nothing of the kind")] {
            let here = browser.authorize(&app, &[hint, more]).await;
            assert!(here.location().contains("/i/"), "{store} {more:?}: {here:?}");
        }
        let plain = place.server.browser().authorize(&app, &[("login_hint", "lei@elsewhere.example")]).await;
        assert!(plain.location().contains("/i/"), "{store}");
        let silent = browser.authorize(&app, &[hint, ("prompt", "none")]).await;
        assert_eq!(silent.query("error").as_deref(), Some("login_required"), "{store}");
    }
}

#[tokio::test]
async fn the_console_is_opened_by_whoever_runs_it_whatever_domain_they_type() {
    for (store, place) in Place::both(&["oidc"]).await {
        company(&place, "Practice company", (OIDC, &[]), "works.example").await;
        let browser = place.server.browser();
        let opened = browser.get("/admin/connectors").await;
        let path = opened.location().to_owned();
        let path = path.find("/i/").map_or_else(|| panic!("{opened:?}"), |at| path[at..].to_owned());
        let shown = (path.clone(), browser.get(&path).await);
        types(&browser, &shown, "root@works.example").await;
        let again = browser.get(&path).await;
        assert!(again.body.contains("Type the password, too.") && has_password(&again), "{store}: {again:?}");
    }
}
