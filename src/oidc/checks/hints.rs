//! What only helps the pages: `login_hint`, `ui_locales`, `organization`
//! (OIDC Core §3.1.2.1). A hint that makes no sense is left out, never an error;
//! `display` and `claims_locales` are tolerated and change nothing.

use super::Reading;
use crate::oidc::error::Error;
use crate::oidc::params::Params;

/// Longest hint that is kept, in bytes: no e-mail address is longer.
const LONGEST: usize = 320;

/// Notes the hints.
///
/// # Errors
/// Never.
pub fn noted(reading: &mut Reading<'_>) -> Result<(), Error> {
    let hint = |name| reading.params.get(name).filter(|hint| hint.len() <= LONGEST).map(str::to_owned);
    reading.request.login_hint = hint("login_hint");
    reading.request.organization = hint("organization");
    reading.request.ui_locales = ui_locales(reading.params);
    Ok(())
}

/// The language tags of `ui_locales`, as far as they look like tags (BCP 47), the dearest first.
pub(in crate::oidc) fn ui_locales(params: &Params) -> Vec<String> {
    let is_tag = |tag: &&str| {
        (1..=35).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    params.get("ui_locales").unwrap_or_default().split(' ').filter(is_tag).take(16).map(str::to_owned).collect()
}
