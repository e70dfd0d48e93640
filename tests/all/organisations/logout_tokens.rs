//! Logout tokens: who sends them, what an application that does not take them gets, and where they never go.

use std::time::{Duration, Instant};

use hufu::admin::Actor;
use hufu::base::id::UserId;
use hufu::store::clients::ClientMetadata;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::ear::{Ear, Manner, open_loopback};
use super::support::{Held, payload};
use crate::support::http::TestBrowser;
use crate::support::server::{Application, Setup, TestServer};
use crate::support::stores::{self, TestStore};

/// A server whose jobs run, an application with an ear, and somebody signed in to it.
struct Scene {
    server: TestServer,
    ear: Ear,
    application: Application,
    user: UserId,
    browser: TestBrowser,
    id_token: String,
    held: Held,
    _jobs: DropGuard,
}

async fn serve(store: TestStore) -> (TestServer, DropGuard) {
    let server = TestServer::start_as(store, Setup { configure: open_loopback, ..Setup::default() }).await;
    let stop = CancellationToken::new();
    tokio::spawn(hufu::jobs::run(server.app.clone(), stop.clone()));
    (server, stop.drop_guard())
}

async fn application(server: &TestServer, ear: &Ear) -> Application {
    let metadata = ClientMetadata {
        first_party: true,
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        backchannel_logout_uri: Some(ear.uri.clone()),
        ..ClientMetadata::default()
    };
    server.application_as(metadata).await
}

/// Signs in to the application; its tokens and the ID token as it came.
async fn enter(browser: &TestBrowser, application: &Application) -> (Held, String) {
    let code = browser.code(application, &[("scope", "openid offline_access")]).await;
    let answer = browser.redeem(application, &code).await;
    (Held::of(&answer), answer.json()["id_token"].as_str().unwrap().to_owned())
}

impl Scene {
    async fn over(store: TestStore) -> Self {
        let (server, jobs) = serve(store).await;
        let ear = Ear::listening().await;
        let application = application(&server, &ear).await;
        let user = server.person("lei").await;
        let browser = server.signed_in(&user).await;
        let (held, id_token) = enter(&browser, &application).await;
        Self { server, ear, application, user, browser, id_token, held, _jobs: jobs }
    }

    async fn hears_once(&self) {
        self.ear.wait_for(1).await.verified(&self.server, &self.application.id, &self.id_token).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(self.ear.count(), 1);
    }

    /// Posts the form of a page of ours.
    async fn submit(&self, page: &str, path: &str) {
        let page = self.browser.get(page).await;
        let csrf = page.hidden("csrf").unwrap_or_else(|| panic!("no form: {page:?}"));
        let done = self.browser.post_form(path, &[("csrf", &csrf)]).await;
        assert!(done.status.is_redirection() || done.status.is_success(), "{done:?}");
    }

    async fn outcome_in_audit(&self) -> Option<String> {
        let entries = self.server.app.store.audit(None, 200).await.unwrap();
        entries
            .into_iter()
            .find(|entry| entry.action == "logout_token")
            .map(|entry| entry.outcome + " " + &entry.detail)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p_backchannel_rp_initiated_logout_s168_the_application_hears_of_its_own_logout() {
    for (_, store) in stores::stores().await {
        let scene = Scene::over(store).await;
        let since = Instant::now();
        let hint =
            form_urlencoded::Serializer::new(String::new()).append_pair("id_token_hint", &scene.id_token).finish();
        scene.browser.get(&format!("/end_session?{hint}")).await;
        scene.hears_once().await;
        assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn discovery_says_that_logout_tokens_are_sent_and_name_the_session() {
    let (server, _jobs) = serve(stores::sqlite().await).await;
    let document = server.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(document["backchannel_logout_supported"], true);
    assert_eq!(document["backchannel_logout_session_supported"], true);
    for scope in ["org", "roles", "groups"] {
        assert!(document["scopes_supported"].as_array().unwrap().iter().any(|known| known == scope), "{scope}");
    }
    for claim in ["org_id", "orgs", "roles", "groups", "sid"] {
        assert!(document["claims_supported"].as_array().unwrap().iter().any(|known| known == claim), "{claim}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_here_or_everywhere_else_is_told() {
    for (_, store) in stores::stores().await {
        let mut scene = Scene::over(store).await;
        scene.submit("/account", "/account/sign-out").await;
        scene.hears_once().await;
        let there = scene.server.signed_in(&scene.user).await;
        let (_, id_token) = enter(&there, &scene.application).await;
        scene.browser = scene.server.signed_in(&scene.user).await;
        scene.submit("/account", "/account/sign-out-everywhere").await;
        scene.ear.wait_for(2).await.verified(&scene.server, &scene.application.id, &id_token).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_signs_out_disables_or_deletes_somebody_is_told_of_as_well() {
    for (_, store) in stores::stores().await {
        let mut scene = Scene::over(store).await;
        let (admin, actor) = (scene.server.app.admin.clone(), Actor::command_line());
        let user = admin.find_person("lei").await.unwrap();
        admin.sign_out_person(&actor, &user).await.unwrap();
        scene.hears_once().await;
        for count in [2, 3] {
            scene.browser = scene.server.signed_in(&scene.user).await;
            let (_, id_token) = enter(&scene.browser, &scene.application).await;
            let user = admin.find_person("lei").await.unwrap();
            if count == 2 {
                admin.set_person_enabled(&actor, &user, false).await.unwrap();
            } else {
                admin.delete_person(&actor, &user).await.unwrap();
            }
            scene.ear.wait_for(count).await.verified(&scene.server, &scene.application.id, &id_token).await;
            if count == 2 {
                let user = admin.find_person("lei").await.unwrap();
                admin.set_person_enabled(&actor, &user, true).await.unwrap();
                // Times count in seconds: what follows is not of the moment in which everything ended.
                scene.server.clock.advance(1);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_gave_its_tokens_back_is_signed_in_still_and_is_told() {
    for (_, store) in stores::stores().await {
        let scene = Scene::over(store).await;
        let given = scene.browser.as_client("/revoke", &scene.application, &[("token", &scene.held.refresh)]).await;
        assert_eq!(given.status, 200);
        assert_eq!(scene.ear.count(), 0);
        scene.submit("/account", "/account/sign-out").await;
        scene.hears_once().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s118_a_logout_token_is_no_other_token() {
    let scene = Scene::over(stores::sqlite().await).await;
    let other = scene.server.signed_in(&scene.user).await;
    scene.submit("/account", "/account/sign-out").await;
    let token = scene.ear.wait_for(1).await.fields[0].1.clone();
    assert_eq!(super::support::userinfo(&other, &token).await.status, 401);
    let said = super::support::introspect(&other, &scene.application, &token).await;
    assert_eq!(said["active"], false, "{said}");
    let hinted = [("prompt", "none"), ("id_token_hint", token.as_str())];
    let answer = other.authorize(&scene.application, &hinted).await;
    assert_eq!(answer.query("error").as_deref(), Some("invalid_request"), "{answer:?}");
    let hint = form_urlencoded::Serializer::new(String::new()).append_pair("id_token_hint", &token).finish();
    let answer = other.get(&format!("/end_session?{hint}")).await;
    assert!(answer.status.is_client_error() && other.cookie("session").is_some(), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_again_keeps_the_applications_sessions_under_the_name_they_know() {
    let scene = Scene::over(stores::sqlite().await).await;
    let again = scene.browser.authorize(&scene.application, &[("prompt", "login")]).await;
    assert!(scene.browser.sign_in(again, "lei").await.query("code").is_some());
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(scene.ear.count(), 0, "nobody left");
    scene.submit("/account", "/account/sign-out").await;
    // One for each session the application was told of.
    let first = scene.ear.wait_for(2).await;
    let sids: Vec<_> = scene.ear.all().iter().map(|heard| payload(&heard.fields[0].1)["sid"].clone()).collect();
    assert!(sids.contains(&scene.held.id_token["sid"]) && sids[0] != sids[1], "{sids:?} {first:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s168_an_application_that_fails_or_sends_elsewhere_is_asked_three_times_and_that_is_in_the_audit() {
    for manner in [Manner::Fails, Manner::SendsElsewhere] {
        let scene = Scene::over(stores::sqlite().await).await;
        *scene.ear.manner.lock().unwrap() = manner;
        scene.submit("/account", "/account/sign-out").await;
        scene.ear.wait_for(1).await;
        for (count, pause) in [(2, 10), (3, 300)] {
            scene.server.clock.advance(pause - 1);
            tokio::time::sleep(Duration::from_millis(1300)).await;
            assert_eq!(scene.ear.count(), count - 1, "{manner:?}: not before its time");
            assert_eq!(scene.outcome_in_audit().await, None);
            scene.server.clock.advance(1);
            let heard = scene.ear.wait_for(count).await;
            heard.verified(&scene.server, &scene.application.id, &scene.id_token).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        scene.server.clock.advance(86_400);
        tokio::time::sleep(Duration::from_millis(1300)).await;
        assert_eq!(scene.ear.count(), 3, "{manner:?}: given up");
        assert!(scene.ear.all().iter().all(|heard| heard.path == "/logged-out"), "no redirect is followed");
        let outcome = scene.outcome_in_audit().await.expect("it is noted");
        assert!(outcome.starts_with("not delivered") && outcome.contains("status"), "{outcome}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_hangs_keeps_nobody_waiting_and_is_asked_again() {
    let scene = Scene::over(stores::sqlite().await).await;
    let quick = Ear::listening().await;
    let second = application(&scene.server, &quick).await;
    let (_, id_token) = enter(&scene.browser, &second).await;
    *scene.ear.manner.lock().unwrap() = Manner::Hangs;
    let since = Instant::now();
    scene.submit("/account", "/account/sign-out").await;
    quick.wait_for(1).await.verified(&scene.server, &second.id, &id_token).await;
    assert!(since.elapsed() < Duration::from_secs(2));
    scene.ear.wait_for(1).await;
    // Its time to answer runs out (five seconds); the next try finds it well.
    tokio::time::sleep(Duration::from_millis(5500)).await;
    *scene.ear.manner.lock().unwrap() = Manner::Thanks;
    scene.server.clock.advance(10);
    scene.ear.wait_for(2).await.verified(&scene.server, &scene.application.id, &scene.id_token).await;
    scene.server.clock.advance(3600);
    tokio::time::sleep(Duration::from_millis(1300)).await;
    assert_eq!((scene.ear.count(), quick.count(), scene.outcome_in_audit().await), (2, 1, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn s168_an_address_inside_the_network_is_never_reached_and_an_odd_one_never_registered() {
    let server = TestServer::sqlite().await;
    let stop = CancellationToken::new();
    let _jobs = stop.clone().drop_guard();
    tokio::spawn(hufu::jobs::run(server.app.clone(), stop));
    let ear = Ear::listening().await;
    let application = application(&server, &ear).await;
    let user = server.person("lei").await;
    let browser = server.signed_in(&user).await;
    enter(&browser, &application).await;
    server
        .app
        .admin
        .sign_out_person(&Actor::command_line(), &server.app.admin.find_person("lei").await.unwrap())
        .await
        .unwrap();
    for pause in [10, 300] {
        tokio::time::sleep(Duration::from_millis(1300)).await;
        server.clock.advance(pause);
    }
    tokio::time::sleep(Duration::from_millis(1300)).await;
    assert_eq!(ear.count(), 0, "loopback is closed unless the operator opened it");
    let entries = server.app.store.audit(None, 200).await.unwrap();
    let noted = entries.iter().find(|entry| entry.action == "logout_token").expect("it is noted");
    assert!(noted.detail.contains("may not be reached"), "{}", noted.detail);
    let mut client = server.app.admin.find_application(&application.id).await.unwrap();
    for odd in [
        "http://rp.example/logout",
        "ftp://rp.example/logout",
        "https://rp.example/logout#part",
        "https://user:pass@rp.example/logout",
        "com.example.app:/logout",
        "/logout",
        "javascript:alert(1)",
    ] {
        client.metadata.backchannel_logout_uri = Some(odd.to_owned());
        let refused = server.app.admin.update_application(&Actor::command_line(), client.clone()).await;
        assert!(refused.is_err(), "{odd}");
    }
}
