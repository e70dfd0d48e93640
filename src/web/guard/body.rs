//! Bodies are read whole before a handler runs: within a size, within a time.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use http::header::CONTENT_LENGTH;
use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, Limited};

use crate::web::fault::PageFault;
use crate::web::page::ErrorPage;

/// Bytes of a form or a protocol request.
pub const SMALL: usize = 64 * 1024;
/// Bytes of what an administrator may send (logos, lists of people).
pub const LARGE: usize = 1024 * 1024;
/// From the end of the head to the last byte of the body.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Reads the body: 413 over the limit, 408 past the deadline, 400 when it breaks off (security.md row 8, R33).
pub(super) async fn whole(request: Request) -> Result<Request, PageFault> {
    let refused = |status, what| Err(PageFault::new(status, what));
    let limit = limit_of(request.uri().path());
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, ErrorPage::TooLarge);
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) && announced.is_none() {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    match tokio::time::timeout(DEADLINE, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(Request::from_parts(head, Body::from(collected.to_bytes()))),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            refused(StatusCode::PAYLOAD_TOO_LARGE, ErrorPage::TooLarge)
        }
        Ok(Err(_)) => refused(StatusCode::BAD_REQUEST, ErrorPage::BadRequest),
        Err(_) => refused(StatusCode::REQUEST_TIMEOUT, ErrorPage::BadRequest),
    }
}

fn limit_of(path: &str) -> usize {
    if path.starts_with("/admin") { LARGE } else { SMALL }
}
