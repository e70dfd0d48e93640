//! The live checks say what is wrong, in the asked language.

use hufu::base::lang::Lang;
use hufu::connectors::{Check, Finding, Level};
use serde_json::json;

use super::signer::{description, provider, settings};
use super::turns::{examine, open, turn};
use crate::support::upstream::{Reply, Upstream};

const TOKEN: &str = "/github.com/login/oauth/access_token";

fn worst(findings: &[Finding]) -> Level {
    findings.iter().map(|finding| finding.level).max().unwrap()
}

fn says(findings: &[Finding], words: &str) -> bool {
    findings.iter().any(|finding| finding.text.contains(words))
}

async fn github(token: Reply, lang: Lang) -> Vec<Finding> {
    let upstream = Upstream::start().await;
    upstream.on(TOKEN, token);
    let settings = json!({ "client_id": "practice-github", "client_secret": "s" });
    examine(&*open("github", &settings), &upstream, lang).await
}

#[tokio::test]
async fn github_tells_a_right_secret_from_a_wrong_one() {
    let error = |word: &str| Reply::json(&json!({ "error": word }));
    let right = github(error("bad_verification_code"), Lang::En).await;
    assert_eq!(worst(&right), Level::Ok);
    let bad = github(error("incorrect_client_credentials"), Lang::En).await;
    assert!(worst(&bad) == Level::Error && says(&bad, "Generate a new client secret"));
    let unknown = github(error("Not Found").status(404), Lang::Zh).await;
    assert!(worst(&unknown) == Level::Error && says(&unknown, "不认识这个 Client ID"));
    assert_eq!(worst(&github(Reply::new(500, "?"), Lang::En).await), Level::Warning);
}

#[tokio::test]
async fn a_platform_out_of_reach_and_a_clock_that_is_off_are_told() {
    let upstream = Upstream::start().await;
    upstream.on("/github.com/login/oauth/authorize", Reply::text("").with("date", "Sun, 06 Nov 1994 08:49:37 GMT"));
    upstream.on(TOKEN, Reply::json(&json!({ "error": "bad_verification_code" })));
    let settings = json!({ "client_id": "x", "client_secret": "s" });
    let findings = examine(&*open("github", &settings), &upstream, Lang::En).await;
    assert!(worst(&findings) == Level::Warning && says(&findings, "clock"), "{findings:?}");
    drop(upstream);
    let gone = Upstream::start().await;
    let turn = turn(&gone);
    drop(gone);
    let check = Check {
        outbound: turn.outbound,
        callback_url: String::new(),
        now: 0,
        lang: Lang::Zh,
        connector: turn.connector,
        hook_url: String::new(),
        tokens: turn.tokens,
    };
    let findings = open("github", &settings).check(&check).await;
    assert!(worst(&findings) == Level::Error && says(&findings, "没有响应"), "{findings:?}");
}

#[tokio::test]
async fn an_openid_provider_is_looked_at_from_issuer_to_keys() {
    const DISCOVERY: &str = "/login.example.org/.well-known/openid-configuration";
    let upstream = provider("").await;
    let findings = examine(&*open("oidc", &settings()), &upstream, Lang::En).await;
    assert_eq!(worst(&findings), Level::Ok, "{findings:?}");
    upstream.on("/login.example.org/keys", Reply::json(&json!({ "keys": [] })));
    let findings = examine(&*open("oidc", &settings()), &upstream, Lang::En).await;
    assert!(worst(&findings) == Level::Error && says(&findings, "empty"));
    let mut described = description();
    described["issuer"] = json!("https://login.example.org/");
    upstream.on(DISCOVERY, Reply::json(&described));
    let findings = examine(&*open("oidc", &settings()), &upstream, Lang::En).await;
    assert!(worst(&findings) == Level::Error && says(&findings, "trailing slash"));
    described["issuer"] = json!("https://login.example.org");
    described["jwks_uri"] = json!("http://login.example.org/keys");
    described["id_token_signing_alg_values_supported"] = json!(["HS256"]);
    upstream.on(DISCOVERY, Reply::json(&described));
    let findings = examine(&*open("oidc", &settings()), &upstream, Lang::Zh).await;
    assert!(says(&findings, "明文 http") && says(&findings, "非对称"), "{findings:?}");
}
