//! Floods cost their share and no more (security.md R36, R37). `HUFU_TEST_FULL_SIZE=1` brings them to the rows' size.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures::future::join_all;
use futures::stream::{self, StreamExt as _};

use super::program::{Installation, Program};
use crate::support::http::{Answer, TestBrowser};
use crate::support::raw::{status, until_closed};
use crate::support::server::{Application, PASSWORD};
use crate::support::size::{is_full, size};

const REDIRECT: &str = "https://rp.example/cb";
const MEBIBYTE: u64 = 1024 * 1024;

/// Memory of one hash.
const HASH: u64 = 64 * MEBIBYTE;

struct Flooded {
    installation: Installation,
    program: Program,
    application: Application,
    machine: Application,
}

/// How many hashes at once.
fn permits() -> u64 {
    if is_full() { 4 } else { 2 }
}

async fn flooded() -> Flooded {
    // Slow enough that so many at a time can't be through with the flood before the patience of the last is over.
    let permits = permits().to_string();
    let hashing = [("hashing.memory_kib", "65536"), ("hashing.passes", "4"), ("hashing.permits", permits.as_str())];
    let installation = Installation::new(&[&hashing[..], &[("log.level", "error")]].concat());
    installation.person("lin", "lin@example.org", PASSWORD);
    let secret = installation.application("app", REDIRECT);
    let application = Application { id: "app".to_owned(), secret, redirect_uri: REDIRECT.to_owned() };
    let arguments = ["app", "add", "--id", "machine", "--name", "machine", "--type", "machine"];
    let secret = installation.command_line(&arguments, "")["client_secret"].as_str().unwrap().to_owned();
    let machine = Application { id: "machine".to_owned(), secret, redirect_uri: String::new() };
    let program = installation.start().await;
    Flooded { installation, program, application, machine }
}

/// A browser at the form, with what it takes to send it.
async fn at_the_form(it: &Flooded) -> (TestBrowser, String, String) {
    let browser = TestBrowser::new(&it.installation.issuer());
    let opened = browser.authorize(&it.application, &[]).await;
    let path = opened.own_location(&it.installation.issuer()).expect("an interaction");
    let csrf = browser.get(&path).await.hidden("csrf").expect("a form");
    (browser, path, csrf)
}

/// A wrong password of nobody: the same work, and no account's budget in the way.
async fn knocks(number: usize, (browser, path, csrf): &(TestBrowser, String, String)) -> (Answer, Duration) {
    let name = format!("nobody{number}");
    let began = Instant::now();
    let fields = [("csrf", csrf.as_str()), ("username", name.as_str()), ("password", "wrong as can be 1")];
    let posted = browser.post_form(&format!("{path}/form"), &fields).await;
    assert_eq!(posted.status, 303);
    let told = began.elapsed();
    (browser.get(path).await, told)
}

/// How long tokens took meanwhile, the slowest last.
async fn tokens(it: &Flooded) -> Vec<Duration> {
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut took = Vec::new();
    for _ in 0..size(10, 100) {
        let began = Instant::now();
        let browser = TestBrowser::new(&it.installation.issuer());
        let answer = browser.token(&it.machine, &[("grant_type", "client_credentials")]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        took.push(began.elapsed());
    }
    took.sort();
    took
}

#[tokio::test(flavor = "multi_thread")]
async fn r37_a_flood_of_passwords_is_turned_away_quickly_and_stops_nothing_else() {
    let it = flooded().await;
    let count = size(200, 1000);
    let doors: Vec<_> = stream::iter(0..count).map(|_| at_the_form(&it)).buffer_unordered(16).collect().await;
    let base = it.program.memory();
    let flood = join_all(doors.iter().enumerate().map(|(number, door)| knocks(number, door)));
    let (flood, took) = tokio::join!(flood, tokens(&it));
    let turned_away = flood.iter().filter(|(answer, _)| answer.status == 503).collect::<Vec<_>>();
    assert!((1..count).contains(&turned_away.len()), "{} of {count} turned away", turned_away.len());
    for (answer, waited) in &turned_away {
        assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
        assert!(answer.hidden("csrf").is_some(), "the form is there to try again");
        // Patience is 0.9 s; the rest is this machine's, which runs other tests beside.
        assert!(*waited < Duration::from_secs(6), "turned away after {waited:?}");
    }
    // In the suite other tests take their share of the machine, so the middle one of them has to do.
    let (at, longest) = if is_full() {
        (took.len() * 99 / 100, Duration::from_millis(100))
    } else {
        (took.len() / 2, Duration::from_secs(2))
    };
    assert!(took[at] < longest, "tokens took {took:?} meanwhile");
    let grown = it.program.peak_memory().saturating_sub(base);
    assert!(grown <= HASH * permits() + 50 * MEBIBYTE, "it grew by {} MiB", grown / MEBIBYTE);
    let browser = TestBrowser::new(&it.installation.issuer());
    let tries = async {
        loop {
            let answer = browser.sign_in(browser.authorize(&it.application, &[]).await, "lin").await;
            if answer.query("code").is_some() {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), tries).await.expect("the flood is over: the password is enough");
}

fn head(address: SocketAddr, line: &str, more: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nHost: localhost:{}\r\n{more}\r\n", address.port()).into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn r36_oversized_requests_by_the_thousand_leave_nothing_behind() {
    let installation = Installation::new(&[("log.level", "error")]);
    let program = installation.start().await;
    let address = SocketAddr::from(([127, 0, 0, 1], installation.port));
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let many = format!("GET /authorize?{}", "a=1&".repeat(201));
    let cases = [
        (413, head(address, "POST /token", "Content-Length: 99999999\r\n")),
        (414, head(address, &format!("GET /authorize?state={}", "s".repeat(17 * 1024)), "")),
        (431, head(address, "GET /jwks", &format!("X-Long: {}\r\n", "h".repeat(33 * 1024)))),
        (400, head(address, &many, &format!("{form}Connection: close\r\n"))),
    ];
    let flood = async |count: usize| {
        let all = stream::iter(0..count).map(|number| {
            let (expected, request) = &cases[number % cases.len()];
            async move { assert_eq!(status(&until_closed(address, request).await), *expected) }
        });
        all.buffer_unordered(16).collect::<Vec<()>>().await;
    };
    let count = size(600, 100_000);
    flood(count / 2).await;
    let before = program.memory();
    flood(count).await;
    let after = program.memory();
    // The allocator keeps what it was given once; a leak of a request's head would be tens of megabytes by now.
    let slack = if is_full() { before / 20 } else { 8 * MEBIBYTE };
    assert!(after <= before + slack, "{} MiB became {} MiB", before / MEBIBYTE, after / MEBIBYTE);
    assert_eq!(TestBrowser::new(&installation.issuer()).get("/readyz").await.status, 200);
}
