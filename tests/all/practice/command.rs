//! `hufu practice`: the real binary, asked over TLS by a client that trusts only its authority.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use http::StatusCode;
use serde_json::Value;

/// A running command; it ends with the test.
struct Running {
    child: Child,
    address: SocketAddr,
    origin: String,
    ca: String,
    folder: tempfile::TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start() -> Running {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let mut child = Command::new(env!("CARGO_BIN_EXE_hufu"))
        .current_dir(folder.path())
        .args(["--json", "practice", "--listen", "127.0.0.1:0", "--ca", "ca.pem"])
        .args(["--application", "https://app.example.com"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    while serde_json::from_str::<Value>(&said).is_err() {
        assert_ne!(out.read_line(&mut said).unwrap(), 0, "it ended after: {said}");
    }
    let said: Value = serde_json::from_str(&said).unwrap();
    let ca = std::fs::read_to_string(file).unwrap();
    let address = said["listen"].as_str().unwrap().parse().unwrap();
    Running { child, address, origin: said["origin"].as_str().unwrap().to_owned(), ca, folder }
}

const HOSTS: [&str; 10] = [
    "qyapi.weixin.qq.com",
    "login.work.weixin.qq.com",
    "sns.us-east-1.amazonaws.com",
    "sms.tencentcloudapi.com",
    "github.com",
    "api.github.com",
    "accounts.google.com",
    "login.example.org",
    "oauth.example.net",
    "nobody.example.com",
];

impl Running {
    /// A client that trusts this authority alone and finds every host here.
    fn client(&self) -> reqwest::Client {
        let ca = reqwest::Certificate::from_pem(self.ca.as_bytes()).unwrap();
        let mut builder = reqwest::Client::builder().tls_certs_only([ca]).redirect(reqwest::redirect::Policy::none());
        for host in HOSTS {
            builder = builder.resolve(host, self.address);
        }
        builder.https_only(true).no_proxy().build().unwrap()
    }

    fn url(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.address.port())
    }
}

#[tokio::test]
async fn every_platform_answers_under_its_own_name_and_certificate() {
    let running = start();
    let client = running.client();
    let user = client.get(running.url("api.github.com", "/user")).header("user-agent", "t").send().await.unwrap();
    assert_eq!(user.status(), StatusCode::UNAUTHORIZED);
    assert!(user.text().await.unwrap().contains("documentation_url"));
    let discovery = running.url("accounts.google.com", "/.well-known/openid-configuration");
    let found = client.get(discovery).send().await.unwrap();
    assert_eq!(found.json::<Value>().await.unwrap()["issuer"], "https://accounts.google.com");
    let style = client.get(running.url("github.com", "/practice.css")).send().await.unwrap();
    assert_eq!(style.status(), StatusCode::OK);
}

#[tokio::test]
async fn wecom_and_the_houses_of_short_messages_are_served_too() {
    let running = start();
    let client = running.client();
    let path = "/cgi-bin/gettoken?corpid=wwpractice00000000&corpsecret=practice-secret";
    let token = client.get(running.url("qyapi.weixin.qq.com", path)).send().await.unwrap();
    assert_eq!(token.json::<Value>().await.unwrap()["errcode"], 0);
    let page = client.get(running.url("login.work.weixin.qq.com", "/wwlogin/sso/login")).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("参数错误"));
    let unsigned = client.post(running.url("sns.us-east-1.amazonaws.com", "/")).send().await.unwrap();
    assert!(unsigned.text().await.unwrap().contains("MissingAuthenticationToken"));
    let tencent = client.post(running.url("sms.tencentcloudapi.com", "/")).send().await.unwrap();
    assert!(tencent.text().await.unwrap().contains("MissingParameter"));
}

#[tokio::test]
async fn a_foreign_name_gets_421_and_the_name_is_not_repeated() {
    let running = start();
    let reply = running.client().get(running.url("nobody.example.com", "/user")).send().await.unwrap();
    assert_eq!(reply.status(), StatusCode::MISDIRECTED_REQUEST);
    assert!(!reply.text().await.unwrap().contains("nobody"));
}

#[tokio::test]
async fn only_who_trusts_the_written_authority_gets_in() {
    let running = start();
    let stranger = reqwest::Client::builder().resolve("github.com", running.address).no_proxy().build().unwrap();
    assert!(stranger.get(running.url("github.com", "/")).send().await.is_err());
    assert!(!running.ca.contains("PRIVATE KEY"));
    let files = std::fs::read_dir(running.folder.path()).unwrap().count();
    assert_eq!(files, 1, "the authority's key stays in memory, and no store is made");
}

#[tokio::test]
async fn a_person_signs_in_through_real_names_from_page_to_callback() {
    let running = start();
    let client = running.client();
    let query = "client_id=practice-github&state=s1&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback";
    let url = running.url("github.com", &format!("/login/oauth/authorize?{query}"));
    let page = client.get(&url).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.text().await.unwrap();
    let action = page.split("action=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let press = |origin: String| {
        client
            .post(running.url("github.com", &action))
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("choice=allow&person=amara")
            .send()
    };
    let foreign = press("https://evil.example.com".to_owned()).await.unwrap();
    assert_eq!(foreign.status(), StatusCode::OK, "a foreign page can't press for the person");
    let sent = press(running.url("github.com", "")).await.unwrap();
    let location = sent.headers()["location"].to_str().unwrap();
    assert!(location.starts_with("https://app.example.com/callback?code="), "{location}");
    let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let body = format!("client_id=practice-github&client_secret=practice-secret&code={code}");
    let token = client
        .post(running.url("github.com", "/login/oauth/access_token"))
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    assert!(token.json::<Value>().await.unwrap()["access_token"].is_string());
}

#[tokio::test]
async fn the_worlds_own_pages_are_at_localhost_and_links_lead_there() {
    let running = start();
    let client = running.client();
    let link = client.get(running.url("github.com", "/people/amara")).send().await.unwrap();
    assert_eq!(link.headers()["location"], format!("{}/people/amara", running.origin));
    let world = client.get(format!("{}/_control", running.origin)).send().await.unwrap();
    assert_eq!(world.status(), StatusCode::OK);
    let hidden = client.get(running.url("github.com", "/_control")).send().await.unwrap();
    assert_eq!(hidden.status(), StatusCode::NOT_FOUND, "no platform has a control API");
}

#[test]
fn a_taken_address_is_told_with_the_option_to_change() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_hufu"))
        .current_dir(folder.path())
        .args(["practice", "--listen", &listen, "--ca", "ca.pem"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--listen"));
}
