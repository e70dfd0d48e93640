//! How large a request's head may be, and that its body is not compressed.

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::header::{CONNECTION, CONTENT_ENCODING};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::web::fault::PageFault;
use crate::web::page::ErrorPage;

/// Bytes of path and query.
pub const TARGET: usize = 16 * 1024;
/// Bytes of all header names and values.
pub const HEADERS: usize = 32 * 1024;
/// How many headers. `serve` enforces it for HTTP/1 while parsing.
pub const HEADER_COUNT: usize = 100;

/// Refuses heads over the limits and compressed bodies (security.md rows 8 and 9).
pub(super) fn sizes(request: &Request) -> Result<(), PageFault> {
    let refused = |status, what| Err(PageFault::new(status, what));
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > TARGET {
        return refused(StatusCode::URI_TOO_LONG, ErrorPage::TooLarge);
    }
    if request.headers().len() > HEADER_COUNT || size_of(request.headers()) > HEADERS {
        return refused(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, ErrorPage::TooLarge);
    }
    // A small compressed body may be a large one: none is ever inflated.
    if request.headers().get_all(CONTENT_ENCODING).iter().any(|coding| coding != "identity") {
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorPage::BadRequest);
    }
    Ok(())
}

fn size_of(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// The refusal, after which the connection ends: the rest of the request is not read.
pub(super) fn closing(fault: PageFault) -> Response {
    let mut response = fault.into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
