//! How fast a company's platform is asked, and that one company's reading holds up no other's.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hufu::base::clock::Clock;
use hufu::base::id::OrgId;
use hufu::base::random::Random;
use hufu::base::secret::{MasterKey, Sealer};
use hufu::config::Hashing;
use hufu::connectors::directory::{Roster, RosterTurn, Wanted};
use hufu::connectors::hook::News;
use hufu::connectors::{Check, Connector, Finding, Reply, Step, Trouble, Turn};
use hufu::login::Login;
use hufu::login::connectors::Connectors;
use hufu::login::password::Passwords;
use hufu::login::roster::Sync;
use hufu::oidc::keys::KeyRing;
use hufu::oidc::{Lives, Oidc};
use hufu::store::connectors::{ConnectorRow, FirstSignIn};
use hufu::store::{Location, Store};
use tokio_util::sync::CancellationToken;

use super::crowd::{department, organisation_of, person};
use crate::oidc::world::ISSUER;
use crate::support::stores::stores;

/// A company of forty departments that notes when it was asked.
#[derive(Default)]
struct Company {
    corp: Option<&'static str>,
    asked: Arc<Mutex<Vec<Instant>>>,
    /// It never answers.
    hangs: bool,
}

impl Connector for Company {
    fn begin<'a>(&'a self, _: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        async move { Err(Trouble::Cancelled) }.boxed()
    }

    fn answer<'a>(&'a self, _: &'a Turn, _: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        async move { Err(Trouble::Cancelled) }.boxed()
    }

    fn check<'a>(&'a self, _: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        async { Vec::new() }.boxed()
    }

    fn company(&self) -> Option<&str> {
        self.corp
    }

    fn roster<'a>(&'a self, _: &'a RosterTurn, wanted: Wanted) -> Option<BoxFuture<'a, Result<Roster, Trouble>>> {
        let answer = async move {
            self.asked.lock().unwrap().push(Instant::now());
            if self.hangs {
                std::future::pending::<()>().await;
            }
            let mut roster = Roster { whole_tree: true, ..Roster::default() };
            match wanted {
                Wanted::Roots => roster.departments = (0..40).map(|n| department(&n.to_string(), None)).collect(),
                Wanted::Person(id) => roster.people.push(person(&id, Vec::new(), true)),
                _ => {}
            }
            Ok(roster)
        };
        // Made only to see whether there is a directory, it asks nothing.
        Some(answer.boxed())
    }
}

/// The most questions in any one second.
fn busiest(asked: &[Instant]) -> usize {
    let mut most = 0;
    for from in asked {
        most = most.max(asked.iter().filter(|at| **at >= *from && **at - *from < Duration::from_secs(1)).count());
    }
    most
}

/// A node over this store, on the machine's clock, with these companies.
async fn node(location: &Location, companies: &[(&str, Arc<Company>)]) -> Login {
    let store = Store::open(location).await.unwrap();
    let (clock, random) = (Clock::System, Random::System);
    let now = clock.now();
    let sealer = Arc::new(Sealer::new(&MasterKey::generate(&Random::seeded(7)), random.clone()).unwrap());
    let there: BTreeSet<_> = store.connectors().await.unwrap().iter().map(|row| row.name.clone()).collect();
    for (name, _) in companies.iter().filter(|(name, _)| !there.contains(*name)) {
        let row = ConnectorRow {
            id: hufu::base::id::ConnectorId::new(format!("c-{name}")),
            version: 1,
            created_at: now,
            updated_at: now,
            kind: "oidc".to_owned(),
            name: (*name).to_owned(),
            title: (*name).to_owned(),
            position: 0,
            enabled: true,
            practice: false,
            rule: FirstSignIn::Create,
            registration: true,
            settings: "{}".to_owned(),
        };
        let written = store.write(move |tx| {
            let row = row.clone();
            async move { tx.insert_connector(&row).await }.boxed()
        });
        written.await.unwrap();
        organisation_of(&store, now, name).await;
    }
    let keys = KeyRing::open(&store, &clock, &random, &sealer).await.unwrap();
    let oidc = Oidc::new(store.clone(), clock, random, Arc::clone(&sealer), ISSUER, keys, Lives::default());
    let scripted = companies
        .iter()
        .map(|(name, company)| ((*name).to_owned(), Arc::<Company>::clone(company) as Arc<dyn Connector>));
    let connectors = Connectors::scripted(store, sealer, scripted.collect());
    Login::new(oidc, connectors, Passwords::new(Hashing { memory_kib: 64, passes: 1, permits: 1 }, Random::System))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_company_is_asked_at_most_fifteen_questions_a_second_by_all_readers_together() {
    for (name, at) in stores().await {
        let asked = Arc::<Mutex<Vec<Instant>>>::default();
        let company = || Arc::new(Company { corp: Some("corp"), asked: Arc::clone(&asked), hangs: false });
        // Two organisations of one company, and two nodes.
        let companies = [("one", company()), ("two", company())];
        let (first, second) = (node(&at.location, &companies).await, node(&at.location, &companies).await);
        let changed = (0..20).map(|n| News::PersonChanged { person: format!("p{n}") }).collect();
        first.hear_directory("one", changed).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        let stop = CancellationToken::new();
        let whole = Sync::default();
        let ids = ["o-one", "o-two"].map(OrgId::new);
        let (one, two, changes) = tokio::join!(
            first.sync_directory(&ids[0], &whole, &stop),
            second.sync_directory(&ids[1], &whole, &stop),
            second.read_changes(),
        );
        one.unwrap();
        two.unwrap();
        assert_eq!(changes.unwrap(), 20, "{name}");
        let asked = asked.lock().unwrap().clone();
        assert!(asked.len() >= 102, "{name}: {}", asked.len());
        assert!(busiest(&asked) <= 15, "{name}: {} in one second", busiest(&asked));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_whose_reading_takes_long_keeps_no_other_waiting() {
    for (name, at) in stores().await {
        let slow = Arc::new(Company { hangs: true, ..Company::default() });
        let quick = Arc::new(Company::default());
        let login = node(&at.location, &[("a-slow", Arc::clone(&slow)), ("b-quick", Arc::clone(&quick))]).await;
        let stop = CancellationToken::new();
        let reading = login.keep_directories(&stop);
        let is_read = async {
            for _ in 0..200 {
                if quick.asked.lock().unwrap().len() >= 41 {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            false
        };
        tokio::select! {
            () = reading => panic!("{name}: it goes on until it is stopped"),
            read = is_read => assert!(read, "{name}: {} questions", quick.asked.lock().unwrap().len()),
        }
        assert_eq!(slow.asked.lock().unwrap().len(), 1, "{name}: still waited for");
    }
}
