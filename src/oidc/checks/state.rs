//! `state`: the application's own, returned byte for byte (RFC 6749 §4.1.1).

use crate::oidc::error::{Code, Error};
use crate::oidc::params::Params;

/// Longest `state`, in bytes (security.md §2.3, row 52): it comes back in a URL,
/// and longer ones make URLs that servers on the way refuse.
pub const LONGEST: usize = 2048;

/// The `state`, whatever it holds.
///
/// # Errors
/// `invalid_request` when it is too long to be sent back: that is shown, since it can't be returned.
pub fn short_enough(params: &Params) -> Result<Option<String>, Error> {
    match params.get("state") {
        Some(state) if state.len() > LONGEST => {
            Err(Error::new(Code::InvalidRequest, "state is too long: send at most 2048 bytes"))
        }
        state => Ok(state.map(str::to_owned)),
    }
}
