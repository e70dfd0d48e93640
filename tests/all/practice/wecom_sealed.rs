//! Opens WeCom's callbacks; code of the tests' own, from §8.4.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockDecryptMut as _, KeyIvInit as _};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;

use super::listener::Heard;
use super::sms_sign::hex;

pub const TOKEN: &str = "practicetoken";
pub const AES_KEY: &str = "practicePRACTICEpracticePRACTICEpracticeAES";

pub fn sha1(parts: [&str; 4]) -> String {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, sorted.concat().as_bytes()).as_ref())
}

/// The message and who it is for.
pub fn open(aes_key: &str, sealed: &str) -> (String, String) {
    let loose = base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let engine = base64::engine::GeneralPurpose::new(&base64::alphabet::STANDARD, loose);
    let key = engine.decode(format!("{aes_key}=")).unwrap();
    let mut bytes = base64::engine::general_purpose::STANDARD.decode(sealed).unwrap();
    assert_eq!(bytes.len() % 32, 0, "padded to 32");
    let plain = cbc::Decryptor::<Aes256>::new_from_slices(&key, &key[..16])
        .unwrap()
        .decrypt_padded_mut::<NoPadding>(&mut bytes)
        .unwrap();
    let pad = usize::from(*plain.last().unwrap());
    assert!((1..=32).contains(&pad) && plain[plain.len() - pad..].iter().all(|byte| usize::from(*byte) == pad));
    let plain = &plain[..plain.len() - pad];
    let length = u32::from_be_bytes(plain[16..20].try_into().unwrap()) as usize;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&plain[20..20 + length]), text(&plain[20 + length..]))
}

/// The inner XML of a pushed event, signature and receiver checked.
pub fn event(heard: &Heard, corp: &str) -> String {
    assert_eq!((heard.method.as_str(), heard.header("content-type")), ("POST", "text/xml"));
    let encrypted = element(&heard.body, "Encrypt");
    assert_eq!(element(&heard.body, "ToUserName"), corp);
    let signed = sha1([TOKEN, &heard.parameter("timestamp"), &heard.parameter("nonce"), &encrypted]);
    assert_eq!(heard.parameter("msg_signature"), signed);
    let (message, receiver) = open(AES_KEY, &encrypted);
    assert_eq!(receiver, corp);
    message
}

/// The text of an element, with or without CDATA.
pub fn element(xml: &str, name: &str) -> String {
    let Some((_, rest)) = xml.split_once(&format!("<{name}>")) else { return String::new() };
    let inner = rest.split_once(&format!("</{name}>")).unwrap().0;
    inner.trim_start_matches("<![CDATA[").trim_end_matches("]]>").to_owned()
}

/// The names of the elements that follow the common ones.
pub fn fields(xml: &str) -> Vec<&str> {
    let names = xml.split('<').filter_map(|part| part.split_once('>').map(|(name, _)| name));
    names.filter(|name| !name.starts_with(['/', '!']) && *name != "xml").skip(6).collect()
}
