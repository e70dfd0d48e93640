//! Who becomes a member by signing in through the company's own platform: those whom it calls one.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hufu::base::id::OrgId;
use hufu::connectors::directory::{Roster, RosterTurn, Wanted};
use hufu::connectors::{Check, Connector, Finding, Identity, Key, Reply, Step, Trouble, Turn};
use hufu::login::interaction::{Door, Purpose};
use hufu::store::connectors::FirstSignIn;

use super::crowd::{ORG, organisation};
use crate::login::house::{House, PASSWORD, houses_with};

/// Lets everybody in, and says of some that they are its members: by the parameter `member`.
struct Corp;

impl Connector for Corp {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        let url = format!("https://platform.example/authorize?state={}", turn.state);
        async move { Ok(Step::go(url)) }.boxed()
    }

    fn answer<'a>(&'a self, _: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        async move {
            let Reply::Callback(params) = reply else { return Err(Trouble::Cancelled) };
            let value = params.get("code").cloned().unwrap_or_default();
            Ok(Step::Known(Box::new(Identity {
                keys: vec![Key { space: "platform".to_owned(), value: value.clone() }],
                name: Some(format!("Person {value}")),
                member: params.get("member").cloned(),
                ..Identity::default()
            })))
        }
        .boxed()
    }

    fn check<'a>(&'a self, _: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        async { Vec::new() }.boxed()
    }

    fn roster<'a>(&'a self, _: &'a RosterTurn, _: Wanted) -> Option<BoxFuture<'a, Result<Roster, Trouble>>> {
        Some(async { Ok(Roster::default()) }.boxed())
    }

    fn is_member(&self, identity: &Identity) -> bool {
        identity.member.is_some()
    }
}

async fn houses(rule: FirstSignIn) -> Vec<House> {
    let houses = houses_with(&[("corp", Arc::new(Corp))]).await;
    for house in &houses {
        house.add_connector("corp", "oidc", |row| row.rule = rule).await;
        organisation(house.store(), house.world.clock.now()).await;
    }
    houses
}

#[tokio::test]
async fn a_stranger_who_is_let_in_is_no_member_and_their_session_is_of_no_organisation() {
    for house in houses(FirstSignIn::Create).await {
        let mut browser = house.browser();
        for (code, member) in [("stranger", None), ("lei", Some("lei01"))] {
            let id = browser.open_page(Purpose::Account).await;
            let mut params = vec![("code", code)];
            params.extend(member.map(|member| ("member", member)));
            assert!(browser.platform(&id, "corp", &params).await);
            let session = browser.login.session(&browser.visitor).await.unwrap().unwrap();
            let row = house.store().member(&OrgId::new(ORG), &session.user_id).await.unwrap();
            assert_eq!(row.and_then(|row| row.person).as_deref(), member, "{code}");
            assert_eq!(session.org_id.is_some(), member.is_some(), "{code}");
        }
        // Who was a stranger and is of the company now belongs from the next sign-in on.
        let id = browser.open_page(Purpose::Account).await;
        assert!(browser.platform(&id, "corp", &[("code", "stranger"), ("member", "new01")]).await);
        let user = browser.user().await.unwrap();
        let row = house.store().member(&OrgId::new(ORG), &user).await.unwrap();
        assert_eq!(row.and_then(|row| row.person).as_deref(), Some("new01"));
    }
}

#[tokio::test]
async fn a_stranger_s_identity_that_is_linked_makes_no_member() {
    for house in houses(FirstSignIn::Ask).await {
        for (username, member) in [("ada", None), ("bob", Some("bob01"))] {
            let user = house.person(username).await;
            let mut browser = house.browser();
            let id = browser.open_page(Purpose::Account).await;
            let mut params = vec![("code", username)];
            params.extend(member.map(|member| ("member", member)));
            assert!(!browser.platform(&id, "corp", &params).await);
            let stepped = browser.login.stranger(&id, (Door::Existing, ""), &browser.visitor).await;
            browser.keep(stepped);
            assert!(browser.password(&id, username, PASSWORD).await);
            let row = house.store().member(&OrgId::new(ORG), &user).await.unwrap();
            assert_eq!(row.and_then(|row| row.person).as_deref(), member, "{username}");
        }
    }
}
