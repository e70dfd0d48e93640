//! When a directory is read by itself.

use std::sync::Arc;

use hufu::base::id::OrgId;
use hufu::connectors::Connector;
use hufu::login::roster::Sync;
use hufu::store::orgs::Org;
use tokio_util::sync::CancellationToken;

use super::crowd::{Crowd, ORG, organisation};
use crate::login::house::{House, houses_with};

async fn is_due(house: &House) -> bool {
    house.login.passes_due().await.unwrap() == [OrgId::new(ORG)]
}

/// From the end of a reading: not due a second before, due then.
async fn is_due_after(house: &House, seconds: i64) {
    house.login.sync_directory(&OrgId::new(ORG), &Sync::default(), &CancellationToken::new()).await.unwrap();
    house.world.clock.advance(seconds - 1);
    assert!(!is_due(house).await, "{}: before {seconds} seconds", house.world.name);
    house.world.clock.advance(1);
    assert!(is_due(house).await, "{}: after {seconds} seconds", house.world.name);
}

#[tokio::test]
async fn the_whole_is_read_every_hour_every_day_where_the_platform_tells_or_as_the_organisation_says() {
    let crowd = Crowd::new(&[("1", None)], &[("p1", &["1"])]);
    let connector: Arc<dyn Connector> = Arc::<Crowd>::clone(&crowd);
    for house in houses_with(&[("corp", connector)]).await {
        crowd.change(|state| state.tells = false);
        house.add_connector("corp", "oidc", |_| {}).await;
        let org = organisation(house.store(), house.world.clock.now()).await;
        assert!(is_due(&house).await, "a new one at once");
        is_due_after(&house, 3_600).await;
        crowd.change(|state| state.tells = true);
        is_due_after(&house, 86_400).await;
        set(&house, &org, |org| org.sync_every = Some(7_200)).await;
        is_due_after(&house, 7_200).await;
        // A dry run is no reading, and a platform in trouble is asked again after an hour.
        let dry = Sync { dry: true, ..Sync::default() };
        house.login.sync_directory(&org, &dry, &CancellationToken::new()).await.unwrap();
        assert!(is_due(&house).await);
        set(&house, &org, |org| org.sync_every = Some(604_800)).await;
        is_due_after(&house, 604_800).await;
        set(&house, &org, |org| org.enabled = false).await;
        assert!(!is_due(&house).await, "switched off");
    }
}

async fn set(house: &House, org: &OrgId, change: impl FnOnce(&mut Org)) {
    let mut row = house.store().org(org).await.unwrap().unwrap();
    change(&mut row);
    let written = house.store().write(move |tx| {
        let row = row.clone();
        Box::pin(async move { tx.update_org(&row).await })
    });
    assert!(written.await.unwrap());
}
