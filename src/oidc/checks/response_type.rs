//! `response_type`: exactly `code` (RFC 9700 §2.1.2).

use super::Reading;
use crate::oidc::error::{Code, Error};

/// Refuses everything but `code`, and clients that may not have one.
///
/// # Errors
/// `invalid_request` when it is missing, `unsupported_response_type`, `unauthorized_client`.
pub fn code(reading: &mut Reading<'_>) -> Result<(), Error> {
    match reading.params.get("response_type") {
        None => return Err(Error::new(Code::InvalidRequest, "response_type is missing: send response_type=code")),
        Some("code") => {}
        Some(_) => return Err(Error::new(Code::UnsupportedResponseType, "response_type must be code")),
    }
    if reading.client.metadata.grant_types.iter().any(|grant| grant == "authorization_code") {
        Ok(())
    } else {
        Err(Error::new(Code::UnauthorizedClient, "this client is not registered for the authorization_code grant"))
    }
}
