//! `GET` and `POST /authorize` (RFC 6749 §3.1, OIDC Core §3.1.2.1).

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;

use super::response;
use crate::app::App;
use crate::login::Opened;
use crate::oidc::error::Refusal;
use crate::oidc::params::Params;
use crate::web::browser::{Browser, see_other};
use crate::web::fault::PageFault;
use crate::web::form::OpenForm;
use crate::web::guard::limits;
use crate::web::page::{ErrorPage, Page};

/// `state` may be this long (security.md row 52): it comes back in a header.
const LONGEST_STATE: usize = 2048;

/// By a link.
///
/// # Errors
/// A page, for everything that may not be sent back.
pub async fn get(
    State(app): State<App>,
    browser: Browser,
    page: Page,
    RawQuery(query): RawQuery,
) -> Result<Response, PageFault> {
    answer(&app, &browser, &page, &Params::parse(query.unwrap_or_default().as_bytes())?).await
}

/// By a form of the application's.
///
/// # Errors
/// As [`get`].
pub async fn post(State(app): State<App>, browser: Browser, page: Page, form: OpenForm) -> Result<Response, PageFault> {
    match as_link("/authorize", &browser, &form) {
        Some(address) => see_other(&address),
        None => answer(&app, &browser, &page, &form.params).await,
    }
}

/// A form from another site comes without our Lax cookies: the same request as
/// a link has them, so that the person's session is seen and their browser keeps its cookie.
pub(super) fn as_link(path: &str, browser: &Browser, form: &OpenForm) -> Option<String> {
    let address = format!("{path}?{}", form.encoded);
    (!browser.known && address.len() <= limits::TARGET).then_some(address)
}

async fn answer(app: &App, browser: &Browser, page: &Page, params: &Params) -> Result<Response, PageFault> {
    if params.get("state").is_some_and(|state| state.len() > LONGEST_STATE) {
        return Err(PageFault::new(StatusCode::BAD_REQUEST, ErrorPage::TooLarge));
    }
    let request = match app.oidc.read(params).await {
        Ok(request) => request,
        Err(refusal) => return refuse(refusal, page),
    };
    match app.login.authorize(request, &browser.visitor).await? {
        Opened::Issue(answer) => response::send(&answer, page),
        Opened::Interaction(id) => see_other(&format!("/i/{id}")),
        Opened::Away(url) => see_other(&url),
        Opened::Refuse(refusal) => refuse(refusal, page),
    }
}

fn refuse(refusal: Refusal, page: &Page) -> Result<Response, PageFault> {
    match refusal {
        Refusal::Show(error) => Err(error.into()),
        Refusal::Return { to, error } => response::send(&to.error(&error), page),
    }
}
