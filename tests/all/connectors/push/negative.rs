//! Sealed texts that must not open, and signatures that must not count.

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockEncryptMut as _, KeyIvInit as _};
use hufu::base::secret::Secret;
use hufu::connectors::push::{EncodingKey, Refused, dingtalk, sealed, signature, wechat, wecom};

use super::{KEY, channel, query};

const TO: &str = "wx0000000000000001";

fn key() -> EncodingKey {
    EncodingKey::parse(KEY).unwrap()
}

/// Encrypts exactly these bytes, without adding anything.
fn encrypt(plain: &[u8]) -> String {
    let lenient = base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let engine = base64::engine::GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    let key = engine.decode(format!("{KEY}=")).unwrap();
    let mut bytes = plain.to_vec();
    let full = bytes.len();
    cbc::Encryptor::<Aes256>::new_from_slices(&key, &key[..16])
        .unwrap()
        .encrypt_padded_mut::<NoPadding>(&mut bytes, full)
        .unwrap();
    STANDARD.encode(bytes)
}

/// `random | length | message | receiver`, filled up to a multiple of 32 with `pad`.
fn content(length: u32, message: &str, receiver: &str, pad: Option<u8>) -> Vec<u8> {
    let mut plain = b"0123456789abcdef".to_vec();
    plain.extend(length.to_be_bytes());
    plain.extend(message.as_bytes());
    plain.extend(receiver.as_bytes());
    let missing = 32 - plain.len() % 32;
    plain.resize(plain.len() + missing, pad.unwrap_or_else(|| u8::try_from(missing).unwrap()));
    plain
}

fn open(plain: &[u8]) -> Result<String, Refused> {
    sealed::open(&key(), &encrypt(plain), &[TO.to_owned()])
}

#[test]
fn a_well_made_message_opens_so_that_the_refusals_mean_something() {
    assert_eq!(open(&content(5, "hello", TO, None)), Ok("hello".to_owned()));
    assert_eq!(open(&content(0, "", TO, None)), Ok(String::new()));
}

#[test]
fn wrong_padding_is_refused() {
    let mut mixed = content(5, "hello", TO, None);
    let second_last = mixed.len() - 2;
    mixed[second_last] ^= 1;
    for plain in
        [content(5, "hello", TO, Some(0)), content(5, "hello", TO, Some(33)), content(5, "hello", TO, Some(255)), mixed]
    {
        assert_eq!(open(&plain), Err(Refused::Sealed));
    }
    // A whole block of padding and nothing before it.
    assert_eq!(open(&[32; 32]), Err(Refused::Sealed));
}

#[test]
fn lengths_that_do_not_add_up_are_refused() {
    assert_eq!(open(&content(u32::MAX, "hello", TO, None)), Err(Refused::Sealed));
    assert_eq!(open(&content(5 + 19, "hello", TO, None)), Err(Refused::Sealed), "one more than there is");
    assert_eq!(open(&content(4, "hello", TO, None)), Err(Refused::Receiver), "the rest becomes the receiver");
    assert_eq!(open(&content(23, "hello", TO, None)), Err(Refused::Receiver), "nothing is left for the receiver");
}

#[test]
fn another_receiver_is_refused_and_an_empty_one_too() {
    assert_eq!(open(&content(5, "hello", "wx0000000000000002", None)), Err(Refused::Receiver));
    assert_eq!(open(&content(5, "hello", "wx000000000000000", None)), Err(Refused::Receiver), "a prefix is another");
    assert_eq!(open(&content(5, "hello", "", None)), Err(Refused::Receiver));
    let sealed = encrypt(&content(5, "hello", "corp2", None));
    let both = ["corp1".to_owned(), "corp2".to_owned()];
    assert_eq!(sealed::open(&key(), &sealed, &both), Ok("hello".to_owned()));
}

#[test]
fn truncated_empty_and_unreadable_texts_are_refused() {
    let sealed = encrypt(&content(5, "hello", TO, None));
    let receivers = [TO.to_owned()];
    let short = STANDARD.encode(&STANDARD.decode(&sealed).unwrap()[..32]);
    let odd = STANDARD.encode(&STANDARD.decode(&sealed).unwrap()[..48]);
    for text in ["", "AAAA", "not base64 at all", &sealed[..sealed.len() - 4], short.as_str(), odd.as_str()] {
        assert_eq!(sealed::open(&key(), text, &receivers), Err(Refused::Sealed), "{text}");
    }
    let mut plain = content(2, "", TO, None);
    plain.splice(20..20, [0xFF, 0xFE]);
    plain.truncate(32);
    plain.resize(64, 0);
    assert!(open(&plain).is_err(), "not UTF-8, not padded");
}

#[test]
fn a_key_is_43_letters_and_digits() {
    assert!(EncodingKey::parse(KEY).is_ok());
    for text in ["", &KEY[..42], &format!("{KEY}H"), &format!("{}=", &KEY[..42]), &format!("{}é", &KEY[..41])] {
        assert!(EncodingKey::parse(text).is_err(), "{text}");
    }
    assert_eq!(format!("{:?}", key()), "***");
}

#[test]
fn an_empty_token_signs_nothing() {
    let sign = signature::sign(&Secret::new(""), "1700000000", "n", None);
    assert!(!signature::matches(&Secret::new(""), "1700000000", "n", None, &sign));
    let token = Secret::new("t");
    let sign = signature::sign(&token, "1700000000", "n", None);
    assert!(signature::matches(&token, "1700000000", "n", None, &sign));
    assert!(
        !signature::matches(&token, "1700000000", "n", None, &sign.to_uppercase()),
        "the platforms send lower case"
    );
    assert!(!signature::matches(&token, "1700000000", "n", None, &sign[..39]));
}

#[test]
fn each_missing_parameter_is_named_and_each_changed_one_refused() {
    let channel = channel("tok", Some(KEY), TO);
    let sealed = encrypt(&content(13, "<xml><A/></xml>", TO, None));
    let sign = signature::sign(&channel.token, "1700000000", "n", Some(&sealed));
    let good = [("msg_signature", sign.as_str()), ("timestamp", "1700000000"), ("nonce", "n")];
    let xml = format!("<xml><Encrypt>{sealed}</Encrypt></xml>");
    for left_out in ["msg_signature", "timestamp", "nonce"] {
        let asked = query(&good.iter().copied().filter(|(name, _)| *name != left_out).collect::<Vec<_>>());
        assert_eq!(wechat::event(&channel, &asked, xml.as_bytes(), 1_700_000_000), Err(Refused::Missing(left_out)));
        assert_eq!(wecom::event(&channel, &asked, xml.as_bytes(), 1_700_000_000), Err(Refused::Missing(left_out)));
    }
    for changed in [("timestamp", "1700000001"), ("nonce", "m"), ("msg_signature", "0")] {
        let mut asked = query(&good);
        asked.insert(changed.0.to_owned(), changed.1.to_owned());
        assert_eq!(wecom::event(&channel, &asked, xml.as_bytes(), 1_700_000_000), Err(Refused::Signature));
    }
    let moved = xml.replacen(&sealed[..4], "AAAA", 1);
    assert_eq!(wechat::event(&channel, &query(&good), moved.as_bytes(), 1_700_000_000), Err(Refused::Signature));
}

#[test]
fn a_timestamp_that_is_no_time_is_refused_though_signed() {
    let channel = channel("tok", Some(KEY), TO);
    let sealed = encrypt(&content(2, "{}", TO, None));
    let body = format!("{{\"encrypt\":\"{sealed}\"}}");
    for (timestamp, ok) in [
        // Five minutes either way (security.md row 180); it is 300 seconds past 1700000000.
        ("1699999999", false),
        ("1700000600", true),
        ("1700000601", false),
        ("1700000000", true),
        ("1700000000000", true),
        ("-1700000000", false),
        ("99999999999999999999", false),
        ("soon", false),
        ("0", false),
    ] {
        let sign = signature::sign(&channel.token, timestamp, "n", Some(&sealed));
        let asked = query(&[("signature", &sign), ("timestamp", timestamp), ("nonce", "n")]);
        let read = dingtalk::event(&channel, &asked, body.as_bytes(), 1_700_000_300);
        assert_eq!(read.is_ok(), ok, "{timestamp}: {read:?}");
    }
}
