//! Chance, handed in from outside so that a test can repeat it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::clock::Seconds;

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Where random bytes come from. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Random {
    /// The operating system's generator.
    System,
    /// A repeatable stream for tests: SHA-256 over a seed and a counter.
    Test(Arc<AtomicU64>),
}

impl Random {
    /// A repeatable generator that starts at `seed`.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Test(Arc::new(AtomicU64::new(seed)))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing secret
    /// could be made, so stopping is the only safe answer.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => fill_from_system(&mut bytes),
            Self::Test(counter) => {
                for chunk in bytes.chunks_mut(32) {
                    let block = Sha256::digest(counter.fetch_add(1, Ordering::SeqCst).to_be_bytes());
                    chunk.copy_from_slice(&block[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// 256 random bits as 43 characters of base64url.
    #[must_use]
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// `length` characters of `[A-Za-z0-9]`, each equally likely (43 of them hold 256 bits).
    #[must_use]
    pub fn alphanumeric(&self, length: usize) -> String {
        let mut text = String::with_capacity(length);
        while text.len() < length {
            for byte in self.bytes::<32>() {
                // 248 = 4 * 62: above it the remainder would favour some characters.
                if byte < 248 && text.len() < length {
                    text.push(char::from(ALPHANUMERIC[usize::from(byte) % 62]));
                }
            }
        }
        text
    }

    /// A lower-case ULID whose time part is `now`: ids grow with time, so that
    /// new rows land at the end of an index.
    #[must_use]
    pub fn ulid(&self, now: Seconds) -> String {
        self.ulid_at(u64::try_from(now).unwrap_or(0).saturating_mul(1000))
    }

    /// The same to the millisecond, for rows of which many come in a second.
    #[must_use]
    pub fn ulid_at(&self, milliseconds: u64) -> String {
        let chance = u128::from_be_bytes(self.bytes::<16>());
        ulid::Ulid::from_parts(milliseconds, chance).to_string().to_ascii_lowercase()
    }
}

#[expect(clippy::expect_used, reason = "without randomness nothing secret can be made")]
#[expect(clippy::disallowed_methods, reason = "the one place that asks the operating system")]
fn fill_from_system(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}
