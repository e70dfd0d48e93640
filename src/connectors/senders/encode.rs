//! Encodings and digests that the providers' signatures are made of.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::base::clock::Seconds;

/// Percent-encoded: only `A-Za-z0-9-_.~` stay bare (RFC 3986 §2.3), hexadecimal in upper case.
#[must_use]
pub fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A form in the order given, a space as `+`: the bytes that are hashed and sent.
#[must_use]
pub fn form(pairs: &[(String, String)]) -> String {
    query(pairs).replace("%20", "+")
}

/// `name=value&…` in the order given, a space as `%20`.
#[must_use]
pub fn query(pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect::<Vec<_>>().join("&")
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// SHA-256 in lower-case hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// HMAC-SHA-256.
#[must_use]
pub fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

/// `2025-06-01T08:30:00Z`.
#[must_use]
pub fn instant(now: Seconds) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    OffsetDateTime::from_unix_timestamp(now).ok().and_then(|time| time.format(format).ok()).unwrap_or_default()
}

/// `2025-06-01`, the day of this moment in UTC.
#[must_use]
pub fn day(now: Seconds) -> String {
    instant(now).chars().take(10).collect()
}
