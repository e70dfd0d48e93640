//! Secrets: values that can't be printed or compared by accident, the digests
//! under which they are stored, and the sealing of what must be read again.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::random::Random;

/// A text that must not be seen: prints as `***`, is wiped from memory, and
/// compares only in constant time.
#[derive(Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a text into keeping.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself, for the one call that must send or hash it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether both are the same, in time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        same(self.expose(), other)
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Whether two texts are equal, in constant time for texts of one length.
#[must_use]
pub fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// SHA-256 of a text as base64url (43 characters): how a bearer value of high
/// entropy is stored, and the transformation of PKCE S256 (RFC 7636 §4.2).
#[must_use]
pub fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

/// The key under which secrets rest, 256 bits; see design.md §8 for where it comes from.
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// A new key.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self(random.bytes())
    }

    /// Reads a key from its base64url text.
    ///
    /// # Errors
    /// `KeyShape` when the text is not 32 bytes of base64url.
    pub fn parse(text: &str) -> Result<Self, KeyShape> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).map_err(|_| KeyShape)?;
        Ok(Self(bytes.try_into().map_err(|_| KeyShape)?))
    }

    /// The base64url text, to be written to the key file and nowhere else.
    #[must_use]
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl Drop for MasterKey {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// A text that should be a master key and is not one.
#[derive(Debug, thiserror::Error)]
#[error("a master key is 32 bytes in base64url (43 characters); make one with `hufu key master`")]
pub struct KeyShape;

/// Something sealed does not open: another master key, another purpose, or damage.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value does not open with this master key")]
pub struct Unsealable;

/// Seals what must be read again (signing keys, connector secrets) and derives
/// values nobody else can guess.
pub struct Sealer {
    key: LessSafeKey,
    mac_key: [u8; 32],
    random: Random,
}

impl Sealer {
    /// Splits the master key into one for sealing and one for deriving.
    ///
    /// # Errors
    /// Never for a key of 32 bytes; the cryptographic library's own refusal is passed on.
    pub fn new(master: &MasterKey, random: Random) -> Result<Self, Unsealable> {
        let seal_key = hmac_sha256(&master.0, b"hufu sealing v1");
        let key = UnboundKey::new(&AES_256_GCM, &seal_key).map_err(|_| Unsealable)?;
        Ok(Self { key: LessSafeKey::new(key), mac_key: hmac_sha256(&master.0, b"hufu deriving v1"), random })
    }

    /// Seals `text` for one `purpose` (AES-256-GCM, random nonce). What is sealed
    /// for one purpose does not open for another.
    ///
    /// # Errors
    /// Only when the text is too long for the cipher (64 GiB).
    pub fn seal(&self, purpose: &str, text: &str) -> Result<String, Unsealable> {
        let nonce: [u8; NONCE_LEN] = self.random.bytes();
        let mut sealed = text.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose.as_bytes()), &mut sealed)
            .map_err(|_| Unsealable)?;
        Ok(format!("v1.{}.{}", URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Opens what [`Sealer::seal`] made for the same `purpose`.
    ///
    /// # Errors
    /// `Unsealable` for another master key, another purpose, or damage.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<Secret, Unsealable> {
        let mut parts = sealed.split('.');
        let (Some("v1"), Some(nonce), Some(body), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Unsealable);
        };
        let nonce = URL_SAFE_NO_PAD.decode(nonce).map_err(|_| Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(&nonce).map_err(|_| Unsealable)?;
        let mut body = URL_SAFE_NO_PAD.decode(body).map_err(|_| Unsealable)?;
        let text = self.key.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body).map_err(|_| Unsealable)?;
        Ok(Secret::new(String::from_utf8(text.to_vec()).map_err(|_| Unsealable)?))
    }

    /// A value that only holders of the master key can compute (HMAC-SHA-256, base64url, 43 characters).
    #[must_use]
    pub fn derive(&self, purpose: &str, text: &str) -> String {
        let message = format!("{purpose}\0{text}");
        URL_SAFE_NO_PAD.encode(hmac_sha256(&self.mac_key, message.as_bytes()))
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(***)")
    }
}

fn hmac_sha256(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
    let tag = aws_lc_rs::hmac::sign(&key, message);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}
