//! `nonce` (OIDC Core §3.1.2.1): optional with `code`, repeated in the ID token as it came.

use super::Reading;
use crate::oidc::error::{Code, Error};

/// Longest nonce, in bytes (security.md §2.3, row 53).
pub const LONGEST: usize = 512;

/// Notes it.
///
/// # Errors
/// `invalid_request` when it is too long; it is never cut.
pub fn short_enough(reading: &mut Reading<'_>) -> Result<(), Error> {
    let nonce = reading.params.get("nonce");
    if nonce.is_some_and(|nonce| nonce.len() > LONGEST) {
        return Err(Error::new(Code::InvalidRequest, "nonce is too long: send at most 512 bytes"));
    }
    reading.request.nonce = nonce.map(str::to_owned);
    Ok(())
}
