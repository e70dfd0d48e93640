//! `GET /{file}`: what platforms fetch from the root to see whose domain it is.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::admin::verification_files::is_name;
use crate::app::App;
use crate::web::error_page::ErrorPage;
use crate::web::fault::PageFault;

/// The exact bytes an administrator stored; every other name is not found.
///
/// # Errors
/// A page.
pub async fn file(State(app): State<App>, Path(name): Path<String>) -> Result<Response, PageFault> {
    if !is_name(&name) {
        return Err(ErrorPage::NotFound.into());
    }
    let file = app.store.verification_file(&name).await?;
    let Some(file) = file else { return Err(ErrorPage::NotFound.into()) };
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((StatusCode::OK, headers, file.content).into_response())
}
