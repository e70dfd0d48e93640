//! The question every platform asks: who are you here, and may the application have this?

use axum::response::Response;
use http::{Method, StatusCode, header};

use super::fields::Asked;
use super::pages::{AuthorizePage, Card, ScopeRow};
use super::platform::Platform;
use super::switches::Switch;
use super::texts::Texts;
use super::tickets::SignedIn;
use super::{Practice, answer, guard};
use crate::base::clock::Seconds;
use crate::base::secret::digest;
use crate::base::sentence::fill;

const COOKIE: &str = "practice_session";

/// What is asked on the page.
pub(super) struct Question<'a> {
    pub(super) platform: Platform,
    pub(super) client_name: &'a str,
    pub(super) redirect_uri: &'a str,
    pub(super) scopes: &'a [String],
    /// Login, address or `sub` of the person the application expects.
    pub(super) hint: Option<&'a str>,
    /// Whether an earlier sign-in does not count.
    pub(super) fresh: bool,
}

/// What the person said.
pub(super) enum Decision {
    /// Nothing yet: show the page.
    Ask,
    Allow(Agreed),
    Deny,
}

/// Somebody who signed in and allowed.
pub(super) struct Agreed {
    pub(super) person: String,
    /// What they let the application have, at most what was asked.
    pub(super) scopes: Vec<String>,
    pub(super) auth_time: Seconds,
    /// A `Set-Cookie` value for the platform's own session.
    pub(super) cookie: Option<String>,
}

impl Agreed {
    /// Sends the browser on and leaves the platform's session cookie with it.
    pub(super) fn leave(&self, mut response: Response) -> Response {
        if let Some(cookie) = &self.cookie {
            answer::set(&mut response, header::SET_COOKIE, cookie);
        }
        response
    }
}

/// Reads the decision out of a posted page, or takes it from the switches.
pub(super) fn decide(practice: &Practice, asked: &Asked, question: &Question<'_>) -> Decision {
    let switches = practice.world().switches(question.platform);
    if switches.is_on(Switch::AutoDeny) {
        return Decision::Deny;
    }
    if let Some(person) = switches.auto.as_deref() {
        return agree(practice, asked, question, person);
    }
    if asked.method != Method::POST || guard::is_foreign(&asked.headers, practice.origin()) {
        return Decision::Ask;
    }
    match (asked.form.get("choice"), asked.form.get("person")) {
        (Some("deny"), _) => Decision::Deny,
        (Some("allow"), Some(person)) => agree(practice, asked, question, person),
        _ => Decision::Ask,
    }
}

fn agree(practice: &Practice, asked: &Asked, question: &Question<'_>, person: &str) -> Decision {
    let earlier = signed_in(practice, asked, question.platform);
    let now = practice.now();
    let mut world = practice.world();
    if world.person(person).is_none() {
        return Decision::Ask;
    }
    let reduced = world.is_on(question.platform, Switch::ReducedScope);
    let narrowed = asked.form.get("narrowed").is_some();
    let kept = |scope: &String| {
        let given = !narrowed || asked.form.all("allow_scope").any(|one| one == scope);
        given && !(reduced && matches!(scope.as_str(), "email" | "user:email" | "user" | "read:org"))
    };
    let scopes: Vec<String> = question.scopes.iter().filter(|scope| kept(scope)).cloned().collect();
    let auth_time = match earlier {
        Some(session) if session.person == person && !question.fresh => session.auth_time,
        _ => now,
    };
    let value = cookie(asked).map_or_else(|| practice.random().token(), str::to_owned);
    let name = session_name(&value, question.platform);
    world.sessions.put(name, SignedIn { person: person.to_owned(), auth_time });
    let cookie = Some(format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax"));
    Decision::Allow(Agreed { person: person.to_owned(), scopes, auth_time, cookie })
}

/// Who is signed in at the platform in this browser.
pub(super) fn signed_in(practice: &Practice, asked: &Asked, platform: Platform) -> Option<SignedIn> {
    practice.world().sessions.get(&session_name(cookie(asked)?, platform)).cloned()
}

/// Ends the platform's session in this browser.
pub(super) fn sign_out(practice: &Practice, asked: &Asked, platform: Platform) {
    if let Some(value) = cookie(asked) {
        practice.world().sessions.remove(&session_name(value, platform));
    }
}

fn session_name(cookie: &str, platform: Platform) -> String {
    format!("{} {}", digest(cookie), platform.key())
}

fn cookie(asked: &Asked) -> Option<&str> {
    let name = |part: &&str| part.split_once('=').is_some_and(|(name, _)| name == COOKIE);
    asked.header("cookie")?.split("; ").find(name)?.split_once('=').map(|(_, value)| value)
}

/// The page: a card per person, one press to sign in and allow.
pub(super) fn ask(practice: &Practice, asked: &Asked, question: &Question<'_>) -> Response {
    let texts = Texts::of(asked);
    let last = signed_in(practice, asked, question.platform).map(|session| session.person);
    let expected = |card: &Card| {
        let hinted = question.hint.is_some_and(|hint| card.answers_to(hint));
        if hinted {
            0
        } else if card.last {
            1
        } else {
            2
        }
    };
    let mut cards: Vec<Card> =
        practice.world().people.iter().map(|person| Card::of(person, texts, last.as_deref())).collect();
    cards.sort_by_key(expected);
    let action = format!("{}?{}", asked.path, asked.authorization().encode());
    let page = AuthorizePage {
        texts,
        heading: fill(texts.sign_in_at, &[texts.called(question.platform)]),
        host: question.platform.page_host(),
        client_name: question.client_name,
        back_to: url::Url::parse(question.redirect_uri)
            .map(|url| url.origin().ascii_serialization())
            .unwrap_or_default(),
        scopes: question.scopes.iter().map(|scope| ScopeRow { name: scope, words: texts.scope(scope) }).collect(),
        cards,
        action,
    };
    page.answer(StatusCode::OK)
}
