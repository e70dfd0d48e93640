//! `dpop_jkt` (RFC 9449 §10). Tokens are not bound to keys yet: a well-formed
//! one is an unknown parameter like others (and `token_type` says Bearer), a broken one an error.

use super::Reading;
use super::pkce::is_sha256_base64url;
use crate::oidc::error::{Code, Error};

/// Refuses a thumbprint that is none.
///
/// # Errors
/// `invalid_request`.
pub fn well_formed(reading: &mut Reading<'_>) -> Result<(), Error> {
    match reading.params.get("dpop_jkt") {
        Some(thumbprint) if !is_sha256_base64url(thumbprint) => Err(Error::new(
            Code::InvalidRequest,
            "dpop_jkt must be a SHA-256 JWK thumbprint: 43 characters of base64url without padding",
        )),
        _ => Ok(()),
    }
}
