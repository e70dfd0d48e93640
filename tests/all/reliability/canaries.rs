//! No secret is in what the program writes: logs, metrics, the audit, the file (security.md row 15; §4.2, property 15).

use hufu::store::Location;
use sqlx::Row as _;

use super::program::{Installation, quiet_port};
use crate::support::http::{Answer, TestBrowser, VERIFIER, basic};
use crate::support::server::{Application, PASSWORD};
use crate::support::stores::raw;

const REDIRECT: &str = "https://rp.example/cb";
const EMAIL: &str = "mei.canary.q8z4@canary.example.org";
const WRONG: &str = "Wr0ng-canary-Xk81";
/// What an attacker or a platform sends, and what people type into the wrong field.
const SENT: [&str; 5] = [
    "canary-upstream-code-5b1",
    "canary-session-key-77",
    "canary-bearer-in-query-3",
    "canary-hint-of-a-person",
    "canary-typed-as-user-name",
];

#[tokio::test(flavor = "multi_thread")]
async fn s15_no_secret_reaches_the_text_log() {
    nothing_leaks("text").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_no_secret_reaches_the_json_log() {
    nothing_leaks("json").await;
}

async fn nothing_leaks(format: &str) {
    let metrics = format!("127.0.0.1:{}", quiet_port());
    let settings = [("log.level", "debug"), ("log.format", format), ("metrics.listen", metrics.as_str())];
    let installation = Installation::new(&settings);
    let secret = installation.application("canary", REDIRECT);
    installation.person("mei", EMAIL, PASSWORD);
    let program = installation.start().await;
    let application = Application { id: "canary".to_owned(), secret, redirect_uri: REDIRECT.to_owned() };
    let browser = TestBrowser::new(&installation.issuer());
    let mut canaries = used(&browser, &application).await;
    canaries.extend(trouble(&browser, &application).await);
    let metrics = TestBrowser::new(&format!("http://{metrics}")).get("/metrics").await;
    let log = installation.said();
    // The places were looked at while there was something in them.
    assert!(metrics.body.contains("hufu_http_requests_total"), "{metrics:?}");
    assert!(log.contains("answered") && log.contains("/token"), "{log}");
    let location = Location::Sqlite(installation.folder().join("data").join("hufu.sqlite"));
    let audit = audit(&location).await;
    assert!(audit.contains("sign_in"), "{audit}");
    drop(program);
    for (what, canary) in &canaries {
        for (place, text) in [("the log", &log), ("the metrics", &metrics.body), ("the audit", &audit)] {
            assert!(!text.contains(canary.as_str()), "{what} is in {place}: {canary}");
        }
        // The profile holds the e-mail, and the form shows again what was typed into its first field.
        let kept = *what == "e-mail" || canary == SENT[4];
        assert!(kept || !in_files(&installation, canary), "{what} is in the data folder: {canary}");
    }
}

/// What each is, and the text that is looked for.
pub type Canaries = Vec<(&'static str, String)>;

/// Everything that goes well: sign-in, code, refresh, introspection, userinfo, revocation.
async fn used(browser: &TestBrowser, application: &Application) -> Canaries {
    let more = [("scope", "openid email offline_access"), ("state", "canary-state-1"), ("login_hint", EMAIL)];
    let opened = browser.authorize(application, &more).await;
    let path = format!("/i/{}", opened.location().split_once("/i/").expect("an interaction").1);
    let csrf = browser.get(&path).await.hidden("csrf").expect("a form");
    for (username, password) in [("mei", WRONG), (SENT[4], WRONG), (EMAIL, PASSWORD)] {
        let fields = [("csrf", csrf.as_str()), ("username", username), ("password", password)];
        browser.post_form(&format!("{path}/form"), &fields).await;
    }
    let answer = browser.get(&path).await;
    let code = answer.query("code").unwrap_or_else(|| panic!("no code: {answer:?}"));
    let first = browser.redeem(application, &code).await;
    let text = |answer: &Answer, name: &str| answer.json()[name].as_str().expect("a token").to_owned();
    let refresh = text(&first, "refresh_token");
    let second = browser.token(application, &[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await;
    let access = text(&second, "access_token");
    let introspected = browser.as_client("/introspect", application, &[("token", &access)]).await;
    assert_eq!(introspected.json()["active"], true);
    let bearer = format!("Bearer {access}");
    assert_eq!(browser.get_with("/userinfo", &[("authorization", &bearer)]).await.json()["email"], EMAIL);
    assert_eq!(browser.as_client("/revoke", application, &[("token", &access)]).await.status, 200);
    let cookie = |name: &str| browser.cookie(name).expect("a cookie");
    vec![
        ("password", PASSWORD.to_owned()),
        ("wrong password", WRONG.to_owned()),
        ("e-mail", EMAIL.to_owned()),
        ("code", code),
        ("verifier", VERIFIER.to_owned()),
        ("access token", text(&first, "access_token")),
        ("access token", access),
        ("refresh token", refresh),
        ("refresh token", text(&second, "refresh_token")),
        ("ID token", text(&first, "id_token")),
        ("client secret", application.secret.clone()),
        ("client secret", basic(application)),
        ("session cookie", cookie("session")),
        ("browser cookie", cookie("browser")),
        ("form token", csrf),
    ]
}

/// Everything that is refused, with something secret in every place there is.
async fn trouble(browser: &TestBrowser, application: &Application) -> Canaries {
    let [code, key, bearer, hint, _] = SENT;
    browser.get(&format!("/callback/github?code={code}&state=unknown")).await;
    browser.post_form("/callback/github", &[("code", code), ("session_key", key)]).await;
    browser.get(&format!("/userinfo?access_token={bearer}")).await;
    browser.get_with("/userinfo", &[("authorization", &format!("Bearer {bearer}"))]).await;
    browser.get(&format!("/authorize?client_id={hint}&login_hint={hint}&id_token_hint={hint}")).await;
    browser.get(&format!("/end_session?id_token_hint={hint}&client_id={hint}")).await;
    browser.get(&format!("/setup/{key}")).await;
    browser.get(&format!("/i/{key}")).await;
    browser.redeem(application, code).await;
    let stranger = Application { id: application.id.clone(), secret: key.to_owned(), redirect_uri: code.to_owned() };
    assert_eq!(browser.redeem(&stranger, code).await.error(), "invalid_client");
    browser.token(application, &[("grant_type", "refresh_token"), ("refresh_token", bearer)]).await;
    browser.as_client("/introspect", application, &[("token", bearer)]).await;
    browser.get_with("/account", &[("cookie", &format!("session={key}; browser={key}"))]).await;
    SENT.iter().map(|sent| ("what was sent", (*sent).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn s193_neither_a_number_nor_its_code_is_in_an_answer_the_log_the_metrics_or_the_audit() {
    const NUMBER: &str = "13812345678";
    let metrics = format!("127.0.0.1:{}", quiet_port());
    let practice = format!("127.0.0.1:{}", quiet_port());
    let settings = [
        ("log.level", "debug"),
        ("metrics.listen", metrics.as_str()),
        ("practice.enabled", "true"),
        ("practice.listen", practice.as_str()),
    ];
    let installation = Installation::new(&settings);
    installation.command_line(&["connector", "practice", "sms"], "");
    let program = installation.start().await;
    let browser = TestBrowser::new(&installation.issuer());
    let path = browser.get("/account").await.location().to_owned();
    let csrf = browser.get(&path).await.hidden("csrf").expect("a form");
    let mut pages = String::new();
    let post = async |rest: &str, name: &str, value: &str| {
        let answer = browser.post_form(&format!("{path}/{rest}"), &[("csrf", &csrf), (name, value)]).await;
        let shown = browser.get(&path).await;
        format!("{answer:?} {shown:?}")
    };
    for (rest, name, value) in [("with/sms-practice", "x", ""), ("answer/sms-practice", "phone", NUMBER)] {
        pages += &post(rest, name, value).await;
    }
    let phone = TestBrowser::new(&format!("http://{practice}"));
    let messages = phone.get(&format!("/_control/phone/messages?mobile=%2B86{NUMBER}")).await.json();
    let text = messages[0]["text"].as_str().expect("a message").to_owned();
    let code = text.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6).expect("a code").to_owned();
    let wrong = if code == "271828" { "314159" } else { "271828" };
    for tried in [wrong, code.as_str()] {
        pages += &post("answer/sms-practice", "code", tried).await;
    }
    assert!(pages.contains("stranger"), "the right code was taken: {pages}");
    let metrics = TestBrowser::new(&format!("http://{metrics}")).get("/metrics").await.body;
    let log = installation.said();
    let audit = audit(&Location::Sqlite(installation.folder().join("data").join("hufu.sqlite"))).await;
    drop(program);
    assert!(log.contains("/answer/") && audit.contains("sms.send") && metrics.contains("hufu_"), "{log} {audit}");
    for (place, text) in [("an answer", &pages), ("the log", &log), ("the metrics", &metrics), ("the audit", &audit)] {
        for canary in [NUMBER, code.as_str(), wrong] {
            assert!(!text.contains(canary), "{canary} is in {place}: {text}");
        }
    }
}

/// Every column of every row.
pub async fn audit(location: &Location) -> String {
    let mut connection = raw(location).await;
    let columns = "action || ' ' || actor || ' ' || target || ' ' || outcome || ' ' || request_id || ' ' || detail";
    let select = sqlx::AssertSqlSafe(format!("SELECT {columns} AS line FROM audit"));
    let rows = sqlx::query(select).fetch_all(&mut connection).await.unwrap();
    // Closed now and not some time later, so that no file of the store vanishes while it is searched.
    sqlx::Connection::close(connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("line") + "\n").collect()
}

pub fn in_files(installation: &Installation, canary: &str) -> bool {
    let files = std::fs::read_dir(installation.folder().join("data")).unwrap();
    files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).any(|bytes| {
        let needle = canary.as_bytes();
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}
