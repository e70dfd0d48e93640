//! `kill -9` in the middle of traffic: nothing acknowledged is lost, nothing is honoured twice (security.md R1, R2, R4, R5).

use std::time::Duration;

use futures::StreamExt as _;
use hufu::base::random::Random;

use super::caller::{Caller, Pair};
use super::program::Installation;
use super::traffic::{self, Family, Journal, Last};
use crate::support::http::TestBrowser;
use crate::support::server::{Application, PASSWORD};
use crate::support::stores::empty_places;

const ROUNDS: usize = 5;
const WORKERS: usize = 16;
const REDIRECT: &str = "https://rp.example/cb";
/// Questions at once while the journal is compared.
const AUDITORS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn r1_r4_r5_a_kill_in_traffic_loses_nothing_acknowledged_and_honours_nothing_twice_on_sqlite() {
    survives_kills("SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_r4_r5_a_kill_in_traffic_loses_nothing_acknowledged_and_honours_nothing_twice_on_postgresql() {
    survives_kills("PostgreSQL").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_first_start_that_is_killed_halfway_can_be_repeated() {
    for round in 0..6_u64 {
        let installation = Installation::new(&[("log.level", "error")]);
        let first = installation.spawn();
        // From the first file that is made to the last key.
        tokio::time::sleep(Duration::from_millis(round * 60)).await;
        first.kill();
        let second = installation.start().await;
        let keys = TestBrowser::new(&installation.issuer()).get("/jwks").await.json();
        assert!(keys["keys"].as_array().is_some_and(|keys| !keys.is_empty()), "round {round}: {keys}");
        drop(second);
    }
}

async fn survives_kills(store: &str) {
    let places = empty_places().await;
    let (_, place) = places.iter().find(|(name, _)| *name == store).expect("a store of this name");
    let installation = Installation::on(&place.location, &[("log.level", "error")]);
    let secret = installation.application("killed", REDIRECT);
    installation.person("lin", "lin@example.org", PASSWORD);
    let application = || Application { id: "killed".into(), secret: secret.clone(), redirect_uri: REDIRECT.into() };
    let mut program = installation.start().await;
    let browser = TestBrowser::new(&installation.issuer());
    let opened = browser.authorize(&application(), &[]).await;
    assert!(browser.sign_in(opened, "lin").await.query("code").is_some(), "{store}: signed in");
    // One grant that lives through every kill.
    let mut eldest = caller(&installation, &browser, application()).first().await;
    let (mut seen, mut fastest) = (Counts::default(), Duration::MAX);
    for round in 0..ROUNDS {
        let caller = caller(&installation, &browser, application());
        let journal = Journal::default();
        let traffic = async { traffic::run(&caller, WORKERS, &journal).await };
        let killing = async {
            under_way(&journal).await;
            tokio::time::sleep(moment()).await;
            tokio::task::spawn_blocking(move || program.kill()).await.unwrap();
        };
        tokio::join!(traffic, killing);
        program = installation.start().await;
        fastest = fastest.min(program.ready_after);
        let caller = self::caller(&installation, &browser, application());
        let families = std::mem::take(&mut *journal.lock().unwrap());
        seen.add(&families);
        audit(&caller, families, &format!("{store}, round {round}")).await;
        eldest = caller.refresh(&eldest.refresh).await.yes("the eldest grant");
        assert!(caller.works(&eldest.access).await, "{store}, round {round}: the eldest grant");
        installation.command_line(&["doctor"], "");
    }
    // The slowest of several starts says more about a busy machine than about the program.
    assert!(fastest <= Duration::from_secs(2), "{store}: ready after {fastest:?}");
    seen.check(store);
    drop(program);
}

fn caller(installation: &Installation, browser: &TestBrowser, application: Application) -> Caller {
    Caller::new(&installation.issuer(), &browser.cookie_header(), application)
}

impl Caller {
    async fn first(&self) -> Pair {
        self.redeem(&self.code().await.yes("a code")).await.yes("its tokens")
    }
}

/// Waits until something was rotated: a kill before that meets no traffic.
async fn under_way(journal: &Journal) {
    let traffic = async {
        loop {
            let rotated = journal.lock().unwrap().iter().any(|family| family.pairs.len() > 1);
            if rotated {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), traffic).await.expect("traffic comes under way");
}

/// 50 to 500 ms.
fn moment() -> Duration {
    Duration::from_millis(50 + u64::from(u16::from_le_bytes(Random::System.bytes::<2>())) % 450)
}

/// That the kills did meet traffic; a test that saw none proves nothing.
#[derive(Debug, Default)]
struct Counts {
    pairs: usize,
    rotated: usize,
    cut_off: usize,
}

impl Counts {
    fn add(&mut self, families: &[Family]) {
        self.pairs += families.iter().map(|family| family.pairs.len()).sum::<usize>();
        self.rotated += families.iter().filter(|family| family.pairs.len() > 1).count();
        let cut_off = [Last::Redeeming, Last::Refreshing, Last::Revoking];
        self.cut_off += families.iter().filter(|family| cut_off.contains(&family.last)).count();
    }

    fn check(&self, store: &str) {
        assert!(self.pairs > ROUNDS && self.rotated > 0 && self.cut_off > 0, "{store}: {self:?}");
    }
}

/// Compares the journal with what the server honours; the unanswered first, whose grace runs out.
async fn audit(caller: &Caller, mut families: Vec<Family>, at: &str) {
    families.sort_by_key(|family| family.last != Last::Refreshing);
    let audits = families.iter().enumerate().map(|(number, family)| async move {
        match (family.last, family.pairs.last()) {
            (Last::Settled, None) => issued(caller, family, at).await,
            (Last::Redeeming, _) => redeeming(caller, family, at).await,
            (Last::Settled, Some(newest)) if number % 2 == 0 => straight(caller, family, newest, at).await,
            (Last::Settled, Some(newest)) => stale(caller, family, newest, at).await,
            (Last::Refreshing, Some(newest)) => straight(caller, family, newest, at).await,
            (Last::Revoked, Some(newest)) => gone(caller, family, newest, at).await,
            (Last::Revoking, Some(newest)) => revoking(caller, family, newest, at).await,
            (Last::Refreshing | Last::Revoked | Last::Revoking, None) => panic!("{at}: {family:?}"),
        }
    });
    // Boxed: the future of a whole audit is large.
    let audits = audits.map(futures::FutureExt::boxed_local).collect::<Vec<_>>();
    futures::stream::iter(audits).buffer_unordered(AUDITORS).collect::<Vec<()>>().await;
}

/// A code that was handed out is good, once.
async fn issued(caller: &Caller, family: &Family, at: &str) {
    let pair = caller.redeem(&family.code).await.yes(&format!("{at}: a code that was issued"));
    assert!(caller.works(&pair.access).await, "{at}: {family:?}");
    spent(caller, family, &pair, at).await;
}

/// A code whose answer was lost is good or dead, and never both (security.md R5).
async fn redeeming(caller: &Caller, family: &Family, at: &str) {
    match caller.redeem(&family.code).await {
        super::caller::Heard::Yes(pair) => spent(caller, family, &pair, at).await,
        refused => assert!(refused.is_invalid_grant(), "{at}: {refused:?} {family:?}"),
    }
}

/// The code again: refused, and what it had bought is dead.
async fn spent(caller: &Caller, family: &Family, newest: &Pair, at: &str) {
    let again = caller.redeem(&family.code).await;
    assert!(again.is_invalid_grant(), "{at}: a code twice: {again:?} {family:?}");
    gone(caller, family, newest, at).await;
}

/// Nothing of a family that ended is honoured.
async fn gone(caller: &Caller, family: &Family, newest: &Pair, at: &str) {
    let again = caller.refresh(&newest.refresh).await;
    assert!(again.is_invalid_grant(), "{at}: {again:?} {family:?}");
    assert!(!caller.works(&newest.access).await, "{at}: {family:?}");
}

/// Everything acknowledged works; the newest refresh token buys the next, its answer lost before or not (R4);
/// those before it buy nothing any more.
async fn straight(caller: &Caller, family: &Family, newest: &Pair, at: &str) {
    for pair in &family.pairs {
        assert!(caller.works(&pair.access).await, "{at}: {pair:?} of {family:?}");
    }
    let next = caller.refresh(&newest.refresh).await.yes(&format!("{at}: {family:?}"));
    assert!(caller.works(&next.access).await, "{at}: {family:?}");
    if let [first, _, ..] = &family.pairs[..] {
        let again = caller.refresh(&first.refresh).await;
        assert!(again.is_invalid_grant(), "{at}: a rotated token: {again:?} {family:?}");
        gone(caller, family, &next, at).await;
    } else {
        spent(caller, family, &next, at).await;
    }
}

/// The token before the newest, as if its answer had been lost: of the two branches at most one lives.
async fn stale(caller: &Caller, family: &Family, newest: &Pair, at: &str) {
    let [.., before, _] = &family.pairs[..] else { return straight(caller, family, newest, at).await };
    match caller.refresh(&before.refresh).await {
        super::caller::Heard::Yes(replacement) => {
            let old = caller.refresh(&newest.refresh).await;
            assert!(old.is_invalid_grant(), "{at}: two branches: {old:?} {family:?}");
            drop(replacement);
        }
        refused => {
            assert!(refused.is_invalid_grant(), "{at}: {refused:?} {family:?}");
            gone(caller, family, newest, at).await;
        }
    }
}

/// Revocation that was not acknowledged happened as a whole or not at all.
async fn revoking(caller: &Caller, family: &Family, newest: &Pair, at: &str) {
    let works = caller.works(&newest.access).await;
    let next = caller.refresh(&newest.refresh).await;
    assert_eq!(works, matches!(next, super::caller::Heard::Yes(_)), "{at}: {next:?} {family:?}");
}
