//! The application's side of the pushes, written a second time from the
//! reference: signatures, AES-256-CBC by hand, and a reader of one-shade JPEG files.

use aes::Aes256;
use aes::cipher::{BlockDecrypt as _, BlockEncrypt as _, KeyInit as _};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

pub const AES_KEY: &str = "practicePRACTICEpracticePRACTICEpracticeAES";

fn base64() -> GeneralPurpose {
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true))
}

/// Hex SHA-1 of the sorted parts.
pub fn signature(mut parts: Vec<&str>) -> String {
    parts.sort_unstable();
    let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, parts.concat().as_bytes());
    sum.as_ref().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The plain bytes with their padding still on.
pub fn decrypt(aes_key: &str, sealed: &str) -> Vec<u8> {
    let key = base64().decode(format!("{aes_key}=")).unwrap();
    let cipher = Aes256::new(key.as_slice().into());
    let mut before: Vec<u8> = key[..16].to_vec();
    let mut plain = Vec::new();
    for chunk in base64().decode(sealed).unwrap().chunks(16) {
        let mut block = *aes::Block::from_slice(chunk);
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(&before).map(|(a, b)| a ^ b));
        before = chunk.to_vec();
    }
    plain
}

pub fn encrypt(aes_key: &str, prefix: &[u8; 16], message: &str, receiver: &str) -> String {
    let mut plain = prefix.to_vec();
    plain.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    plain.extend(message.as_bytes());
    plain.extend(receiver.as_bytes());
    let pad = 32 - plain.len() % 32;
    plain.extend(std::iter::repeat_n(u8::try_from(pad).unwrap(), pad));
    let key = base64().decode(format!("{aes_key}=")).unwrap();
    let cipher = Aes256::new(key.as_slice().into());
    let mut before: Vec<u8> = key[..16].to_vec();
    let mut sealed = Vec::new();
    for chunk in plain.chunks(16) {
        let mixed: Vec<u8> = chunk.iter().zip(&before).map(|(a, b)| a ^ b).collect();
        let mut block = *aes::Block::from_slice(&mixed);
        cipher.encrypt_block(&mut block);
        before = block.to_vec();
        sealed.extend(&before);
    }
    base64().encode(sealed)
}

/// Message and receiver of a decrypted push.
pub fn unwrapped(plain: &[u8]) -> (String, String) {
    let pad = usize::from(*plain.last().unwrap());
    assert!((1..=32).contains(&pad), "pad {pad}");
    let plain = &plain[..plain.len() - pad];
    let length = usize::try_from(u32::from_be_bytes(plain[16..20].try_into().unwrap())).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&plain[20..20 + length]), text(&plain[20 + length..]))
}

/// What stands between `<name>` and its end, without CDATA.
pub fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let inner = rest.split_once(&format!("</{name}>"))?.0;
    Some(inner.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(inner).to_owned())
}

/// Which blocks of a picture of ours are dark: its Huffman tables are three words long.
pub fn jpeg_blocks(jpeg: &[u8]) -> Vec<bool> {
    let start = jpeg.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    let start = start + 2 + usize::from(u16::from_be_bytes([jpeg[start + 2], jpeg[start + 3]]));
    let mut bytes = jpeg[start..jpeg.len() - 2].to_vec();
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] == 0xFF && bytes[at + 1] == 0 {
            bytes.remove(at + 1);
        }
        at += 1;
    }
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let side = usize::from(u16::from_be_bytes([jpeg[frame + 5], jpeg[frame + 6]])) / 8;
    let (mut at, mut level, mut blocks) = (0, 0_i32, Vec::new());
    while blocks.len() < side * side {
        let size = match (bits[at], bits[at + 1], bits[at + 2]) {
            (0, _, _) => 0,
            (1, 0, _) => 8,
            _ => 7,
        };
        at += match size {
            0 => 1,
            8 => 2,
            _ => 3,
        };
        let value = bits[at..at + size].iter().fold(0_i32, |value, bit| value << 1 | i32::from(*bit));
        let negative = size > 0 && bits[at] == 0;
        level += if negative { value - (1 << size) + 1 } else { value };
        at += size;
        assert_eq!(bits[at], 0, "the block ends");
        at += 1;
        blocks.push(level < 0);
    }
    blocks
}

#[test]
fn this_receiver_agrees_with_the_references_known_answers() {
    assert_eq!(signature(vec!["AAAAA", "1714036504", "1514711492"]), "f464b24fc39322e44b38aa78f5edd27bd1441696");
    let key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    let message = "<xml><ToUserName><![CDATA[gh_3f1e8a0c55aa]]></ToUserName><FromUserName><![CDATA[oSimu_0000000000000000000001]]></FromUserName><CreateTime>1760000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[lg_9f2c]]></EventKey><Ticket><![CDATA[gQSIMULATEDTICKET==]]></Ticket></xml>";
    let sealed = encrypt(key, b"0123456789abcdef", message, "wxb11529c136998cb6");
    assert!(sealed.starts_with("Q3stYC6hdFzMh9T8HCvyDFdxkJPMUJHVRPNpaFc6VV7Fyc/sPNsTneA9sPS7Xe0I"));
    assert!(sealed.ends_with("zcA8K2DDQk+33bo/5z/bq71X+7wn3+"));
    let signed = signature(vec!["pamtest", "1760000000", "nonce123", &sealed]);
    assert_eq!(signed, "7eeb9ce87ed2db1489b3b243019ea24c88693098");
    assert_eq!(unwrapped(&decrypt(key, &sealed)), (message.to_owned(), "wxb11529c136998cb6".to_owned()));
}
