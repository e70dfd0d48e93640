//! `registration`: metadata of self-issued providers' clients (OIDC Core §7.2.1), which this is not.

use super::Reading;
use crate::oidc::error::{Code, Error};

/// Refuses it.
///
/// # Errors
/// `registration_not_supported` (OIDC Core §3.1.2.6).
pub fn absent(reading: &mut Reading<'_>) -> Result<(), Error> {
    match reading.params.get("registration") {
        None => Ok(()),
        Some(_) => {
            Err(Error::new(Code::RegistrationNotSupported, "registration is not supported: leave the parameter out"))
        }
    }
}
