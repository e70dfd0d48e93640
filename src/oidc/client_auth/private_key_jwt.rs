//! `private_key_jwt` (OIDC Core §9, RFC 7523): an assertion signed with the client's own key.

use serde_json::{Map, Value};

use crate::oidc::jose::{Algorithm, Compact, Refused, key_for};
use crate::store::clients::Client;

/// The claims, if a registered key of the client signed them.
pub(super) fn verify(token: &Compact<'_>, client: &Client) -> Result<Map<String, Value>, Refused> {
    let keys = client.metadata.jwks.as_ref().ok_or(Refused("the client has no keys"))?;
    key_for(token, keys, &Algorithm::ALL)?.verify(token)
}
