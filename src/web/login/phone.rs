//! A phone number, and the code sent to it: for signing in, for a forgotten password, for a first sign-in.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::ask::linked;
use crate::base::clock::Seconds;
use crate::connectors::Form;
use crate::connectors::step::PhoneWrong;
use crate::login::interaction::{AskView, Context, Countries, NumberFor, NumberView};
use crate::web::page::{Forms, Page};
use crate::web::texts::fill;
use crate::web::texts::login::Texts as Login;
use crate::web::texts::phone::Texts;
use crate::web::texts::phone_countries::{Choice, choices};
use crate::web::texts::ways::Texts as Ways;

/// What the two forms have in common.
struct Asked<'a> {
    page: &'a Page,
    id: &'a str,
    context: &'a Context,
    /// Where the fields go.
    action: String,
    title: &'static str,
    lede: Option<String>,
    /// The word on the button under the code.
    check: &'static str,
    /// "Other ways to sign in" is offered.
    other: bool,
    /// The code goes to a practice phone.
    practice: bool,
}

#[derive(Template)]
#[template(path = "login/phone_number.html")]
struct Number<'a> {
    page: &'a Page,
    t: &'static Login,
    phone: &'static Texts,
    ways: &'static Ways,
    id: &'a str,
    context: &'a Context,
    asked: &'a Asked<'a>,
    linking: Option<String>,
    countries: Vec<Choice>,
    wrong: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "login/phone_code.html")]
struct Code<'a> {
    page: &'a Page,
    t: &'static Login,
    phone: &'static Texts,
    ways: &'static Ways,
    id: &'a str,
    context: &'a Context,
    asked: &'a Asked<'a>,
    sent: String,
    wrong: Option<String>,
    /// No try is left: only another code helps.
    spent: bool,
    /// Seconds until another code may be asked for.
    wait: Seconds,
}

/// Signing in by a number.
#[must_use]
pub fn sign_in(page: &Page, id: &str, view: &AskView) -> Response {
    let (phone, t) = (Texts::of(page.lang), Login::of(page.lang));
    let asked = Asked {
        page,
        id,
        context: &view.context,
        action: format!("/i/{id}/answer/{}", view.name),
        title: phone.title,
        lede: linked(view, t),
        check: phone.check,
        other: true,
        practice: view.practice,
    };
    form(&asked, &view.form, (&view.countries, view.now))
}

/// A number for something else.
#[must_use]
pub fn other(page: &Page, id: &str, view: &NumberView) -> Response {
    let phone = Texts::of(page.lang);
    let (action, title, lede, check, other) = match &view.what {
        NumberFor::Forgotten => ("forgot", phone.forgotten_title, phone.forgotten.to_owned(), phone.go_on, true),
        NumberFor::Own => ("own-number", phone.own_title, phone.own.to_owned(), phone.go_on, false),
        NumberFor::Another => ("own-number", phone.another_title, phone.another.to_owned(), phone.go_on, true),
        NumberFor::FirstSignIn { title, name } => {
            let who = if name.is_empty() { title.clone() } else { fill(phone.first_who, &[title, name]) };
            ("phone", phone.first_title, fill(phone.first, &[&who]), phone.go_on, false)
        }
    };
    let action = format!("/i/{id}/{action}");
    let asked = Asked {
        page,
        id,
        context: &view.context,
        action,
        title,
        lede: Some(lede),
        check,
        other,
        practice: view.practice,
    };
    form(&asked, &view.form, (&view.countries, view.now))
}

fn form(asked: &Asked<'_>, form: &Form, (countries, now): (&Countries, Seconds)) -> Response {
    match form {
        Form::PhoneCode { to, again_at, left } => code(asked, (to, (again_at - now).max(0), *left)),
        Form::PhoneNumber { wrong } => number(asked, countries, *wrong),
        Form::NameAndPassword | Form::InAppCode { .. } => number(asked, countries, None),
    }
}

fn number(asked: &Asked<'_>, countries: &Countries, wrong: Option<PhoneWrong>) -> Response {
    let page = asked.page;
    let phone = Texts::of(page.lang);
    let shown = Number {
        page,
        t: Login::of(page.lang),
        phone,
        ways: Ways::of(page.lang),
        id: asked.id,
        context: asked.context,
        asked,
        linking: asked.lede.clone(),
        countries: choices(&countries.all, &countries.first, page.lang),
        wrong: wrong.map(|wrong| why_not(wrong, phone)),
    };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
}

/// Why no code was sent, in words.
#[must_use]
pub fn why_not(wrong: PhoneWrong, phone: &Texts) -> &'static str {
    match wrong {
        PhoneWrong::NotANumber => phone.not_a_number,
        PhoneWrong::Country => phone.country,
        PhoneWrong::TooMany => phone.too_many,
        PhoneWrong::NotSent => phone.not_sent,
    }
}

/// How a wrong code is told: how many tries are left, and after the last one what to do.
#[must_use]
pub fn how_wrong(left: u32, phone: &Texts) -> String {
    match left {
        0 => phone.spent.to_owned(),
        left => fill(phone.wrong, &[left.to_string()]),
    }
}

fn code(asked: &Asked<'_>, (to, wait, left): (&str, Seconds, Option<u32>)) -> Response {
    let page = asked.page;
    let phone = Texts::of(page.lang);
    let shown = Code {
        page,
        t: Login::of(page.lang),
        phone,
        ways: Ways::of(page.lang),
        id: asked.id,
        context: asked.context,
        asked,
        sent: fill(phone.sent_to, &[to]),
        wrong: left.map(|left| how_wrong(left, phone)),
        spent: left == Some(0),
        wait,
    };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
}
