//! Signatures and encryption of pushed messages (§5.5, §5.7), and what goes wrong with them on demand.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use crate::base::secret::same;

/// Padding goes to a multiple of 32, not of the cipher's block.
const PAD_TO: usize = 32;

/// SHA-1 over the parts, sorted by their bytes, as hex.
pub(in crate::practice) fn signature(parts: &[&str]) -> String {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    let sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, sorted.concat().as_bytes());
    hex(sum.as_ref())
}

/// Bytes as lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A way to spoil an encrypted message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::practice) enum Flaw {
    #[default]
    None,
    PadZero,
    PadHuge,
    GiantLength,
    Truncated,
}

/// Encrypts: 16 random bytes, the length, the message, the id of the receiver, padding; as Base64.
pub(in crate::practice) fn seal(
    aes_key: &str,
    prefix: [u8; 16],
    message: &str,
    receiver: &str,
    flaw: Flaw,
) -> Option<String> {
    let key = read_key(aes_key)?;
    let length = if flaw == Flaw::GiantLength { u32::MAX } else { u32::try_from(message.len()).ok()? };
    let mut plain = prefix.to_vec();
    plain.extend(length.to_be_bytes());
    plain.extend(message.as_bytes());
    plain.extend(receiver.as_bytes());
    let pad = PAD_TO - plain.len() % PAD_TO;
    let shown = match flaw {
        Flaw::PadZero => 0,
        Flaw::PadHuge => 33,
        _ => u8::try_from(pad).ok()?,
    };
    plain.extend(std::iter::repeat_n(shown, pad));
    let cipher = cbc::Encryptor::<Aes256>::new(&key.into(), iv(&key).into());
    let length = plain.len();
    let mut sealed = cipher.encrypt_padded_mut::<NoPadding>(&mut plain, length).ok()?;
    if flaw == Flaw::Truncated {
        sealed = sealed.get(..length - 16)?;
    }
    Some(STANDARD.encode(sealed))
}

/// Decrypts what an application answered; `None` for anything that is not whole and for this receiver.
pub(in crate::practice) fn open(aes_key: &str, sealed: &str, receiver: &str) -> Option<String> {
    let key = read_key(aes_key)?;
    let mut bytes = STANDARD.decode(sealed.trim()).ok()?;
    let cipher = cbc::Decryptor::<Aes256>::new(&key.into(), iv(&key).into());
    let plain = cipher.decrypt_padded_mut::<NoPadding>(&mut bytes).ok()?;
    let pad = usize::from(*plain.last()?);
    if !(1..=PAD_TO).contains(&pad) {
        return None;
    }
    let plain = plain.get(..plain.len().checked_sub(pad)?)?;
    let length = usize::try_from(u32::from_be_bytes(plain.get(16..20)?.try_into().ok()?)).ok()?;
    let end = length.checked_add(20)?;
    let (message, tail) = (plain.get(20..end)?, plain.get(end..)?);
    let for_us = std::str::from_utf8(tail).is_ok_and(|tail| same(tail, receiver));
    if for_us { String::from_utf8(message.to_vec()).ok() } else { None }
}

/// 43 characters with two spare bits that need not be zero.
fn read_key(aes_key: &str) -> Option<[u8; 32]> {
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&ALPHABET, config);
    engine.decode(format!("{aes_key}=")).ok()?.try_into().ok()
}

fn iv(key: &[u8; 32]) -> &[u8; 16] {
    key.first_chunk().unwrap_or(&[0; 16])
}
