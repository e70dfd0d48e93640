//! `request` and `request_uri` (RFC 9101): not served yet, and never fetched.

use super::Reading;
use crate::oidc::error::{Code, Error};

/// Refuses a request object, by value or by reference.
///
/// # Errors
/// `request_not_supported`, `request_uri_not_supported` (OIDC Core §3.1.2.6).
pub fn absent(reading: &mut Reading<'_>) -> Result<(), Error> {
    if reading.params.get("request").is_some() {
        return Err(Error::new(Code::RequestNotSupported, "request objects are not supported: send plain parameters"));
    }
    if reading.params.get("request_uri").is_some() {
        return Err(Error::new(Code::RequestUriNotSupported, "request_uri is not supported: send plain parameters"));
    }
    Ok(())
}
