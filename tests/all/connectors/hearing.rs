//! A push as the engine would hand it on, signed and sealed by code of the tests' own.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use aes::Aes256;
use base64::Engine as _;
use base64::alphabet::STANDARD as LETTERS;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockEncryptMut as _, KeyIvInit as _};
use futures::future::BoxFuture;
use hufu::base::id::ConnectorId;
use hufu::base::lang::Lang;
use hufu::base::random::Random;
use hufu::connectors::hook::{Confirmation, Confirmations, HookTurn, Nonces, Push};
use hufu::connectors::{Identity, Trouble};

use super::turns::{FreshTokens, NOW, way_to};
use crate::support::upstream::Upstream;

pub const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
pub const TOKEN: &str = "pushtoken";
pub const SCENE: &str = "sCeNe0123456789sCeNe0123456789sC";

#[derive(Default)]
struct Tied(Mutex<HashMap<String, String>>);

impl Nonces for Tied {
    fn tie<'a>(&'a self, nonce: &'a str, content: &'a str, _life: i64) -> BoxFuture<'a, Result<bool, Trouble>> {
        Box::pin(async move {
            let mut tied = self.0.lock().unwrap();
            Ok(tied.entry(nonce.to_owned()).or_insert_with(|| content.to_owned()) == content)
        })
    }
}

/// Somebody waits behind one scene only; whether its page has to be asked.
pub struct OneScene(pub bool);

impl Confirmations for OneScene {
    fn of<'a>(&'a self, scene: &'a str, _: &'a Identity) -> BoxFuture<'a, Result<Option<Confirmation>, Trouble>> {
        let must_ask = self.0;
        Box::pin(async move {
            let url = "https://id.example.com/confirm/t0ken".to_owned();
            Ok((scene == SCENE).then_some(Confirmation { url, must_ask }))
        })
    }
}

pub fn hook_turn(upstream: &Upstream) -> HookTurn {
    HookTurn {
        connector: ConnectorId::new("01conn"),
        outbound: way_to(upstream.origin()),
        now: NOW,
        lang: Lang::Zh,
        random: Random::System,
        tokens: Arc::new(FreshTokens),
        nonces: Arc::new(Tied::default()),
        confirm: Arc::new(OneScene(false)),
    }
}

/// Hexadecimal SHA-1 of the sorted parts, written down once more for the tests.
pub fn signature(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, parts.concat().as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// What stands in `Encrypt`.
pub fn sealed(message: &str, receiver: &str) -> String {
    let lenient = GeneralPurpose::new(&LETTERS, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));
    let key = lenient.decode(format!("{KEY}=")).unwrap();
    let mut bytes = b"0123456789abcdef".to_vec();
    bytes.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    bytes.extend(message.as_bytes());
    bytes.extend(receiver.as_bytes());
    let pad = 32 - bytes.len() % 32;
    bytes.resize(bytes.len() + pad, u8::try_from(pad).unwrap());
    let full = bytes.len();
    let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key, &key[..16]).unwrap();
    cipher.encrypt_padded_mut::<NoPadding>(&mut bytes, full).unwrap();
    STANDARD.encode(bytes)
}

fn query(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

/// A sealed push in Tencent's XML.
pub fn sealed_push(xml: &str, receiver: &str, nonce: &str) -> Push {
    let encrypt = sealed(xml, receiver);
    let now = NOW.to_string();
    let signature = signature(&[TOKEN, &now, nonce, &encrypt]);
    let body = format!("<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>");
    let query = query(&[("msg_signature", &signature), ("timestamp", &now), ("nonce", nonce), ("encrypt_type", "aes")]);
    Push { is_post: true, query, body: body.into_bytes() }
}

/// A push in WeChat's plain mode.
pub fn plain_push(xml: &str, nonce: &str) -> Push {
    let now = NOW.to_string();
    let signature = signature(&[TOKEN, &now, nonce]);
    let query = query(&[("signature", &signature), ("timestamp", &now), ("nonce", nonce)]);
    Push { is_post: true, query, body: xml.as_bytes().to_vec() }
}

/// A push of DingTalk.
pub fn json_push(message: &str, receiver: &str) -> Push {
    let encrypt = sealed(message, receiver);
    let now = (NOW * 1000).to_string();
    let signature = signature(&[TOKEN, &now, "n1", &encrypt]);
    let query = query(&[("msg_signature", &signature), ("timestamp", &now), ("nonce", "n1")]);
    Push { is_post: true, query, body: serde_json::json!({ "encrypt": encrypt }).to_string().into_bytes() }
}

/// The address check of a platform.
pub fn address_check(pairs: &[(&str, &str)]) -> Push {
    Push { is_post: false, query: query(pairs), body: Vec::new() }
}
