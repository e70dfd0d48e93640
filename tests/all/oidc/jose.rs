//! Our signatures and our verifier, alone (security.md §0 rule 15, lessons 105 and 106).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hufu::oidc::jose::{
    Algorithm, Compact, LONGEST, NewKey, SigningKey, VerifyingKey, hmac_matches, key_for, make, strict_object,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn pair(algorithm: Algorithm, kid: &str) -> (NewKey, SigningKey) {
    let key = make(algorithm, kid).unwrap();
    let signing = SigningKey::open(kid, algorithm, &key.private).unwrap();
    (key, signing)
}

fn public(key: &NewKey) -> Map<String, Value> {
    strict_object(key.public.as_bytes()).unwrap()
}

#[test]
fn what_each_algorithm_signs_verifies_under_its_key_alone() {
    for algorithm in Algorithm::ALL {
        let (key, signing) = pair(algorithm, "k");
        let token = signing.sign("JWT", br#"{"a":1}"#).unwrap();
        let parsed = Compact::parse(&token).unwrap();
        assert_eq!((parsed.key_id.as_deref(), parsed.kind.as_deref()), (Some("k"), Some("JWT")));
        let verifying = VerifyingKey::open(&public(&key), algorithm).unwrap();
        assert_eq!(verifying.verify(&parsed).unwrap()["a"], 1);
        let (other, _) = pair(algorithm, "k");
        assert!(VerifyingKey::open(&public(&other), algorithm).unwrap().verify(&parsed).is_err());
        for wrong in Algorithm::ALL.into_iter().filter(|wrong| *wrong != algorithm) {
            assert!(VerifyingKey::open(&public(&key), wrong).is_err(), "alg is part of the key");
        }
    }
}

#[test]
fn s105_a_changed_byte_anywhere_breaks_it() {
    let (key, signing) = pair(Algorithm::Es256, "k");
    let verifying = VerifyingKey::open(&public(&key), Algorithm::Es256).unwrap();
    let token = signing.sign("JWT", br#"{"sub":"anna"}"#).unwrap();
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let text = String::from_utf8(bytes).unwrap();
        let believed = Compact::parse(&text).and_then(|parsed| verifying.verify(&parsed));
        assert!(believed.is_err(), "byte {at}");
    }
}

#[test]
fn s105_zero_signatures_are_refused() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let (key, signing) = pair(algorithm, "k");
        let token = signing.sign("JWT", b"{}").unwrap();
        let verifying = VerifyingKey::open(&public(&key), algorithm).unwrap();
        let message = token.rsplit_once('.').unwrap().0;
        let mut half = [0_u8; 64];
        half[63] = 1;
        for signature in [&[0_u8; 64][..], &half, &[0_u8; 63], &[]] {
            let text = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
            assert!(verifying.verify(&Compact::parse(&text).unwrap()).is_err());
        }
    }
}

#[test]
fn s106_size_and_shape_are_checked_before_anything_is_decoded() {
    assert!(Compact::parse(&"A".repeat(LONGEST + 1)).is_err());
    for text in ["", ".", "..", "a.b", "a.b.c.d", "a.b.c.d.e", "!.e30.", "e30.e30."] {
        assert!(Compact::parse(text).is_err(), "{text}");
    }
    for header in [
        r#"{"alg":"ES256","crit":["b64"]}"#,
        r#"{"alg":"ES256","b64":true}"#,
        r#"{"alg":"ES256","zip":"DEF"}"#,
        r#"{"alg":"dir","enc":"A256GCM"}"#,
        r#"{"alg":"ES256","alg":"none"}"#,
        r#"{"kid":"k"}"#,
        r#"{"alg":7}"#,
        r#""ES256""#,
    ] {
        let text = format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(header));
        assert!(Compact::parse(&text).is_err(), "{header}");
    }
}

#[test]
fn a_key_is_chosen_by_kid_and_two_that_fit_are_none() {
    let ((one, signing), (two, _)) = (pair(Algorithm::Es256, "one"), pair(Algorithm::Es256, "two"));
    let token = signing.sign("JWT", b"{}").unwrap();
    let parsed = Compact::parse(&token).unwrap();
    let set = |keys: &[&NewKey]| json!({"keys": keys.iter().map(|key| public(key)).collect::<Vec<_>>()});
    let all = &Algorithm::ALL;
    assert_eq!(key_for(&parsed, &set(&[&two, &one]), all).unwrap().kid.as_deref(), Some("one"));
    assert!(key_for(&parsed, &set(&[&one, &one]), all).is_err(), "two of that kid");
    assert!(key_for(&parsed, &set(&[&two]), all).is_err(), "none of that kid");
    assert!(key_for(&parsed, &set(&[&one]), &[Algorithm::Rs256]).is_err(), "not allowed here");
    assert!(key_for(&parsed, &json!({}), all).is_err());
}

#[test]
fn keys_of_another_use_type_size_or_curve_are_none() {
    let (key, _) = pair(Algorithm::Es256, "k");
    for (name, value) in [
        ("use", json!("enc")),
        ("alg", json!("ES384")),
        ("kty", json!("oct")),
        ("crv", json!("P-384")),
        ("x", json!("AAAA")),
        ("y", json!("")),
        ("y", json!(7)),
        ("x", json!("not base64!")),
    ] {
        let mut changed = public(&key);
        changed.insert(name.to_owned(), value);
        assert!(VerifyingKey::open(&changed, Algorithm::Es256).is_err(), "{name}");
    }
    let short = json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0xff_u8; 128]), "e": "AQAB"});
    assert!(VerifyingKey::open(short.as_object().unwrap(), Algorithm::Rs256).is_err(), "1024 bits");
}

#[test]
fn a_public_key_is_no_hmac_secret() {
    let (key, _) = pair(Algorithm::Rs256, "k");
    let message = format!("{}.e30", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","kid":"k"}"#));
    let hmac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key.public.as_bytes());
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&hmac, message.as_bytes())));
    let parsed = Compact::parse(&token).unwrap();
    assert!(key_for(&parsed, &json!({"keys": [public(&key)]}), &Algorithm::ALL).is_err());
    assert!(hmac_matches(&parsed, &key.public).is_ok() && hmac_matches(&parsed, "other").is_err());
}

#[test]
fn json_is_read_strictly() {
    for bad in [r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"b":2}}"#, r#"[{"b":1,"b":2}]"#, "[]", "1", "", "{", r#"{"a":1}x"#] {
        assert!(strict_object(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(strict_object("[".repeat(10_000).as_bytes()).is_err());
    assert_eq!(strict_object(br#"{"a":[1,2.5,null,true,"x",{"a":-1}]}"#).unwrap()["a"][5]["a"], -1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}", a in "[A-Za-z0-9_-]{0,80}", b in "[A-Za-z0-9_-]{0,80}") {
        let _ = Compact::parse(&text);
        let _ = Compact::parse(&format!("{a}.{b}.{a}"));
        let _ = strict_object(text.as_bytes());
    }

    #[test]
    fn arbitrary_headers_never_verify(alg in "[A-Za-z0-9]{0,8}", kid in proptest::option::of("[a-z]{0,4}")) {
        let header = json!({"alg": alg, "kid": kid});
        let text = format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(header.to_string()));
        if let Ok(parsed) = Compact::parse(&text) {
            let empty = json!({"keys": []});
            let found = key_for(&parsed, &empty, &Algorithm::ALL).is_ok();
            prop_assert!(!found);
        }
    }
}
