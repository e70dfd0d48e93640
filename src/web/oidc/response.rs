//! An authorization response on its way to the application: a redirect, or a form that posts itself.

use axum::response::Response;

use crate::oidc::response::{AuthorizationResponse, ResponseMode};
use crate::web::browser::see_other;
use crate::web::fault::PageFault;
use crate::web::login::pages;
use crate::web::page::Page;

/// 303 with the parameters in the query, or the page that posts them.
///
/// # Errors
/// 500 for an address that no header can hold.
pub fn send(answer: &AuthorizationResponse, page: &Page) -> Result<Response, PageFault> {
    match answer.mode {
        ResponseMode::Query => see_other(&answer.location()),
        ResponseMode::FormPost => Ok(pages::form_post(page, answer)),
    }
}
