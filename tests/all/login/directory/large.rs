//! Fifty thousand people in five thousand departments: within 64 MiB, under
//! fifteen questions a second, and through two kill -9. The pass runs in a
//! process of its own: this very test program, started again.
#![expect(clippy::print_stdout, reason = "how the process tells the test what it measured")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hufu::base::clock::Clock;
use hufu::base::random::Random;
use hufu::base::secret::{MasterKey, Sealer};
use hufu::config::Hashing;
use hufu::connectors::directory::{Roster, RosterTurn, Wanted};
use hufu::connectors::{Check, Connector, Finding, Reply, Step, Trouble, Turn};
use hufu::login::Login;
use hufu::login::connectors::Connectors;
use hufu::login::password::Passwords;
use hufu::login::roster::Sync;
use hufu::oidc::keys::KeyRing;
use hufu::oidc::{Lives, Oidc};
use hufu::store::connectors::{ConnectorRow, FirstSignIn};
use hufu::store::sync_runs::SyncState;
use hufu::store::{Location, Store};
use tokio_util::sync::CancellationToken;

use super::crowd::{ORG, department, organisation, person};
use crate::oidc::world::ISSUER;

const DEPARTMENTS: usize = 5_000;
const EACH: usize = 10;
const FOLDER: &str = "HUFU_TEST_DIRECTORY";
const NOW: &str = "HUFU_TEST_DIRECTORY_NOW";

/// Made up by number; nothing of it is kept.
struct Multitude {
    clock: Clock,
    asked: AtomicUsize,
    second: AtomicI64,
    in_second: AtomicUsize,
    busiest: AtomicUsize,
}

impl Multitude {
    fn new(clock: Clock) -> Arc<Self> {
        let zero = AtomicUsize::default;
        Arc::new(Self { clock, asked: zero(), second: AtomicI64::default(), in_second: zero(), busiest: zero() })
    }

    fn count(&self) {
        let now = self.clock.now();
        if self.second.swap(now, Ordering::SeqCst) != now {
            self.in_second.store(0, Ordering::SeqCst);
        }
        let in_second = self.in_second.fetch_add(1, Ordering::SeqCst) + 1;
        self.busiest.fetch_max(in_second, Ordering::SeqCst);
        let asked = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        if asked.is_multiple_of(500) {
            println!("asked {asked}");
        }
    }
}

impl Connector for Multitude {
    fn begin<'a>(&'a self, _: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        async move { Err(Trouble::Cancelled) }.boxed()
    }

    fn answer<'a>(&'a self, _: &'a Turn, _: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        async move { Err(Trouble::Cancelled) }.boxed()
    }

    fn check<'a>(&'a self, _: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        async { Vec::new() }.boxed()
    }

    fn roster<'a>(&'a self, _: &'a RosterTurn, wanted: Wanted) -> Option<BoxFuture<'a, Result<Roster, Trouble>>> {
        self.count();
        let mut roster = Roster::default();
        match wanted {
            Wanted::Roots => roster.departments.push(department("0", None)),
            // Ten under each: a tree of 5 000.
            Wanted::Under(id) => {
                let first = id.parse::<usize>().unwrap() * 10 + 1;
                let under = (first..first + 10).filter(|number| *number < DEPARTMENTS);
                roster.departments = under.map(|number| department(&number.to_string(), Some(id.clone()))).collect();
            }
            Wanted::PeopleIn { department, .. } => {
                let people = (0..EACH).map(|n| person(&format!("{department}-{n}"), vec![department.clone()], true));
                roster.people = people.collect();
            }
            Wanted::Person(_) | Wanted::Department(_) => {}
        }
        Some(async move { Ok(roster) }.boxed())
    }
}

/// Kilobytes of this process, by the name the kernel has for them.
fn kilobytes(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn engine(folder: &Path, multitude: &Arc<Multitude>) -> Login {
    let (clock, random) = (multitude.clock.clone(), Random::System);
    let now = clock.now();
    let store = Store::open(&Location::Sqlite(folder.join("hufu.db"))).await.unwrap();
    let sealer = Arc::new(Sealer::new(&MasterKey::generate(&Random::seeded(7)), random.clone()).unwrap());
    if store.connectors().await.unwrap().is_empty() {
        let row = ConnectorRow {
            id: hufu::base::id::ConnectorId::new("c-corp"),
            version: 1,
            created_at: now,
            updated_at: now,
            kind: "oidc".to_owned(),
            name: "corp".to_owned(),
            title: "Corp".to_owned(),
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
        organisation(&store, now).await;
    }
    let keys = KeyRing::open(&store, &clock, &random, &sealer).await.unwrap();
    let oidc = Oidc::new(store.clone(), clock, random, Arc::clone(&sealer), ISSUER, keys, Lives::default());
    let scripted = [("corp".to_owned(), Arc::<Multitude>::clone(multitude) as Arc<dyn Connector>)].into();
    let connectors = Connectors::scripted(store, sealer, scripted);
    Login::new(oidc, connectors, Passwords::new(Hashing { memory_kib: 64, passes: 1, permits: 1 }, Random::System))
}

/// Not a test of its own: what [`fifty_thousand_people`] starts.
#[tokio::test]
#[ignore = "started by the test below, in a process of its own"]
async fn one_process() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let now = std::env::var(NOW).unwrap().parse().unwrap();
    let multitude = Multitude::new(Clock::fixed(now));
    let login = engine(Path::new(&folder), &multitude).await;
    let before = kilobytes("VmRSS");
    let org = hufu::base::id::OrgId::new(ORG);
    let run = login.sync_directory(&org, &Sync::default(), &CancellationToken::new()).await.unwrap();
    let grown = kilobytes("VmHWM").saturating_sub(before);
    let (asked, busiest) = (multitude.asked.load(Ordering::SeqCst), multitude.busiest.load(Ordering::SeqCst));
    assert_eq!(run.state, SyncState::Done, "{:?}", run.failed);
    println!("done {} {} {grown} {busiest} {asked}", run.added, run.departments);
}

/// Runs the pass until it has asked so often, then kills it; or to its end. What it said last.
fn run(folder: &Path, now: i64, until: Option<usize>) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["login::directory::large::one_process", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(NOW, now.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut last = String::new();
    for line in lines {
        let line = line.find("asked ").or_else(|| line.find("done ")).map(|at| line[at..].to_owned());
        let Some(line) = line else { continue };
        let asked = line.strip_prefix("asked ").and_then(|count| count.parse::<usize>().ok());
        last = line;
        if asked.zip(until).is_some_and(|(asked, until)| asked >= until) {
            // SIGKILL: nothing of it is tidied up.
            child.kill().unwrap();
            break;
        }
    }
    child.wait().unwrap();
    last
}

#[test]
fn fifty_thousand_people_fit_into_64_mebibytes_and_survive_two_kills() {
    let folder = tempfile::tempdir().unwrap();
    let start = 1_750_000_000;
    assert!(run(folder.path(), start, Some(2_000)).starts_with("asked "));
    assert!(run(folder.path(), start + 100_000, Some(3_000)).starts_with("asked "));
    let last = run(folder.path(), start + 200_000, None);
    println!("{last}");
    let numbers: Vec<usize> = last.strip_prefix("done ").unwrap().split(' ').map(|n| n.parse().unwrap()).collect();
    let [added, departments, grown, busiest, asked] = numbers[..] else { panic!("{last}") };
    assert_eq!((added, departments), (DEPARTMENTS * EACH, DEPARTMENTS));
    assert!(grown <= 64 * 1024, "{grown} KiB more");
    assert!(busiest < 15, "{busiest} in one second");
    // It went on where it was: a pass from the beginning asks more than ten thousand times.
    assert!(asked < 2 * DEPARTMENTS, "{asked} questions in the last process");
}
