//! In which organisation somebody goes on: asked where there are several, named by the application, or known.

use super::support::{Held, application, join, organisation, page, post, tokens};
use crate::support::http::{Answer, TestBrowser};
use crate::support::server::{Application, PASSWORD, TestServer, servers};

const SCOPE: (&str, &str) = ("scope", "openid org");

/// The organisation that the application is told after this answer.
async fn told(browser: &TestBrowser, application: &Application, answer: &Answer) -> String {
    let code = answer.query("code").unwrap_or_else(|| panic!("no code: {answer:?}"));
    let held = Held::of(&browser.redeem(application, &code).await);
    held.id_token["org_id"].as_str().unwrap_or_default().to_owned()
}

fn offers(page: &Answer, org: &str) -> bool {
    page.body.contains(&format!("name=\"organisation\" value=\"{org}\""))
}

#[tokio::test]
async fn somebody_in_several_is_asked_once_and_their_answer_is_remembered_for_that_application() {
    for (store, server) in servers().await {
        let user = server.person("lei").await;
        let (one, two) = (organisation(&server, "One").await, organisation(&server, "Two").await);
        let (other, none) = (organisation(&server, "Not theirs").await, application(&server, |_| ()).await);
        for org in [&one, &two] {
            join(&server, org, &user, &[]).await;
        }
        let app = application(&server, |_| ()).await;
        let browser = server.signed_in(&user).await;
        let shown = page(&browser, &app, &[SCOPE]).await;
        assert!(offers(&shown.1, one.as_str()) && offers(&shown.1, two.as_str()), "{store}: {:?}", shown.1);
        assert!(!offers(&shown.1, other.as_str()), "{store}");
        // What was not offered is no answer.
        for foreign in [other.as_str(), "", "o_nobody"] {
            let still = post(&browser, &shown, "organisation", &[("organisation", foreign)]).await;
            assert!(still.status == 200 && offers(&still, two.as_str()), "{store}: {foreign}: {still:?}");
        }
        let answer = post(&browser, &shown, "organisation", &[("organisation", two.as_str())]).await;
        assert_eq!(told(&browser, &app, &answer).await, two.as_str(), "{store}");
        // From then on silently, in a new session too; for another application it is asked again.
        let again = server.signed_in(&user).await;
        assert_eq!(
            tokens(&again, &app, &[SCOPE, ("prompt", "none")]).await.id_token["org_id"],
            two.as_str(),
            "{store}"
        );
        assert!(offers(&page(&again, &none, &[SCOPE]).await.1, one.as_str()), "{store}");
        // prompt=select_account asks for the account, then for the organisation.
        let shown = page(&again, &app, &[SCOPE, ("prompt", "select_account")]).await;
        let chosen = post(&again, &shown, "account", &[("choice", "same")]).await;
        assert!(offers(&chosen, one.as_str()), "{store}: {chosen:?}");
    }
}

#[tokio::test]
async fn one_organisation_is_taken_without_a_page_and_a_named_one_by_id_or_name() {
    for (store, server) in servers().await {
        let (lei, mei) = (server.person("lei").await, server.person("mei").await);
        let (one, two) = (organisation(&server, "One").await, organisation(&server, "二号公司").await);
        join(&server, &one, &lei, &[]).await;
        join(&server, &one, &mei, &[]).await;
        join(&server, &two, &mei, &[]).await;
        let app = application(&server, |_| ()).await;
        let browser = server.signed_in(&lei).await;
        assert_eq!(tokens(&browser, &app, &[SCOPE]).await.id_token["org_id"], one.as_str(), "{store}");
        let browser = server.signed_in(&mei).await;
        for (named, expected) in [(one.as_str(), &one), (two.as_str(), &two), ("One", &one), ("二号公司", &two)] {
            let held = tokens(&browser, &app, &[SCOPE, ("organization", named), ("prompt", "none")]).await;
            assert_eq!(held.id_token["org_id"], expected.as_str(), "{store}: {named}");
        }
        // Named without any scope of organisations: the grant is in it, and nothing is told of it.
        let held = tokens(&browser, &app, &[("organization", "One")]).await;
        assert!(held.id_token["org_id"].is_null() && held.id_token["orgs"].is_null(), "{store}");
    }
}

/// `error` of an answer that is sent to the application.
async fn refused(browser: &TestBrowser, app: &Application, more: &[(&str, &str)]) -> String {
    let answer = browser.authorize(app, more).await;
    assert!(answer.location().starts_with(&app.redirect_uri), "{answer:?}");
    assert_eq!(answer.query("state").as_deref(), Some("the-state"));
    answer.query("error").unwrap_or_else(|| panic!("no error: {answer:?}"))
}

#[tokio::test]
async fn without_pages_a_choice_is_missing_and_a_stranger_to_the_organisation_is_denied() {
    for (store, server) in servers().await {
        let user = server.person("lei").await;
        let theirs = [organisation(&server, "One").await, organisation(&server, "Two").await];
        let foreign = organisation(&server, "Foreign").await;
        for org in &theirs {
            join(&server, org, &user, &[]).await;
        }
        let app = application(&server, |_| ()).await;
        let browser = server.signed_in(&user).await;
        let none = ("prompt", "none");
        assert_eq!(refused(&browser, &app, &[SCOPE, none]).await, "account_selection_required", "{store}");
        for named in [foreign.as_str(), "Foreign", "Nobody's", "one"] {
            let error = refused(&browser, &app, &[SCOPE, none, ("organization", named)]).await;
            assert_eq!(error, "access_denied", "{store}: {named}");
            // With a page: what to do, and the way back says no.
            let shown = page(&browser, &app, &[SCOPE, ("organization", named)]).await;
            assert!(shown.1.body.contains("ask the administrator") && !offers(&shown.1, theirs[0].as_str()), "{store}");
            assert!(!shown.1.body.contains(foreign.as_str()), "{store}: what one is not in is not told");
            let cancelled = post(&browser, &shown, "cancel", &[]).await;
            assert_eq!(cancelled.query("error").as_deref(), Some("access_denied"), "{store}: {cancelled:?}");
        }
    }
}

async fn in_chinese(browser: &TestBrowser, path: &str) -> Answer {
    browser.get_with(path, &[("accept-language", "zh-CN")]).await
}

#[tokio::test]
async fn the_chooser_speaks_both_languages_and_shows_names_as_text() {
    let server = TestServer::sqlite().await;
    let user = server.person("lei").await;
    let hostile = "<img src=x onerror=alert(1)>\"'&amp;";
    let org = organisation(&server, hostile).await;
    let turned = organisation(&server, "evil\u{202e}gnp.exe\u{200b}").await;
    let long = organisation(&server, &"長".repeat(100)).await;
    for org in [&org, &turned, &long] {
        join(&server, org, &user, &[]).await;
    }
    let app = application(&server, |_| ()).await;
    let browser = server.signed_in(&user).await;
    let (path, english) = page(&browser, &app, &[SCOPE]).await;
    let chinese = in_chinese(&browser, &path).await;
    assert!(english.body.contains("Go on in which organisation?") && english.body.contains("lang=\"en\""));
    assert!(chinese.body.contains("以哪个组织的身份继续？") && chinese.body.contains("lang=\"zh-CN\""), "{chinese:?}");
    for page in [&english, &chinese] {
        assert!(!page.body.contains("<img src=x"), "markup of a name is no markup of the page");
        assert!(page.body.contains("&#60;img src=x") || page.body.contains("&lt;img src=x"), "{page:?}");
        assert!(!page.body.contains('\u{202e}') && !page.body.contains('\u{200b}'), "nothing turns the line round");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    }
    // The page for whoever is in none that would do, in both.
    let (path, english) = page(&browser, &app, &[SCOPE, ("organization", "Elsewhere")]).await;
    assert!(english.body.contains("No organisation of yours fits"));
    assert!(in_chinese(&browser, &path).await.body.contains("你不在所需的组织中"));
    // A form of another site does nothing.
    let forged = browser.post_form(&format!("{path}/organisation"), &[("organisation", org.as_str())]).await;
    assert_eq!(forged.status, 403);
}

#[tokio::test]
async fn the_chooser_says_who_is_signed_in_and_leads_to_another_account() {
    for (store, server) in servers().await {
        let (lei, mei) = (server.person("lei").await, server.person("mei").await);
        let orgs = [organisation(&server, "One").await, organisation(&server, "Two").await];
        for org in &orgs {
            join(&server, org, &lei, &[]).await;
        }
        join(&server, &orgs[1], &mei, &[]).await;
        let app = application(&server, |_| ()).await;
        let browser = server.signed_in(&lei).await;
        let shown = page(&browser, &app, &[SCOPE]).await;
        let name = server.app.store.user(&lei).await.unwrap().unwrap().name;
        assert!(shown.1.body.contains(&format!("signed in as {name}.")), "{store}: {:?}", shown.1);
        assert!(in_chinese(&browser, &shown.0).await.body.contains("当前登录的是"), "{store}");
        let other = post(&browser, &shown, "account", &[("choice", "other")]).await;
        assert!(other.body.contains("name=\"password\"") && !offers(&other, orgs[0].as_str()), "{store}: {other:?}");
        let mei_s = [("username", "mei"), ("password", PASSWORD)];
        let answer = post(&browser, &(shown.0, other), "form", &mei_s).await;
        assert_eq!(told(&browser, &app, &answer).await, orgs[1].as_str(), "{store}");
    }
}
