//! `max_age` (OIDC Core §3.1.2.1), or the client's `default_max_age` (Registration §2).

use super::Reading;
use crate::oidc::error::{Code, Error};

/// 68 years: more than any clock difference, and small enough to be added to a time.
const LARGEST: i64 = 1 << 31;

/// Notes how old the sign-in may be, in seconds.
///
/// # Errors
/// `invalid_request` unless it is a whole number from 0 to 2^31.
pub fn in_range(reading: &mut Reading<'_>) -> Result<(), Error> {
    reading.request.max_age = match reading.params.get("max_age") {
        None => reading.client.metadata.default_max_age.filter(|age| *age >= 0),
        Some(text) => Some(seconds(text).ok_or_else(|| {
            Error::new(Code::InvalidRequest, "max_age must be a whole number of seconds from 0 to 2147483648")
        })?),
    };
    Ok(())
}

fn seconds(text: &str) -> Option<i64> {
    // Digits only: the standard library would take a sign too.
    let digits = text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|age| digits && *age <= LARGEST)
}
