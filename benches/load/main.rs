//! Starts the release server on loopback and reports, for each operation, throughput, p50/p95/p99 and
//! server CPU, beside the physical limit measured in the same run: only the ratios count.
//!
//! `cargo bench --bench load` (or `-- SECONDS WORD…`: 3 seconds per operation by default, and only the operations
//! that have one of the words in their name). `-- growth=PEOPLE` compares a store of a thousand people with one of
//! that many instead (a million take 12 GB and a quarter of an hour); `-- nodes` compares one node with two on the PostgreSQL of
//! `HUFU_TEST_POSTGRES`.

#![expect(clippy::print_stdout, reason = "a report is what this program is for")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench that can't go on should stop")]

mod client;
mod flows;
mod growth;
mod limits;
mod nodes;
mod report;
mod server;

use std::time::Duration;

use flows::Flows;
use report::Report;
use server::Server;

/// Requests at once; the targets are stated for this.
const CONCURRENCY: usize = 8;

#[tokio::main]
async fn main() {
    // `cargo bench` hands its own flags on.
    let (numbers, words): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).partition(|word| word.parse::<u64>().is_ok());
    let time = Duration::from_secs(numbers.first().map_or(3, |number| number.parse().unwrap()));
    let people = words.iter().find_map(|word| word.strip_prefix("growth=")?.parse().ok());
    if let Some(people) = people {
        return growth::compare(people, time).await;
    }
    if words.iter().any(|word| word == "nodes") {
        return nodes::compare(time).await;
    }
    let mut report = Report::of(words);

    println!("physical limits of this machine, this run");
    let limits = limits::measure().await;
    limits.print();

    println!("\nstarting the release server on SQLite (synchronous=FULL)");
    let server = Server::start();
    let idle = server.memory_mib();
    let flows = Flows::prepare(&server).await;

    println!(
        "\n{:<34} {:>9} {:>8} {:>8} {:>8} {:>11}  target · beside the limit",
        "operation", "per s", "p50 ms", "p95 ms", "p99 ms", "CPU ms/op"
    );
    report.run("discovery", "≤ 0.030", None, (&server, time), || flows.discovery()).await;
    report.run("JWKS", "≤ 0.030", None, (&server, time), || flows.jwks()).await;
    let commit = Some(("of one grouped commit", limits.grouped_commit_ms()));
    report.run("client_credentials, opaque", "≤ 0.100", commit, (&server, time), || flows.client_credentials()).await;
    let rs256 = Some(("of one RS256 signature", limits.rs256_ms()));
    let es256 = Some(("of one ES256 signature", limits.es256_ms()));
    report.run("code flow, live session, RS256", "≤ 1.20", rs256, (&server, time), || flows.code("bench-rs256")).await;
    report.run("code flow, live session, ES256", "≤ 0.45", es256, (&server, time), || flows.code("bench-es256")).await;
    flows.fill_refresh("bench-rs256", CONCURRENCY).await;
    report.run("refresh, RS256", "≤ 0.95", rs256, (&server, time), || flows.refresh("bench-rs256")).await;
    flows.fill_refresh("bench-es256", CONCURRENCY).await;
    report.run("refresh, ES256", "≤ 0.30", es256, (&server, time), || flows.refresh("bench-es256")).await;
    report.run("userinfo", "≤ 0.060", None, (&server, time), || flows.userinfo()).await;
    report.run("introspection", "≤ 0.060", None, (&server, time), || flows.introspection()).await;
    let argon2 = Some(("of one argon2id hash", limits.argon2_ms()));
    report.run("password sign-in + code", "≤ 1.15 × argon2", argon2, (&server, time), || flows.password()).await;
    let loaded = server.memory_mib();

    println!(
        "\nmemory: idle {idle:.1} MiB (target ≤ 25), after the load {loaded:.1} MiB, peak {:.1} MiB",
        server.peak_mib()
    );
    let folder = server.stop();
    let starts: Vec<f64> = (0..5).map(|_| Server::cold_start_ms(folder.path())).collect();
    println!(
        "cold start to the first 200 on the existing store: median {:.0} ms of 5 (target ≤ 100)",
        report::median(&starts)
    );
    report.verdict();
}
