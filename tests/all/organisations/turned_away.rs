//! A company's platform says at a sign-in that somebody is not of it any more. Where it has no directory nothing else
//! ever says so; where it has one, this word is hours earlier.

use hufu::admin::Actor;
use hufu::base::id::UserId;
use serde_json::{Value, json};

use super::leaving::{Firm, held};
use super::support::{Held, is_alive, is_dead};
use crate::support::http::authorize_path;
use crate::support::stores::{self, TestStore};
use crate::ways::place::DESK;
use crate::ways::visit::Visit;
use crate::ways::wecom::scanned;

impl Firm {
    /// A company whose connector keeps others out by its own list.
    async fn listing(store: TestStore, kind: &str, key: &str, list: &[&str]) -> Self {
        let firm = Self::with(store, kind).await;
        firm.set(&[(key, json!(list))]).await;
        firm
    }

    async fn set(&self, fields: &[(&str, Value)]) {
        let change = |settings: &mut String| {
            let mut all: Value = serde_json::from_str(settings).unwrap();
            for (key, value) in fields {
                all[*key] = value.clone();
                all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            }
            *settings = all.to_string();
        };
        self.place.change_connector(&self.connector, |row| change(&mut row.settings)).await;
    }

    /// What the practice world says of xiaoman from now on.
    async fn becomes(&self, named: Value) {
        self.place.control("PATCH", "/people/xiaoman", named).await;
    }

    /// Another browser of theirs tries the company's door; the page that stands there then.
    async fn tries(&self) -> String {
        self.tries_while(json!({})).await
    }

    /// The same; meanwhile, the platform's page is done with, this becomes of them.
    async fn tries_while(&self, becomes: Value) -> String {
        let visit = Visit::begin(&self.place, &self.application, DESK).await;
        let url = visit.with(&self.connector, &[]).await;
        let fields = [("choice", "allow"), ("person", "xiaoman")];
        let sent = visit.platform.post_with(&url, &[("user-agent", DESK)], &fields).await;
        self.becomes(becomes).await;
        visit.back(&sent).await;
        visit.page().await.body
    }

    /// Turned away, and everything by the company is over.
    async fn is_out(&self, store: &str, (visit, tokens): &(Visit<'_>, crate::ways::visit::Tokens)) {
        is_dead(&visit.browser, &self.application, &held(tokens)).await;
        let silent = visit.browser.get(&authorize_path(&self.application, &[("prompt", "none")])).await;
        assert_eq!(silent.query("error").as_deref(), Some("login_required"), "{store}: {silent:?}");
        assert!(!self.is_member(&self.user().await).await, "{store}");
        let heard = self.ear.wait_for(1).await;
        heard.verified(&self.place.server, &self.application.id, &tokens.id_token).await;
        assert_eq!(self.place.last("member.left").await.1, "ok", "{store}");
    }

    async fn is_member(&self, user: &UserId) -> bool {
        self.place.server.app.store.member(&self.org, user).await.unwrap().is_some()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_of_the_github_organisation_any_more_has_left_the_company() {
    for (store, at) in stores::stores().await {
        let firm = Firm::listing(at, "github", "organisations", &["practice-works"]).await;
        let signed_in = firm.signed_in().await;
        firm.run_jobs();
        let held = held(&signed_in.1);
        // What says nothing of membership ends nothing: trouble on the way, an organisation that hides.
        for trouble in ["html500", "busy", "truncated"] {
            let trouble = json!({ "trouble": { "kind": trouble, "path": "/user/memberships" } });
            firm.place.control("PUT", "/switches/github", trouble).await;
            assert!(firm.tries().await.contains("role=\"alert\""), "{store}");
        }
        for hides in ["org_restricted", "sso_required"] {
            firm.place.switch("github", &[hides]).await;
            assert!(firm.tries().await.contains("role=\"alert\""), "{store}");
        }
        is_alive(&signed_in.0.browser, &firm.application, &held).await;
        firm.place.switch("github", &[]).await;
        firm.becomes(json!({ "orgs": [] })).await;
        assert!(firm.tries().await.contains("role=\"alert\""), "{store}");
        firm.is_out(store, &signed_in).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_of_no_workspace_any_more_has_left_the_company() {
    for (store, at) in stores::stores().await {
        let firm = Firm::listing(at, "google", "hosted_domains", &["example.com"]).await;
        firm.becomes(json!({ "hd": "example.com" })).await;
        let signed_in = firm.signed_in().await;
        firm.run_jobs();
        firm.becomes(json!({ "hd": "elsewhere.example" })).await;
        assert!(firm.tries().await.contains("role=\"alert\""), "{store}");
        firm.is_out(store, &signed_in).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dingtalk_s_no_at_a_sign_in_comes_before_its_directory_s() {
    for members_only in [true, false] {
        for (store, at) in stores::stores().await {
            let firm = Firm::with(at, "dingtalk").await;
            firm.set(&[("members_only", json!(members_only))]).await;
            let signed_in = firm.signed_in().await;
            // Nobody listens: no event tells of it.
            let page = firm.tries_while(json!({ "dingtalk": { "left": true } })).await;
            firm.run_jobs();
            assert_eq!(page.contains("role=\"alert\""), members_only, "{store}");
            firm.is_out(store, &signed_in).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_by_an_administrator_s_hand_does_not_stand_on_an_account_that_never_was_of_the_company() {
    for (store, at) in stores::stores().await {
        let firm = Firm::with(at, "github").await;
        // Before the company kept strangers out: this account is known, and no member.
        firm.set(&[("organisations", json!([]))]).await;
        firm.becomes(json!({ "orgs": [] })).await;
        let (visit, tokens) = firm.signed_in().await;
        let (user, admin) = (firm.user().await, &firm.place.server.app.admin);
        assert!(!firm.is_member(&user).await, "{store}");
        admin.put_member(&Actor::set_up(), &firm.org, &user, &["guest".to_owned()]).await.unwrap();
        firm.set(&[("organisations", json!(["practice-works"]))]).await;
        assert!(firm.tries().await.contains("role=\"alert\""), "{store}");
        assert!(firm.is_member(&user).await, "{store}: the administrator said so");
        is_alive(&visit.browser, &firm.application, &held(&tokens)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_way_in_gave_goes_on() {
    let firm = Firm::listing(stores::sqlite().await, "github", "organisations", &["practice-works"]).await;
    let signed_in = firm.signed_in().await;
    let user = firm.user().await;
    firm.run_jobs();
    let own = firm.place.server.signed_in(&user).await;
    let asked = [("scope", "openid profile offline_access")];
    let answer = own.get(&authorize_path(&firm.application, &asked)).await;
    let code = answer.query("code").unwrap_or_else(|| panic!("consent was given: {answer:?}"));
    let free = Held::of(&own.redeem(&firm.application, &code).await);
    firm.becomes(json!({ "orgs": [] })).await;
    firm.tries().await;
    firm.is_out("sqlite", &signed_in).await;
    is_alive(&own, &firm.application, &free).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_of_the_same_person_that_never_was_of_the_company_ends_nothing() {
    for (store, at) in stores::stores().await {
        let firm = Firm::listing(at, "github", "organisations", &["practice-works"]).await;
        let signed_in = firm.signed_in().await;
        let user = firm.user().await;
        // Their private account, by which they came here some other way.
        let mut link = firm.place.server.app.store.identities_of(&user).await.unwrap().remove(0);
        (link.id, link.subject, link.value) = ("private".to_owned(), "private".to_owned(), "20583231001".to_owned());
        let written = firm.place.server.app.store.write(move |tx| {
            let link = link.clone();
            Box::pin(async move { tx.insert_identity(&link).await })
        });
        written.await.unwrap();
        firm.becomes(json!({ "number": 20_583_231_001_u64, "orgs": [] })).await;
        assert!(firm.tries().await.contains("role=\"alert\""), "{store}");
        assert!(firm.is_member(&user).await, "{store}");
        is_alive(&signed_in.0.browser, &firm.application, &held(&signed_in.1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wechat_work_s_no_at_a_sign_in_comes_before_its_directory_s() {
    for (store, at) in stores::stores().await {
        let firm = Firm::with(at, "wecom").await;
        // Without a callback.
        firm.set(&[("token", Value::Null), ("encoding_aes_key", Value::Null)]).await;
        let signed_in = firm.signed_in().await;
        let visit = Visit::begin(&firm.place, &firm.application, DESK).await;
        let url = visit.with(&firm.connector, &[]).await;
        let sent = scanned(&firm.place, &visit, &url, "xiaoman").await;
        firm.place.deed("xiaoman", "leave", json!({ "company": "wecom" })).await;
        firm.run_jobs();
        is_alive(&signed_in.0.browser, &firm.application, &held(&signed_in.1)).await;
        visit.back(&sent).await;
        firm.is_out(store, &signed_in).await;
    }
}
