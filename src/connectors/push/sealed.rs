//! What is inside `Encrypt`: AES-256-CBC over
//! `16 random bytes | length, 4 bytes big-endian | message | receiver | padding`
//! (wechat.md §5.7, wecom.md §8.4, dingtalk.md §10.2: the same at all three).
//!
//! There is no tag: whoever opens must have checked the signature before, which
//! also keeps the padding from being an oracle.

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _};

use super::{EncodingKey, Refused};
use crate::base::random::Random;

/// Padded to a multiple of this, not of the cipher's 16: a library's own
/// PKCS #7 refuses the values 17 to 32.
const BLOCK: usize = 32;
/// The random bytes and the length.
const HEAD: usize = 20;

/// Opens the base64 text of `Encrypt` and checks every length, and that the
/// message names one of `receivers` (an empty one only if it is in the list).
pub fn open(key: &EncodingKey, sealed: &str, receivers: &[String]) -> Result<String, Refused> {
    let mut bytes = STANDARD.decode(sealed).map_err(|_| Refused::Sealed)?;
    if bytes.is_empty() || bytes.len() % BLOCK != 0 {
        return Err(Refused::Sealed);
    }
    let plain = cbc::Decryptor::<Aes256>::new_from_slices(key.bytes(), key.iv())
        .map_err(|_| Refused::Sealed)?
        .decrypt_padded_mut::<NoPadding>(&mut bytes)
        .map_err(|_| Refused::Sealed)?;
    let content = unpadded(plain).ok_or(Refused::Sealed)?;
    let (head, rest) = content.split_at_checked(HEAD).ok_or(Refused::Sealed)?;
    let length = head.last_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes)).ok_or(Refused::Sealed)?;
    let length = usize::try_from(length).map_err(|_| Refused::Sealed)?;
    let (message, receiver) = rest.split_at_checked(length).ok_or(Refused::Sealed)?;
    if !receivers.iter().any(|expected| expected.as_bytes() == receiver) {
        return Err(Refused::Receiver);
    }
    String::from_utf8(message.to_vec()).map_err(|_| Refused::Sealed)
}

fn unpadded(plain: &[u8]) -> Option<&[u8]> {
    let pad = *plain.last()?;
    let kept = plain.len().checked_sub(usize::from(pad))?;
    let (content, padding) = plain.split_at_checked(kept)?;
    let well = (1..=BLOCK).contains(&usize::from(pad)) && padding.iter().all(|byte| *byte == pad);
    well.then_some(content)
}

/// Seals `message` for `receiver`, with 16 fresh letters and digits in front.
pub fn seal(key: &EncodingKey, message: &str, receiver: &str, random: &Random) -> Result<String, Refused> {
    seal_after(key, message, receiver, &random.alphanumeric(16))
}

/// Like [`seal`] with the 16 bytes given, for the platforms' worked examples.
pub fn seal_after(key: &EncodingKey, message: &str, receiver: &str, head: &str) -> Result<String, Refused> {
    let length = u32::try_from(message.len()).map_err(|_| Refused::Sealed)?;
    let mut bytes = Vec::with_capacity(HEAD + message.len() + receiver.len() + BLOCK);
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(message.as_bytes());
    bytes.extend_from_slice(receiver.as_bytes());
    let pad = BLOCK - bytes.len() % BLOCK;
    bytes.resize(bytes.len() + pad, u8::try_from(pad).map_err(|_| Refused::Sealed)?);
    let full = bytes.len();
    cbc::Encryptor::<Aes256>::new_from_slices(key.bytes(), key.iv())
        .map_err(|_| Refused::Sealed)?
        .encrypt_padded_mut::<NoPadding>(&mut bytes, full)
        .map_err(|_| Refused::Sealed)?;
    Ok(STANDARD.encode(bytes))
}
