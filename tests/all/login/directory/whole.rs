//! A company read whole through its real connector, over HTTP, from the practice platform into `PostgreSQL`, while what
//! changes is read too. `HUFU_TEST_FULL_SIZE=1` makes it fifty thousand people in five thousand departments.
#![expect(clippy::print_stdout, reason = "how the full size tells what it measured")]

use std::collections::BTreeMap;
use std::time::Instant;

use hufu::admin::Actor;
use hufu::base::id::OrgId;
use hufu::connectors::hook::News;
use hufu::login::roster::Sync;
use hufu::store::sync_runs::SyncState;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::size::{is_full, size};
use crate::support::stores;
use crate::ways::place::Place;

/// People of the practice world who work there as well.
const CAST: u64 = 50;

fn kilobytes(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// What the platform counted in its busiest second, of the requests that it keeps.
async fn busiest(place: &Place, platform: &str) -> usize {
    if platform == "dingtalk" {
        let counts = place.control("GET", "/dingtalk/counts", Value::Null).await.json();
        return usize::try_from(counts["busiest_second"].as_u64().unwrap()).unwrap();
    }
    let seen = place.control("GET", &format!("/requests?platform={platform}"), Value::Null).await.json();
    let mut seconds = BTreeMap::<i64, usize>::new();
    for request in seen.as_array().unwrap() {
        *seconds.entry(request["at"].as_i64().unwrap()).or_default() += 1;
    }
    assert!(!seconds.is_empty());
    seconds.into_values().max().unwrap_or(0)
}

async fn is_read_whole(kind: &str, (method, directory): (&str, &str), person: fn(usize) -> String) {
    let (people, departments) = (size(600, 50_000), size(60, 5_000));
    let place = Place::over(stores::postgres().await, &[kind]).await;
    let (admin, login) = (&place.server.app.admin, place.server.app.login.clone());
    let connector = format!("{kind}-practice");
    let org: OrgId = admin.create_org(&Actor::set_up(), "Practice company", Some(&connector)).await.unwrap().id;
    place.control(method, directory, json!({ "people": people, "departments": departments })).await;
    let changes = (0..40).map(|n| News::PersonChanged { person: person(n) }).collect();
    login.hear_directory(&connector, changes).await.unwrap();
    place.server.clock.advance(2);
    // What the kernel calls the peak begins here.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let (before, since, at) = (kilobytes("VmRSS"), Instant::now(), place.server.clock.now());
    let (stop, whole) = (CancellationToken::new(), Sync::default());
    let (run, read) = tokio::join!(login.sync_directory(&org, &whole, &stop), login.read_changes());
    let run = run.unwrap();
    assert_eq!(run.state, SyncState::Done, "{kind}: {:?}", run.failed);
    assert_eq!(read.unwrap(), 40, "{kind}");
    let (grown, most) = (kilobytes("VmHWM").saturating_sub(before), busiest(&place, kind).await);
    let lasted = place.server.clock.now() - at;
    println!(
        "{kind}: {} people, {} departments, {} answers; {grown} KiB more, the practice platform's included; \
         {most} in the busiest second; {lasted} s of the clock, {:?} of the machine",
        run.added,
        run.departments,
        run.pages,
        since.elapsed()
    );
    let counted = place.server.app.store.org_uses(&org).await.unwrap();
    let there = u64::try_from(counted.people).unwrap();
    let made = u64::try_from(people).unwrap();
    assert!((made..made + CAST).contains(&there), "{kind}: {there}");
    assert!(usize::try_from(counted.departments).unwrap() >= departments, "{kind}: {}", counted.departments);
    assert!(most <= 15, "{kind}: {most} in one second");
    assert!(!is_full() || grown <= 64 * 1024, "{kind}: {grown} KiB more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dingtalk_company_of_fifty_thousand_is_read_over_http_into_postgresql() {
    Box::pin(is_read_whole("dingtalk", ("PUT", "/dingtalk/directory"), |n| format!("p{n:07}"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wechat_work_company_of_fifty_thousand_is_read_over_http_into_postgresql() {
    let people = ("POST", "/wecom/wwpractice00000000/generate");
    Box::pin(is_read_whole("wecom", people, |n| format!("staff{n:06}"))).await;
}
