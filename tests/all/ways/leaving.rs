//! Somebody leaves the company: its platform says so on the connection that the server keeps.

use std::time::Duration;

use hufu::base::id::OrgId;
use hufu::login::roster::Sync;
use hufu::store::orgs::Org;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::place::{DESK, Place};
use super::visit::Visit;

const NAME: &str = "dingtalk-practice";

/// The company as an organisation here, its people read.
async fn company(place: &Place) -> OrgId {
    let app = &place.server.app;
    let now = app.clock.now();
    let connector = app.admin.find_connector(NAME).await.unwrap();
    let org = Org {
        id: OrgId::new("o-practice"),
        version: 1,
        created_at: now,
        updated_at: now,
        name: "Practice company".to_owned(),
        logo: None,
        enabled: true,
        practice: true,
        connector_id: Some(connector.id),
        rule: None,
        registration: None,
        sync_every: None,
    };
    let id = org.id.clone();
    let written = app.store.write(move |tx| {
        let org = org.clone();
        Box::pin(async move { tx.insert_org(&org).await })
    });
    written.await.unwrap();
    app.login.sync_directory(&id, &Sync::default(), &CancellationToken::new()).await.unwrap();
    assert!(app.store.roster_person(&id, "manager4220").await.unwrap().is_some(), "the directory was read");
    id
}

/// Waits until the platform has a connection of ours.
pub async fn connected(place: &Place) {
    for _ in 0..200 {
        let told = place.control("POST", "/dingtalk/stream/ping", json!({})).await.json();
        if told["connections"].as_i64() > Some(0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody listens");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_dingtalk_is_no_member_any_more_by_its_stream() {
    let place = Place::with(&["dingtalk"]).await;
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    let url = visit.with(NAME, &[]).await;
    let fields = [("choice", "allow"), ("person", "xiaoman")];
    let sent = visit.platform.post_with(&url, &[("user-agent", DESK)], &fields).await;
    visit.back(&sent).await;
    visit.finish().await;
    let org = company(&place).await;
    let (stop, login) = (CancellationToken::new(), place.server.app.login.clone());
    let listening = tokio::spawn({
        let stop = stop.clone();
        async move { login.listen(stop).await }
    });
    connected(&place).await;
    let store = &place.server.app.store;
    let user = place.people().await.remove(0).id;
    assert!(store.member(&org, &user).await.unwrap().is_some(), "the directory's person is the one who signed in");
    place.deed("xiaoman", "leave", json!({ "company": "dingtalk" })).await;
    for _ in 0..200 {
        if store.roster_person(&org, "manager4220").await.unwrap().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(store.roster_person(&org, "manager4220").await.unwrap().is_none(), "the directory's row is gone");
    assert!(store.member(&org, &user).await.unwrap().is_none(), "and the membership");
    assert!(store.user(&user).await.unwrap().is_some(), "the person stays");
    stop.cancel();
    listening.await.unwrap();
}
