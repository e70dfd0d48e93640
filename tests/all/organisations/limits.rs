//! Applications for the members of some organisations.

use hufu::admin::Actor;
use hufu::base::id::OrgId;

use super::support::{
    Held, application, is_alive, is_dead, join, leave, organisation, page, post, refresh, tokens, with_jwt,
};
use crate::support::server::servers;

const SCOPE: (&str, &str) = ("scope", "openid offline_access");

fn only(orgs: &[&OrgId]) -> Vec<String> {
    orgs.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn who_is_in_none_of_them_is_turned_away_with_what_to_do_and_another_account_may_go_on() {
    for (store, server) in servers().await {
        let (lei, mei) = (server.person("lei").await, server.person("mei").await);
        let (inside, outside) = (organisation(&server, "Inside").await, organisation(&server, "Outside").await);
        join(&server, &inside, &mei, &[]).await;
        join(&server, &outside, &mei, &[]).await;
        join(&server, &outside, &lei, &[]).await;
        let app = application(&server, |it| it.organizations = only(&[&inside])).await;
        let browser = server.signed_in(&lei).await;
        let none = browser.authorize(&app, &[SCOPE, ("prompt", "none")]).await;
        assert_eq!(none.query("error").as_deref(), Some("access_denied"), "{store}: {none:?}");
        let shown = page(&browser, &app, &[SCOPE]).await;
        assert!(shown.1.body.contains("only for members of certain organisations"), "{store}: {:?}", shown.1);
        assert!(!shown.1.body.contains("Inside"), "{store}: for whom it is, is nobody's business");
        // The choice of one that is not allowed is none.
        let forced = post(&browser, &shown, "organisation", &[("organisation", outside.as_str())]).await;
        assert_eq!((forced.status.as_u16(), forced.query("code")), (200, None), "{store}");
        // Another account: the sign-in page, and a member goes on without being asked which.
        let other = post(&browser, &shown, "account", &[("choice", "other")]).await;
        let csrf = other.hidden("csrf").expect("a sign-in form");
        let fields = [("csrf", csrf.as_str()), ("username", "mei"), ("password", crate::support::server::PASSWORD)];
        let signed_in = browser.post_form(&format!("{}/form", shown.0), &fields).await;
        let answer = browser.follow(signed_in).await;
        assert!(answer.query("code").is_some(), "{store}: {answer:?}");
    }
}

#[tokio::test]
async fn s108_tokens_end_with_the_membership_and_do_not_come_back_with_it() {
    for (store, server) in servers().await {
        let user = server.person("lei").await;
        let org = organisation(&server, "Inside").await;
        join(&server, &org, &user, &[]).await;
        let elsewhere = application(&server, |_| ()).await;
        for format in [|_: &mut _| (), with_jwt] {
            let app = application(&server, |it| {
                it.organizations = only(&[&org]);
                format(it);
            })
            .await;
            let browser = server.signed_in(&user).await;
            let (held, free) = (tokens(&browser, &app, &[SCOPE]).await, tokens(&browser, &elsewhere, &[SCOPE]).await);
            let code = browser.code(&app, &[SCOPE]).await;
            is_alive(&browser, &app, &held).await;
            leave(&server, &org, &user).await;
            is_dead(&browser, &app, &held).await;
            let late = browser.redeem(&app, &code).await;
            assert_eq!(late.error(), "invalid_grant", "{store}: a code from before: {late:?}");
            is_alive(&browser, &elsewhere, &free).await;
            join(&server, &org, &user, &[]).await;
            is_dead(&browser, &app, &held).await;
            is_alive(&browser, &app, &tokens(&browser, &app, &[SCOPE]).await).await;
        }
    }
}

#[tokio::test]
async fn a_limit_set_later_ends_what_was_given_without_it() {
    for (store, server) in servers().await {
        let user = server.person("lei").await;
        let (one, two) = (organisation(&server, "One").await, organisation(&server, "Two").await);
        join(&server, &one, &user, &[]).await;
        join(&server, &two, &user, &[]).await;
        let app = application(&server, |_| ()).await;
        let browser = server.signed_in(&user).await;
        let free = tokens(&browser, &app, &[SCOPE]).await;
        let in_two = tokens(&browser, &app, &[SCOPE, ("organization", "Two")]).await;
        let in_one = tokens(&browser, &app, &[SCOPE, ("organization", "One")]).await;
        let mut client = server.app.admin.find_application(&app.id).await.unwrap();
        client.metadata.organizations = only(&[&one]);
        server.app.admin.update_application(&Actor::set_up(), client).await.unwrap();
        is_dead(&browser, &app, &free).await;
        is_dead(&browser, &app, &in_two).await;
        is_alive(&browser, &app, &in_one).await;
        let next = Held::of(&refresh(&browser, &app, &in_one.refresh).await);
        is_alive(&browser, &app, &next).await;
        // An organisation that is not there can't be the limit.
        let mut client = server.app.admin.find_application(&app.id).await.unwrap();
        client.metadata.organizations = vec!["o_nobody".to_owned()];
        assert!(server.app.admin.update_application(&Actor::set_up(), client).await.is_err(), "{store}");
    }
}

#[tokio::test]
async fn a_deleted_organisation_takes_its_tokens_with_it_and_leaves_its_people() {
    for (store, server) in servers().await {
        let user = server.person("lei").await;
        let org = organisation(&server, "Short-lived").await;
        join(&server, &org, &user, &[]).await;
        let app = application(&server, |it| it.organizations = only(&[&org])).await;
        let browser = server.signed_in(&user).await;
        let held = tokens(&browser, &app, &[SCOPE]).await;
        server.app.admin.delete_org(&Actor::set_up(), &org).await.unwrap();
        is_dead(&browser, &app, &held).await;
        assert!(server.app.store.user(&user).await.unwrap().is_some(), "{store}");
        // The limit stands: nobody gets in by the organisation's absence.
        let none = browser.authorize(&app, &[SCOPE, ("prompt", "none")]).await;
        assert_eq!(none.query("error").as_deref(), Some("access_denied"), "{store}: {none:?}");
    }
}
