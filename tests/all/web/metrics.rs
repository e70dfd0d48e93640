//! What Prometheus reads of a running program: every figure an operator needs, with labels that end somewhere.

use crate::reliability::program::{Installation, quiet_port};
use crate::support::http::TestBrowser;
use crate::support::server::{Application, PASSWORD};

const REDIRECT: &str = "https://rp.example/cb";

/// A program that one person signed in to, once wrongly and once rightly, and one application asked for tokens.
async fn scraped() -> String {
    let listen = format!("127.0.0.1:{}", quiet_port());
    let installation = Installation::new(&[("log.level", "error"), ("metrics.listen", &listen)]);
    let secret = installation.application("app", REDIRECT);
    installation.person("lin", "lin@example.org", PASSWORD);
    let _program = installation.start().await;
    let browser = TestBrowser::new(&installation.issuer());
    let application = Application { id: "app".to_owned(), secret, redirect_uri: REDIRECT.to_owned() };
    let begun = browser.authorize(&application, &[]).await;
    let path = begun.own_location(&installation.issuer()).unwrap();
    let page = browser.get(&path).await;
    let csrf = page.hidden("csrf").unwrap();
    let wrong = [("csrf", csrf.as_str()), ("username", "lin"), ("password", "not the one")];
    browser.post_form(&format!("{path}/form"), &wrong).await;
    let begun = browser.authorize(&application, &[]).await;
    let done = browser.sign_in(begun, "lin").await;
    let tokens = browser.redeem(&application, &done.query("code").unwrap()).await;
    let access = tokens.json()["access_token"].as_str().unwrap().to_owned();
    browser.get_with("/userinfo", &[("authorization", &format!("Bearer {access}"))]).await;
    for number in 0..40 {
        browser.get(&format!("/no/such/{number}")).await;
        let made_up = [("grant_type", format!("made_up_{number}"))];
        browser.token(&application, &[(made_up[0].0, made_up[0].1.as_str())]).await;
    }
    let metrics = TestBrowser::new(&format!("http://{listen}")).get("/metrics").await;
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    metrics.body
}

/// The value of the first line that has this name and all of these labels.
fn value(text: &str, name: &str, labels: &[&str]) -> Option<f64> {
    let line = text.lines().find(|line| {
        let rest = line.strip_prefix(name).filter(|rest| rest.starts_with(['{', ' ']));
        rest.is_some() && labels.iter().all(|label| line.contains(label))
    })?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_requests_sign_ins_tokens_queues_and_the_process_are_scraped() {
    let text = scraped().await;
    for (name, labels, at_least) in [
        ("hufu_http_requests_total", &["method=\"POST\"", "path=\"/token\"", "status=\"200\""][..], 1.0),
        ("hufu_http_requests_total", &["path=\"unmatched\"", "status=\"404\""], 40.0),
        ("hufu_http_request_seconds_bucket", &["path=\"/userinfo\"", "le=\"+Inf\""], 1.0),
        ("hufu_sign_ins_total", &["connector=\"password\"", "outcome=\"ok\""], 1.0),
        ("hufu_sign_ins_total", &["connector=\"password\"", "outcome=\"wrong\""], 1.0),
        ("hufu_tokens_total", &["grant=\"authorization_code\"", "outcome=\"ok\""], 1.0),
        ("hufu_tokens_total", &["grant=\"other\"", "outcome=\"unsupported_grant_type\""], 40.0),
        ("hufu_password_hash_permits", &["state=\"total\""], 2.0),
        ("hufu_password_hash_permits", &["state=\"free\""], 1.0),
        ("hufu_store_queue_length", &[], 0.0),
        ("hufu_logout_tokens_waiting", &[], 0.0),
        ("hufu_directory_changes_waiting", &[], 0.0),
        ("process_resident_memory_bytes", &[], 1_000_000.0),
        ("process_open_fds", &[], 3.0),
        ("hufu_build_info", &["version=\""], 1.0),
    ] {
        let found = value(&text, name, labels);
        assert!(found.is_some_and(|found| found >= at_least), "{name} {labels:?}: {found:?}\n{text}");
    }
    assert!(!text.contains("made_up") && !text.contains("/no/such"), "labels that never end: {text}");
    let series = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
    assert!(series < 500, "{series} series");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_is_told_in_the_documents_and_explained_to_prometheus() {
    let text = scraped().await;
    let told = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    for name in names {
        assert!(told.contains(&format!("`{name}`")), "{name} is not in docs/operations.md");
        assert!(text.contains(&format!("# HELP {name} ")), "{name} has no help");
    }
}
