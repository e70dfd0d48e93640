//! Refusals of the authorization endpoint: on a page while the address to return to is not proven, else by return.

use axum::response::Response;
use http::StatusCode;

use super::super::fields::Asked;
use super::super::pages::FaultPage;
use super::super::platform::Platform;
use super::super::texts::Texts;

/// An error code and its words, told to the application.
pub(super) type Returned = (&'static str, &'static str);

/// Never a redirect (§2.2): the client or its address is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageFault {
    UnknownClient,
    WrongRedirect,
    BadParameters,
}

/// A page with status 400, in the platform's name.
pub(super) fn page(asked: &Asked, platform: Platform, fault: PageFault) -> Response {
    let texts = Texts::of(asked);
    let (words, code) = match fault {
        PageFault::UnknownClient => (texts.unknown_client, "invalid_client"),
        PageFault::WrongRedirect => (texts.wrong_redirect, "redirect_uri_mismatch"),
        PageFault::BadParameters => (texts.bad_parameters, "invalid_request"),
    };
    FaultPage { texts, platform: platform.name(), title: texts.bad_request, words, code }
        .answer(StatusCode::BAD_REQUEST)
}
