//! Stopping, and slow callers (security.md R31, R33).

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use hufu::web::serve::Bounds;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::raw::{read_to_end, status};
use crate::support::server::{Setup, TestServer};
use crate::support::size::{is_full, size};
use crate::support::stores::sqlite;

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(400)).await;
    "finished"
}

#[tokio::test]
async fn r31_told_to_stop_it_is_unready_at_once_and_finishes_what_it_began() {
    let bounds = Bounds { linger: Duration::from_millis(150), drain: Duration::from_secs(5), ..Bounds::default() };
    let setup = Setup { more: Router::new().route("/test/slow", get(slow)), bounds, ..Setup::default() };
    let mut server = TestServer::start_as(sqlite().await, setup).await;
    let browser = server.browser();
    assert_eq!(browser.get("/readyz").await.status, 200);
    let in_flight = {
        let late = server.browser();
        tokio::spawn(async move { late.get("/test/slow").await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.stopping.cancel();
    let unready = browser.get("/readyz").await;
    assert_eq!(unready.status, 503);
    assert!(!unready.header("retry-after").is_empty());
    assert_eq!(browser.get("/healthz").await.status, 200, "it still serves while proxies look away");
    assert_eq!(in_flight.await.unwrap().body, "finished");
    let stopped = tokio::time::timeout(Duration::from_secs(5), &mut server.running).await;
    assert!(stopped.is_ok(), "the server returns");
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn r31_an_idle_connection_does_not_hold_it_up() {
    let mut server = TestServer::sqlite().await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.stopping.cancel();
    let stopped = tokio::time::timeout(Duration::from_secs(2), &mut server.running).await;
    assert!(stopped.is_ok());
    assert!(read_to_end(&mut idle).await.starts_with("HTTP/1.1 200"));
}

/// How long the 99th of a hundred answers takes.
async fn slowest(server: &TestServer) -> Duration {
    let browser = server.browser();
    let mut took = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        assert_eq!(browser.get("/jwks").await.status, 200);
        took.push(began.elapsed());
    }
    took.sort();
    took[197]
}

/// `HUFU_TEST_FULL_SIZE=1`: 2000 connections with the true deadline of 10 s, and others at most half as slow again.
#[tokio::test(flavor = "multi_thread")]
async fn r33_heads_that_trickle_are_cut_off_while_others_are_served() {
    let head = if is_full() { Bounds::default().head } else { Duration::from_millis(1200) };
    let bounds = Bounds { head, linger: Duration::ZERO, ..Bounds::default() };
    let server = TestServer::start_as(sqlite().await, Setup { bounds, ..Setup::default() }).await;
    let alone = slowest(&server).await;
    let began = Instant::now();
    let mut slow = Vec::new();
    for _ in 0..size(300, 2000) {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(b"GET /jwks HT").await.unwrap();
        slow.push(socket);
    }
    let trickle = async {
        for byte in [b"T", b"P"] {
            tokio::time::sleep(head / 3).await;
            for socket in &mut slow {
                // One may have been cut off by now.
                let _ = socket.write_all(byte).await;
            }
        }
    };
    let (served, ()) = tokio::join!(tokio::time::timeout(Duration::from_secs(20), slowest(&server)), trickle);
    let beside = served.expect("others are served");
    assert!(!is_full() || beside <= alone.mul_f64(1.5), "{alone:?} alone, {beside:?} beside the slow ones");
    for socket in &mut slow {
        assert_ne!(status(&read_to_end(socket).await), 200);
    }
    // A byte now and then moves no deadline.
    assert!(began.elapsed() < head * 3 + Duration::from_secs(5), "cut off after {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn r33_a_body_that_trickles_is_cut_off() {
    if !is_full() {
        // The deadline of a body is 30 s for good.
        return;
    }
    let server = TestServer::sqlite().await;
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    let host = server.issuer.strip_prefix("http://").unwrap();
    let head = format!("POST /token HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000\r\n\r\n");
    slow.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..6 {
        let _ = slow.write_all(b"a").await;
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    assert_eq!(status(&read_to_end(&mut slow).await), 408);
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_for_their_turn() {
    let bounds = Bounds { connections: 1, linger: Duration::ZERO, ..Bounds::default() };
    let server = TestServer::start_as(sqlite().await, Setup { bounds, ..Setup::default() }).await;
    let first = TcpStream::connect(server.address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let second = server.browser();
    let waiting = tokio::spawn(async move { second.get("/healthz").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    drop(first);
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap().status, 200);
}
