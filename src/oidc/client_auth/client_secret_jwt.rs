//! `client_secret_jwt` (OIDC Core §9): an assertion under an HMAC with the client's secret.

use serde_json::{Map, Value};

use super::secret;
use crate::base::clock::Seconds;
use crate::base::secret::Sealer;
use crate::oidc::jose::{Compact, Refused, hmac_matches};
use crate::store::clients::Client;

/// What a client's secret was sealed for.
/// What a secret that must be read again is sealed for.
pub const CLIENT_SECRET: &str = "client_secret";

/// The claims, if one of the client's live secrets signed them.
pub(super) fn verify(
    token: &Compact<'_>,
    client: &Client,
    sealer: &Sealer,
    now: Seconds,
) -> Result<Map<String, Value>, Refused> {
    let mut answer = Err(Refused("no secret to check with"));
    for secret in secret::live(Some(client), now) {
        let Some(sealed) = &secret.sealed else { continue };
        let text = sealer.open(CLIENT_SECRET, sealed).map_err(|_| Refused("a secret does not open"))?;
        answer = hmac_matches(token, text.expose());
        if answer.is_ok() {
            break;
        }
    }
    answer
}
