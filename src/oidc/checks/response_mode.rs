//! `response_mode`: `query` or `form_post`. It comes first, since it decides how every later error travels.

use super::Reading;
use crate::oidc::error::{Code, Error};
use crate::oidc::response::ResponseMode;

/// Notes how the answer is to be sent.
///
/// # Errors
/// `invalid_request` for another mode, sent by the default one.
pub fn known(reading: &mut Reading<'_>) -> Result<(), Error> {
    reading.request.return_to.mode = match reading.params.get("response_mode") {
        None | Some("query") => ResponseMode::Query,
        Some("form_post") => ResponseMode::FormPost,
        Some(_) => return Err(Error::new(Code::InvalidRequest, "response_mode must be query or form_post")),
    };
    Ok(())
}
