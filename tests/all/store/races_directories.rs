//! Directories: passes, pages, rows, renamings and departures, met by 24 callers at once on each store.

use hufu::base::id::OrgId;
use hufu::store::Store;
use hufu::store::departments::Department;
use hufu::store::orgs::Org;
use hufu::store::roster::{RosterRow, Taken};
use hufu::store::sync_pages::SyncPage;
use hufu::store::sync_queue::{DirectoryChange, SyncStep};
use hufu::store::sync_runs::{SyncRun, SyncState};
use hufu::store::sync_vanished::{Gone, Vanished};

use super::make::{audit_entry, identity, user_id, with_people, write};
use super::races::{CALLERS, race, sum, won, yes};
use super::races_organisations::{ORG, with_org};
use crate::support::stores::{START, stores};

fn org() -> OrgId {
    OrgId::new(ORG)
}

fn row(id: &str) -> RosterRow {
    RosterRow {
        id: id.to_owned(),
        keys: vec![("github.com".to_owned(), id.to_owned())],
        name: format!("Person {id}"),
        email: None,
        phone: None,
        title: None,
        departments: vec!["d1".to_owned()],
        leads: Vec::new(),
        active: true,
    }
}

fn department(id: &str, name: &str) -> Department {
    Department { id: id.to_owned(), parent_id: None, name: name.to_owned(), position: 0, synced: true }
}

fn new_run(id: &str) -> SyncRun {
    SyncRun {
        id: id.to_owned(),
        org_id: org(),
        number: 0,
        dry: false,
        state: SyncState::Running,
        started_at: START,
        updated_at: START,
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
        node: "n".to_owned(),
        leased_until: START + 60,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_pass_runs_each_page_is_taken_once_and_it_ends_once() {
    for (name, at) in stores().await {
        with_org(&at.store).await;
        let begun = race!(at, i => begin_sync(&new_run(&format!("r{i}"))));
        let mut ids: Vec<String> = begun.iter().flatten().map(|run| run.id.clone()).collect();
        ids.dedup();
        assert_eq!((won(&begun), ids.len()), (CALLERS, 1), "{name}");
        let run = begun.into_iter().flatten().next().expect(name);
        assert_eq!(yes(&race!(at, i => lease_sync(&ids_of(i), "n", START, START + 60))), 0, "{name}: no such pass");
        let id = run.id.clone();
        let leased = super::races::meet(&at.store, move |tx, i| {
            let id = id.clone();
            Box::pin(async move { tx.lease_sync(&id, &format!("node{i}"), START + 61, START + 600).await })
        });
        assert_eq!(yes(&leased.await), 1, "{name}: one node takes it up");
        let held = at.store.sync_run(&run.id).await.expect(name).expect(name);
        let page = SyncPage {
            departments: vec![department("d1", "One")],
            people: vec![row("p1"), row("p2")],
            ..SyncPage::default()
        };
        let (before, first) = (held.clone(), page.clone());
        let taken = super::races::meet(&at.store, move |tx, _| {
            let (run, page) = (before.clone(), first.clone());
            Box::pin(async move { tx.take_page(&run, &page, START, START + 600).await })
        });
        let taken: Vec<SyncRun> = taken.await.into_iter().filter_map(|after| after.expect(name)).collect();
        assert_eq!(taken.iter().map(|after| (after.pages, after.added)).collect::<Vec<_>>(), [(1, 2)], "{name}");
        let numbers = race!(at, _i => sync_number(&org()));
        assert!(numbers.iter().all(|number| matches!(number, Ok(1))), "{name}");
        // As a later pass that saw nobody.
        let after = SyncRun { number: 9, ..taken[0].clone() };
        let vanished = [
            Vanished::Person("p1".to_owned()),
            Vanished::Person("p2".to_owned()),
            Vanished::Department("d1".to_owned()),
        ];
        let mut asked = None;
        for expected in &vanished {
            asked = at.store.unasked(&after, asked.as_ref()).await.expect(name);
            assert_eq!(asked.as_ref(), Some(expected), "{name}");
            let (run, gone) = (after.clone(), expected.clone());
            let noted = super::races::meet(&at.store, move |tx, _| {
                let (run, gone) = (run.clone(), gone.clone());
                Box::pin(async move { tx.note_gone(&run, &gone).await })
            });
            assert_eq!(yes(&noted.await), 1, "{name}");
        }
        assert_eq!(at.store.unasked(&after, None).await.expect(name), None, "{name}");
        assert_eq!(at.store.gone(&after).await.expect(name), Gone { people: 2, departments: 1 }, "{name}");
        let gone = super::races::meet(&at.store, move |tx, i| {
            let (run, entries) = (after.clone(), [0, 1].map(|n| audit_entry(&format!("gone{i}-{n}"))));
            Box::pin(async move { tx.drop_vanished(&run, &entries, START).await })
        });
        assert_eq!(sum(&gone.await), 3, "{name}: two people and a department");
        let last = taken[0].clone();
        let ended = super::races::meet(&at.store, move |tx, _| {
            let run = last.clone();
            Box::pin(async move { tx.end_sync(&run, SyncState::Done, START).await })
        });
        assert_eq!(yes(&ended.await), 1, "{name}");
    }
}

fn ids_of(caller: usize) -> String {
    format!("nothing{caller}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_queued_once_and_answered_once() {
    for (name, at) in stores().await {
        with_org(&at.store).await;
        let run = race!(at, _i => begin_sync(&new_run("r"))).into_iter().next().expect(name).expect(name);
        // More than one statement takes.
        let ids: Vec<String> = (1..=30).map(|n| format!("d{n:02}")).collect();
        let (queued, list) = (run.id.clone(), ids.clone());
        let roots = at.store.queued_sync(&run.id).await.expect(name);
        assert_eq!(roots, Some((SyncStep::Roots, String::new())), "{name}: a pass begins with a question");
        write!(at.store, unqueue_sync("r", SyncStep::Roots, "")).expect(name);
        let put = super::races::meet(&at.store, move |tx, _| {
            let (run, ids) = (queued.clone(), list.clone());
            Box::pin(async move { tx.queue_sync(&run, SyncStep::Under, &ids).await })
        });
        assert_eq!(won(&put.await), CALLERS, "{name}");
        let queued = run.id.clone();
        let taken = super::races::meet(&at.store, move |tx, _| {
            let run = queued.clone();
            Box::pin(async move { tx.unqueue_sync(&run, SyncStep::Under, "d01").await })
        });
        assert_eq!(yes(&taken.await), 1, "{name}");
        let (again, list) = (run.id.clone(), ids.clone());
        let put = super::races::meet(&at.store, move |tx, _| {
            let (run, ids) = (again.clone(), list.clone());
            Box::pin(async move { tx.queue_sync(&run, SyncStep::Under, &ids).await })
        });
        assert_eq!(won(&put.await), CALLERS, "{name}");
        let left = at.store.queued_sync(&run.id).await.expect(name);
        assert_eq!(left, Some((SyncStep::Under, "d02".to_owned())), "{name}: what was asked is not asked again");
        for id in &ids[1..] {
            let (run, queued) = (run.id.clone(), id.clone());
            let taken = at.store.write(move |tx| {
                let (run, id) = (run.clone(), queued.clone());
                Box::pin(async move { tx.unqueue_sync(&run, SyncStep::Under, &id).await })
            });
            assert!(taken.await.expect(name), "{name}: {id}");
        }
        assert_eq!(at.store.queued_sync(&run.id).await.expect(name), None, "{name}");
    }
}

async fn note(store: &Store, change: &DirectoryChange) {
    let change = change.clone();
    let noted = store.write(move |tx| {
        let change = change.clone();
        Box::pin(async move { tx.note_directory_change(&change).await })
    });
    noted.await.expect("noted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_told_often_is_one_and_read_once() {
    for (name, at) in stores().await {
        with_org(&at.store).await;
        let change =
            DirectoryChange { org_id: org(), is_department: false, id: "p1".to_owned(), due_at: START, tries: 0 };
        let told = change.clone();
        let noted = super::races::meet(&at.store, move |tx, _| {
            let change = told.clone();
            Box::pin(async move { tx.note_directory_change(&change).await })
        });
        assert_eq!(won(&noted.await), CALLERS, "{name}");
        assert_eq!(at.store.directory_changes_due(START, 100).await.expect(name), std::slice::from_ref(&change));
        // Told anew while it was read: what is newer stands, and the failure of the older is nobody's.
        let (seen, newer) = (change.clone(), DirectoryChange { due_at: START + 5, ..change.clone() });
        let late = DirectoryChange { due_at: START + 600, tries: 1, ..change.clone() };
        note(&at.store, &newer).await;
        let put_off = at.store.write(move |tx| {
            let (seen, late) = (seen.clone(), late.clone());
            Box::pin(async move { tx.put_off_directory_change(&seen, &late).await })
        });
        assert!(!put_off.await.expect(name), "{name}");
        let change = DirectoryChange { due_at: START + 5, ..change };
        let (now, again) = (change.clone(), DirectoryChange { due_at: START + 7, tries: 1, ..change.clone() });
        let put_off = super::races::meet(&at.store, move |tx, _| {
            let (now, again) = (now.clone(), again.clone());
            Box::pin(async move { tx.put_off_directory_change(&now, &again).await })
        });
        assert_eq!(yes(&put_off.await), 1, "{name}");
        let all = race!(at, _i => put_off_directory_changes(&org(), START + 8, START + 9));
        assert_eq!(sum(&all), 1, "{name}");
        let change = DirectoryChange { due_at: START + 9, tries: 1, ..change };
        let dropped = super::races::meet(&at.store, move |tx, _| {
            let change = change.clone();
            Box::pin(async move { tx.drop_directory_change(&change).await })
        });
        assert_eq!(yes(&dropped.await), 1, "{name}");
    }
}

#[tokio::test]
async fn changes_are_read_one_of_each_organisation_in_turn() {
    for (name, at) in stores().await {
        with_org(&at.store).await;
        let second = Org { id: OrgId::new("o_2"), ..at.store.org(&org()).await.expect(name).expect(name) };
        let made = at.store.write(move |tx| {
            let second = second.clone();
            Box::pin(async move { tx.insert_org(&second).await })
        });
        made.await.expect(name);
        for (which, id, due_at) in [(ORG, "a", 1), (ORG, "b", 2), (ORG, "c", 3), ("o_2", "z", 4)] {
            let (org_id, id, due_at) = (OrgId::new(which), id.to_owned(), START + due_at);
            let change = DirectoryChange { org_id, is_department: false, id, due_at, tries: 0 };
            note(&at.store, &change).await;
        }
        let due = at.store.directory_changes_due(START + 9, 3).await.expect(name);
        assert_eq!(due.iter().map(|change| change.id.as_str()).collect::<Vec<_>>(), ["a", "z", "b"], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_directory_are_new_once_and_renamed_once() {
    for (name, at) in stores().await {
        with_org(&at.store).await;
        with_people(&at.store, &["ada"]).await;
        write!(at.store, insert_identity(&identity("i", "ada", "p1"))).expect(name);
        let taken = race!(at, _i => sync_person(&org(), &row("p1"), (1, START), None));
        let new = taken.iter().filter(|taken| matches!(taken, Ok(Taken::New))).count();
        assert_eq!((won(&taken), new), (CALLERS, 1), "{name}");
        assert!(at.store.member(&org(), &user_id("ada")).await.expect(name).is_some(), "{name}: tied by the key");
        assert_eq!(yes(&race!(at, _i => rename_person(&org(), ("p1", "p9"), "github.com"))), 1, "{name}");
        assert!(at.store.roster_has(&org(), "github.com", "p9").await.expect(name), "{name}");
        assert_eq!(yes(&race!(at, _i => rename_identity("github.com", "p9", "p7"))), 1, "{name}");
        let synced = race!(at, _i => sync_department(&org(), &department("d1", "One"), 1));
        assert_eq!(synced.iter().filter(|answer| matches!(answer, Ok(Some(true)))).count(), 1, "{name}");
        assert_eq!(yes(&race!(at, _i => drop_synced_department(&org(), "d1"))), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_leaves_once() {
    for (name, at) in stores().await {
        with_org(&at.store).await;
        with_people(&at.store, &["ada"]).await;
        write!(at.store, insert_identity(&identity("i", "ada", "p1"))).expect(name);
        for round in 0..2 {
            write!(at.store, sync_person(&org(), &row("p1"), (1, START), None)).expect(name);
            let left = super::races::meet(&at.store, move |tx, i| {
                let entry = audit_entry(&format!("left{round}-{i}"));
                Box::pin(async move { tx.leave_by_person(&org(), "p1", START, &entry).await })
            });
            let left = left.await;
            let listed = left.iter().flatten().filter(|departure| departure.was_listed).count();
            assert_eq!((won(&left), listed), (CALLERS, 1), "{name}");
        }
        assert_eq!(at.store.audit(None, 100).await.expect(name).len(), 2, "{name}: noted once each");
        write!(at.store, sync_person(&org(), &row("p1"), (1, START), None)).expect(name);
        let ended = race!(at, _i => end_person(&org(), "p1", START, "test"));
        assert_eq!(ended.iter().flatten().filter(|departure| departure.user_id.is_some()).count(), 1, "{name}");
    }
}
