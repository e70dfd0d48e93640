//! From a desk to a practice phone and back, over HTTP: our pages, the real
//! connectors, the practice platforms, their pushes.

use std::net::{SocketAddr, TcpListener as Std};

use hufu::admin::Actor;
use hufu::base::lang::Lang;
use hufu::store::connectors::ConnectorRow;
use hufu::web::listeners;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::http::{Answer, TestBrowser};
use crate::support::server::{Application, Setup, TestServer};
use crate::support::stores::stores;

struct Practice {
    server: TestServer,
    application: Application,
    /// Its own origin, with a browser that has never been there.
    origin: String,
}

fn configure(config: &mut hufu::config::Config) {
    let free = Std::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    config.practice = hufu::config::Practice { enabled: true, listen: SocketAddr::from(([127, 0, 0, 1], free.port())) };
}

/// A server with these practice platforms, one a store.
async fn practice(kinds: &[&str]) -> Vec<(&'static str, Practice)> {
    let mut all = Vec::new();
    for (name, store) in stores().await {
        let server = TestServer::start_as(store, Setup { configure, ..Setup::default() }).await;
        let listener = TcpListener::bind(server.app.config.practice.listen).await.unwrap();
        tokio::spawn(listeners::practice(server.app.clone(), listener, server.stopping.clone()));
        for kind in kinds {
            server.app.admin.add_practice_connector(&Actor::set_up(), kind, Lang::En).await.unwrap();
        }
        let application = server.application().await;
        let origin = server.app.config.practice.origin();
        all.push((name, Practice { server, application, origin }));
    }
    all
}

impl Practice {
    /// A mini program's code is no wish for an account, so its instances let nobody new in by themselves.
    async fn let_new_people_in(&self) {
        let store = &self.server.app.store;
        for row in store.connectors().await.unwrap().iter().cloned() {
            let row = ConnectorRow { registration: true, ..row };
            let write = store.write(move |tx| {
                let row = row.clone();
                Box::pin(async move { tx.update_connector(&row).await })
            });
            assert!(write.await.unwrap());
        }
    }

    async fn control(&self, path: &str, body: Option<Value>) -> Answer {
        let browser = TestBrowser::new(&self.origin);
        let method = if body.is_some() { http::Method::POST } else { http::Method::GET };
        let headers = [("content-type", "application/json")];
        browser.send(method, &format!("/_control/phone{path}"), &headers, body.map(|body| body.to_string())).await
    }

    /// Presses the button of this way in; the interaction's path.
    async fn press(&self, browser: &TestBrowser, connector: &str, how: &str) -> (String, Answer) {
        let opened = browser.authorize(&self.application, &[]).await;
        let path = opened.own_location(&self.server.issuer).expect("an interaction opens");
        let csrf = browser.get(&path).await.hidden("csrf").expect("a form");
        let pressed = browser.post_form(&format!("{path}/with/{connector}"), &[("csrf", &csrf), ("how", how)]).await;
        (path, pressed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s93_an_official_account_s_code_is_scanned_on_a_practice_phone_and_confirmed_by_its_number() {
    for (name, practice) in practice(&["wechat_official"]).await {
        let desk = practice.server.browser();
        let (path, pressed) = practice.press(&desk, "wechat-official-practice", "frame").await;
        assert_eq!(pressed.status, 303, "{name}: {pressed:?}");
        let page = desk.get(&path).await;
        assert!(page.body.contains("<svg class=\"qr\""), "{name}: a picture: {}", page.body);
        assert_eq!(desk.get(&format!("{path}/scan")).await.json()["state"], "waiting");
        let scans = practice.control("/scans", None).await.json();
        let id = scans[0]["id"].as_str().unwrap_or_else(|| panic!("{name}: {scans}")).to_owned();
        let scanned = practice.control(&format!("/scans/{id}/scan"), Some(json!({ "person": "amara" }))).await;
        assert_eq!(scanned.status, 204, "{name}: {scanned:?}");
        // Whoever does not follow yet is asked to; the account hears of nothing before.
        let followed = practice.control(&format!("/scans/{id}/confirm"), Some(json!({ "person": "amara" }))).await;
        assert_eq!(followed.status, 204, "{name}: {followed:?}");
        let messages = practice.control("/messages?person=amara", None).await.json().to_string();
        let at = messages.find("/confirm/").unwrap_or_else(|| panic!("{name}: no link: {messages}"));
        let link: String = messages[at..].chars().take("/confirm/".len() + 43).collect();
        let state = desk.get(&format!("{path}/scan")).await.json();
        assert_eq!(state["state"], "seen", "{name}: {state}");
        let number = state["number"].to_string();
        let phone = practice.server.browser();
        let asked = phone.get(&link).await;
        assert!(asked.body.contains("Test application") && asked.body.contains("rp.example"), "{name}: {}", asked.body);
        assert!(asked.body.contains(&format!("value=\"{number}\"")), "{name}: {}", asked.body);
        let csrf = asked.hidden("csrf").unwrap();
        let said = phone.post_form(&link, &[("csrf", &csrf), ("answer", &number)]).await;
        assert!(said.body.contains("You said yes"), "{name}: {}", said.body);
        assert_eq!(desk.get(&format!("{path}/scan")).await.json()["state"], "approved");
        assert_eq!(phone.get(&format!("{path}/scan")).await.status, 404, "{name}: only the desk's browser");
        let csrf = desk.get(&path).await.hidden("csrf").unwrap();
        let asked = desk.follow(desk.post_form(&format!("{path}/scan"), &[("csrf", &csrf)]).await).await;
        // A scan tells no name, so a new person is asked for one.
        let answer = [("csrf", asked.hidden("csrf").unwrap()), ("door", "new".into()), ("name", "Amara".into())];
        let answer = answer.each_ref().map(|(name, value)| (*name, value.as_str()));
        let done = desk.follow(desk.post_form(&format!("{path}/stranger"), &answer).await).await;
        assert!(done.query("code").is_some(), "{name}: {done:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn platforms_with_a_frame_show_it_on_a_desk_and_go_away_without() {
    let kinds = ["wechat_website", "dingtalk", "wecom"];
    for (name, practice) in practice(&kinds).await {
        for kind in kinds {
            let connector = format!("{}-practice", kind.replace('_', "-"));
            let desk = practice.server.browser();
            let (path, _) = practice.press(&desk, &connector, "frame").await;
            let page = desk.get(&path).await;
            assert!(page.body.contains("<iframe"), "{name} {kind}: {}", page.body);
            let policy = page.header("content-security-policy").to_owned();
            assert!(policy.contains(&format!("frame-src {}", practice.origin)), "{name} {kind}: {policy}");
            let at = page.body.find("<iframe").and_then(|at| page.body[at..].find("src=\"").map(|src| at + src + 5));
            let src = page.body[at.unwrap()..].split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
            let inside = TestBrowser::new(&practice.origin).get(&src).await;
            assert_eq!(inside.status, 200, "{name} {kind}: {src} {inside:?}");
            let (_, pressed) = practice.press(&desk, &connector, "").await;
            assert!(pressed.location().starts_with(&practice.origin), "{name} {kind}: {pressed:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s93_a_mini_program_s_code_is_scanned_and_answered_on_the_page_it_shows() {
    for (name, practice) in practice(&["wechat_mini"]).await {
        practice.let_new_people_in().await;
        let desk = practice.server.browser();
        let (path, _) = practice.press(&desk, "wechat-mini-practice", "").await;
        let page = desk.get(&path).await;
        assert!(page.body.contains(&format!("src=\"{path}/scan/picture")), "{name}: {}", page.body);
        let picture = desk.get(&format!("{path}/scan/picture")).await;
        assert!(picture.header("content-type").starts_with("image/"), "{name}: {picture:?}");
        let scans = practice.control("/scans", None).await.json();
        let id = scans[0]["id"].as_str().unwrap_or_else(|| panic!("{name}: {scans}")).to_owned();
        practice.control(&format!("/scans/{id}/scan"), Some(json!({ "person": "amara" }))).await;
        let messages = practice.control("/messages?person=amara", None).await.json().to_string();
        let at = messages.find("/confirm/").unwrap_or_else(|| panic!("{name}: no link: {messages}"));
        let link: String = messages[at..].chars().take("/confirm/".len() + 43).collect();
        let number = desk.get(&format!("{path}/scan")).await.json()["number"].to_string();
        let phone = practice.server.browser();
        let csrf = phone.get(&link).await.hidden("csrf").unwrap();
        let said = phone.post_form(&link, &[("csrf", &csrf), ("answer", &number)]).await;
        assert!(said.body.contains("You said yes"), "{name}: {}", said.body);
        let csrf = desk.get(&path).await.hidden("csrf").unwrap();
        let asked = desk.follow(desk.post_form(&format!("{path}/scan"), &[("csrf", &csrf)]).await).await;
        // A scan tells no name, so a new person is asked for one.
        let answer = [("csrf", asked.hidden("csrf").unwrap()), ("door", "new".into()), ("name", "Amara".into())];
        let answer = answer.each_ref().map(|(name, value)| (*name, value.as_str()));
        let done = desk.follow(desk.post_form(&format!("{path}/stranger"), &answer).await).await;
        assert!(done.query("code").is_some(), "{name}: {done:?}");
    }
}
