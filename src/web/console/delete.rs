//! Removing a connector, after it was said what will happen.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Administrator;
use super::change::answer;
use crate::app::App;
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::page::{Forms, Page};
use crate::web::texts::console::Texts;
use crate::web::texts::fill;

#[derive(Template)]
#[template(path = "console/delete.html")]
struct Delete<'a> {
    page: &'a Page,
    t: &'static Texts,
    name: &'a str,
    title: String,
    lede: String,
}

/// `GET /admin/connectors/{name}/delete`: what will happen, in numbers.
///
/// # Errors
/// A page.
pub async fn ask(
    State(app): State<App>,
    _: Administrator,
    Path(name): Path<String>,
    page: Page,
) -> Result<Response, PageFault> {
    let t = Texts::of(page.lang);
    let row = app.admin.find_connector(&name).await?;
    let uses = app.store.connector_uses(&row.id).await?;
    let lede = match uses.people {
        0 => t.delete_nobody.to_owned(),
        people => fill(t.delete_lede, &[people.to_string(), uses.identities.to_string()]),
    };
    let shown = Delete { page: &page, t, name: &name, title: fill(t.delete_title, &[&row.title]), lede };
    Ok(page.answer(StatusCode::OK, Forms::Own, &shown))
}

/// `POST /admin/connectors/{name}/delete`.
///
/// # Errors
/// A page.
pub async fn delete(
    State(app): State<App>,
    administrator: Administrator,
    Path(name): Path<String>,
    page: Page,
    _form: PageForm,
) -> Result<Response, PageFault> {
    let done = app.admin.delete_connector(&administrator.actor, &name).await;
    answer(&app, page, done, "/admin/connectors?said=deleted").await
}
