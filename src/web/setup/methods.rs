//! `/admin/set-up/methods`: how people sign in; and the page after it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{DONE, METHODS, next};
use crate::app::App;
use crate::connectors::kinds;
use crate::web::console::Administrator;
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::page::{Forms, Page};
use crate::web::texts::fill;
use crate::web::texts::setup::Texts;

struct Choice {
    kind: &'static str,
    icon: &'static str,
    name: &'static str,
    added: bool,
}

#[derive(Template)]
#[template(path = "setup/methods.html")]
struct MethodsPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    step: String,
    choices: Vec<Choice>,
    practice: bool,
    done: &'static str,
}

/// The third question: the practice platforms, one click each.
///
/// # Errors
/// A page, when the store is away.
pub async fn get(State(app): State<App>, _: Administrator, page: Page) -> Result<Response, PageFault> {
    let t = Texts::of(page.lang);
    let rows = app.store.connectors().await?;
    let with_practice = kinds().iter().filter(|kind| !kind.practice.is_empty());
    let choices = with_practice
        .map(|kind| Choice {
            kind: kind.id,
            icon: kind.icon,
            name: kind.name.get(page.lang),
            added: rows.iter().any(|row| row.kind == kind.id && row.practice),
        })
        .collect();
    let practice = app.config.practice.enabled;
    let shown = MethodsPage { page: &page, t, step: fill(t.step, &["3"]), choices, practice, done: DONE };
    Ok(page.answer(StatusCode::OK, Forms::Own, &shown))
}

/// Adds one.
///
/// # Errors
/// A page.
pub async fn add(
    State(app): State<App>,
    administrator: Administrator,
    Path(kind): Path<String>,
    page: Page,
    _form: PageForm,
) -> Result<Response, PageFault> {
    app.admin.add_practice_connector(&administrator.actor, &kind, page.lang).await?;
    next(METHODS)
}

#[derive(Template)]
#[template(path = "setup/done.html")]
struct Done<'a> {
    page: &'a Page,
    t: &'static Texts,
    demo: bool,
}

/// `/admin/set-up/done`: try it, or go on to the console.
///
/// # Errors
/// None of its own.
pub async fn done(State(app): State<App>, _: Administrator, page: Page) -> Result<Response, PageFault> {
    let shown = Done { page: &page, t: Texts::of(page.lang), demo: app.config.practice.enabled };
    Ok(page.answer(StatusCode::OK, Forms::Own, &shown))
}
