//! `EncodingAESKey`: 43 characters that stand for 32 bytes.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroize as _;

/// Tencent and DingTalk do not zero the two spare bits of the 43rd character, so
/// three of four keys are refused by a strict decoder (wechat.md §5.7).
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// The key of a sealed channel. Prints as `***`; wiped from memory.
pub struct EncodingKey([u8; 32]);

/// A text that is no such key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an EncodingAESKey has 43 letters and digits")]
pub struct NotAKey;

impl EncodingKey {
    /// Reads the text shown in the platform's console: 43 of `[A-Za-z0-9]`.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let text = text.trim();
        if text.len() != 43 || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(NotAKey);
        }
        let mut bytes = LENIENT.decode(format!("{text}=")).map_err(|_| NotAKey)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map(Self).map_err(|_| NotAKey);
        bytes.zeroize();
        key
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The initialisation vector is the key's first half, always (the platforms'
    /// choice; the 16 random bytes in front of each message stand in for a nonce).
    pub(super) fn iv(&self) -> &[u8] {
        &self.0[..16]
    }
}

impl Drop for EncodingKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for EncodingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}
