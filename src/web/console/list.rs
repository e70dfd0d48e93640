//! `GET /admin/connectors`: the ways to sign in, in order.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::Administrator;
use crate::app::App;
use crate::connectors::{called, kind};
use crate::store::connectors::{ConnectorRow, FirstSignIn};
use crate::web::fault::PageFault;
use crate::web::page::{Forms, Page};
use crate::web::texts::console::Texts;
use crate::web::texts::fill;

struct Row<'a> {
    stored: &'a ConnectorRow,
    title: &'a str,
    icon: &'static str,
    kind: &'static str,
    rule: &'static str,
    is_password: bool,
    first: bool,
    last: bool,
}

#[derive(Template)]
#[template(path = "console/list.html")]
struct List<'a> {
    page: &'a Page,
    t: &'static Texts,
    rows: Vec<Row<'a>>,
    said: Option<&'static str>,
    problem: Option<String>,
}

/// The list.
///
/// # Errors
/// A page, when the store is away.
pub async fn get(State(app): State<App>, _: Administrator, page: Page) -> Result<Response, PageFault> {
    show(&app, &page, None).await
}

/// The list, with what could not be done.
pub(super) async fn show(app: &App, page: &Page, problem: Option<&str>) -> Result<Response, PageFault> {
    let t = Texts::of(page.lang);
    let stored = app.store.connectors().await?;
    let rows = stored.iter().enumerate().map(|(index, row)| Row {
        stored: row,
        title: called(&row.title, page.lang),
        icon: kind(&row.kind).map_or("oauth2", |kind| kind.icon),
        kind: kind(&row.kind).map_or("", |kind| kind.name.get(page.lang)),
        rule: rule(row, t),
        is_password: row.kind == "password",
        first: index == 0,
        last: index + 1 == stored.len(),
    });
    let said = match page.asked("said").as_deref() {
        Some("added") => Some(t.said_added),
        Some("saved") => Some(t.said_saved),
        Some("deleted") => Some(t.said_deleted),
        _ => None,
    };
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let problem = problem.map(|problem| fill(t.problem, &[problem]));
    Ok(page.answer(status, Forms::Own, &List { page, t, rows: rows.collect(), said, problem }))
}

/// What becomes of somebody unknown, in a word or two.
fn rule(row: &ConnectorRow, t: &Texts) -> &'static str {
    match row.rule {
        _ if !row.registration => t.short_closed,
        FirstSignIn::Create => t.short_create,
        FirstSignIn::Ask => t.short_ask,
        FirstSignIn::BindPhone => t.short_bind_phone,
        FirstSignIn::Invited => t.short_invited,
    }
}
