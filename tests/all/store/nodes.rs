//! Two processes on one database.

use std::time::Duration;

use hufu::base::id::ClientId;
use hufu::store::Store;
use hufu::store::artifact::{Exchange, Kind};

use super::make::{artifact, client, key, write};
use crate::support::stores::{START, empty_places, stores};

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_at_once_on_an_empty_database_end_with_one_schema_and_one_key() {
    for (name, place) in empty_places().await {
        let starts = (0..6).map(|node| {
            let location = place.location.clone();
            tokio::spawn(async move {
                let store = Store::open(&location).await?;
                let added = write!(store, insert_key(&key(&format!("node{node}"), 0)))?;
                write!(store, ensure_setting("issuer", "http://localhost:8080"))?;
                Ok::<_, hufu::store::Error>((store, added))
            })
        });
        let nodes = futures::future::join_all(starts.collect::<Vec<_>>()).await;
        let nodes = nodes.into_iter().map(|node| node.expect(name).expect(name)).collect::<Vec<_>>();
        assert_eq!(nodes.iter().filter(|(_, added)| *added).count(), 1, "{name}");
        for (store, _) in &nodes {
            assert_eq!(store.keys().await.expect(name).len(), 1, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_takes_over_two_nodes_have_one_winner() {
    for (name, at) in stores().await {
        if name == "SQLite" {
            continue; // One file, one process: that is SQLite's rule, and races.rs covers it.
        }
        let nodes = [at.store.clone(), Store::open(&at.location).await.expect(name)];
        write!(at.store, put(&artifact(Kind::RefreshToken, "r"))).expect(name);
        let takes = (0..50).map(|i| {
            let store = nodes[i % 2].clone();
            tokio::spawn(async move { write!(store, exchange(Kind::RefreshToken, "r", START, Some("n"), &[])) })
        });
        let answers = futures::future::join_all(takes.collect::<Vec<_>>()).await;
        let answers = answers.into_iter().map(|answer| answer.expect(name).expect(name)).collect::<Vec<_>>();
        assert_eq!(answers.iter().filter(|answer| matches!(answer, Exchange::First)).count(), 1, "{name}");
        assert_eq!(answers.iter().filter(|answer| matches!(answer, Exchange::Again { .. })).count(), 49, "{name}");
    }
}

#[tokio::test]
async fn another_nodes_change_is_seen_within_a_second() {
    for (name, at) in stores().await {
        let other = Store::open(&at.location).await.expect(name);
        write!(at.store, insert_client(&client("c"))).expect(name);
        tokio::time::timeout(Duration::from_secs(1), async {
            while other.client(&ClientId::new("c")).await.expect(name).is_none() || other.epoch() < at.store.epoch() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .expect(name);
        let off = || hufu::store::clients::Client { enabled: false, ..client("c") };
        write!(at.store, update_client(&off())).expect(name);
        let seen = tokio::time::timeout(Duration::from_secs(1), async {
            while other.client(&ClientId::new("c")).await.expect(name).expect(name).enabled {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        seen.await.expect(name);
    }
}
