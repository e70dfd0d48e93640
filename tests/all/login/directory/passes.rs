//! A pass over the whole directory.

use std::sync::Arc;

use hufu::connectors::Connector;
use hufu::login::roster::Sync;
use hufu::store::sync_runs::{SyncRun, SyncState};
use tokio_util::sync::CancellationToken;

use super::crowd::{Crowd, organisation};
use crate::login::house::{House, houses_with};

/// A company of three departments, one of them under a parent nobody sees, and two in a circle.
fn company() -> Arc<Crowd> {
    let departments = [
        ("1", None),
        ("2", Some("1")),
        ("3", Some("2")),
        ("4", None),
        ("a", Some("b")),
        ("b", Some("a")),
        ("5", Some("3")),
    ];
    let people: [(&str, &[&str]); 7] = [
        ("p1", &["1"]),
        ("p2", &["2", "3"]),
        ("p3", &["3"]),
        ("p4", &["3"]),
        ("p5", &["3"]),
        ("p6", &["4"]),
        ("alone", &[]),
    ];
    Crowd::new(&departments, &people)
}

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
    let org = hufu::base::id::OrgId::new(super::crowd::ORG);
    house.login.sync_directory(&org, how, &CancellationToken::new()).await.unwrap()
}

async fn people(house: &House) -> Vec<String> {
    let org = hufu::base::id::OrgId::new(super::crowd::ORG);
    house.store().roster(&org, None, 1000).await.unwrap().into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn everybody_is_read_once_and_a_second_pass_changes_nothing() {
    let crowd = company();
    for house in with(&crowd).await {
        let first = pass(&house, &Sync::default()).await;
        assert_eq!((first.state, first.added, first.changed, first.gone), (SyncState::Done, 7, 0, 0), "{first:?}");
        assert_eq!(people(&house).await, ["alone", "p1", "p2", "p3", "p4", "p5", "p6"]);
        let org = first.org_id.clone();
        let departments = house.store().departments(&org, None, 100).await.unwrap();
        // The circle hangs under nothing that can be seen, so it is never asked for.
        assert_eq!(departments.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ["1", "2", "3", "4", "5"]);
        let second = pass(&house, &Sync::default()).await;
        assert_eq!((second.state, second.added, second.changed, second.gone), (SyncState::Done, 0, 0, 0));
        assert_eq!((second.number, second.departments), (first.number + 1, 0));
    }
}

#[tokio::test]
async fn a_circle_of_departments_is_walked_once() {
    let crowd = Crowd::new(&[("1", None), ("2", Some("1"))], &[("p", &["2"])]);
    // As if 1 were under 2 as well.
    crowd.change(|state| drop(state.departments.insert("1x".to_owned(), Some("2".to_owned()))));
    crowd.change(|state| drop(state.departments.insert("2".to_owned(), Some("1".to_owned()))));
    for house in with(&crowd).await {
        assert_eq!(pass(&house, &Sync::default()).await.state, SyncState::Done);
    }
}

#[tokio::test]
async fn who_is_not_there_any_more_goes_but_never_many_at_once() {
    let crowd = company();
    for house in with(&crowd).await {
        crowd.change(|state| state.people = company().0.lock().unwrap().people.clone());
        pass(&house, &Sync::default()).await;
        crowd.change(|state| drop(state.people.remove("p6")));
        let one = pass(&house, &Sync::default()).await;
        assert_eq!((one.state, one.gone), (SyncState::Done, 1), "{one:?}");
        assert!(!people(&house).await.contains(&"p6".to_owned()));
        crowd.change(|state| state.people.clear());
        let all = pass(&house, &Sync::default()).await;
        assert_eq!((all.state, all.gone), (SyncState::Held, 6));
        assert_eq!((people(&house).await.len(), all.examples.len()), (6, 6));
        let accepted = pass(&house, &Sync { accept_removals: true, ..Sync::default() }).await;
        assert_eq!((accepted.state, people(&house).await.len()), (SyncState::Done, 0));
    }
}

#[tokio::test]
async fn nobody_goes_after_a_pass_that_missed_something() {
    let crowd = company();
    for house in with(&crowd).await {
        crowd.change(|state| state.hidden.clear());
        pass(&house, &Sync::default()).await;
        crowd.change(|state| assert!(state.hidden.insert("4".to_owned())));
        let missed = pass(&house, &Sync::default()).await;
        assert_eq!((missed.state, missed.gone, missed.failed.len()), (SyncState::Incomplete, 0, 1));
        assert_eq!(people(&house).await.len(), 7);
        // A department that failed to be read is told; the next whole pass settles it.
        crowd.change(|state| state.hidden.clear());
        assert_eq!(pass(&house, &Sync::default()).await.state, SyncState::Done);
    }
}

#[tokio::test]
async fn a_record_that_can_not_be_used_keeps_its_owner_and_everybody_else_goes_on() {
    for has_key in [true, false] {
        let crowd = company();
        for house in with(&crowd).await {
            let before = people(&house).await.len();
            assert_eq!((pass(&house, &Sync::default()).await.state, before), (SyncState::Done, 0));
            crowd.change(|state| {
                state.odd.insert("p2".to_owned(), has_key);
                state.people.remove("p5");
                state.people.insert("p9".to_owned(), vec!["4".to_owned()]);
            });
            for gone in [1, 0] {
                let dry = pass(&house, &Sync { dry: true, ..Sync::default() }).await;
                assert_eq!((dry.state, dry.failed.len()), (SyncState::Done, 0), "{dry:?}");
                // Who has no readable key is asked for by name first, which a dry pass does not do.
                assert_eq!(dry.gone, gone + i64::from(!has_key), "{dry:?}");
                let run = pass(&house, &Sync::default()).await;
                assert_eq!((run.state, run.gone, run.failed.len()), (SyncState::Done, gone, 0), "{run:?}");
                assert_eq!(run.odd, ["a list: a record with the id \"p2/\""], "once, in however many lists: {run:?}");
                let left = people(&house).await;
                assert!(left.contains(&"p2".to_owned()) && left.contains(&"p9".to_owned()), "{left:?}");
                assert!(!left.contains(&"p5".to_owned()), "{left:?}");
            }
            let rows = house.store().audit(None, 100).await.unwrap();
            let told = rows.iter().filter(|row| row.action == "directory.read" && row.detail.contains("p2/"));
            assert_eq!(told.count(), 4, "each of these passes names it: {rows:?}");
            crowd.change(|state| {
                state.odd.clear();
                state.people.clone_from(&company().0.lock().unwrap().people);
            });
        }
    }
}

#[tokio::test]
async fn when_nobody_s_record_can_be_used_any_more_nobody_goes() {
    let crowd = company();
    for house in with(&crowd).await {
        pass(&house, &Sync::default()).await;
        crowd.change(|state| state.odd = state.people.keys().map(|id| (id.clone(), false)).collect());
        let run = pass(&house, &Sync::default()).await;
        assert_eq!((run.state, people(&house).await.len()), (SyncState::Held, 7), "{run:?}");
        crowd.change(|state| state.odd.clear());
    }
}

#[tokio::test]
async fn a_dry_pass_counts_and_writes_nothing() {
    let crowd = company();
    for house in with(&crowd).await {
        crowd.change(|state| state.people = company().0.lock().unwrap().people.clone());
        let dry = Sync { dry: true, ..Sync::default() };
        let first = pass(&house, &dry).await;
        assert_eq!((first.state, first.added, people(&house).await.len()), (SyncState::Done, 7, 0), "{first:?}");
        pass(&house, &Sync::default()).await;
        crowd.change(|state| {
            state.people.remove("p1");
            state.people.insert("p9".to_owned(), vec!["1".to_owned()]);
            state.inactive.insert("p2".to_owned());
        });
        let second = pass(&house, &dry).await;
        assert_eq!((second.added, second.changed, second.gone), (1, 1, 1), "{second:?}");
        assert_eq!(second.examples.len(), 3);
        assert!(people(&house).await.contains(&"p1".to_owned()));
        crowd.change(|state| state.inactive.clear());
    }
}

#[tokio::test]
async fn a_pass_that_was_left_is_taken_up_by_another_node_once_its_lease_ran_out() {
    let crowd = company();
    for house in with(&crowd).await {
        let org = hufu::base::id::OrgId::new(super::crowd::ORG);
        let stop = CancellationToken::new();
        let before = crowd.asked();
        // Stopped after some questions: the rest stays queued.
        let (login, token, stopped) = (house.login.clone(), stop.clone(), Arc::clone(&crowd));
        let watching = tokio::spawn(async move {
            while stopped.asked() < before + 4 {
                tokio::task::yield_now().await;
            }
            token.cancel();
        });
        let left = login.sync_directory(&org, &Sync::default(), &stop).await.unwrap();
        watching.await.unwrap();
        if left.state != SyncState::Running {
            continue;
        }
        let other = house.node().await;
        let busy = other.sync_directory(&org, &Sync::default(), &CancellationToken::new()).await.unwrap();
        assert_eq!((busy.state, busy.id.clone()), (SyncState::Running, left.id.clone()));
        house.world.clock.advance(200);
        let done = other.sync_directory(&org, &Sync::default(), &CancellationToken::new()).await.unwrap();
        assert_eq!((done.state, done.id, done.added), (SyncState::Done, left.id, 7));
    }
}

#[tokio::test]
async fn the_platform_is_never_asked_more_than_fourteen_times_a_second_and_waited_for() {
    let names: Vec<String> = (0..60).map(|n| format!("d{n}")).collect();
    let departments: Vec<(&str, Option<&str>)> = names.iter().map(|name| (name.as_str(), None)).collect();
    let crowd = Crowd::new(&departments, &[("p", &["d0"])]);
    for house in with(&crowd).await {
        crowd.change(|state| state.later = 3);
        let run = pass(&house, &Sync::default()).await;
        assert_eq!(run.state, SyncState::Done);
        assert!(crowd.busiest() < 15, "{}", crowd.busiest());
        crowd.change(|state| state.asked.clear());
    }
}
