//! Refresh tokens that carry no organisation: they end with the company through whose sign-in they were given, also
//! when that session is long over or another sign-in took its place. What came by another way of the person stays.

use std::time::Instant;

use hufu::admin::Actor;
use hufu::base::id::{SessionId, UserId};
use serde_json::json;

use super::leaving::{Firm, SOON, held};
use super::support::{Held, is_alive, is_dead, refresh};
use crate::support::http::{TestBrowser, authorize_path};
use crate::support::stores::{self, TestStore};

impl Firm {
    /// Over this store; somebody signed in while the company was no organisation here yet, so that nothing says one.
    async fn met_before(store: TestStore) -> (Self, Held) {
        let mut firm = Self::with(store, "wecom").await;
        let admin = firm.place.server.app.admin.clone();
        admin.delete_org(&Actor::set_up(), &firm.org).await.unwrap();
        let (_, tokens) = firm.signed_in().await;
        let held = held(&tokens);
        firm.org = admin.create_org(&Actor::set_up(), "Practice company", Some(&firm.connector)).await.unwrap().id;
        (firm, held)
    }

    async fn leaves(&self) -> Instant {
        let since = Instant::now();
        self.place.deed("xiaoman", "leave", json!({ "company": "wecom" })).await;
        since
    }

    /// The application heard as often, and this is dead, in time.
    async fn ends(&self, since: Instant, (browser, held): (&TestBrowser, &Held), told: usize) {
        self.ear.wait_for(told).await;
        is_dead(browser, &self.application, held).await;
        assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
        assert_eq!(self.ear.count(), told);
    }

    /// What the application holds by this browser's session, with a refresh token.
    async fn offline(&self, browser: &TestBrowser, more: &[(&str, &str)]) -> Held {
        let mut asked = vec![("scope", "openid profile offline_access")];
        asked.extend_from_slice(more);
        let answer = browser.get(&authorize_path(&self.application, &asked)).await;
        let code = answer.query("code").unwrap_or_else(|| panic!("consent was given: {answer:?}"));
        Held::of(&browser.redeem(&self.application, &code).await)
    }

    async fn sessions(&self, user: &UserId) -> Vec<SessionId> {
        let sessions = self.place.server.app.store.sessions_of(user, self.place.server.clock.now()).await.unwrap();
        sessions.into_iter().map(|session| session.id).collect()
    }

    /// The same person signed in again: what stood on the first session stands on the second.
    async fn moved(&self, from: &SessionId, to: &SessionId) {
        let (from, to) = (from.clone(), to.clone());
        let moved = self.place.server.app.store.write(move |tx| {
            let (from, to) = (from.clone(), to.clone());
            Box::pin(async move { tx.move_grants(&from, &to).await })
        });
        assert!(moved.await.unwrap() > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_s_refresh_token_ends_also_when_its_session_ran_out_long_ago() {
    for (_, store) in stores::stores().await {
        let (firm, held) = Firm::met_before(store).await;
        let browser = firm.place.server.browser();
        firm.place.server.clock.advance(5 * 86_400);
        let now = firm.place.server.clock.now();
        let swept =
            firm.place.server.app.store.write(move |tx| Box::pin(async move { tx.sweep_sessions(now, 100).await }));
        assert_eq!(swept.await.unwrap(), 1, "the session is not even a row any more");
        let later = Held::of(&refresh(&browser, &firm.application, &held.refresh).await);
        is_alive(&browser, &firm.application, &later).await;
        firm.run_jobs();
        let since = firm.leaves().await;
        firm.ends(since, (&browser, &later), 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_s_refresh_token_ends_also_after_they_signed_out_of_its_session() {
    let firm = Firm::with(stores::sqlite().await, "wecom").await;
    let (visit, tokens) = firm.signed_in().await;
    firm.run_jobs();
    let page = visit.browser.get("/account").await;
    let csrf = page.hidden("csrf").unwrap_or_else(|| panic!("no form: {page:?}"));
    visit.browser.post_form("/account/sign-out", &[("csrf", &csrf)]).await;
    firm.ear.wait_for(1).await;
    let held = Held::of(&refresh(&visit.browser, &firm.application, &tokens.refresh).await);
    is_alive(&visit.browser, &firm.application, &held).await;
    let since = firm.leaves().await;
    firm.ends(since, (&visit.browser, &held), 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_in_again_another_way_loses_what_the_company_s_sign_in_gave_and_nothing_else() {
    for (_, store) in stores::stores().await {
        let (firm, held) = Firm::met_before(store).await;
        let user = firm.user().await;
        let first = firm.sessions(&user).await.remove(0);
        let own = firm.place.server.signed_in(&user).await;
        let second = firm.sessions(&user).await.into_iter().find(|id| *id != first).unwrap();
        firm.moved(&first, &second).await;
        let free = firm.offline(&own, &[]).await;
        firm.run_jobs();
        let since = firm.leaves().await;
        firm.ends(since, (&own, &held), 1).await;
        is_alive(&own, &firm.application, &free).await;
        assert_eq!(refresh(&own, &firm.application, &free.refresh).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_way_gave_stays_also_when_they_signed_in_through_the_company_after_it() {
    for (_, store) in stores::stores().await {
        let (firm, held) = Firm::met_before(store).await;
        let user = firm.user().await;
        let first = firm.sessions(&user).await.remove(0);
        let own = firm.place.server.signed_in(&user).await;
        let second = firm.sessions(&user).await.into_iter().find(|id| *id != first).unwrap();
        let free = firm.offline(&own, &[]).await;
        firm.moved(&second, &first).await;
        firm.run_jobs();
        let since = firm.leaves().await;
        // Both were sessions of the application that ended: each is told under the name it knows.
        firm.ends(since, (&own, &held), 2).await;
        is_alive(&own, &firm.application, &free).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_somebody_in_two_organisations_ends_what_the_one_they_left_had_let_in() {
    for (_, store) in stores::stores().await {
        let firm = Firm::with(store, "wecom").await;
        let (visit, tokens) = firm.signed_in().await;
        let (user, admin) = (firm.user().await, &firm.place.server.app.admin);
        let club = admin.create_practice_org(&Actor::set_up(), "Club").await.unwrap().id;
        admin.put_member(&Actor::set_up(), &club, &user, &[]).await.unwrap();
        let own = firm.place.server.signed_in(&user).await;
        let club_s = firm.offline(&own, &[("organization", club.as_str())]).await;
        let through_the_company = firm.offline(&visit.browser, &[("organization", club.as_str())]).await;
        firm.run_jobs();
        let since = firm.leaves().await;
        firm.ends(since, (&visit.browser, &held(&tokens)), 1).await;
        is_dead(&visit.browser, &firm.application, &through_the_company).await;
        is_alive(&own, &firm.application, &club_s).await;
        assert_eq!(refresh(&own, &firm.application, &club_s.refresh).await.status, 200);
    }
}
