//! One sign-in: a browser at Hufu, the same person's browser at the platforms, and the application behind it.

use crate::support::http::{Answer, TestBrowser, authorize_path};
use crate::support::server::Application;

use super::place::Place;

/// What the application asks for.
const SCOPE: (&str, &str) = ("scope", "openid profile offline_access");

pub struct Visit<'a> {
    place: &'a Place,
    application: &'a Application,
    /// At Hufu.
    pub browser: TestBrowser,
    /// At the platforms.
    pub platform: TestBrowser,
    agent: &'static str,
    /// `/i/{id}`.
    pub path: String,
}

/// What the application ends up with.
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    pub id_token: String,
    pub sub: String,
    pub name: String,
}

impl<'a> Visit<'a> {
    /// A browser that has never been here, sent by the application.
    pub async fn begin(place: &'a Place, application: &'a Application, agent: &'static str) -> Self {
        let (browser, platform) = (place.server.browser(), TestBrowser::new(&place.origin));
        let visit = Self { place, application, browser, platform, agent, path: String::new() };
        visit.again().await
    }

    /// The same browser, sent by the application once more; it has to sign in anew.
    pub async fn again(mut self) -> Self {
        let path = authorize_path(self.application, &[SCOPE, ("prompt", "consent")]);
        let opened = self.get(&path).await;
        self.path = opened.own_location(&self.place.server.issuer).unwrap_or_else(|| panic!("{opened:?}"));
        self
    }

    /// The phone's owner at the platforms, as their own browser there is.
    pub fn held_by(self, person: &str) -> Self {
        self.platform.keep(&format!("practice_phone={person}"));
        self
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.browser.get_with(path, &[("user-agent", self.agent)]).await
    }

    /// A page at the platforms; what they open for the person there.
    pub async fn at_platform(&self, url: &str) -> Answer {
        self.platform.get_with(url, &[("user-agent", self.agent)]).await
    }

    /// The page that stands at `/i/{id}` now.
    pub async fn page(&self) -> Answer {
        self.get(&self.path).await
    }

    /// Posts a form of the page that stands there now.
    pub async fn post(&self, rest: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.page().await;
        let csrf = page.hidden("csrf").unwrap_or_else(|| panic!("no form: {page:?}"));
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.browser.post_with(&format!("{}/{rest}", self.path), &[("user-agent", self.agent)], &all).await
    }

    /// Takes this way in; where the platform's page is.
    pub async fn with(&self, connector: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(&format!("with/{connector}"), fields).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        answer.location().to_owned()
    }

    /// Opens the address to which a platform sent the browser back.
    pub async fn back(&self, sent: &Answer) -> Answer {
        let to = sent.location();
        assert!(to.starts_with(&self.place.server.issuer), "not sent back: {sent:?}");
        self.get(to).await
    }

    /// From the page of the interaction to tokens, with a yes where consent is asked.
    pub async fn finish(&self) -> Tokens {
        let mut answer = self.page().await;
        if answer.body.contains(&format!("{}/consent", self.path)) {
            answer = self.post("consent", &[("choice", "allow")]).await;
            while answer.query("code").is_none() {
                let next = answer.own_location(&self.place.server.issuer).unwrap_or_else(|| panic!("{answer:?}"));
                answer = self.get(&next).await;
            }
        }
        let code = answer.query("code").unwrap_or_else(|| panic!("no code: {answer:?}"));
        let tokens = self.browser.redeem(self.application, &code).await.json();
        let word = |name: &str| tokens[name].as_str().unwrap_or_else(|| panic!("no {name}: {tokens}")).to_owned();
        let access = word("access_token");
        let who = self.userinfo(&access).await.json();
        let claim = |name: &str| who[name].as_str().unwrap_or_default().to_owned();
        let (refresh, id_token) = (word("refresh_token"), word("id_token"));
        Tokens { sub: claim("sub"), name: claim("name"), access, refresh, id_token }
    }

    pub async fn userinfo(&self, access: &str) -> Answer {
        let bearer = format!("Bearer {access}");
        self.browser.get_with("/userinfo", &[("authorization", &bearer), ("cookie", "")]).await
    }
}

/// The value of an attribute on a page, its entities resolved.
pub fn attribute(page: &str, before: &str) -> String {
    let after = page.split(before).nth(1).unwrap_or_else(|| panic!("no {before} in {page}"));
    let value = after.split('"').next().unwrap_or_default();
    value.replace("&amp;", "&").replace("&#38;", "&").replace("&#x26;", "&")
}

/// A parameter of an address.
pub fn parameter(url: &str, name: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    let found = url.query_pairs().find(|(known, _)| known == name);
    found.unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}
