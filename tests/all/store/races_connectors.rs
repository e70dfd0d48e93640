//! The last ways in, switched off and removed by 24 callers at once on each store.

use hufu::base::id::ConnectorId;
use hufu::store::Error;
use hufu::store::connectors::ConnectorRow;

use super::make::{connector, write};
use super::races::{CALLERS, meet, race, won, yes};
use crate::support::stores::stores;

fn practice() -> ConnectorRow {
    ConnectorRow { practice: true, ..connector("p") }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ways_in_switched_off_at_once_one_stays_on() {
    for (name, at) in stores().await {
        write!(at.store, insert_connector(&practice())).expect(name);
        for number in 0..CALLERS {
            write!(at.store, insert_connector(&connector(&format!("n{number}")))).expect(name);
        }
        let off = meet(&at.store, |tx, i| {
            let row = ConnectorRow { enabled: false, ..connector(&format!("n{i}")) };
            Box::pin(async move { tx.update_connector(&row).await })
        });
        assert_eq!(yes(&off.await), CALLERS - 1, "{name}: the last one stays on");
        let rows = at.store.connectors().await.expect(name);
        assert_eq!(rows.iter().filter(|row| row.enabled && !row.practice).count(), 1, "{name}");
        // Practice is no way in, and what is off already goes without a word.
        let off = write!(at.store, update_connector(&ConnectorRow { enabled: false, ..practice() }));
        assert!(off.expect(name), "{name}");
        let one = rows.iter().find(|row| !row.enabled).expect(name).id.clone();
        let gone = race!(at, _i => delete_connector(&ConnectorId::new("k_p")));
        assert_eq!(yes(&gone), 1, "{name}");
        let gone = meet(&at.store, move |tx, _| {
            let one = one.clone();
            Box::pin(async move { tx.delete_connector(&one).await })
        });
        assert_eq!(yes(&gone.await), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ways_in_removed_at_once_one_stays() {
    for (name, at) in stores().await {
        for number in 0..CALLERS {
            write!(at.store, insert_connector(&connector(&format!("n{number}")))).expect(name);
        }
        let gone = race!(at, i => delete_connector(&ConnectorId::new(format!("k_n{i}"))));
        assert_eq!(won(&gone), CALLERS - 1, "{name}: the last one stays");
        assert!(gone.iter().any(|one| matches!(one, Err(Error::Conflict("last way in")))), "{name}: {gone:?}");
        assert_eq!(at.store.connectors().await.expect(name).len(), 1, "{name}");
    }
}
