//! Small changes on the list: on and off, up and down.

use axum::extract::{Path, State};
use axum::response::Response;

use super::{Administrator, list};
use crate::admin::AdminError;
use crate::app::App;
use crate::web::browser::see_other;
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::page::{ErrorPage, Page};

const LIST: &str = "/admin/connectors";

/// `POST /admin/connectors/{name}/enabled`.
///
/// # Errors
/// A page.
pub async fn enabled(
    State(app): State<App>,
    administrator: Administrator,
    Path(name): Path<String>,
    page: Page,
    form: PageForm,
) -> Result<Response, PageFault> {
    let on = match form.field("enabled") {
        "on" => true,
        "off" => false,
        _ => return Err(ErrorPage::BadRequest.into()),
    };
    let done = app.admin.set_connector_enabled(&administrator.actor, &name, on).await;
    answer(&app, page, done, LIST).await
}

/// `POST /admin/connectors/{name}/move`.
///
/// # Errors
/// A page.
pub async fn moved(
    State(app): State<App>,
    administrator: Administrator,
    Path(name): Path<String>,
    page: Page,
    form: PageForm,
) -> Result<Response, PageFault> {
    let up = match form.field("direction") {
        "up" => true,
        "down" => false,
        _ => return Err(ErrorPage::BadRequest.into()),
    };
    let done = app.admin.move_connector(&administrator.actor, &name, up).await;
    answer(&app, page, done, LIST).await
}

/// 303 when it is done; the list with a sentence when it can't be.
pub(super) async fn answer(
    app: &App,
    page: Page,
    done: Result<(), AdminError>,
    next: &str,
) -> Result<Response, PageFault> {
    match done {
        Ok(()) => see_other(next),
        Err(AdminError::Conflict(problem)) => {
            let page = page.at(LIST);
            list::show(app, &page, Some(problem.get(page.lang))).await
        }
        Err(error) => Err(error.into()),
    }
}
