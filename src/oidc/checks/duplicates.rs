//! No parameter twice, but for `resource` (RFC 6749 §3.1, RFC 8707 §2): two
//! readers of one request must not see two requests.

use super::Reading;
use crate::oidc::error::Error;

/// Refuses a repeated parameter with `invalid_request`.
///
/// # Errors
/// As said.
pub fn none(reading: &mut Reading<'_>) -> Result<(), Error> {
    reading.params.refuse_duplicates()
}
