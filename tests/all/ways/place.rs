//! A running Hufu beside the practice platforms.

use hufu::admin::Actor;
use hufu::base::id::UserId;
use hufu::base::lang::Lang;
use hufu::config::Config;
use hufu::store::clients::ClientMetadata;
use hufu::store::users::User;
use serde_json::{Value, json};

use crate::support::http::{Answer, TestBrowser};
use crate::support::server::{Application, Setup, TestServer};
use crate::support::stores::{self, TestStore};

/// WeChat on a phone.
pub const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0.59 NetType/WIFI";
/// DingTalk on a phone.
pub const DINGTALK: &str = "Mozilla/5.0 (Linux; Android 14) Chrome/126 Mobile Safari/537.36 AliApp(DingTalk/7.6.0)";
/// WeChat Work on a phone; it says `MicroMessenger` as well.
pub const WECOM: &str = "Mozilla/5.0 (iPhone) wxwork/4.1.20 MicroMessenger/7.0.1 Language/zh";
/// A browser on a desk.
pub const DESK: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// The server, the platforms, and somebody with a hand on both.
pub struct Place {
    pub server: TestServer,
    /// Of the practice platforms.
    pub origin: String,
    pub hand: TestBrowser,
}

impl Place {
    /// Over SQLite, with a practice connector of each of these kinds.
    pub async fn with(kinds: &[&str]) -> Self {
        Self::over(stores::sqlite().await, kinds).await
    }

    /// One over each store.
    pub async fn both(kinds: &[&str]) -> Vec<(&'static str, Self)> {
        let mut places = Vec::new();
        for (name, store) in stores::stores().await {
            places.push((name, Self::over(store, kinds).await));
        }
        places
    }

    pub async fn over(store: TestStore, kinds: &[&str]) -> Self {
        Self::set_up(store, kinds, |_| {}).await
    }

    /// The same, configured otherwise.
    pub async fn set_up(store: TestStore, kinds: &[&str], configure: fn(&mut Config)) -> Self {
        let server = TestServer::start_as(store, Setup { practice: true, configure, ..Setup::default() }).await;
        let origin = server.app.config.practice.origin();
        let hand = TestBrowser::new(&origin);
        for kind in kinds {
            let added = server.app.admin.add_practice_connector(&Actor::set_up(), kind, Lang::En).await;
            added.unwrap_or_else(|error| panic!("{kind}: {error}"));
        }
        Self { server, origin, hand }
    }

    /// Somebody else's application: it asks for consent.
    pub async fn application(&self) -> Application {
        let grant_types = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
        self.server.application_as(ClientMetadata { grant_types, ..ClientMetadata::default() }).await
    }

    /// What a test does to the practice world.
    pub async fn control(&self, method: &str, path: &str, body: Value) -> Answer {
        let method = method.parse().unwrap();
        let json = [("content-type", "application/json")];
        let answer = self.hand.send(method, &format!("/_control{path}"), &json, Some(body.to_string())).await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
        answer
    }

    /// Something that somebody does with their phone.
    pub async fn deed(&self, person: &str, deed: &str, fields: Value) {
        self.control("POST", &format!("/phone/people/{person}/{deed}"), fields).await;
    }

    /// The codes on screens that wait for a phone, newest last.
    pub async fn codes(&self, platform: &str) -> Vec<Value> {
        let all = self.control("GET", &format!("/phone/scans?platform={platform}"), Value::Null).await.json();
        all.as_array().unwrap().clone()
    }

    /// The newest of them.
    pub async fn code(&self, platform: &str) -> String {
        let codes = self.codes(platform).await;
        codes.last().unwrap_or_else(|| panic!("no code waits"))["id"].as_str().unwrap().to_owned()
    }

    /// Scans a code and says yes on the phone.
    pub async fn scan_and_confirm(&self, person: &str, code: &str) {
        self.deed(person, "scan", json!({ "id": code })).await;
        self.deed(person, "confirm", json!({ "id": code })).await;
    }

    /// The last message on somebody's phone.
    pub async fn message(&self, person: &str) -> Value {
        let all = self.control("GET", &format!("/phone/messages?person={person}"), Value::Null).await.json();
        all.as_array().unwrap().last().cloned().unwrap_or(Value::Null)
    }

    /// Turns switches of a platform on.
    pub async fn switch(&self, platform: &str, on: &[&str]) {
        self.control("PUT", &format!("/switches/{platform}"), json!({ "on": on })).await;
    }

    /// Everybody Hufu knows.
    pub async fn people(&self) -> Vec<User> {
        self.server.app.store.users(None, None, 100).await.unwrap()
    }

    /// The key spaces by which somebody is known.
    pub async fn spaces(&self, user: &UserId) -> Vec<String> {
        let links = self.server.app.store.identities_of(user).await.unwrap();
        links.into_iter().map(|link| link.space).collect()
    }

    /// By whom this was done last, and with what outcome.
    pub async fn last(&self, action: &str) -> (String, String) {
        let rows = self.server.app.store.audit(None, 100).await.unwrap();
        let found = rows.into_iter().find(|row| row.action == action).unwrap_or_else(|| panic!("no {action}"));
        (found.actor, found.outcome)
    }
}
