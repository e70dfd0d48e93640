//! What administrators change: applications, resources, connectors, settings, keys, and the epoch that tells everybody.

use hufu::base::id::ClientId;
use hufu::store::connectors::{ConnectorRow, FirstSignIn};
use hufu::store::keys::KeyRow;
use hufu::store::resources::{Resource, ResourceMetadata};
use hufu::store::{Error, UnderEpoch};

use super::make::{client, connector, key, write};
use crate::support::stores::{START, stores};

#[tokio::test]
async fn an_application_is_read_as_it_was_written_and_changes_are_seen_at_once() {
    for (name, at) in stores().await {
        let mut new = client("c");
        new.metadata.redirect_uris = vec!["https://app.example/cb".to_owned()];
        let metadata = new.metadata.clone();
        let inserted = new.clone();
        at.store
            .write(move |tx| {
                let new = inserted.clone();
                Box::pin(async move { tx.insert_client(&new).await })
            })
            .await
            .expect(name);
        assert_eq!(at.store.client(&new.id).await.expect(name).expect(name).metadata, metadata, "{name}");
        let taken = write!(at.store, insert_client(&client("c")));
        assert!(matches!(taken, Err(Error::Conflict("client_id"))), "{name}: {taken:?}");
        assert!(write!(at.store, update_client(&client("c"))).expect(name));
        let changed = at.store.client(&new.id).await.expect(name).expect(name);
        assert_eq!((changed.version, changed.metadata.redirect_uris.len()), (2, 0), "{name}: the cache is stale");
        assert!(at.store.client(&ClientId::new("none")).await.expect(name).is_none());
        assert_eq!(at.store.clients(None, 10).await.expect(name).len(), 1);
        assert!(at.store.clients(Some(&ClientId::new("c")), 10).await.expect(name).is_empty());
    }
}

#[tokio::test]
async fn a_change_that_is_rolled_back_does_not_raise_the_epoch() {
    for (name, at) in stores().await {
        write!(at.store, insert_client(&client("c"))).expect(name);
        let before = at.store.epoch();
        let refused = write!(at.store, insert_client(&client("c")));
        assert!(refused.is_err(), "{name}");
        assert_eq!(at.store.refresh_epoch().await.expect(name), before, "{name}");
        write!(at.store, put_setting("x", "1")).expect(name);
        assert!(at.store.epoch() > before, "{name}: seen without waiting");
    }
}

#[tokio::test]
async fn what_is_kept_under_the_epoch_is_made_again_after_it() {
    for (name, at) in stores().await {
        let kept = UnderEpoch::<String>::default();
        let read = async |text: &str| {
            let text = text.to_owned();
            kept.get::<Error>(&at.store, async move || Ok(text)).await.expect("a value").to_string()
        };
        assert_eq!(read("first").await, "first");
        assert_eq!(read("second").await, "first", "{name}: kept");
        write!(at.store, put_setting("x", "1")).expect(name);
        assert_eq!(read("third").await, "third", "{name}: made again");
    }
}

#[tokio::test]
async fn a_resource_is_replaced_whole() {
    for (name, at) in stores().await {
        let resource = |title: &str| Resource {
            id: "https://api.example".to_owned(),
            version: 1,
            metadata: ResourceMetadata { title: title.to_owned(), ..ResourceMetadata::default() },
        };
        for title in ["one", "two"] {
            write!(at.store, put_resource(&resource(title))).expect(name);
            let stands = at.store.resource("https://api.example").await.expect(name).expect(name);
            assert_eq!(stands.metadata.title, title, "{name}");
        }
        assert_eq!(at.store.resources().await.expect(name).len(), 1);
        assert!(write!(at.store, delete_resource("https://api.example")).expect(name));
        assert!(at.store.resource("https://api.example").await.expect(name).is_none(), "{name}");
    }
}

#[tokio::test]
async fn connectors_stand_in_the_order_given() {
    for (name, at) in stores().await {
        for word in ["b", "a", "c"] {
            write!(at.store, insert_connector(&connector(word))).expect(name);
        }
        let again = || ConnectorRow { id: hufu::base::id::ConnectorId::new("other"), ..connector("a") };
        let taken = write!(at.store, insert_connector(&again()));
        assert!(matches!(taken, Err(Error::Conflict("name"))), "{name}: {taken:?}");
        let first = || ConnectorRow { position: 0, rule: FirstSignIn::Invited, enabled: false, ..connector("c") };
        assert!(write!(at.store, update_connector(&first())).expect(name));
        let rows = at.store.connectors().await.expect(name);
        assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["c", "b", "a"], "{name}");
        assert_eq!((rows[0].rule, rows[0].enabled, rows[0].version), (FirstSignIn::Invited, false, 2), "{name}");
        assert!(write!(at.store, delete_connector(&hufu::base::id::ConnectorId::new("k_c"))).expect(name));
        assert_eq!(at.store.connectors().await.expect(name).len(), 2, "{name}");
    }
}

#[tokio::test]
async fn the_first_setting_stands_until_it_is_changed() {
    for (name, at) in stores().await {
        assert_eq!(at.store.setting("issuer").await.expect(name), None);
        assert_eq!(write!(at.store, ensure_setting("issuer", "1")).expect(name), "1");
        assert_eq!(write!(at.store, ensure_setting("issuer", "2")).expect(name), "1", "{name}");
        write!(at.store, put_setting("issuer", "3")).expect(name);
        assert_eq!(at.store.setting("issuer").await.expect(name).as_deref(), Some("3"), "{name}");
    }
}

#[tokio::test]
async fn signing_keys_overlap_and_leave_when_nobody_needs_them() {
    for (name, at) in stores().await {
        assert!(write!(at.store, insert_key(&key("a", 0))).expect(name));
        assert!(!write!(at.store, insert_key(&key("b", 0))).expect(name), "{name}: one set");
        let other = || KeyRow { algorithm: "ES256".to_owned(), ..key("e", 0) };
        assert!(write!(at.store, insert_key(&other())).expect(name), "{name}: another algorithm");
        assert!(write!(at.store, insert_key(&key("next", START + 100))).expect(name));
        let early = write!(at.store, retire_keys("RS256", "a", START, START)).expect(name);
        assert_eq!(early, 0, "{name}: the next key is not older");
        assert_eq!(write!(at.store, retire_keys("RS256", "next", START + 100, START + 200)).expect(name), 1);
        assert_eq!(write!(at.store, retire_keys("RS256", "next", START + 999, START + 999)).expect(name), 0, "{name}");
        let ids = |keys: Vec<KeyRow>| keys.into_iter().map(|key| key.id).collect::<Vec<_>>();
        assert_eq!(ids(at.store.keys().await.expect(name)), ["next", "e", "a"], "{name}");
        assert_eq!(write!(at.store, sweep_keys(START + 199)).expect(name), 0, "{name}");
        assert_eq!(write!(at.store, sweep_keys(START + 200)).expect(name), 1, "{name}");
        assert_eq!(ids(at.store.keys().await.expect(name)), ["next", "e"], "{name}");
    }
}
