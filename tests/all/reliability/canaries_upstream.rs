//! What platforms and phones tell us in confidence stays out of all that the program writes (security.md rows 15, 193;
//! §4.2, property 15): a real exchange through the practice platforms, looked for afterwards.

use hufu::store::Location;
use serde_json::{Value, json};

use super::canaries::{Canaries, audit, in_files};
use super::program::{Installation, Program, quiet_port};
use crate::support::http::{Answer, TestBrowser, VERIFIER};

const SECRET: &str = "canary-connector-secret-4c2";
const SENDER_SECRET: &str = "canary-sender-secret-9d7";
const NUMBER: &str = "13812349876";
const WECHAT: &str = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.59";

struct Watched {
    installation: Installation,
    program: Program,
    metrics: String,
    /// The practice platforms, and a hand on their world.
    hand: TestBrowser,
}

impl Watched {
    async fn start() -> Self {
        let metrics = format!("127.0.0.1:{}", quiet_port());
        let practice = format!("127.0.0.1:{}", quiet_port());
        let settings = [
            ("log.level", "debug"),
            ("metrics.listen", metrics.as_str()),
            ("practice.enabled", "true"),
            ("practice.listen", practice.as_str()),
        ];
        let installation = Installation::new(&settings);
        for kind in ["wechat_website", "wechat_mini", "wechat_official", "sms", "github", "dingtalk", "wecom"] {
            installation.command_line(&["connector", "practice", kind], "");
        }
        let open = ["connector", "edit", "wechat-mini-practice", "--registration", "true"];
        installation.command_line(&open, "");
        let edit = ["connector", "edit", "wechat-website-practice", "--secret", "secret"];
        installation.command_line(&edit, SECRET);
        let sender = installation.command_line(&["sender", "practice", "aliyun"], "");
        let edit = ["sender", "set", sender["name"].as_str().unwrap(), "--secret", "access_key_secret"];
        installation.command_line(&edit, SENDER_SECRET);
        let add = ["app", "add", "--id", "shop", "--name", "Shop", "--type", "native", "--first-party"];
        installation.command_line(&[&add[..], &["--authorization-challenge"]].concat(), "");
        let program = installation.start().await;
        let hand = TestBrowser::new(&format!("http://{practice}"));
        let it = Self { installation, program, metrics, hand };
        it.control("PATCH", "/clients/wechat/wxpracticewebsite0", json!({ "client_secret": SECRET })).await;
        it
    }

    async fn control(&self, method: &str, path: &str, body: Value) -> Value {
        let json = [("content-type", "application/json")];
        let body = Some(body.to_string());
        let answer = self.hand.send(method.parse().unwrap(), &format!("/_control{path}"), &json, body).await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
        serde_json::from_str(&answer.body).unwrap_or(Value::Null)
    }

    async fn last(&self, path: &str, member: &str) -> Value {
        let all = self.control("GET", path, Value::Null).await;
        all.as_array().and_then(|all| all.last()).unwrap_or_else(|| panic!("nothing at {path}"))[member].clone()
    }

    /// A new browser at the sign-in page, and what it posts there.
    async fn at_the_door(&self) -> (TestBrowser, String) {
        let browser = TestBrowser::new(&self.installation.issuer());
        let path = browser.get("/account").await.location().to_owned();
        (browser, path)
    }
}

async fn post(browser: &TestBrowser, path: &str, rest: &str, fields: &[(&str, &str)]) -> Answer {
    let csrf = browser.get(path).await.hidden("csrf").expect("a form");
    let fields = [&[("csrf", csrf.as_str())], fields].concat();
    browser.post_form(&format!("{path}/{rest}"), &fields).await
}

/// There and back: a scan on the platform's own page, a code, tokens, a profile.
async fn by_the_website(it: &Watched) -> Canaries {
    let (browser, path) = it.at_the_door().await;
    let sent = post(&browser, &path, "with/wechat-website-practice", &[]).await;
    let platform = TestBrowser::new(&it.installation.issuer());
    assert_eq!(platform.get(sent.location()).await.status, 200);
    let scan = it.last("/phone/scans?platform=wechat", "id").await;
    for deed in ["scan", "confirm"] {
        it.control("POST", &format!("/phone/people/xiaoman/{deed}"), json!({ "id": scan })).await;
    }
    let back = it.hand.get(&format!("/open.weixin.qq.com/connect/wait?uuid={}", scan.as_str().unwrap())).await;
    let (code, state) = (back.query("code").expect("a code"), back.query("state").expect("a state"));
    assert_eq!(browser.get(back.location()).await.own_location(&it.installation.issuer()), Some(path));
    assert!(browser.cookie("session").is_some(), "signed in");
    vec![("upstream code", code), ("upstream state", state), ("connector secret", SECRET.to_owned())]
}

/// There and back at the platforms whose page is one form.
async fn by_redirects(it: &Watched) -> Canaries {
    let mut found = Canaries::new();
    for method in ["github-practice", "dingtalk-practice", "wecom-practice"] {
        let (browser, path) = it.at_the_door().await;
        let sent = post(&browser, &path, &format!("with/{method}"), &[]).await;
        let back = it.hand.post_form(sent.location(), &[("choice", "allow"), ("person", "amara")]).await;
        let code =
            back.query("code").or_else(|| back.query("authCode")).unwrap_or_else(|| panic!("{method}: {back:?}"));
        let answer = browser.get(back.location()).await;
        assert!(browser.cookie("session").is_some(), "{method}: signed in: {answer:?}");
        found.push(("upstream code", code));
    }
    found
}

/// A mini program's code brought by the application itself, without pages.
async fn by_the_mini_program(it: &Watched) -> Canaries {
    let path = "/wechat/wxpracticemini0000/people/amara";
    let given = it.control("POST", &format!("{path}/login-code"), json!({})).await;
    let code = given["code"].as_str().unwrap().to_owned();
    let challenge = hufu::base::secret::digest(VERIFIER);
    let way = TestBrowser::new(&it.installation.issuer());
    let first = [
        ("client_id", "shop"),
        ("scope", "openid"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("connector", "wechat-mini-practice"),
        ("code", code.as_str()),
    ];
    let asked = way.post_form("/authorize-challenge", &first).await;
    let session = asked.json()["auth_session"].as_str().unwrap_or_else(|| panic!("{asked:?}")).to_owned();
    let then = [("client_id", "shop"), ("auth_session", &session), ("register", "true"), ("name", "Amara")];
    let done = way.post_form("/authorize-challenge", &then).await;
    let ours = done.json()["authorization_code"].as_str().unwrap_or_else(|| panic!("{done:?}")).to_owned();
    let person = it.control("GET", path, Value::Null).await;
    let told = |name: &str| person[name].as_str().unwrap_or_else(|| panic!("no {name}: {person}")).to_owned();
    vec![
        ("upstream code", code),
        ("auth_session", session),
        ("authorization code", ours),
        ("session_key", told("session_key")),
        ("openid", told("openid")),
    ]
}

/// A picture at a desk, a push, a link in the chat, a yes on the phone.
async fn by_the_official_account(it: &Watched) -> Canaries {
    it.control("POST", "/phone/people/amara/follow", json!({})).await;
    let (desk, path) = it.at_the_door().await;
    post(&desk, &path, "with/wechat-official-practice", &[]).await;
    let scan = it.last("/phone/scans?platform=wechat", "id").await;
    it.control("POST", "/phone/people/amara/scan", json!({ "id": scan })).await;
    let link = it.last("/phone/messages?person=amara", "links").await[0].as_str().expect("a link").to_owned();
    let (phone, platform) = (TestBrowser::new(&it.installation.issuer()), TestBrowser::new(&it.installation.issuer()));
    platform.keep("practice_phone=amara");
    let agent = [("user-agent", WECHAT)];
    let sent = platform.get_with(phone.get_with(&link, &agent).await.location(), &agent).await;
    let back = phone.get_with(sent.location(), &agent).await;
    let question = phone.get_with(back.location(), &agent).await;
    let csrf = question.hidden("csrf").unwrap_or_else(|| panic!("no question: {question:?}"));
    let number = desk.get(&format!("{path}/scan")).await.json()["number"].to_string();
    let said = phone.post_with(&link, &agent, &[("csrf", &csrf), ("answer", &number)]).await;
    assert_eq!(said.status, 200, "{said:?}");
    let token = link.rsplit('/').next().unwrap().to_owned();
    vec![("the link's token", token), ("upstream code", sent.query("code").expect("a code")), ("form token", csrf)]
}

/// A code that no sender takes: the house says that the signature is wrong.
async fn by_a_message(it: &Watched) -> Canaries {
    let (browser, path) = it.at_the_door().await;
    post(&browser, &path, "with/sms-practice", &[]).await;
    post(&browser, &path, "answer/sms-practice", &[("phone", NUMBER)]).await;
    vec![("number", NUMBER.to_owned()), ("sender secret", SENDER_SECRET.to_owned())]
}

/// Every secret word that was sent to a platform.
async fn sent(it: &Watched) -> Canaries {
    let mut found = Canaries::new();
    for request in it.control("GET", "/requests", Value::Null).await.as_array().unwrap() {
        let word = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        for text in [word("query"), word("body")] {
            found.extend(form_urlencoded::parse(text.as_bytes()).into_owned().filter_map(secret));
        }
        let body: Value = serde_json::from_str(&word("body")).unwrap_or_default();
        let members = body.as_object().into_iter().flatten();
        found.extend(members.filter_map(|(name, value)| secret((name.clone(), value.as_str()?.to_owned()))));
        for header in request["headers"].as_array().unwrap() {
            let [name, value] = [0, 1].map(|at| header[at].as_str().unwrap_or_default().to_owned());
            found.extend(secret((name, value.rsplit(' ').next().unwrap_or_default().to_owned())));
        }
    }
    found
}

/// What the platforms call words that open something.
fn secret((name, value): (String, String)) -> Option<(&'static str, String)> {
    let names = [
        "access_token",
        "refresh_token",
        "secret",
        "client_secret",
        "clientsecret",
        "appsecret",
        "corpsecret",
        "code",
        "js_code",
        "code_verifier",
        "openid",
        "templateparam",
        "signature",
        "authorization",
        "x-acs-dingtalk-access-token",
    ];
    let name = name.to_ascii_lowercase();
    let what = if name == "openid" { "openid" } else { "sent to a platform" };
    (names.contains(&name.as_str()) && value.len() >= 8).then_some((what, value))
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_s193_nothing_that_platforms_and_phones_confide_is_written_down() {
    let it = Watched::start().await;
    let mut canaries = by_the_website(&it).await;
    canaries.extend(by_redirects(&it).await);
    canaries.extend(by_the_mini_program(&it).await);
    canaries.extend(by_the_official_account(&it).await);
    canaries.extend(by_a_message(&it).await);
    canaries.extend(sent(&it).await);
    let tokens = canaries.iter().filter(|(what, _)| *what == "sent to a platform").count();
    assert!(tokens >= 20, "the platforms were asked with secrets: {canaries:?}");
    let metrics = TestBrowser::new(&format!("http://{}", it.metrics)).get("/metrics").await.body;
    let log = it.installation.said();
    let audit = audit(&Location::Sqlite(it.installation.folder().join("data").join("hufu.sqlite"))).await;
    assert!(log.contains("/authorize-challenge") && log.contains("/callback/") && log.contains("/confirm/"), "{log}");
    assert!(audit.contains("sign_in") && audit.contains("sms.send") && metrics.contains("hufu_"), "{audit}");
    drop(it.program);
    for (what, canary) in &canaries {
        for (place, text) in [("the log", &log), ("the metrics", &metrics), ("the audit", &audit)] {
            assert!(!text.contains(canary.as_str()), "{what} is in {place}: {canary}");
        }
        // People are known by their openid, so the store has those.
        assert!(*what == "openid" || !in_files(&it.installation, canary), "{what} is in the data folder: {canary}");
    }
}
