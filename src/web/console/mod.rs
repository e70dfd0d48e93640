//! `/admin`: the console.
//!
//! It turns forms into the administrators' verbs. Who may do what is said by
//! `admin` at each change; here it is only seen that somebody fit is signed in.

pub mod add;
pub mod change;
pub mod delete;
pub mod edit;
mod fields;
mod guide;
pub mod list;

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

use crate::admin::{Actor, AdminError};
use crate::app::App;
use crate::login::interaction::Purpose;
use crate::web::browser::{Browser, see_other};
use crate::web::fault::PageFault;
use crate::web::page::ErrorPage;

/// An administrator who used the console a moment ago. Anybody else is led to a sign-in.
#[derive(Debug)]
pub struct Administrator {
    /// For the verbs, and their audit.
    pub actor: Actor,
}

impl FromRequestParts<App> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        // Security.md row 201: stricter than elsewhere, since nobody posts here but our own pages.
        let site = parts.headers.get("sec-fetch-site");
        if parts.method == Method::POST && site.is_none_or(|site| site != "same-origin") {
            return Err(PageFault::from(ErrorPage::Forgery).into_response());
        }
        let browser = Browser::from_request_parts(parts, app).await.map_err(PageFault::into_response)?;
        signed_in(app, &browser).await.map_err(PageFault::into_response)?
    }
}

async fn signed_in(app: &App, browser: &Browser) -> Result<Result<Administrator, Response>, PageFault> {
    let visitor = &browser.visitor;
    if let Some(session) = app.login.console_session(visitor).await? {
        let actor = Actor::administrator(session.user_id, &visitor.request_id, &visitor.address);
        return Ok(Ok(Administrator { actor }));
    }
    let id = app.login.open(Purpose::Console, visitor).await?;
    Ok(Err(see_other(&format!("/i/{id}"))?))
}

impl From<AdminError> for PageFault {
    /// What no page of the console explains itself.
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Forbidden => ErrorPage::Forbidden.into(),
            AdminError::NotFound(_) => ErrorPage::NotFound.into(),
            AdminError::Conflict(why) => ErrorPage::Refused(why).into(),
            AdminError::Wrong(wrong) => match wrong.into_iter().next() {
                Some(wrong) => ErrorPage::Refused(wrong.text).into(),
                None => ErrorPage::BadRequest.into(),
            },
            AdminError::Store(error) => error.into(),
            AdminError::Login(error) => error.into(),
        }
    }
}

/// `GET /admin`: the first page.
///
/// # Errors
/// None of its own.
pub async fn home() -> Result<Response, PageFault> {
    see_other("/admin/connectors")
}
