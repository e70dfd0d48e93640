//! Comparing a presented secret with those at rest.

use crate::base::clock::Seconds;
use crate::base::secret::{digest, same};
use crate::store::clients::{Client, ClientSecret};

/// Compared with where there is nothing to compare with; the digest of nothing anybody holds.
const NOBODYS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How many secrets a client may have at once, so that one can follow the other.
pub(super) const SLOTS: usize = 2;

/// Whether `presented` is a live secret of `client`. One digest and two
/// comparisons whatever the answer, for unknown clients too (security.md row 84).
pub(super) fn matches(client: Option<&Client>, presented: &str, now: Seconds) -> bool {
    let presented = digest(presented);
    let mut slots = [NOBODYS; SLOTS];
    for (slot, secret) in slots.iter_mut().zip(live(client, now)) {
        *slot = &secret.digest;
    }
    slots.iter().fold(false, |found, slot| same(slot, &presented) | found)
}

/// The secrets that may be used at `now`.
pub(super) fn live(client: Option<&Client>, now: Seconds) -> impl Iterator<Item = &ClientSecret> {
    client
        .into_iter()
        .flat_map(|client| &client.secrets)
        .filter(move |secret| secret.expires_at.is_none_or(|until| now < until))
        .take(SLOTS)
}
