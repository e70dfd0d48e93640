//! The signature the three platforms share: SHA-1 over their sorted parts
//! (wechat.md §5.5, §5.7; wecom.md §8.4; dingtalk.md §10.2).

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::base::secret::{Secret, same};

/// `hex(sha1(concat(sort(token, timestamp, nonce[, sealed]))))`, in lower case.
/// The parts are sorted by bytes; only `token` is secret.
#[must_use]
pub fn sign(token: &Secret, timestamp: &str, nonce: &str, sealed: Option<&str>) -> String {
    let mut parts = vec![token.expose(), timestamp, nonce];
    parts.extend(sealed);
    parts.sort_unstable();
    let mut hex = String::with_capacity(40);
    for byte in digest(&SHA1_FOR_LEGACY_USE_ONLY, parts.concat().as_bytes()).as_ref() {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Whether `given` is that signature, in constant time.
#[must_use]
pub fn matches(token: &Secret, timestamp: &str, nonce: &str, sealed: Option<&str>, given: &str) -> bool {
    // An empty token would let anybody sign.
    !token.is_empty() && same(&sign(token, timestamp, nonce, sealed), given)
}
