//! A phone number, and the code sent to it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::ask::linked;
use crate::base::clock::Seconds;
use crate::connectors::step::PhoneWrong;
use crate::login::interaction::{AskView, Context};
use crate::web::page::{Forms, Page};
use crate::web::texts::fill;
use crate::web::texts::login::Texts as Login;
use crate::web::texts::phone::Texts;
use crate::web::texts::ways::Texts as Ways;

#[derive(Template)]
#[template(path = "login/phone_number.html")]
struct Number<'a> {
    page: &'a Page,
    t: &'static Login,
    phone: &'static Texts,
    ways: &'static Ways,
    id: &'a str,
    context: &'a Context,
    view: &'a AskView,
    linking: Option<String>,
    wrong: Option<&'static str>,
}

/// Where to send a code: `phone` (and `country`).
#[must_use]
pub fn number(page: &Page, id: &str, view: &AskView, wrong: Option<PhoneWrong>) -> Response {
    let phone = Texts::of(page.lang);
    let wrong = wrong.map(|wrong| match wrong {
        PhoneWrong::NotANumber => phone.not_a_number,
        PhoneWrong::Country => phone.country,
        PhoneWrong::TooMany => phone.too_many,
        PhoneWrong::NotSent => phone.not_sent,
    });
    let (t, ways) = (Login::of(page.lang), Ways::of(page.lang));
    let linking = linked(view, t);
    let shown = Number { page, t, phone, ways, id, context: &view.context, view, linking, wrong };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
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
    view: &'a AskView,
    sent: String,
    wrong: Option<String>,
    /// Seconds until another code may be asked for.
    wait: Seconds,
}

/// What was sent: `code`, or `again` for another one.
#[must_use]
pub fn code(page: &Page, id: &str, view: &AskView, (to, again_at, left): (&str, Seconds, Option<u32>)) -> Response {
    let phone = Texts::of(page.lang);
    let wrong = left.map(|left| match left {
        0 => phone.spent.to_owned(),
        left => fill(phone.wrong, &[left.to_string()]),
    });
    let (t, ways) = (Login::of(page.lang), Ways::of(page.lang));
    let (sent, wait) = (fill(phone.sent_to, &[to]), (again_at - view.now).max(0));
    let shown = Code { page, t, phone, ways, id, context: &view.context, view, sent, wrong, wait };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
}
