//! `scope` (RFC 6749 §3.3): known words the client may ask for; unknown ones are dropped (OIDC Core §3.1.2.1).

use super::Reading;
use crate::oidc::error::{Code, Error};
use crate::oidc::protected::{ACCOUNT, may_have_account};
use crate::oidc::scope::SCOPES;
use crate::store::clients::Client;

/// Notes the scopes, in the order they were asked.
///
/// # Errors
/// `invalid_scope` when nothing is left of it.
pub fn known(reading: &mut Reading<'_>) -> Result<(), Error> {
    let mut scopes: Vec<String> = Vec::new();
    for word in reading.params.get("scope").unwrap_or_default().split(' ') {
        let known = SCOPES.contains(&word) || reading.resource_scopes.iter().any(|scope| scope == word);
        let may = match word {
            ACCOUNT => may_have_account(reading.client),
            _ => may_ask_for(reading.client, word),
        };
        if known && may && !scopes.iter().any(|scope| scope == word) {
            scopes.push(word.to_owned());
        }
    }
    reading.request.scopes = scopes;
    some_left(reading)
}

/// Whether a client may ask for a scope: every one, unless it is limited to some.
pub(super) fn may_ask_for(client: &Client, scope: &str) -> bool {
    let allowed = &client.metadata.scope;
    allowed.is_empty() || allowed.iter().any(|one| one == scope)
}

/// RFC 6749 §3.3: there is no default scope here, so an empty one fails.
pub(super) fn some_left(reading: &Reading<'_>) -> Result<(), Error> {
    if reading.request.scopes.is_empty() {
        Err(Error::new(
            Code::InvalidScope,
            "scope names nothing this client may ask for: send for example scope=openid",
        ))
    } else {
        Ok(())
    }
}
