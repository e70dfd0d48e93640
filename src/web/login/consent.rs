//! The consent page: who asks, for what, and what is new.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::login::interaction::{ConsentView, Context};
use crate::web::page::{Forms, Page};
use crate::web::texts::fill;
use crate::web::texts::login::Texts;

struct Line {
    icon: &'static str,
    text: String,
}

#[derive(Template)]
#[template(path = "login/consent.html")]
struct ConsentPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    id: &'a str,
    context: &'a Context,
    view: &'a ConsentView,
    title: String,
    new: Vec<Line>,
    known: Vec<Line>,
}

/// Allow or deny, with every scope in a sentence.
#[must_use]
pub fn consent(page: &Page, id: &str, view: &ConsentView) -> Response {
    let t = Texts::of(page.lang);
    let mut new = view.new_scopes.iter().map(|scope| line(scope, t)).collect::<Vec<_>>();
    new.extend(view.claims.iter().map(|claim| Line { icon: "person", text: fill(t.claim, &[claim]) }));
    let known = view.known_scopes.iter().map(|scope| line(scope, t)).collect();
    let title = fill(t.consent, &[&view.context.application]);
    let shown = ConsentPage { page, t, id, context: &view.context, view, title, new, known };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
}

/// A scope in a sentence; also on the account page.
#[must_use]
pub fn sentence(scope: &str, t: &Texts) -> String {
    line(scope, t).text
}

fn line(scope: &str, t: &Texts) -> Line {
    let (icon, text) = match scope {
        "openid" => ("check", t.scope_openid),
        "profile" => ("person", t.scope_profile),
        "email" => ("mail", t.scope_email),
        "phone" => ("phone", t.scope_phone),
        "address" => ("home", t.scope_address),
        "offline_access" => ("clock", t.scope_offline_access),
        "org" => ("group", t.scope_org),
        "roles" => ("group", t.scope_roles),
        "groups" => ("group", t.scope_groups),
        "account" => ("person", t.scope_account),
        other => return Line { icon: "app", text: fill(t.scope_other, &[other]) },
    };
    Line { icon, text: text.to_owned() }
}
