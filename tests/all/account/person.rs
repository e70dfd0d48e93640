//! Somebody at their account page, with a browser at the practice platforms besides.

use hufu::base::id::UserId;
use hufu::login::SignedIn;
use hufu::web;

use crate::support::http::{Answer, TestBrowser};
use crate::ways::place::Place;
use crate::ways::sms::code;

/// The practice methods of these tests.
pub const KINDS: &[&str] = &["sms", "github"];
pub const GITHUB: &str = "/account/ways/github-practice/bind";

pub struct Person<'a> {
    pub place: &'a Place,
    pub browser: TestBrowser,
    /// Who signed in here.
    pub id: UserId,
    platform: TestBrowser,
}

impl<'a> Person<'a> {
    fn new(place: &'a Place) -> Self {
        // What this person does is later than what others did.
        place.server.clock.advance(60);
        let (browser, platform) = (place.server.browser(), TestBrowser::new(&place.origin));
        Self { place, browser, id: UserId::new(""), platform }
    }

    /// Somebody with a password and no practice anything, signed in.
    pub async fn real(place: &'a Place, username: &str) -> Self {
        let id = place.server.person(username).await;
        let person = Self { id: id.clone(), ..Self::new(place) };
        person.browser.get("/authorize").await;
        person.becomes(&id).await;
        person
    }

    /// Signs up, or in, by a number, such as `+8613800000001`.
    pub async fn by_number(place: &'a Place, number: &str) -> Self {
        let person = Self::new(place);
        let path = person.sign_in_page().await;
        person.on(&path, "with/sms-practice", &[]).await;
        person.on(&path, "answer/sms-practice", &[("phone", number)]).await;
        let code = code(place, number).await;
        person.on(&path, "answer/sms-practice", &[("code", &code)]).await;
        if person.browser.get(&path).await.body.contains("/stranger") {
            person.on(&path, "stranger", &[("door", "new"), ("name", "Li Lei")]).await;
        }
        person.known().await
    }

    /// Comes by the practice GitHub as one of its people.
    pub async fn by_github(place: &'a Place, who: &str) -> Self {
        let person = Self::new(place);
        let path = person.sign_in_page().await;
        let sent = person.on(&path, "with/github-practice", &[]).await;
        let back = person.at_github(&sent, who).await;
        person.browser.get(&back).await;
        person.known().await
    }

    /// With the id of whoever signed in last.
    async fn known(mut self) -> Self {
        let (who, outcome) = self.place.last("sign_in").await;
        assert_eq!(outcome, "ok");
        self.id = UserId::new(who.strip_prefix("user:").unwrap());
        self
    }

    async fn sign_in_page(&self) -> String {
        self.browser.get("/account").await.location().to_owned()
    }

    /// Posts to a page of an interaction.
    pub async fn on(&self, path: &str, rest: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(path, &format!("{path}/{rest}"), fields).await
    }

    /// Posts from the account page.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from("/account", path, fields).await
    }

    async fn post_from(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.browser.get(page).await;
        let csrf = page.hidden("csrf").unwrap_or_else(|| panic!("no form: {page:?}"));
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.browser.post_with(path, &[("sec-fetch-site", "same-origin")], &all).await
    }

    /// Says yes at the practice GitHub; where it sends the browser.
    pub async fn at_github(&self, sent: &Answer, who: &str) -> String {
        let to = sent.location();
        assert!(to.starts_with(&self.place.origin), "not sent to the platform: {sent:?}");
        self.platform.post_form(to, &[("choice", "allow"), ("person", who)]).await.location().to_owned()
    }

    /// Adds the practice GitHub of `who`; what the account page was asked to say.
    pub async fn add_github(&self, who: &str) -> String {
        let sent = self.post(GITHUB, &[]).await;
        let back = self.at_github(&sent, who).await;
        self.said(self.browser.get(&back).await).await
    }

    /// Follows to the account page; what it was asked to say.
    pub async fn said(&self, answer: Answer) -> String {
        let mut answer = answer;
        loop {
            let next = answer.own_location(&self.place.server.issuer).unwrap_or_else(|| panic!("{answer:?}"));
            if next.starts_with("/account") {
                return next.split("said=").nth(1).unwrap_or_default().to_owned();
            }
            answer = self.browser.get(&next).await;
        }
    }

    /// Whether somebody is signed in here.
    pub async fn is_in(&self) -> bool {
        self.browser.get("/account").await.status == 200
    }

    /// Their key spaces.
    pub async fn spaces(&self, user: &UserId) -> Vec<String> {
        self.place.spaces(user).await
    }

    /// The subject of their way in of this space.
    pub async fn subject(&self, user: &UserId, space: &str) -> String {
        let links = self.place.server.app.store.identities_of(user).await.unwrap();
        links.into_iter().find(|link| link.space == space).unwrap_or_else(|| panic!("no {space}")).subject
    }

    /// The same browser, from now on with somebody else's session.
    pub async fn becomes(&self, user: &UserId) {
        let session = self.place.server.session(user).await;
        let signed_in = SignedIn { session, remembered: false };
        let cookie = web::browser::tie(&self.place.server.app, &signed_in).await.unwrap();
        self.browser.keep(cookie.to_str().unwrap());
    }
}
