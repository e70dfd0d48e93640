//! Followers of an official account that was migrated: their openids change, the people stay.

use hufu::admin::connectors::ConnectorChange;
use hufu::admin::{Actor, AdminError};
use hufu::connectors::moving::Moving;
use hufu::login::moving::Moved;
use serde_json::{Value, json};

use super::official_desk::{Phone, link, number, picture};
use super::place::{DESK, Place};
use super::visit::Visit;

const NAME: &str = "wechat-official-practice";
const OLD: &str = "wxpracticeofficial0";
const NEW: &str = "wxpracticeofficial1";

async fn openid(place: &Place, appid: &str, person: &str) -> String {
    let known = place.control("GET", &format!("/wechat/{appid}/people/{person}"), Value::Null).await.json();
    known["openid"].as_str().unwrap().to_owned()
}

/// Somebody new, by a picture on a desk.
async fn joins(place: &Place, person: &str) {
    place.deed(person, "follow", json!({})).await;
    let application = place.application().await;
    let visit = Visit::begin(place, &application, DESK).await;
    let code = picture(place, &visit).await;
    place.deed(person, "scan", json!({ "id": code })).await;
    let number = number(&visit).await;
    let link = link(place, person).await;
    let phone = Phone::of(place, person);
    let question = phone.opens(&link).await;
    phone.says(&link, &question, &number).await;
    visit.post("scan", &[]).await;
    visit.post("stranger", &[("door", "new"), ("name", person)]).await;
    visit.finish().await;
}

/// The new account over there; its original id.
async fn new_account(place: &Place) -> String {
    let clients = place.control("GET", "/clients", Value::Null).await.json();
    let old = clients.as_array().unwrap().iter().find(|client| client["client_id"] == OLD).unwrap().clone();
    let mut new = old.clone();
    new["client_id"] = json!(NEW);
    new["wechat"]["gh_id"] = json!("gh_000000000001");
    place.control("POST", "/clients", new).await;
    old["wechat"]["gh_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_was_moved_to_another_account_stays_who_they_are() {
    for (store, place) in Place::both(&["wechat_official"]).await {
        for person in ["amara", "xiaoman"] {
            joins(&place, person).await;
        }
        let gh = new_account(&place).await;
        let admin = &place.server.app.admin;
        let actor = Actor::command_line();
        let row = admin.find_connector(NAME).await.unwrap();
        let fields =
            [("appid", NEW), ("secret", "practice-secret"), ("union_group", "practice"), ("token", "practicetoken")];
        let change = ConnectorChange {
            title: row.title.clone(),
            rule: row.rule,
            registration: row.registration,
            fields: fields.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec(),
            version: row.version,
        };
        admin.update_connector(&actor, NAME, change).await.unwrap();
        let moving = Moving { account: gh.clone(), application: OLD.to_owned() };
        // Nobody was migrated: the platform says so, and nothing changes.
        let refused = admin.migrate_connector(&actor, NAME, &moving).await;
        assert!(
            matches!(&refused, Err(AdminError::Conflict(text)) if text.to_string().contains("48001")),
            "{store}: {refused:?}"
        );
        place.control("POST", "/wechat/migrations", json!({ "from": gh, "to": NEW })).await;
        let wrong = Moving { account: "gh 1".to_owned(), ..moving.clone() };
        assert!(matches!(admin.migrate_connector(&actor, NAME, &wrong).await, Err(AdminError::Wrong(_))));
        let itself = Moving { application: NEW.to_owned(), ..moving.clone() };
        assert!(matches!(admin.migrate_connector(&actor, NAME, &itself).await, Err(AdminError::Conflict(_))));

        let (old_space, new_space) = (format!("practice/wechat:{OLD}"), format!("practice/wechat:{NEW}"));
        let old = openid(&place, OLD, "amara").await;
        let before = place.server.app.store.identity(&old_space, &old).await.unwrap().unwrap();
        let came = admin.migrate_connector(&actor, NAME, &moving).await.unwrap();
        assert_eq!(came, Moved { moved: 2, taken: 0, untold: 0 }, "{store}");
        let new = openid(&place, NEW, "amara").await;
        let after = place.server.app.store.identity(&new_space, &new).await.unwrap().unwrap();
        assert_eq!((&after.id, &after.user_id), (&before.id, &before.user_id), "{store}");
        assert!(place.server.app.store.identity(&old_space, &old).await.unwrap().is_none(), "{store}");
        let again = admin.migrate_connector(&actor, NAME, &moving).await.unwrap();
        assert_eq!(again, Moved::default(), "{store}: nobody is left");
        assert_eq!(place.people().await.len(), 2, "{store}");
    }
}
