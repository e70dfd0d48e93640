//! The chooser of organisations, and the page for whoever belongs to none that would do.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::pages::face;
use crate::login::interaction::{Context, OrgView};
use crate::web::page::{Forms, Page};
use crate::web::texts::fill;
use crate::web::texts::login::Texts;

/// What a picture must begin with: ours are checked when they are stored, and shown nowhere else.
const PICTURE: &str = "data:image/";

struct Choice<'a> {
    id: &'a str,
    name: &'a str,
    face: String,
    logo: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "login/organisation.html")]
struct OrganisationPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    id: &'a str,
    context: &'a Context,
    lede: String,
    choices: Vec<Choice<'a>>,
}

/// In which organisation to go on.
#[must_use]
pub fn organisation(page: &Page, id: &str, view: &OrgView) -> Response {
    let t = Texts::of(page.lang);
    let lede = if view.options.is_empty() {
        fill(t.nowhere_lede, &[&view.context.application, &view.name])
    } else {
        fill(t.organisation_lede, &[&view.name, &view.context.application])
    };
    let choices = view.options.iter().map(|it| Choice {
        id: it.org_id.as_str(),
        name: &it.name,
        face: face(&it.name),
        logo: it.logo.as_deref().filter(|logo| logo.starts_with(PICTURE)),
    });
    let shown = OrganisationPage { page, t, id, context: &view.context, lede, choices: choices.collect() };
    page.answer(StatusCode::OK, Forms::Anywhere, &shown)
}
