//! `authorization_details` (RFC 9396): no type of them exists here yet, so every one is unknown.

use super::Reading;
use crate::oidc::error::{Code, Error};

/// Refuses it.
///
/// # Errors
/// `invalid_authorization_details` (RFC 9396 §5).
pub fn absent(reading: &mut Reading<'_>) -> Result<(), Error> {
    match reading.params.get("authorization_details") {
        None => Ok(()),
        Some(_) => Err(Error::new(
            Code::InvalidAuthorizationDetails,
            "authorization_details names a type that is not known here: leave the parameter out",
        )),
    }
}
