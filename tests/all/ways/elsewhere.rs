//! A connector's address, changed while people sign in by it: another platform's ids are other people's.

use hufu::admin::connectors::ConnectorChange;
use hufu::admin::{Actor, AdminError};
use hufu::store::connectors::ConnectorRow;
use hufu::store::identities::StoredIdentity;

use crate::store::make::identity;
use crate::support::server::{TestServer, servers};

async fn change(server: &TestServer, row: &ConnectorRow, issuer: &str, title: &str) -> Result<(), AdminError> {
    let admin = &server.app.admin;
    let now = admin.find_connector(&row.name).await.unwrap();
    let fields = vec![("issuer".to_owned(), issuer.to_owned()), ("client_id".to_owned(), "hufu".to_owned())];
    let change =
        ConnectorChange { title: title.to_owned(), rule: now.rule, registration: true, fields, version: now.version };
    admin.update_connector(&Actor::command_line(), &row.name, change).await
}

#[tokio::test]
async fn a_connector_in_use_keeps_the_address_that_its_people_s_ids_are_of() {
    for (store, server) in servers().await {
        let fields = [("issuer", "https://one.example.org"), ("client_id", "hufu"), ("client_secret", "s")];
        let fields = fields.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let admin = &server.app.admin;
        let row = admin.add_connector(&Actor::command_line(), "oidc", "Work", None, &fields).await.unwrap();
        change(&server, &row, "https://two.example.org", "Work").await.expect("nobody comes by it yet");
        let ann = server.person("ann").await;
        let link = StoredIdentity { user_id: ann, connector_id: row.id.clone(), ..identity("i", "", "1001") };
        let written = server.app.store.write(move |tx| {
            let link = link.clone();
            Box::pin(async move { tx.insert_identity(&link).await })
        });
        written.await.unwrap();
        let refused = change(&server, &row, "https://three.example.org", "Work").await;
        assert!(
            matches!(&refused, Err(AdminError::Wrong(wrong)) if wrong.len() == 1 && wrong[0].field == "issuer"),
            "{store}: {refused:?}"
        );
        change(&server, &row, "https://two.example.org/", "Another title").await.expect("the same address");
    }
}
