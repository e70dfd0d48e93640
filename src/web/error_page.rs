//! Error pages: a handler answers an `ErrorPage`; `page::speak` writes it in the visitor's language.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::page::{Forms, Page};
use super::texts::errors::Texts;
use super::texts::fill;
use crate::base::sentence::Words;
use crate::login::LoginError;
use crate::oidc::error::{Code, Error};

/// What went wrong, as a page tells it.
#[derive(Clone, Debug)]
pub enum ErrorPage {
    /// A request of the protocol that can't be sent back to the application.
    Request(Error),
    /// No such interaction, or it expired.
    UnknownInteraction,
    /// Security.md row 62.
    OtherBrowser {
        /// Named, so that the person knows where to go.
        application: String,
    },
    /// A callback nobody waits for.
    StrayCallback,
    /// A form without our token, or from a foreign page (security.md row 63).
    Forgery,
    /// Not for this person.
    Forbidden,
    /// No such page.
    NotFound,
    /// Another method is due.
    Method,
    /// It can't be read.
    BadRequest,
    /// The body is over the limit.
    TooLarge,
    /// A change that an administrator may not make as things are, and why.
    Refused(Words),
    /// A Host that is not the issuer's.
    WrongHost {
        /// Ours; the foreign one is never repeated.
        issuer: String,
    },
    /// The store or the hashing has no time: again in a moment.
    Busy,
    /// Ours, and noted.
    Internal,
}

impl ErrorPage {
    /// Its HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Request(_)
            | Self::UnknownInteraction
            | Self::OtherBrowser { .. }
            | Self::StrayCallback
            | Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Forgery | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Refused(_) => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongHost { .. } => StatusCode::MISDIRECTED_REQUEST,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for ErrorPage {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if matches!(self, Self::Busy) {
            response.headers_mut().insert(axum::http::header::RETRY_AFTER, axum::http::HeaderValue::from_static("5"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<LoginError> for ErrorPage {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Unknown => Self::UnknownInteraction,
            LoginError::OtherBrowser { application } => Self::OtherBrowser { application },
            LoginError::StrayCallback => Self::StrayCallback,
            LoginError::Password(_) => {
                Self::Request(Error::new(Code::InvalidRequest, "the new password breaks a rule"))
            }
            LoginError::Busy(_) => Self::Busy,
            LoginError::Protocol(error) => error.into(),
            LoginError::Store(error) => error.into(),
        }
    }
}

impl From<Error> for ErrorPage {
    fn from(error: Error) -> Self {
        match error.code {
            Code::TemporarilyUnavailable => Self::Busy,
            Code::ServerError => Self::Internal,
            _ => Self::Request(error),
        }
    }
}

impl From<crate::store::Error> for ErrorPage {
    fn from(error: crate::store::Error) -> Self {
        match error {
            crate::store::Error::Down(_) => Self::Busy,
            crate::store::Error::Conflict(_) | crate::store::Error::Corrupt(_) => {
                tracing::error!(%error, "a page failed");
                Self::Internal
            }
        }
    }
}

#[derive(Template)]
#[template(path = "error/error.html")]
struct Shown<'a> {
    page: &'a Page,
    t: &'static Texts,
    title: &'static str,
    lede: String,
    /// For the application's developer: the protocol's error and what to fix.
    developers: Option<&'a Error>,
    again: bool,
}

/// Writes the page.
#[must_use]
pub fn render(error: &ErrorPage, page: &Page) -> Response {
    let t = Texts::of(page.lang);
    let (title, lede) = match error {
        ErrorPage::Request(_) => (t.request, t.request_lede),
        ErrorPage::UnknownInteraction => (t.unknown, t.unknown_lede),
        ErrorPage::OtherBrowser { .. } => (t.other_browser, t.other_browser_lede),
        ErrorPage::StrayCallback => (t.stray, t.stray_lede),
        ErrorPage::Forgery => (t.forgery, t.forgery_lede),
        ErrorPage::Forbidden => (t.forbidden, t.forbidden_lede),
        ErrorPage::NotFound => (t.not_found, t.not_found_lede),
        ErrorPage::Method => (t.method, t.method_lede),
        ErrorPage::BadRequest => (t.bad_request, t.bad_request_lede),
        ErrorPage::Refused(_) => (t.refused, t.refused_lede),
        ErrorPage::TooLarge => (t.too_large, t.too_large_lede),
        ErrorPage::WrongHost { .. } => (t.wrong_host, t.wrong_host_lede),
        ErrorPage::Busy => (t.busy, t.busy_lede),
        ErrorPage::Internal => (t.internal, t.internal_lede),
    };
    let lede = match error {
        ErrorPage::OtherBrowser { application } => fill(lede, &[application]),
        ErrorPage::WrongHost { issuer } => fill(lede, &[issuer]),
        ErrorPage::Refused(why) => fill(lede, &[why.get(page.lang)]),
        _ => lede.to_owned(),
    };
    let developers = if let ErrorPage::Request(error) = error { Some(error) } else { None };
    let again = matches!(error, ErrorPage::Busy | ErrorPage::Internal);
    let shown = Shown { page, t, title, lede, developers, again };
    let mut response = page.answer(error.status(), Forms::Own, &shown);
    if matches!(error, ErrorPage::Busy) {
        response.headers_mut().insert(axum::http::header::RETRY_AFTER, axum::http::HeaderValue::from_static("5"));
    }
    response
}
