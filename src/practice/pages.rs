//! The pages of the practice world, one struct each beside its template.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::answer;
use super::people::Person;
use super::texts::Texts;

/// A person as a card to pick.
pub(super) struct Card {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) email: String,
    pub(super) sub: String,
    pub(super) initial: String,
    pub(super) notes: Vec<&'static str>,
    /// Whether they were the last to sign in here.
    pub(super) last: bool,
}

impl Card {
    pub(super) fn of(person: &Person, texts: &'static Texts, last: Option<&str>) -> Self {
        Self {
            key: person.key.clone(),
            name: crate::base::people::clean_name(person.shown(), 60),
            login: person.login.clone(),
            email: person.email.clone().unwrap_or_default(),
            sub: person.sub.clone(),
            initial: person.initial(),
            notes: person.traits().into_iter().map(|kind| texts.note(kind)).collect(),
            last: last == Some(person.key.as_str()),
        }
    }

    /// Whether the application's hint means this person.
    pub(super) fn answers_to(&self, hint: &str) -> bool {
        hint.eq_ignore_ascii_case(&self.login) || hint.eq_ignore_ascii_case(&self.email) || hint == self.sub
    }
}

/// A scope that was asked for.
pub(super) struct ScopeRow<'a> {
    pub(super) name: &'a str,
    pub(super) words: &'static str,
}

/// Pick a person, allow or deny.
#[derive(Template)]
#[template(path = "practice/authorize.html")]
pub(super) struct AuthorizePage<'a> {
    pub(super) texts: &'static Texts,
    pub(super) heading: String,
    pub(super) host: &'static str,
    pub(super) client_name: &'a str,
    pub(super) back_to: String,
    pub(super) scopes: Vec<ScopeRow<'a>>,
    pub(super) cards: Vec<Card>,
    pub(super) action: String,
}

impl AuthorizePage<'_> {
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        rendered(status, self.render())
    }
}

/// A platform's error page: what went wrong, said to a person.
#[derive(Template)]
#[template(path = "practice/fault.html")]
pub(super) struct FaultPage {
    pub(super) texts: &'static Texts,
    pub(super) platform: &'static str,
    pub(super) title: &'static str,
    pub(super) words: &'static str,
    /// The platform's own word for it.
    pub(super) code: &'static str,
}

impl FaultPage {
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        rendered(status, self.render())
    }
}

/// The form that carries an answer to the application (OAuth 2.0 Form Post Response Mode).
#[derive(Template)]
#[template(path = "practice/form_post.html")]
pub(super) struct FormPostPage<'a> {
    pub(super) texts: &'static Texts,
    pub(super) action: &'a str,
    pub(super) fields: &'a [(String, String)],
}

impl FormPostPage<'_> {
    pub(super) fn answer(&self) -> Response {
        rendered(StatusCode::OK, self.render())
    }
}

/// The practice world: who lives here.
#[derive(Template)]
#[template(path = "practice/world.html")]
pub(super) struct WorldPage<'a> {
    pub(super) texts: &'static Texts,
    pub(super) issuer: &'a str,
    pub(super) cards: Vec<Card>,
    pub(super) platforms: Vec<(&'static str, &'static str)>,
}

impl WorldPage<'_> {
    pub(super) fn answer(&self) -> Response {
        rendered(StatusCode::OK, self.render())
    }
}

/// A person to be made or changed.
#[derive(Template)]
#[template(path = "practice/person.html")]
pub(super) struct PersonPage<'a> {
    pub(super) texts: &'static Texts,
    pub(super) title: &'a str,
    pub(super) action: &'a str,
    pub(super) name: &'a str,
    pub(super) login: &'a str,
    pub(super) email: &'a str,
    pub(super) email_verified: bool,
    pub(super) hd: &'a str,
    pub(super) problem: Option<&'static str>,
}

impl PersonPage<'_> {
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        rendered(status, self.render())
    }
}

fn rendered(status: StatusCode, page: askama::Result<String>) -> Response {
    match page {
        Ok(body) => answer::page(status, body),
        Err(error) => {
            tracing::error!(%error, "a practice page could not be written");
            answer::empty(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}
