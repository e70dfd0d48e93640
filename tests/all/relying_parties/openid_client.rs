//! `openid-client` (JavaScript, from npm): the script in `tests/javascript` is the relying party, this test its browser.

use std::process::Stdio;

use hufu::store::clients::{AuthMethod, ClientMetadata};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use super::server;
use crate::support::http::Answer;
use crate::support::server::{Application, TestServer};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/javascript");

#[tokio::test]
async fn openid_client_signs_a_person_in_by_each_way_of_authenticating() {
    let server = server().await;
    server.person("javascript").await;
    let ways = [
        (AuthMethod::ClientSecretBasic, "client_secret_basic", "query"),
        (AuthMethod::ClientSecretPost, "client_secret_post", "form_post"),
        (AuthMethod::ClientSecretJwt, "client_secret_jwt", "query"),
        (AuthMethod::None, "none", "form_post"),
    ];
    for (method, name, mode) in ways {
        let metadata = ClientMetadata {
            token_endpoint_auth_method: method,
            grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
            ..ClientMetadata::default()
        };
        let application = server.application_as(metadata).await;
        let said = run(&server, &application, name, mode).await;
        assert_eq!(said["userinfo"]["email"], "javascript@example.org", "{name}: {said}");
        assert_eq!(said["userinfo"]["sub"], said["claims"]["sub"], "{name}");
        assert_eq!(said["refreshed"], true, "{name}");
        assert_eq!(said["afterRevocation"], "invalid_grant", "{name}");
        if name != "none" {
            assert_eq!(said["introspected"]["active"], true, "{name}");
        }
    }
}

/// Starts the script, takes its browser through sign-in and consent, and answers what it found.
async fn run(server: &TestServer, application: &Application, method: &str, mode: &str) -> Value {
    assert!(
        std::path::Path::new(FOLDER).join("node_modules/openid-client").exists(),
        "openid-client is not installed: npm ci --prefix tests/javascript (./check does it)"
    );
    let mut script = Command::new("node")
        .arg("openid_client.mjs")
        .current_dir(FOLDER)
        .env("ISSUER", &server.issuer)
        .env("CLIENT_ID", &application.id)
        .env("CLIENT_SECRET", &application.secret)
        .env("REDIRECT_URI", &application.redirect_uri)
        .env("AUTH_METHOD", method)
        .env("RESPONSE_MODE", mode)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(script.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next_line().await.unwrap().expect("an address to go to")).unwrap();
    let came = browse(server, first["authorize"].as_str().unwrap()).await;
    let back = if mode == "form_post" {
        let fields = ["code", "state", "iss"].map(|name| (name, came.hidden(name).expect("the form carries it")));
        json!({ "body": form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish() })
    } else {
        json!({ "url": came.header("location") })
    };
    script.stdin.take().unwrap().write_all(format!("{back}\n").as_bytes()).await.unwrap();
    let last = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("{method}: the script failed"));
    serde_json::from_str(&last).unwrap()
}

/// Signs in, allows, and answers what leads back to the application.
async fn browse(server: &TestServer, address: &str) -> Answer {
    let browser = server.browser();
    let start = browser.get(address).await;
    let consent = browser.sign_in(start, "javascript").await;
    let csrf = consent.hidden("csrf").unwrap_or_else(|| panic!("the consent page: {consent:?}"));
    let action = consent.body.split("action=\"").find_map(|rest| {
        let path = rest.split('"').next().unwrap_or_default();
        path.ends_with("/consent").then(|| path.to_owned())
    });
    let allowed = browser.post_form(&action.unwrap(), &[("csrf", &csrf), ("choice", "allow")]).await;
    browser.follow(allowed).await
}
