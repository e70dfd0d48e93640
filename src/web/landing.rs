//! `/`: the front door.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::web::fault::PageFault;
use crate::web::page::{Forms, Page};
use crate::web::texts::landing::Texts;

#[derive(Template)]
#[template(path = "landing/landing.html")]
struct Landing<'a> {
    page: &'a Page,
    t: &'static Texts,
    /// Nobody administers it yet.
    new: bool,
    /// The sample application is there.
    demo: bool,
    said: Option<&'static str>,
}

/// What this is, and where to go.
///
/// # Errors
/// A page, when the store is away.
pub async fn get(State(app): State<App>, page: Page) -> Result<Response, PageFault> {
    let t = Texts::of(page.lang);
    let new = app.store.administrators().await? == 0;
    let said = (page.asked("said").as_deref() == Some("signed-out")).then_some(t.signed_out);
    let shown = Landing { page: &page, t, new, demo: app.config.practice.enabled, said };
    Ok(page.answer(StatusCode::OK, Forms::Own, &shown))
}
