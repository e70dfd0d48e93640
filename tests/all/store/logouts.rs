//! The queue of logout tokens: who is told of which session, and that nobody waits for somebody else.

use hufu::base::id::{ClientId, ConnectorId, SessionId};
use hufu::store::Store;
use hufu::store::sessions::Session;

use super::make::{client, grant, session, user_id, with_people, write};
use crate::support::stores::{START, stores};

/// An application with an address for logout tokens.
async fn listener(store: &Store, id: &'static str) {
    let row = || {
        let mut row = client(id);
        row.metadata.backchannel_logout_uri = Some("https://rp.example/logout".to_owned());
        row
    };
    write!(store, insert_client(&row())).expect("an application");
}

#[tokio::test]
async fn ending_the_sessions_of_one_connector_tells_their_applications_and_no_others() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        listener(&at.store, "told").await;
        let by_wechat = || Session { connector_id: ConnectorId::new("wechat"), ..session("s1", "ada") };
        write!(at.store, insert_session(&by_wechat())).expect(name);
        write!(at.store, insert_session(&session("s2", "ada"))).expect(name);
        write!(at.store, insert_grant(&grant("g1", Some("ada"), "told", Some("s1")))).expect(name);
        write!(at.store, insert_grant(&grant("g2", Some("ada"), "told", Some("s2")))).expect(name);
        let wechat = || ConnectorId::new("wechat");
        let ended = write!(at.store, end_sessions_by(&user_id("ada"), &wechat(), START + 1, "revoked"));
        assert_eq!(ended.expect(name), 1, "{name}");
        let due = at.store.logouts_due(&ClientId::new("told"), START + 1, 10).await.expect(name);
        let told: Vec<_> = due.iter().map(|delivery| delivery.sid.clone()).collect();
        assert_eq!(told, [SessionId::new("s1")], "{name}");
    }
}

#[tokio::test]
async fn each_application_has_places_of_its_own_however_long_another_s_queue_is() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada"]).await;
        listener(&at.store, "slow").await;
        listener(&at.store, "quick").await;
        for number in 0..20 {
            let sid = move || format!("s{number}");
            write!(at.store, insert_session(&session(&sid(), "ada"))).expect(name);
            write!(at.store, insert_grant(&grant(&sid(), Some("ada"), "slow", Some(&sid())))).expect(name);
            write!(at.store, end_session(&SessionId::new(sid()), START + number, "sign_out")).expect(name);
        }
        write!(at.store, insert_session(&session("last", "ada"))).expect(name);
        write!(at.store, insert_grant(&grant("last", Some("ada"), "quick", Some("last")))).expect(name);
        write!(at.store, end_session(&SessionId::new("last"), START + 30, "sign_out")).expect(name);
        let clients = at.store.clients_with_logouts_due(START + 30).await.expect(name);
        assert_eq!(clients, [ClientId::new("slow"), ClientId::new("quick")], "{name}: the longest waiting first");
        assert_eq!(at.store.logouts_due(&clients[0], START + 30, 8).await.expect(name).len(), 8, "{name}");
        assert_eq!(at.store.logouts_due(&clients[1], START + 30, 8).await.expect(name).len(), 1, "{name}");
    }
}
