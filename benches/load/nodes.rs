//! One node and two on one PostgreSQL, each node on a core of its own.
//!
//! Password sign-ins are asked for, because there the node's own work is nearly all of the time: what is shown is
//! that nodes don't wait for each other, not what PostgreSQL can do on a machine that also runs it and the client.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::flows::Flows;
use super::report::Report;
use super::server::{Server, free_port};

pub async fn compare(time: Duration) {
    let base = std::env::var("HUFU_TEST_POSTGRES").expect("HUFU_TEST_POSTGRES names the PostgreSQL to use");
    let database = format!("hufu_bench_{}", std::process::id());
    let mut postgres = PgConnection::connect(&base).await.unwrap();
    postgres.execute(AssertSqlSafe(format!("CREATE DATABASE {database}"))).await.unwrap();
    let issuer = format!("http://localhost:{}", free_port());
    let key = [7; 32].map(|byte| format!("{byte:02x}")).concat();
    let shared = vec![
        ("HUFU_STORE", format!("{}/{database}", base.rsplit_once('/').unwrap().0)),
        ("HUFU_ISSUER", issuer.clone()),
        ("HUFU_MASTER_KEY", key[..43].to_owned()),
        ("HUFU_HASHING_PERMITS", "1".to_owned()),
    ];
    let mut report = Report::of(Vec::new());
    let first = Server::node(0, shared.clone());
    let flows = Flows::prepare_on(&first, &issuer, &[first.port]).await;
    let one = report.run("password sign-in + code, one node", "", None, (&first, time), || flows.password()).await;
    let second = Server::node(1, shared);
    let flows = flows.at(&issuer, &[first.port, second.port]);
    let two = report.run("password sign-in + code, two nodes", "", None, (&first, time), || flows.password()).await;
    println!("two nodes answer {:.2} × as much as one (target ≥ 1.7)", two.unwrap().1 / one.unwrap().1);
    first.stop();
    second.stop();
    postgres.execute(AssertSqlSafe(format!("DROP DATABASE {database} WITH (FORCE)"))).await.unwrap();
}
