//! Chance, time and sealing.

use std::collections::HashSet;

use hufu::base::clock::Clock;
use hufu::base::random::Random;
use hufu::base::secret::{MasterKey, Sealer, Secret, digest, same};
use proptest::prelude::*;

fn sealer(seed: u64) -> Sealer {
    let random = Random::seeded(seed);
    Sealer::new(&MasterKey::generate(&random), random).unwrap()
}

#[test]
fn a_secret_never_prints_itself() {
    let secret = Secret::new("correct horse");
    assert_eq!(format!("{secret:?}"), "***");
    assert!(!format!("{:?}", sealer(1)).contains("horse"));
    assert_eq!(secret.expose(), "correct horse");
    assert!(secret.matches("correct horse"));
    assert!(!secret.matches("correct horsf"));
    assert!(!secret.matches("correct hors"));
    assert!(Secret::new("").is_empty());
}

#[test]
fn the_digest_is_the_one_of_rfc_7636_appendix_b() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(digest(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn a_sealed_value_opens_only_with_its_key_and_purpose() {
    let sealer_one = sealer(1);
    let sealed = sealer_one.seal("connector", "s3cret").unwrap();
    assert!(!sealed.contains("s3cret"));
    assert_eq!(sealer_one.open("connector", &sealed).unwrap().expose(), "s3cret");
    assert!(sealer_one.open("other", &sealed).is_err());
    assert!(sealer(9).open("connector", &sealed).is_err());
    assert_ne!(sealer_one.seal("connector", "s3cret").unwrap(), sealed, "a nonce is never used twice");
    for broken in ["", "v1", "v1..", "v2.a.b", &sealed[..sealed.len() - 1], &format!("{sealed}.x")] {
        assert!(sealer_one.open("connector", broken).is_err(), "{broken}");
    }
}

#[test]
fn derived_values_depend_on_key_purpose_and_text_without_running_together() {
    let sealer_one = sealer(1);
    assert_eq!(sealer_one.derive("csrf", "abc"), sealer_one.derive("csrf", "abc"));
    assert_ne!(sealer_one.derive("csrf", "abc"), sealer_one.derive("csr", "fabc"));
    assert_ne!(sealer_one.derive("csrf", "abc"), sealer(2).derive("csrf", "abc"));
    assert_eq!(sealer_one.derive("csrf", "abc").len(), 43);
}

#[test]
fn a_master_key_is_32_bytes_and_survives_its_text() {
    let key = MasterKey::generate(&Random::seeded(3));
    assert_eq!(key.to_text().len(), 43);
    assert_eq!(MasterKey::parse(&format!(" {}=\n", key.to_text())).unwrap().to_text(), key.to_text());
    for bad in ["", "abc", &key.to_text()[1..], &format!("{}AAAA", key.to_text())] {
        assert!(MasterKey::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn chance_repeats_only_for_a_test_and_ids_grow_with_time() {
    assert_eq!(Random::seeded(5).token(), Random::seeded(5).token());
    let random = Random::System;
    let tokens = (0..1000).map(|_| random.token()).collect::<HashSet<_>>();
    assert_eq!(tokens.len(), 1000);
    let (early, late) = (random.ulid(1_700_000_000), random.ulid(1_700_000_001));
    assert!(early < late && early.len() == 26 && early == early.to_ascii_lowercase());
    let text = random.alphanumeric(10_000);
    assert_eq!(text.chars().collect::<HashSet<_>>().len(), 62);
    assert!(text.bytes().all(|b| b.is_ascii_alphanumeric()));
}

#[test]
fn a_test_clock_moves_only_when_it_is_moved() {
    let clock = Clock::fixed(100);
    let shared = clock.clone();
    clock.advance(20);
    assert_eq!(shared.now(), 120);
    assert!(Clock::System.now() > 1_600_000_000);
}

proptest! {
    #[test]
    fn whatever_is_sealed_comes_back_and_no_bit_may_change(text: String, at: proptest::sample::Index, bit in 0_u8..6) {
        let sealer = sealer(4);
        let sealed = sealer.seal("p", &text).unwrap();
        let opened = sealer.open("p", &sealed).unwrap();
        prop_assert_eq!(opened.expose(), text.as_str());
        let mut bytes = sealed.into_bytes();
        let index = at.index(bytes.len());
        bytes[index] ^= 1 << bit;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(sealer.open("p", &changed).is_err());
        }
    }

    #[test]
    fn texts_are_the_same_exactly_when_they_are_equal(left: String, right: String) {
        prop_assert_eq!(same(&left, &right), left == right);
        prop_assert!(same(&left, &left));
    }
}
