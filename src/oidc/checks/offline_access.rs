//! `offline_access` (OIDC Core §11): kept where the person will be asked, or need not be.

use super::Reading;
use crate::oidc::error::Error;

/// Drops the scope in silence, as the standard says, unless `prompt` has
/// `consent` or the client is the administrator's own, and it may refresh.
///
/// # Errors
/// `invalid_scope` when nothing else was asked for.
pub fn consented(reading: &mut Reading<'_>) -> Result<(), Error> {
    let metadata = &reading.client.metadata;
    let refreshes = metadata.grant_types.iter().any(|grant| grant == "refresh_token");
    if !(refreshes && (reading.request.prompt.consent || metadata.first_party)) {
        reading.request.scopes.retain(|scope| scope != "offline_access");
    }
    super::scope::some_left(reading)
}
