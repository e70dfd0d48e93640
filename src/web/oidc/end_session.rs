//! `/end_session` (OpenID Connect RP-Initiated Logout 1.0).

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::header::SET_COOKIE;

use super::authorize::as_link;
use crate::app::App;
use crate::oidc::end_session::LogoutRequest;
use crate::oidc::params::Params;
use crate::web::browser::{Browser, see_other};
use crate::web::fault::PageFault;
use crate::web::form::{OpenForm, PageForm};
use crate::web::login::pages;
use crate::web::page::{ErrorPage, Page};

/// By a link.
///
/// # Errors
/// A page; nothing is ever sent back on error.
pub async fn get(
    State(app): State<App>,
    browser: Browser,
    page: Page,
    RawQuery(query): RawQuery,
) -> Result<Response, PageFault> {
    answer(&app, &browser, page, &Params::parse(query.unwrap_or_default().as_bytes())?).await
}

/// By a form of the application's, which comes without our cookies.
///
/// # Errors
/// As [`get`].
pub async fn post(State(app): State<App>, browser: Browser, page: Page, form: OpenForm) -> Result<Response, PageFault> {
    match as_link("/end_session", &browser, &form) {
        Some(address) => see_other(&address),
        // Without cookies nobody is signed in, and nobody is to be told that they were signed out.
        None if !browser.known => Err(ErrorPage::TooLarge.into()),
        None => answer(&app, &browser, page, &form.params).await,
    }
}

async fn answer(app: &App, browser: &Browser, mut page: Page, params: &Params) -> Result<Response, PageFault> {
    let session = app.login.session(&browser.visitor).await?;
    let request = app.oidc.read_logout(params, session.as_ref()).await?;
    // Without the hint of the application that signed this person in, anybody's link could do it.
    if session.is_none() || request.confirmed {
        return leave(app, browser, page, &request).await;
    }
    let text = serde_json::to_string(&request).map_err(|error| PageFault::internal(error.to_string()))?;
    let sealed = app.sealer.seal(&purpose(browser), &text).map_err(|error| PageFault::internal(error.to_string()))?;
    let application = match &request.client_id {
        Some(id) => app.store.client(id).await?.map(|client| client.metadata.client_name.clone()),
        None => None,
    };
    page.prefer(&request.ui_locales);
    Ok(pages::sign_out(&page, application.as_deref(), &sealed))
}

/// `POST /end_session/confirm`: yes.
///
/// # Errors
/// 403 for a form that is not ours; a page for a request that was sealed for another browser.
pub async fn confirm(State(app): State<App>, page: Page, form: PageForm) -> Result<Response, PageFault> {
    if form.field("choice") == "stay" {
        return see_other("/account");
    }
    let text = app.sealer.open(&purpose(&form.browser), form.field("request")).map_err(|_| ErrorPage::BadRequest)?;
    let request = serde_json::from_str(text.expose()).map_err(|_| ErrorPage::BadRequest)?;
    leave(&app, &form.browser, page, &request).await
}

async fn leave(app: &App, browser: &Browser, mut page: Page, request: &LogoutRequest) -> Result<Response, PageFault> {
    if let Some(session) = &browser.visitor.session {
        app.login.sign_out(session, &browser.visitor).await?;
    }
    page.prefer(&request.ui_locales);
    let mut response = match &request.return_to {
        Some(address) => see_other(address)?,
        None => pages::signed_out(&page),
    };
    response.headers_mut().append(SET_COOKIE, browser.sign_out(app).await?);
    Ok(response)
}

fn purpose(browser: &Browser) -> String {
    format!("logout:{}", browser.csrf)
}
