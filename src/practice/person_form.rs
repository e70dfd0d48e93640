//! Making and changing a person of the practice world by hand.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;

use super::fields::Asked;
use super::pages::PersonPage;
use super::people::Person;
use super::texts::Texts;
use super::{Practice, answer};
use crate::base::people::Email;

pub(super) async fn blank(asked: Asked) -> Response {
    let texts = Texts::of(&asked);
    form(texts, texts.add_person, "/people").answer(StatusCode::OK)
}

pub(super) async fn filled(State(practice): State<Practice>, Path(key): Path<String>, asked: Asked) -> Response {
    let Some(person) = practice.world().person(&key).cloned() else { return super::home::not_found(asked).await };
    let texts = Texts::of(&asked);
    let action = format!("/people/{key}");
    PersonPage {
        name: person.name.as_deref().unwrap_or_default(),
        login: &person.login,
        email: person.email.as_deref().unwrap_or_default(),
        email_verified: person.email_verified,
        hd: person.hd.as_deref().unwrap_or_default(),
        ..form(texts, texts.change_person, &action)
    }
    .answer(StatusCode::OK)
}

pub(super) async fn add(State(practice): State<Practice>, asked: Asked) -> Response {
    let key = format!("p{}", practice.random().alphanumeric(12).to_ascii_lowercase());
    // A number above 2^31, and never one of the cast's.
    let number = 5_000_000_000 + u64::from(u32::from_be_bytes(practice.random().bytes()));
    write(&practice, &asked, Person::plain(&key, number, ""), "/people")
}

pub(super) async fn change(State(practice): State<Practice>, Path(key): Path<String>, asked: Asked) -> Response {
    let Some(person) = practice.world().person(&key).cloned() else { return super::home::not_found(asked).await };
    write(&practice, &asked, person, &format!("/people/{key}"))
}

fn write(practice: &Practice, asked: &Asked, mut person: Person, action: &str) -> Response {
    let texts = Texts::of(asked);
    let text = |name| asked.form.get(name).map(str::trim).filter(|value| !value.is_empty());
    let login = text("login").unwrap_or_default();
    let problem = if !is_login(login) {
        Some(texts.login_shape)
    } else if text("email").is_some_and(|email| Email::parse(email).is_err()) {
        Some(texts.email_shape)
    } else {
        None
    };
    person.name = text("name").map(|name| name.chars().take(300).collect());
    login.clone_into(&mut person.login);
    person.email = text("email").map(str::to_owned);
    person.email_verified = asked.form.get("email_verified").is_some();
    person.hd = text("hd").map(|hd| hd.chars().take(253).collect());
    let problem = problem.or_else(|| (!practice.world().put_person(person)).then_some(texts.full));
    if problem.is_none() {
        return answer::see_other("/");
    }
    PersonPage {
        name: text("name").unwrap_or_default(),
        login,
        email: text("email").unwrap_or_default(),
        email_verified: asked.form.get("email_verified").is_some(),
        hd: text("hd").unwrap_or_default(),
        problem,
        ..form(texts, texts.add_person, action)
    }
    .answer(StatusCode::UNPROCESSABLE_ENTITY)
}

fn form<'a>(texts: &'static Texts, title: &'a str, action: &'a str) -> PersonPage<'a> {
    PersonPage { texts, title, action, name: "", login: "", email: "", email_verified: true, hd: "", problem: None }
}

fn is_login(text: &str) -> bool {
    (1..=39).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
