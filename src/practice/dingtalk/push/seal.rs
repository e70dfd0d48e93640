//! How a push is sealed: AES-256-CBC with padding to 32 bytes, and a SHA-1 signature (§10.2).

use aes::Aes256;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _};
use serde::Deserialize;

use super::super::super::jws::hex;
use crate::base::secret::same;

const BLOCK: usize = 32;

/// The keys of one application.
pub(super) struct Seal {
    token: String,
    key: [u8; 32],
    owner: String,
}

/// What travels; fields are named as an answer names them.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope {
    #[serde(rename = "msg_signature")]
    pub(super) signature: String,
    #[serde(rename = "timeStamp")]
    pub(super) timestamp: String,
    pub(super) nonce: String,
    pub(super) encrypt: String,
}

impl Seal {
    /// `None` when the key is not 43 characters of Base64.
    pub(super) fn new(token: &str, aes_key: &str, owner: &str) -> Option<Self> {
        // The last of 43 characters has two spare bits, which need not be zero.
        let config = GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let bytes = GeneralPurpose::new(&alphabet::STANDARD, config).decode(aes_key).ok()?;
        Some(Self { token: token.to_owned(), key: bytes.try_into().ok()?, owner: owner.to_owned() })
    }

    fn signature(&self, timestamp: &str, nonce: &str, encrypt: &str) -> String {
        let mut parts = [self.token.as_str(), timestamp, nonce, encrypt];
        parts.sort_unstable();
        hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, parts.concat().as_bytes()).as_ref())
    }

    /// Seals a message.
    pub(super) fn close(&self, message: &str, chance: [u8; 16], (timestamp, nonce): (String, String)) -> Envelope {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes();
        let mut plain = [&chance, &length[..], message.as_bytes(), self.owner.as_bytes()].concat();
        let padding = BLOCK - plain.len() % BLOCK;
        plain.extend(std::iter::repeat_n(u8::try_from(padding).unwrap_or_default(), padding));
        let (key, vector) = (self.key.into(), first_half(&self.key).into());
        let whole = plain.len();
        // Whole blocks need no padding of the cipher's own.
        let _ = cbc::Encryptor::<Aes256>::new(&key, &vector).encrypt_padded_mut::<NoPadding>(&mut plain, whole);
        let encrypt = STANDARD.encode(plain);
        let signature = self.signature(&timestamp, &nonce, &encrypt);
        Envelope { signature, timestamp, nonce, encrypt }
    }

    /// Opens an answer.
    ///
    /// # Errors
    /// What is wrong with it, in words for whoever registers the address.
    pub(super) fn open(&self, envelope: &Envelope) -> Result<String, String> {
        let signature = self.signature(&envelope.timestamp, &envelope.nonce, &envelope.encrypt);
        if !same(&signature, &envelope.signature) {
            return Err("the answer's msg_signature does not fit".to_owned());
        }
        let bad = || "the answer's encrypt can not be read".to_owned();
        let mut bytes = STANDARD.decode(&envelope.encrypt).map_err(|_| bad())?;
        let (key, vector) = (self.key.into(), first_half(&self.key).into());
        let plain = cbc::Decryptor::<Aes256>::new(&key, &vector).decrypt_padded_mut::<NoPadding>(&mut bytes);
        let plain = plain.map_err(|_| bad())?;
        let padding = usize::from(*plain.last().ok_or_else(bad)?);
        let plain = plain
            .len()
            .checked_sub(padding)
            .filter(|_| (1..=BLOCK).contains(&padding))
            .and_then(|end| plain.get(..end));
        let rest = plain.and_then(|plain| plain.get(16..)).ok_or_else(bad)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(bad)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| bad())?;
        let (message, owner) = rest.split_at_checked(length).ok_or_else(bad)?;
        if owner != self.owner.as_bytes() {
            return Err("the answer names another owner (900010)".to_owned());
        }
        String::from_utf8(message.to_vec()).map_err(|_| bad())
    }
}

fn first_half(key: &[u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&key[..16]);
    half
}
