//! `/callback/{connector}`: a platform sends the browser back.

use std::collections::BTreeMap;

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::frame;
use crate::app::App;
use crate::oidc::params::Params;
use crate::web::api::Caller;
use crate::web::browser::{Browser, see_other};
use crate::web::fault::PageFault;
use crate::web::form::OpenForm;
use crate::web::page::{ErrorPage, Page};

/// The parameter under which a kept form comes back.
const KEPT: &str = "kept";

/// By a redirect.
///
/// # Errors
/// A page for a callback that nobody here waits for; the platform's own refusal is none.
pub async fn get(
    State(app): State<App>,
    Path(connector): Path<String>,
    browser: Browser,
    (RawQuery(query), headers, page): (RawQuery, HeaderMap, Page),
) -> Result<Response, PageFault> {
    if frame::is_framed(&headers) {
        // Its links do not repeat what stands in this address (security.md §1, row 43).
        return Ok(frame::out_of_frame(&page.at("/")));
    }
    let mut params = once(&Params::parse(query.unwrap_or_default().as_bytes())?)?;
    if let Some(key) = params.get(KEPT) {
        params = app.login.take_form_post(&connector, key).await?;
    }
    let stepped = Box::pin(app.login.callback(&connector, params, &browser.visitor)).await?;
    browser.stepped(&app, stepped).await
}

/// By a form from the platform's site. It carries no Lax cookie, so it changes
/// nothing: it is kept for a minute, and the GET that follows has the cookies.
///
/// # Errors
/// As [`get`].
pub async fn post(
    State(app): State<App>,
    Path(connector): Path<String>,
    Caller(visitor): Caller,
    form: OpenForm,
) -> Result<Response, PageFault> {
    let key = app.login.keep_form_post(&connector, once(&form.params)?, &visitor).await?;
    let key: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
    let connector: String = form_urlencoded::byte_serialize(connector.as_bytes()).collect();
    see_other(&format!("/callback/{connector}?{KEPT}={key}"))
}

/// Each name once: of two values nobody can say which one the platform meant.
fn once(params: &Params) -> Result<BTreeMap<String, String>, PageFault> {
    let mut found = BTreeMap::new();
    for (name, value) in params.iter() {
        if found.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(ErrorPage::StrayCallback.into());
        }
    }
    Ok(found)
}
