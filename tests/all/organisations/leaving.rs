//! Somebody leaves the company: by its platform's word, by an administrator's, or found out by the next reading of
//! its directory. Their session, refresh token and access token are dead, and the application has heard it.

use std::time::{Duration, Instant};

use hufu::admin::Actor;
use hufu::base::id::{OrgId, UserId};
use hufu::login::roster::Sync;
use hufu::store::clients::ClientMetadata;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::ear::{Ear, open_loopback};
use super::support::{Held, is_alive, is_dead, payload};
use crate::reliability::nodes::Node;
use crate::support::http::authorize_path;
use crate::support::server::Application;
use crate::support::stores::{self, TestStore};
use crate::ways::leaving::connected;
use crate::ways::place::{DESK, Place};
use crate::ways::visit::{Tokens, Visit};
use crate::ways::wecom::scanned;

/// From the event to everything being over.
pub const SOON: Duration = Duration::from_secs(5);

/// A company on its platform, an application that listens, and what runs by itself.
pub struct Firm {
    pub place: Place,
    pub ear: Ear,
    pub application: Application,
    pub org: OrgId,
    stop: CancellationToken,
    pub connector: String,
}

impl Firm {
    pub async fn with(store: TestStore, kind: &str) -> Self {
        let place = Place::set_up(store, &[kind], open_loopback).await;
        let ear = Ear::listening().await;
        let metadata = ClientMetadata {
            first_party: true,
            grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
            backchannel_logout_uri: Some(ear.uri.clone()),
            backchannel_logout_session_required: true,
            ..ClientMetadata::default()
        };
        let application = place.server.application_as(metadata).await;
        let connector = format!("{kind}-practice");
        let admin = &place.server.app.admin;
        let org = admin.create_org(&Actor::set_up(), "Practice company", Some(&connector)).await.unwrap().id;
        Self { place, ear, application, org, stop: CancellationToken::new(), connector }
    }

    /// What the program runs beside the server.
    pub fn run_jobs(&self) {
        tokio::spawn(hufu::jobs::run(self.place.server.app.clone(), self.stop.clone()));
    }

    async fn read_directory(&self) {
        let login = &self.place.server.app.login;
        login.sync_directory(&self.org, &Sync::default(), &CancellationToken::new()).await.unwrap();
    }

    /// A browser signed in through the company's connector, and the application's tokens.
    pub async fn signed_in(&self) -> (Visit<'_>, Tokens) {
        let visit = Visit::begin(&self.place, &self.application, DESK).await;
        let url = visit.with(&self.connector, &[]).await;
        let sent = if self.connector == "wecom-practice" {
            scanned(&self.place, &visit, &url, "xiaoman").await
        } else {
            let fields = [("choice", "allow"), ("person", "xiaoman")];
            visit.platform.post_with(&url, &[("user-agent", DESK)], &fields).await
        };
        visit.back(&sent).await;
        let tokens = visit.finish().await;
        (visit, tokens)
    }

    pub async fn user(&self) -> UserId {
        self.place.people().await.remove(0).id
    }

    /// The application heard it within the time, once, and nothing of the leaver's works.
    async fn is_over(&self, since: Instant, (visit, tokens): &(Visit<'_>, Tokens)) {
        let heard = self.ear.wait_for(1).await;
        assert!(heard.at - since < SOON, "{:?}", heard.at - since);
        heard.verified(&self.place.server, &self.application.id, &tokens.id_token).await;
        is_dead(&visit.browser, &self.application, &held(tokens)).await;
        let silent = visit.browser.get(&authorize_path(&self.application, &[("prompt", "none")])).await;
        assert_eq!(silent.query("error").as_deref(), Some("login_required"), "the session is over: {silent:?}");
        assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
        let user = self.user().await;
        assert!(self.place.server.app.store.member(&self.org, &user).await.unwrap().is_none());
        assert!(self.place.server.app.store.user(&user).await.unwrap().is_some(), "the person stays");
    }
}

impl Drop for Firm {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub fn held(tokens: &Tokens) -> Held {
    let (access, refresh) = (tokens.access.clone(), tokens.refresh.clone());
    Held { access, refresh, id_token: payload(&tokens.id_token) }
}

#[tokio::test(flavor = "multi_thread")]
async fn wecom_s_callback_ends_everything_within_five_seconds_also_of_somebody_never_read_from_the_directory() {
    for (_, store) in stores::stores().await {
        let firm = Firm::with(store, "wecom").await;
        let signed_in = firm.signed_in().await;
        firm.run_jobs();
        is_alive(&signed_in.0.browser, &firm.application, &held(&signed_in.1)).await;
        let since = Instant::now();
        firm.place.deed("xiaoman", "leave", json!({ "company": "wecom" })).await;
        firm.is_over(since, &signed_in).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dingtalk_s_stream_ends_everything_within_five_seconds() {
    for (_, store) in stores::stores().await {
        let firm = Firm::with(store, "dingtalk").await;
        let signed_in = firm.signed_in().await;
        firm.read_directory().await;
        firm.run_jobs();
        connected(&firm.place).await;
        let since = Instant::now();
        firm.place.deed("xiaoman", "leave", json!({ "company": "dingtalk" })).await;
        firm.is_over(since, &signed_in).await;
        let entries = firm.place.server.app.store.audit(None, 100).await.unwrap();
        assert!(entries.iter().any(|entry| entry.action == "member.left"), "it is in the audit");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_s_word_from_another_process_ends_everything_within_five_seconds() {
    for (_, store) in stores::stores().await {
        let firm = Firm::with(store, "dingtalk").await;
        let signed_in = firm.signed_in().await;
        // The directory has them still: what is read again and did not change makes nobody a member again.
        firm.read_directory().await;
        firm.run_jobs();
        // As the command line: the same store, another opening of it, and no jobs there.
        let other = Node::beside(&firm.place.server).await;
        let (user, since) = (firm.user().await, Instant::now());
        let gone = other.app.admin.remove_member(&Actor::command_line(), &firm.org, &user).await.unwrap();
        assert_eq!((gone.sessions, gone.grants, gone.logouts), (1, 1, 1));
        firm.is_over(since, &signed_in).await;
        assert!(other.app.admin.remove_member(&Actor::command_line(), &firm.org, &user).await.is_err(), "once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_no_event_told_of_is_found_gone_at_the_next_reading_listed_before_or_not() {
    for (store, listed) in
        [(stores::sqlite().await, true), (stores::sqlite().await, false), (stores::postgres().await, false)]
    {
        let firm = Firm::with(store, "dingtalk").await;
        if listed {
            firm.read_directory().await;
        }
        let signed_in = firm.signed_in().await;
        // Nobody listens: the event is lost.
        firm.place.deed("xiaoman", "leave", json!({ "company": "dingtalk" })).await;
        is_alive(&signed_in.0.browser, &firm.application, &held(&signed_in.1)).await;
        firm.place.server.clock.advance(1);
        let since = Instant::now();
        firm.read_directory().await;
        firm.run_jobs();
        firm.is_over(since, &signed_in).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_signed_in_before_there_was_an_organisation_leaves_as_well() {
    let store = stores::sqlite().await;
    let firm = Firm::with(store, "wecom").await;
    firm.place.server.app.admin.delete_org(&Actor::set_up(), &firm.org).await.unwrap();
    let signed_in = firm.signed_in().await;
    let admin = &firm.place.server.app.admin;
    let org = admin.create_org(&Actor::set_up(), "Practice company", Some(&firm.connector)).await.unwrap().id;
    firm.place.server.app.login.sync_directory(&org, &Sync::default(), &CancellationToken::new()).await.unwrap();
    firm.run_jobs();
    let since = Instant::now();
    firm.place.deed("xiaoman", "leave", json!({ "company": "wecom" })).await;
    firm.is_over(since, &signed_in).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_two_nodes_the_event_of_one_ends_the_session_of_the_other_and_one_token_is_sent() {
    let firm = Firm::with(stores::postgres().await, "wecom").await;
    let signed_in = firm.signed_in().await;
    let other = Node::beside(&firm.place.server).await;
    // Both send what is queued; the event comes to the first, the person is at the second.
    firm.run_jobs();
    tokio::spawn(hufu::jobs::run(other.app.clone(), firm.stop.clone()));
    assert_eq!(other.userinfo(&signed_in.0.browser, &signed_in.1.access).await.status, 200);
    let since = Instant::now();
    firm.place.deed("xiaoman", "leave", json!({ "company": "wecom" })).await;
    firm.is_over(since, &signed_in).await;
    assert_eq!(other.userinfo(&signed_in.0.browser, &signed_in.1.access).await.status, 401);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(firm.ear.count(), 1, "one node sent it, once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_nothing_to_do_with_the_company_goes_on() {
    let firm = Firm::with(stores::sqlite().await, "wecom").await;
    let signed_in = firm.signed_in().await;
    let user = firm.user().await;
    firm.run_jobs();
    // The same person by a session of their own, in no organisation.
    let own = firm.place.server.signed_in(&user).await;
    let code = {
        let answer = own.get(&authorize_path(&firm.application, &[("scope", "openid profile offline_access")])).await;
        answer.query("code").unwrap_or_else(|| panic!("consent was given: {answer:?}"))
    };
    let free = Held::of(&own.redeem(&firm.application, &code).await);
    let since = Instant::now();
    firm.place.deed("xiaoman", "leave", json!({ "company": "wecom" })).await;
    firm.is_over(since, &signed_in).await;
    is_alive(&own, &firm.application, &free).await;
    assert_eq!(firm.ear.count(), 1);
}
