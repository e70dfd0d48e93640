//! `org_id`, `orgs`, `roles`, `groups`: each by its scope, the same wherever an application looks.

use hufu::admin::Actor;
use hufu::base::id::{OrgId, UserId};
use hufu::store::departments::Department;
use serde_json::{Value, json};

use super::support::{
    Held, application, introspect, is_alive, is_dead, join, organisation, payload, refresh, tokens, userinfo, with_jwt,
};
use crate::support::http::TestBrowser;
use crate::support::server::{Application, TestServer, servers};

const CLAIMS: [&str; 4] = ["org_id", "orgs", "roles", "groups"];
const ALL: (&str, &str) = ("scope", "openid offline_access org roles groups");

/// Somebody in two organisations, in the first one with roles and in a department of a department.
struct Lei {
    user: UserId,
    works: OrgId,
    club: OrgId,
}

async fn department(server: &TestServer, org: &OrgId, parent: Option<&str>, name: &str) -> String {
    let new = Department {
        id: String::new(),
        parent_id: parent.map(str::to_owned),
        name: name.to_owned(),
        position: 0,
        synced: false,
    };
    server.app.admin.put_department(&Actor::set_up(), org, new).await.unwrap().id
}

async fn lei(server: &TestServer) -> Lei {
    let user = server.person("lei").await;
    let works = organisation(server, "Example Works").await;
    let club = organisation(server, "Chess <club>").await;
    join(server, &works, &user, &["admin", "billing"]).await;
    join(server, &club, &user, &["guest"]).await;
    let research = department(server, &works, None, "Research").await;
    let compilers = department(server, &works, Some(&research), "Compilers").await;
    server.app.admin.place_member(&Actor::set_up(), &works, &user, (&compilers, true)).await.unwrap();
    Lei { user, works, club }
}

/// The four claims as each place has them: ID token, userinfo, introspection, and the access token where it is a JWT.
async fn everywhere(browser: &TestBrowser, application: &Application, held: &Held) -> Vec<Value> {
    let mut all = vec![
        held.id_token.clone(),
        userinfo(browser, &held.access).await.json(),
        introspect(browser, application, &held.access).await,
    ];
    if !held.access.starts_with("hufu_at_") {
        all.push(payload(&held.access));
    }
    let only = |it: &Value| {
        CLAIMS.iter().filter(|name| !it[**name].is_null()).map(|name| ((*name).to_owned(), it[*name].clone())).collect()
    };
    all.iter().map(|it| Value::Object(only(it))).collect()
}

#[tokio::test]
async fn organisation_roles_and_groups_are_the_same_in_every_token_and_answer() {
    for (store, server) in servers().await {
        let lei = lei(&server).await;
        let browser = server.signed_in(&lei.user).await;
        let org = ("organization", lei.works.as_str());
        let orgs = json!([{ "id": lei.club, "name": "Chess <club>" }, { "id": lei.works, "name": "Example Works" }]);
        let expected = json!({ "org_id": lei.works, "orgs": orgs, "roles": ["admin", "billing"],
            "groups": ["Research", "Research/Compilers"] });
        for (app, places) in [(application(&server, |_| ()).await, 3), (application(&server, with_jwt).await, 4)] {
            let held = tokens(&browser, &app, &[ALL, org]).await;
            let told = everywhere(&browser, &app, &held).await;
            assert_eq!(told, vec![expected.clone(); places], "{store}");
            let again = Held::of(&refresh(&browser, &app, &held.refresh).await);
            assert_eq!(everywhere(&browser, &app, &again).await, vec![expected.clone(); places], "{store}: refreshed");
        }
        // The other one: nobody is an administrator there.
        let app = application(&server, with_jwt).await;
        let held = tokens(&browser, &app, &[ALL, ("organization", lei.club.as_str())]).await;
        let told = everywhere(&browser, &app, &held).await;
        let guest = json!({ "org_id": lei.club, "orgs": orgs, "roles": ["guest"], "groups": [] });
        assert_eq!(told, vec![guest; 4], "{store}");
    }
}

#[tokio::test]
async fn each_claim_comes_with_its_scope_and_none_without() {
    for (store, server) in servers().await {
        let lei = lei(&server).await;
        let browser = server.signed_in(&lei.user).await;
        let app = application(&server, with_jwt).await;
        let org = ("organization", lei.works.as_str());
        for (scope, names) in [
            ("openid profile email phone", vec![]),
            ("openid org", vec!["org_id", "orgs"]),
            ("openid roles", vec!["roles"]),
            ("openid groups", vec!["groups"]),
        ] {
            let held = tokens(&browser, &app, &[("scope", scope), org]).await;
            for told in everywhere(&browser, &app, &held).await {
                let found: Vec<&str> = CLAIMS.into_iter().filter(|name| told.get(name).is_some()).collect();
                assert_eq!(found, names, "{store}: {scope}: {told}");
            }
        }
        // Somebody in no organisation is told to be in none.
        let alone = server.person("alone").await;
        let held = tokens(&server.signed_in(&alone).await, &app, &[ALL]).await;
        for told in everywhere(&browser, &app, &held).await {
            assert_eq!(told, json!({ "orgs": [] }), "{store}");
        }
    }
}

#[tokio::test]
async fn what_changes_shows_at_once_where_it_is_asked_for_and_in_tokens_from_the_next_on() {
    for (store, server) in servers().await {
        let lei = lei(&server).await;
        let browser = server.signed_in(&lei.user).await;
        let app = application(&server, with_jwt).await;
        let held = tokens(&browser, &app, &[ALL, ("organization", "Example Works")]).await;
        join(&server, &lei.works, &lei.user, &["reader"]).await;
        assert_eq!(userinfo(&browser, &held.access).await.json()["roles"], json!(["reader"]), "{store}");
        assert_eq!(introspect(&browser, &app, &held.access).await["roles"], json!(["reader"]), "{store}");
        let next = Held::of(&refresh(&browser, &app, &held.refresh).await);
        assert_eq!(payload(&next.access)["roles"], json!(["reader"]), "{store}");
        assert_eq!(next.id_token["roles"], json!(["reader"]), "{store}");
        is_alive(&browser, &app, &next).await;
        // Switched off, nobody acts in it, and it is not among somebody's organisations.
        let off = hufu::store::orgs::Org { enabled: false, ..server.app.store.org(&lei.works).await.unwrap().unwrap() };
        server.app.admin.update_org(&Actor::set_up(), off).await.unwrap();
        is_dead(&browser, &app, &next).await;
        let told = tokens(&browser, &app, &[("scope", "openid org")]).await.id_token;
        assert_eq!((&told["org_id"], told["orgs"].as_array().unwrap().len()), (&json!(lei.club), 1), "{store}");
    }
}
