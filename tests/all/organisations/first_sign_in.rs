//! Who comes in through an organisation's connector, and into which organisation new people go.

use hufu::admin::Actor;
use hufu::base::id::OrgId;
use hufu::login::roster::Sync;
use hufu::store::connectors::FirstSignIn;
use hufu::store::members::MemberSource;
use hufu::store::orgs::Org;
use tokio_util::sync::CancellationToken;

use super::support::{application, organisation, page, post};
use crate::support::server::servers;
use crate::ways::place::{DESK, Place};
use crate::ways::visit::Visit;

const DINGTALK: &str = "dingtalk-practice";

async fn company(place: &Place, rule: Option<FirstSignIn>, registration: Option<bool>) -> OrgId {
    let admin = &place.server.app.admin;
    let org = admin.create_org(&Actor::set_up(), "Practice company", Some(DINGTALK)).await.unwrap();
    admin.update_org(&Actor::set_up(), Org { rule, registration, ..org.clone() }).await.unwrap();
    org.id
}

/// Tries to get in by DingTalk; the page that stands there then.
async fn tries<'a>(place: &'a Place, app: &'a crate::support::server::Application, person: &str) -> Visit<'a> {
    let visit = Visit::begin(place, app, DESK).await;
    let url = visit.with(DINGTALK, &[]).await;
    let sent =
        visit.platform.post_with(&url, &[("user-agent", DESK)], &[("choice", "allow"), ("person", person)]).await;
    visit.back(&sent).await;
    visit
}

#[tokio::test]
async fn invited_or_synced_only_lets_in_whom_the_directory_has() {
    for (store, place) in Place::both(&["dingtalk"]).await {
        let application = place.application().await;
        let org = company(&place, Some(FirstSignIn::Invited), None).await;
        let turned_away = tries(&place, &application, "xiaoman").await.page().await;
        assert!(turned_away.body.contains("role=\"alert\""), "{store}: {turned_away:?}");
        assert!(place.people().await.is_empty(), "{store}");
        let login = &place.server.app.login;
        login.sync_directory(&org, &Sync::default(), &CancellationToken::new()).await.unwrap();
        let tokens = tries(&place, &application, "xiaoman").await.finish().await;
        assert_eq!(tokens.name, "林小满", "{store}");
        let user = place.people().await.remove(0).id;
        let member = place.server.app.store.member(&org, &user).await.unwrap().expect("a member");
        assert_eq!((member.source, member.person.as_deref()), (MemberSource::Synced, Some("manager4220")), "{store}");
    }
}

#[tokio::test]
async fn whoever_signs_in_through_the_company_s_own_connector_belongs_to_it_also_without_its_directory() {
    for (store, place) in Place::both(&["dingtalk"]).await {
        let application = place.application().await;
        // Somebody who was here before there was an organisation.
        tries(&place, &application, "xiaoman").await.finish().await;
        let org = company(&place, None, None).await;
        let user = place.people().await.remove(0).id;
        assert!(place.server.app.store.member(&org, &user).await.unwrap().is_none(), "{store}");
        tries(&place, &application, "xiaoman").await.finish().await;
        let member = place.server.app.store.member(&org, &user).await.unwrap().expect("a member");
        assert_eq!((member.source, member.person.as_deref()), (MemberSource::Joined, Some("manager4220")), "{store}");
    }
}

#[tokio::test]
async fn an_organisation_may_close_its_door_to_people_nobody_knows() {
    let place = Place::with(&["dingtalk"]).await;
    let application = place.application().await;
    let org = company(&place, None, Some(false)).await;
    let turned_away = tries(&place, &application, "xiaoman").await.page().await;
    assert!(turned_away.body.contains("role=\"alert\""), "{turned_away:?}");
    assert!(place.people().await.is_empty());
    // Its word again where it says nothing.
    let admin = &place.server.app.admin;
    let stands = admin.find_org(org.as_str()).await.unwrap();
    admin.update_org(&Actor::set_up(), Org { registration: None, ..stands }).await.unwrap();
    tries(&place, &application, "xiaoman").await.finish().await;
    assert_eq!(place.people().await.len(), 1);
}

#[tokio::test]
async fn people_created_by_a_connector_join_the_organisation_it_leads_to_and_others_do_not() {
    for (store, server) in servers().await {
        let (admin, actor) = (&server.app.admin, Actor::set_up());
        let org = organisation(&server, "Newcomers").await;
        let before = server.person("before").await;
        admin.set_org_of_new_people(&actor, "password", Some(&org)).await.unwrap();
        let app = application(&server, |_| ()).await;
        let browser = server.browser();
        let shown = page(&browser, &app, &[("prompt", "create"), ("scope", "openid org")]).await;
        let fields = [("username", "fresh"), ("name", "Fresh"), ("email", ""), ("password", "correct horse 9")];
        let answer = post(&browser, &shown, "register", &fields).await;
        assert!(answer.query("code").is_some(), "{store}: {answer:?}");
        let fresh = admin.find_person("fresh").await.unwrap().id;
        let member = server.app.store.member(&org, &fresh).await.unwrap().expect("joined");
        assert_eq!(member.source, MemberSource::Joined, "{store}");
        let browser = server.browser();
        let opened = browser.authorize(&app, &[]).await;
        assert!(browser.sign_in(opened, "before").await.query("code").is_some(), "{store}");
        assert!(server.app.store.member(&org, &before).await.unwrap().is_none(), "{store}: not new");
        admin.set_org_of_new_people(&actor, "password", None).await.unwrap();
        assert!(server.app.store.orgs_of_connectors().await.unwrap().is_empty(), "{store}");
    }
}

#[tokio::test]
async fn an_organisation_that_closes_its_door_closes_the_password_form_too() {
    for (store, server) in servers().await {
        let (admin, actor) = (&server.app.admin, Actor::set_up());
        let org = organisation(&server, "Closed").await;
        admin.set_org_of_new_people(&actor, "password", Some(&org)).await.unwrap();
        let app = application(&server, |_| ()).await;
        let (_, before) = page(&server.browser(), &app, &[("prompt", "create")]).await;
        assert!(before.body.contains("name=\"username\"") && before.body.contains("/register"), "{store}: {before:?}");
        let stands = admin.find_org(org.as_str()).await.unwrap();
        admin.update_org(&actor, Org { registration: Some(false), ..stands }).await.unwrap();
        let browser = server.browser();
        let (_, after) = page(&browser, &app, &[("prompt", "create")]).await;
        assert!(!after.body.contains("/register"), "{store}: {after:?}");
    }
}

#[tokio::test]
async fn practice_and_real_do_not_mix_and_a_method_for_everybody_is_no_company() {
    let place = Place::with(&["dingtalk"]).await;
    let (admin, actor) = (&place.server.app.admin, Actor::set_up());
    let real = organisation(&place.server, "Real").await;
    assert!(admin.set_org_of_new_people(&actor, DINGTALK, Some(&real)).await.is_err());
    let connector = admin.find_connector(DINGTALK).await.unwrap().id;
    let stands = admin.find_org(real.as_str()).await.unwrap();
    assert!(admin.update_org(&actor, Org { connector_id: Some(connector), ..stands }).await.is_err());
    assert!(admin.create_org(&actor, "Everybody", Some("password")).await.is_err());
    let kept = admin.create_practice_org(&actor, "Practice people").await.unwrap();
    admin.set_org_of_new_people(&actor, DINGTALK, Some(&kept.id)).await.unwrap();
    assert!(admin.set_org_of_new_people(&actor, "password", Some(&kept.id)).await.is_err());
    let practice = admin.create_org(&actor, "Practice", Some(DINGTALK)).await.unwrap();
    assert!(practice.practice);
    assert!(admin.create_org(&actor, "Again", Some(DINGTALK)).await.is_err(), "one platform is one organisation");
    // Without its connector it is an organisation still.
    admin.delete_connector(&actor, DINGTALK).await.unwrap();
    assert_eq!(admin.find_org(practice.id.as_str()).await.unwrap().connector_id, None);
}
