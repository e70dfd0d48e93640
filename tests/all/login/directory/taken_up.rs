//! Passes that were left, and what must not be made of them.

use std::sync::Arc;

use hufu::base::id::OrgId;
use hufu::connectors::Connector;
use hufu::connectors::directory::Wanted;
use hufu::login::roster::Sync;
use hufu::store::departments::Department;
use hufu::store::sync_pages::SyncPage;
use hufu::store::sync_runs::{SyncRun, SyncState};
use tokio_util::sync::CancellationToken;

use super::crowd::{Crowd, Gate, ORG, organisation};
use crate::login::house::{House, houses_with};

const DRY: Sync = Sync { dry: true, accept_removals: false };

async fn with(crowd: &Arc<Crowd>) -> Vec<House> {
    let connector: Arc<dyn Connector> = Arc::<Crowd>::clone(crowd);
    let houses = houses_with(&[("corp", connector)]).await;
    for house in &houses {
        house.add_connector("corp", "oidc", |_| {}).await;
        organisation(house.store(), house.world.clock.now()).await;
    }
    houses
}

async fn pass(house: &House, how: &Sync) -> SyncRun {
    house.login.sync_directory(&OrgId::new(ORG), how, &CancellationToken::new()).await.unwrap()
}

/// What a node leaves that died after the first rows of the first answer; its lease has run out.
async fn left_behind(house: &House, dry: bool) -> SyncRun {
    let now = house.world.clock.now();
    let run = SyncRun {
        id: house.world.random.ulid(now),
        org_id: OrgId::new(ORG),
        number: 0,
        dry,
        state: SyncState::Running,
        started_at: now,
        updated_at: now,
        ended_at: None,
        pages: 0,
        next: None,
        added: 0,
        changed: 0,
        gone: 0,
        departments: 0,
        failed: Vec::new(),
        odd: Vec::new(),
        examples: Vec::new(),
        node: "dead".to_owned(),
        leased_until: now + 90,
    };
    let root = Department { id: "1".to_owned(), parent_id: None, name: "One".to_owned(), position: 0, synced: true };
    let left = house.store().write(move |tx| {
        let (run, departments) = (run.clone(), vec![root.clone()]);
        Box::pin(async move {
            let run = tx.begin_sync(&run).await?;
            let page = SyncPage { departments, ..SyncPage::default() };
            Ok(tx.take_page(&run, &page, now, now + 90).await?.unwrap())
        })
    });
    let left = left.await.unwrap();
    house.world.clock.advance(200);
    left
}

fn three() -> Arc<Crowd> {
    Crowd::new(&[("1", None), ("2", None)], &[("p1", &["1"]), ("p2", &["2"]), ("alone", &[])])
}

#[tokio::test]
async fn a_pass_that_broke_in_its_first_answer_asks_for_the_roots_again() {
    let crowd = three();
    for house in with(&crowd).await {
        let left = left_behind(&house, false).await;
        let run = pass(&house, &Sync::default()).await;
        assert_eq!((run.id, run.state, run.added), (left.id, SyncState::Done, 3));
    }
}

#[tokio::test]
async fn more_departments_in_one_answer_than_a_transaction_takes_are_all_asked_for() {
    let names: Vec<String> = (0..450).map(|n| format!("d{n:04}")).collect();
    let departments: Vec<(&str, Option<&str>)> = names.iter().map(|name| (name.as_str(), None)).collect();
    let crowd = Crowd::new(&departments, &[("first", &["d0000"]), ("last", &["d0449"])]);
    for house in with(&crowd).await {
        let run = pass(&house, &Sync::default()).await;
        assert_eq!((run.state, run.departments, run.added), (SyncState::Done, 450, 2), "{run:?}");
        crowd.change(|state| state.asked.clear());
    }
}

#[tokio::test]
async fn branches_are_asked_for_one_by_one_and_stand_at_the_top() {
    let crowd = Crowd::new(&[("1", None), ("2", None), ("3", Some("2"))], &[("p1", &["1"]), ("p3", &["3"])]);
    crowd.change(|state| state.scoped = true);
    for house in with(&crowd).await {
        crowd.change(|state| state.unreadable.clear());
        let run = pass(&house, &Sync::default()).await;
        assert_eq!((run.state, run.added, run.departments), (SyncState::Done, 2, 3), "{run:?}");
        crowd.change(|state| assert!(state.unreadable.insert("2".to_owned())));
        assert_eq!(pass(&house, &Sync::default()).await.state, SyncState::Incomplete);
    }
}

#[tokio::test]
async fn a_dry_pass_takes_no_real_one_up() {
    let crowd = three();
    for house in with(&crowd).await {
        pass(&house, &Sync::default()).await;
        crowd.change(|state| drop(state.people.remove("p1")));
        let left = left_behind(&house, false).await;
        let told = pass(&house, &DRY).await;
        assert_eq!((told.id, told.dry, told.state), (left.id, false, SyncState::Running));
        let rows = house.store().roster(&OrgId::new(ORG), None, 9).await.unwrap();
        assert_eq!(rows.len(), 3, "nothing was removed");
        assert_eq!(pass(&house, &Sync::default()).await.gone, 1);
        crowd.change(|state| drop(state.people.insert("p1".to_owned(), vec!["1".to_owned()])));
    }
}

#[tokio::test]
async fn a_dry_pass_that_was_left_stands_in_no_real_one_s_way() {
    let crowd = three();
    for house in with(&crowd).await {
        let left = left_behind(&house, true).await;
        let run = pass(&house, &Sync::default()).await;
        assert_eq!((run.dry, run.state, run.added), (false, SyncState::Done, 3));
        assert_eq!(house.store().sync_run(&left.id).await.unwrap().unwrap().state, SyncState::Failed);
    }
}

#[tokio::test]
async fn a_pass_is_kept_while_the_platform_makes_it_wait() {
    let crowd = three();
    for house in with(&crowd).await {
        let gate = Arc::new(Gate::default());
        crowd.change(|state| {
            (state.later, state.patience) = (4, Some(60));
            state.gate = Some((Wanted::Roots, Arc::clone(&gate)));
        });
        let login = house.login.clone();
        let reading = tokio::spawn(async move {
            login.sync_directory(&OrgId::new(ORG), &Sync::default(), &CancellationToken::new()).await.unwrap()
        });
        gate.reached.notified().await;
        let (other, org, stop) = (house.node().await, OrgId::new(ORG), CancellationToken::new());
        let busy = other.sync_directory(&org, &Sync::default(), &stop).await.unwrap();
        assert_eq!(busy.state, SyncState::Running, "four minutes later it is still the first node's");
        gate.open.notify_one();
        assert_eq!(reading.await.unwrap().state, SyncState::Done);
    }
}
