//! Signature Version 4 as Amazon checks it (§3.2), and TC3, its cousin at Tencent (§4.1).

use super::raw::{Raw, canonical_pairs, keyed, keyed_hex, sha256_hex};
use crate::base::secret::same;

/// The parts of an `Authorization` header of the `Credential=…` family.
pub(super) struct Authorization<'a> {
    pub(super) key_id: &'a str,
    /// Everything after the key: `20250601/us-east-1/sns/aws4_request`.
    pub(super) scope: &'a str,
    pub(super) signed: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads the header under the name of its algorithm; spaces after commas are free.
    pub(super) fn read(text: &'a str, algorithm: &str) -> Option<Self> {
        let parts = text.strip_prefix(algorithm)?.strip_prefix(' ')?;
        let part = |name: &str| parts.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        let (key_id, scope) = part("Credential")?.split_once('/')?;
        Some(Self { key_id, scope, signed: part("SignedHeaders")?.split(';').collect(), signature: part("Signature")? })
    }

    /// A piece of the scope.
    pub(super) fn scope_part(&self, at: usize) -> &str {
        self.scope.split('/').nth(at).unwrap_or_default()
    }

    /// Whether the signature over `raw` is right. `prefix` stands before the
    /// secret, `moment` in the text that is signed.
    pub(super) fn is_right(&self, raw: &Raw, (algorithm, prefix): (&str, &str), secret: &str, moment: &str) -> bool {
        let start = format!("{prefix}{secret}").into_bytes();
        let key = self.scope.split('/').fold(start, |key, part| keyed(&key, part));
        let right = |headers: &str| {
            let canonical = format!(
                "{}\n{}\n{}\n{headers}\n{}\n{}",
                raw.method,
                raw.path,
                canonical_pairs(&raw.query_pairs()),
                self.signed.join(";"),
                raw.body_hash()
            );
            let text = format!("{algorithm}\n{moment}\n{}\n{}", self.scope, sha256_hex(canonical.as_bytes()));
            same(&keyed_hex(&key, &text), self.signature)
        };
        raw.hosts.iter().filter_map(|host| raw.canonical_headers(&self.signed, host)).any(|headers| {
            // Tencent's page lower-cases the values, its programs leave them as they are.
            right(&headers) || right(&headers.to_lowercase())
        })
    }
}
