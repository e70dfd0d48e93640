//! The console and the set-up pages over HTTP, as administrators use them.

mod hostile;
mod language;
mod versions;

use hufu::admin::Actor;

use crate::support::http::{Answer, TestBrowser};
use crate::support::server::TestServer;

/// An administrator at the console, with pages in one language.
pub struct Office {
    browser: TestBrowser,
    language: &'static str,
}

impl Office {
    /// Of a new administrator of this name.
    pub async fn of(server: &TestServer, name: &str, language: &'static str) -> Self {
        let id = server.person(name).await;
        let user = server.app.store.user(&id).await.unwrap().unwrap();
        server.app.admin.set_administrator(&Actor::set_up(), &user, true).await.expect("an administrator");
        Self { browser: server.signed_in(&id).await, language }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.browser.get_with(path, &[("accept-language", self.language)]).await
    }

    /// Posts to a page's form with its own token, and the version it was made from where it carries one.
    pub async fn post(&self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (csrf, version) = (page.hidden("csrf").expect("the page has a form"), page.hidden("version"));
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(version.as_deref().map(|version| ("version", version)));
        all.extend_from_slice(fields);
        let headers = [("sec-fetch-site", "same-origin"), ("accept-language", self.language)];
        self.browser.post_with(path, &headers, &all).await
    }
}

/// A GitHub connector's form, filled in.
pub const GITHUB: &[(&str, &str)] = &[
    ("name", "github"),
    ("field.client_id", "Ov23li"),
    ("field.client_secret", "0123456789abcdef0123456789abcdef0123wxyz"),
];
