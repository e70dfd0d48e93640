//! Whether the same request costs more when the store is full: refresh and userinfo with a thousand people and with many.
//!
//! The rows of others are copied in by SQL from those of the one person who really signed in, each with ids of its
//! own, ten offline grants a person. The tokens asked about are spread over all of them, so that no page is always warm.

use std::path::Path;
use std::time::Duration;

use hufu::base::bearer::{Bearer, row_digest};
use hufu::base::clock::Clock;
use hufu::base::random::Random;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _, SqliteConnection};

use super::flows::Flows;
use super::report::Report;
use super::server::Server;

const FEW: u64 = 1_000;
const GRANTS_EACH: u64 = 10;
/// Tokens that the client holds.
const KNOWN: u64 = 4_000;
const CLIENT: &str = "bench-es256";
/// A table, which of its rows to copy, the columns to change, and how often.
type Copies<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], u64);
/// A ULID each, in the order of its number.
const NUMBERED: &str = "printf('01kgrwth%018d', n.i)";

pub async fn compare(many: u64, time: Duration) {
    let mut figures = Vec::new();
    for people in [FEW, many] {
        println!("{people} people with {GRANTS_EACH} grants each");
        let mut report = Report::of(Vec::new());
        let server = Server::start();
        let flows = Flows::prepare(&server).await;
        flows.fill_refresh(CLIENT, 1).await;
        let port = server.port;
        let folder = server.stop();
        let file = folder.path().join("data/hufu.sqlite");
        let (access, refresh) = fill(&file, people).await;
        println!("  the store has {} MB", std::fs::metadata(&file).unwrap().len() / 1_000_000);
        let server = Server::start_in(folder, port);
        flows.use_access_tokens(access);
        flows.use_refresh_tokens(refresh);
        let at = (&server, time);
        let refresh = report.run("  refresh, ES256", "", None, at, || flows.refresh(CLIENT)).await;
        let userinfo = report.run("  userinfo", "", None, at, || flows.userinfo()).await;
        figures.push((refresh.unwrap().0, userinfo.unwrap().0));
        println!("  memory {:.1} MiB", server.memory_mib());
    }
    let (few, many) = (figures[0], figures[1]);
    println!("growth of CPU: refresh {:.2} ×, userinfo {:.2} × (target ≤ 1.5)", many.0 / few.0, many.1 / few.1);
}

/// Copies people and grants; answers access and refresh tokens of theirs.
async fn fill(file: &Path, people: u64) -> (Vec<String>, Vec<String>) {
    let mut store = SqliteConnection::connect(file.to_str().unwrap()).await.unwrap();
    store.execute("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000").await.unwrap();
    let bench = "user_id = (SELECT id FROM users WHERE username = 'bench')";
    let offline = format!("{bench} AND offline = 1 AND client_id = '{CLIENT}'");
    let token = format!("grant_id IN (SELECT id FROM grants WHERE {offline}) AND taken_at IS NULL");
    let refresh = format!("{token} AND kind = 'refresh_token'");
    let access = format!("{token} AND kind = 'access_token'");
    let owner = format!("printf('01kgrwth%018d', n.i / {GRANTS_EACH})");
    let name = "'person' || n.i";
    let grants = people * GRANTS_EACH;
    let all: [Copies<'_>; 6] = [
        ("users", "username = 'bench'", &[("id", NUMBERED), ("username", name), ("search", name)], people),
        ("sign_in_names", bench, &[("value", name), ("user_id", NUMBERED)], people),
        ("subjects", bench, &[("value", "lower(hex(randomblob(16)))"), ("user_id", NUMBERED)], people),
        ("sessions", bench, &[("id", NUMBERED), ("user_id", NUMBERED)], people),
        ("grants", &offline, &[("id", NUMBERED), ("user_id", &owner), ("session_id", &owner)], grants),
        (
            "artifacts_long",
            &refresh,
            &[("digest", "printf('01k%07d', n.i / 64) || hex(randomblob(21))"), ("grant_id", NUMBERED)],
            grants,
        ),
    ];
    for (table, template, changes, count) in all {
        copy(&mut store, table, template, changes, count).await;
    }
    let mut known = (Vec::new(), Vec::new());
    for number in 0..KNOWN {
        let grant = format!("printf('01kgrwth%018d', {})", number * grants / KNOWN);
        for (bearer, table, template, texts) in [
            (Bearer::AccessToken, "artifacts_short", &access, &mut known.0),
            (Bearer::RefreshToken, "artifacts_long", &refresh, &mut known.1),
        ] {
            let text = bearer.make(&Random::System, &Clock::System);
            let digest = format!("'{}'", row_digest(&text));
            copy(&mut store, table, template, &[("digest", &digest), ("grant_id", &grant)], 1).await;
            texts.push(text);
        }
    }
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    store.close().await.unwrap();
    known
}

/// Inserts the one row of `table` that `template` finds `count` times, with some columns changed.
async fn copy(store: &mut SqliteConnection, table: &str, template: &str, changes: &[(&str, &str)], count: u64) {
    let columns = store.fetch_all(AssertSqlSafe(format!("PRAGMA table_info({table})"))).await.unwrap();
    let columns: Vec<String> = columns.iter().map(|column| column.get("name")).collect();
    let changed =
        |column: &String| changes.iter().find(|(name, _)| name == column).map(|(_, value)| (*value).to_owned());
    let values: Vec<String> = columns.iter().map(|column| changed(column).unwrap_or(format!("one.{column}"))).collect();
    let text = format!(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count} - 1)
         INSERT INTO {table} ({}) SELECT {} FROM n, (SELECT * FROM {table} WHERE {template} LIMIT 1) AS one",
        columns.join(", "),
        values.join(", ")
    );
    let made = store.execute(AssertSqlSafe(text)).await.unwrap().rows_affected();
    assert_eq!(made, count, "copies in {table}");
}
