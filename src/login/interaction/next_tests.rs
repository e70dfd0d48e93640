//! The table of design.md §5, and that nothing is issued without a sign-in.

use proptest::prelude::*;

use super::*;
use crate::base::id::{ClientId, ConnectorId, SessionId, UserId};
use crate::connectors::Identity;
use crate::login::interaction::{Door, End, Half, Pending, SignedInFact};
use crate::oidc::authorize::{AuthorizeRequest, Prompt};
use crate::oidc::response::{ResponseMode, ReturnTo};

const NOW: Seconds = 1_800_000_000;

fn request(prompt: Prompt) -> AuthorizeRequest {
    AuthorizeRequest {
        client_id: ClientId::new("app"),
        return_to: ReturnTo {
            redirect_uri: "https://app.example/cb".to_owned(),
            mode: ResponseMode::Query,
            state: None,
            iss: "https://id.example".to_owned(),
        },
        scopes: vec!["openid".to_owned()],
        nonce: None,
        code_challenge: None,
        prompt,
        max_age: None,
        acr_values: Vec::new(),
        login_hint: None,
        ui_locales: Vec::new(),
        claims: None,
        wanted_user: None,
        resources: Vec::new(),
        organization: None,
    }
}

fn facts(prompt: Prompt) -> Facts {
    Facts::new(Purpose::Authorize(Box::new(request(prompt))), NOW - 10)
}

fn standing(user: &str) -> Standing {
    Standing {
        session: SessionId::new("s"),
        user: UserId::new(user),
        auth_time: NOW - 1000,
        seen_at: NOW - 5,
        administrator: false,
        fits: true,
    }
}

fn signed_in(user: &str) -> Policy {
    Policy { standing: Some(standing(user)), ..Policy::default() }
}

fn login(user: &str, auth_time: Seconds) -> SignedInFact {
    SignedInFact { user: UserId::new(user), session: SessionId::new("s"), auth_time, connector: ConnectorId::new("c") }
}

fn pending(door: Option<Door>) -> Pending {
    Pending {
        identity: Identity::default(),
        connector: ConnectorId::new("c"),
        title: String::new(),
        practice: false,
        may_create: true,
        door,
        by_phone: false,
        number: None,
    }
}

fn half(at: Seconds) -> Half {
    Half { user: UserId::new("u"), connector: ConnectorId::new("c"), at, remembered: false, ticket: false }
}

/// Facts, policy and what follows, by name.
fn check(name: &str, facts: &Facts, policy: &Policy, expected: Next) {
    assert_eq!(next(facts, policy, NOW), expected, "{name}");
}

#[test]
fn what_ends_comes_first() {
    let ended = Facts { end: Some(End::Cancelled), ..facts(Prompt::default()) };
    check("cancelled", &ended, &signed_in("u"), Next::Refuse);
    let denied = Facts { end: Some(End::Denied), ..facts(Prompt::default()) };
    check("denied", &denied, &signed_in("u"), Next::Refuse);
    let old = Facts { asked_at: NOW - LIFE, ..facts(Prompt::default()) };
    check("an hour old", &old, &signed_in("u"), Next::Refuse);
}

#[test]
fn s73_a_right_password_that_must_change_is_no_sign_in() {
    let waiting = Facts { half: Some(half(NOW - 10)), ..facts(Prompt::default()) };
    check("nobody", &waiting, &Policy::default(), Next::NewPassword);
    check("somebody", &waiting, &signed_in("u"), Next::NewPassword);
    let ticket = Half { ticket: true, ..half(NOW - 301) };
    let late_ticket = Facts { half: Some(ticket), ..facts(Prompt::default()) };
    check("a ticket of five minutes", &late_ticket, &Policy::default(), Next::Login(Why::Nobody));
    let late = Facts { half: Some(half(NOW - 900)), ..facts(Prompt::default()) };
    check("too late", &late, &Policy::default(), Next::Login(Why::Nobody));
}

#[test]
fn an_unknown_identity_needs_a_door_and_then_a_fresh_proof() {
    let at_the_doors = Facts { stranger: Some(pending(None)), ..facts(Prompt::default()) };
    check("no door", &at_the_doors, &signed_in("u"), Next::Recognise);
    let proving = Facts { stranger: Some(pending(Some(Door::Existing))), ..facts(Prompt::default()) };
    check("a session is no proof", &proving, &signed_in("u"), Next::Login(Why::Linking));
}

#[test]
fn a_session_is_enough_where_nothing_more_is_asked() {
    check("nobody", &facts(Prompt::default()), &Policy::default(), Next::Login(Why::Nobody));
    check("somebody", &facts(Prompt::default()), &signed_in("u"), Next::Issue);
    let unfit = Policy { standing: Some(Standing { fits: false, ..standing("u") }), ..Policy::default() };
    check("by a method not accepted", &facts(Prompt::default()), &unfit, Next::Login(Why::Nobody));
}

#[test]
fn s72_prompt_login_and_max_age_want_a_sign_in_made_here() {
    let asks = Prompt { login: true, ..Prompt::default() };
    check("an old session", &facts(asks), &signed_in("u"), Next::Login(Why::NotFresh));
    let here = Facts { login: Some(login("u", NOW)), ..facts(asks) };
    check("signed in here", &here, &signed_in("u"), Next::Issue);
    let stale = Facts { login: Some(login("u", NOW - 500)), ..facts(asks) };
    check("the platform's sign-in was old", &stale, &signed_in("u"), Next::Login(Why::NotFresh));
    let other = Facts { login: Some(login("v", NOW)), ..facts(asks) };
    check("somebody else signed in here", &other, &signed_in("u"), Next::Login(Why::NotFresh));

    for (max_age, expected) in [(1000, Next::Issue), (999, Next::Login(Why::NotFresh)), (0, Next::Login(Why::NotFresh))]
    {
        let policy = Policy { max_age: Some(max_age), ..signed_in("u") };
        check("max_age", &facts(Prompt::default()), &policy, expected);
        let fresh = Facts { login: Some(login("u", NOW)), ..facts(Prompt::default()) };
        check("max_age, signed in here", &fresh, &policy, Next::Issue);
    }
}

#[test]
fn the_account_is_chosen_by_an_answer_or_a_sign_in() {
    let asks = Prompt { select_account: true, ..Prompt::default() };
    check("nobody", &facts(asks), &Policy::default(), Next::Login(Why::Nobody));
    check("somebody", &facts(asks), &signed_in("u"), Next::Account);
    let chosen = Facts { chosen: Some(UserId::new("u")), ..facts(asks) };
    check("chosen", &chosen, &signed_in("u"), Next::Issue);
    check("chosen, and another came", &chosen, &signed_in("v"), Next::Account);
    let not_as = Facts { not_as: Some(UserId::new("u")), ..facts(asks) };
    check("somebody else", &not_as, &signed_in("u"), Next::Login(Why::Nobody));
    check("and somebody else came", &not_as, &signed_in("v"), Next::Account);
}

#[test]
fn a_wanted_person_is_the_only_one_who_does() {
    let mut facts = facts(Prompt::default());
    if let Purpose::Authorize(request) = &mut facts.purpose {
        request.wanted_user = Some(UserId::new("u"));
    }
    check("them", &facts, &signed_in("u"), Next::Issue);
    check("another", &facts, &signed_in("v"), Next::Login(Why::OtherWanted));
}

#[test]
fn prompt_create_wants_an_account_made_or_used_here() {
    let asks = Prompt { create: true, ..Prompt::default() };
    check("a session", &facts(asks), &signed_in("u"), Next::Login(Why::Create));
    let here = Facts { login: Some(login("u", NOW)), ..facts(asks) };
    check("made here", &here, &signed_in("u"), Next::Issue);
}

#[test]
fn consent_comes_last() {
    let missing = Policy { consent_missing: true, ..signed_in("u") };
    for step in [OrgStep::Choose, OrgStep::Nowhere] {
        let nowhere = Policy { organisation: Some(step), ..missing.clone() };
        check("organisation before consent", &facts(Prompt::default()), &nowhere, Next::Organisation(step));
    }
    check("missing", &facts(Prompt::default()), &missing, Next::Consent);
    let asks = Prompt { consent: true, ..Prompt::default() };
    check("prompt=consent", &facts(asks), &signed_in("u"), Next::Consent);
    let allowed = Facts { allowed_by: Some(UserId::new("u")), ..facts(asks) };
    check("allowed here", &allowed, &signed_in("u"), Next::Issue);
    check("allowed by another", &allowed, &signed_in("v"), Next::Consent);
}

#[test]
fn the_console_wants_an_administrator_who_was_here_lately() {
    let console = Facts::new(Purpose::Console, NOW - 10);
    check("a person", &console, &signed_in("u"), Next::Login(Why::NotAdministrator));
    let at = |seen_at| Policy {
        standing: Some(Standing { administrator: true, seen_at, ..standing("u") }),
        ..Policy::default()
    };
    check("an administrator", &console, &at(NOW - CONSOLE_IDLE + 1), Next::Issue);
    check("an idle one", &console, &at(NOW - CONSOLE_IDLE), Next::Login(Why::NotFresh));
    check("the account page", &Facts::new(Purpose::Account, NOW), &signed_in("u"), Next::Issue);
}

#[test]
fn without_pages_each_step_has_its_error() {
    let word = |next: Next| next.without_pages().map(|error| error.code.as_str());
    assert_eq!(word(Next::Refuse), Some("access_denied"));
    assert_eq!(word(Next::Login(Why::Nobody)), Some("login_required"));
    assert_eq!(word(Next::NewPassword), Some("login_required"));
    assert_eq!(word(Next::Recognise), Some("login_required"));
    assert_eq!(word(Next::Account), Some("account_selection_required"));
    assert_eq!(word(Next::Consent), Some("consent_required"));
    assert_eq!(word(Next::Issue), None);
}

prop_compose! {
    fn any_prompt()(login: bool, consent: bool, select_account: bool, create: bool) -> Prompt {
        Prompt { none: false, login, consent, select_account, create }
    }
}

fn any_user() -> impl Strategy<Value = UserId> {
    prop_oneof![Just(UserId::new("u")), Just(UserId::new("v"))]
}

prop_compose! {
    fn any_facts()(
        prompt in any_prompt(),
        (age, wanted, ended, finished) in
            (0..2 * LIFE, proptest::option::of(any_user()), proptest::option::of(Just(End::Denied)), any::<bool>()),
        (login_by, login_age) in (proptest::option::of(any_user()), -10..3000_i64),
        (chosen, not_as, allowed_by) in (proptest::option::of(any_user()), proptest::option::of(any_user()),
            proptest::option::of(any_user())),
        door in proptest::option::weighted(0.2, prop_oneof![Just(None), Just(Some(Door::Existing))]),
        half_age in proptest::option::weighted(0.2, 0..2000_i64),
    ) -> Facts {
        let mut facts = facts(prompt);
        if let Purpose::Authorize(request) = &mut facts.purpose {
            request.wanted_user = wanted;
        }
        Facts {
            asked_at: NOW - age,
            login: login_by.map(|user| login(user.as_str(), NOW - login_age)),
            half: half_age.map(|age| half(NOW - age)),
            stranger: door.map(pending),
            end: ended,
            chosen, not_as, allowed_by, finished,
            ..facts
        }
    }
}

prop_compose! {
    fn any_policy()(
        there: bool, user in any_user(), age in 0..3000_i64, fits: bool,
        max_age in proptest::option::of(0..3000_i64), consent_missing: bool,
    ) -> Policy {
        let standing = Standing { auth_time: NOW - age, fits, ..standing(user.as_str()) };
        Policy { standing: there.then_some(standing), max_age, consent_missing, organisation: None }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn s73_issue_is_unreachable_without_a_sign_in(facts in any_facts(), policy in any_policy()) {
        if next(&facts, &policy, NOW) == Next::Issue {
            let standing = policy.standing.expect("a live session");
            let request = facts.request().expect("a request");
            let here = facts.login.as_ref().filter(|login| login.user == standing.user);
            let fresh = here.is_some_and(|login| login.auth_time + 60 >= facts.asked_at);
            prop_assert!(standing.fits && !policy.consent_missing);
            prop_assert!(facts.end.is_none() && NOW < facts.asked_at + LIFE);
            prop_assert!(facts.stranger.is_none() && facts.waiting_half(NOW).is_none());
            prop_assert!(request.wanted_user.as_ref().is_none_or(|wanted| *wanted == standing.user));
            prop_assert!(!request.prompt.login || fresh);
            prop_assert!(!request.prompt.create || here.is_some());
            prop_assert!(!request.prompt.consent || facts.allowed_by.as_ref() == Some(&standing.user));
            prop_assert!(policy.max_age.is_none_or(|most| fresh || NOW - standing.auth_time <= most));
        }
    }

    #[test]
    fn facts_survive_the_store(facts in any_facts(), policy in any_policy()) {
        let text = serde_json::to_string(&facts).expect("facts are JSON");
        let read: Facts = serde_json::from_str(&text).expect("and come back");
        prop_assert_eq!(next(&read, &policy, NOW), next(&facts, &policy, NOW));
    }
}
