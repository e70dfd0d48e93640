//! A tiny writer of signed tokens (RFC 7515) and key sets (RFC 7517), with the
//! wrong signatures a test can ask for. Only the practice platforms sign with it.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use aws_lc_rs::{error::Unspecified, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::switches::{Switch, Switches};
use crate::base::random::Random;

/// The signing keys of one platform; the newest of each sort signs, the older ones stay in the set.
pub(super) struct KeyRing {
    rsa: Vec<(String, RsaKeyPair)>,
    ec: Vec<(String, EcdsaKeyPair)>,
}

impl KeyRing {
    /// Two RSA keys (the old and the new one) and one on P-256.
    pub(super) fn new(random: &Random) -> Result<Self, Unspecified> {
        let mut ring = Self { rsa: Vec::new(), ec: Vec::new() };
        ring.rotate(random)?;
        ring.rsa.push((kid(random), RsaKeyPair::generate(KeySize::Rsa2048)?));
        Ok(ring)
    }

    /// A new key of each sort; of the older ones, only the last stays.
    pub(super) fn rotate(&mut self, random: &Random) -> Result<(), Unspecified> {
        self.rsa.push((kid(random), RsaKeyPair::generate(KeySize::Rsa2048)?));
        self.ec.push((kid(random), EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?));
        self.rsa.drain(..self.rsa.len().saturating_sub(2));
        self.ec.drain(..self.ec.len().saturating_sub(2));
        Ok(())
    }

    /// The public keys; `with_ec` says whether the P-256 ones are named.
    pub(super) fn jwks(&self, with_ec: bool, switches: &Switches) -> Value {
        if switches.is_on(Switch::EmptyJwks) {
            return json!({"keys": []});
        }
        let mut keys: Vec<Value> = self.rsa.iter().rev().map(|(kid, key)| rsa_jwk(kid, key)).collect();
        if with_ec {
            keys.extend(self.ec.iter().rev().map(|(kid, key)| ec_jwk(kid, key)));
        }
        if switches.is_on(Switch::DuplicateKid) {
            let first = keys.first().and_then(|key| key.get("kid")).cloned();
            for key in &mut keys {
                if let (Some(kid), Some(object)) = (&first, key.as_object_mut()) {
                    object.insert("kid".to_owned(), kid.clone());
                }
            }
        }
        json!({"keys": keys})
    }

    /// Signs `payload` (JSON text) as a compact JWS, true or false as `switches` say.
    pub(super) fn sign(&self, payload: &str, switches: &Switches) -> Result<String, Unspecified> {
        let ec = switches.is_on(Switch::Es256);
        let kid = if ec { self.ec.last().map(|(kid, _)| kid) } else { self.rsa.last().map(|(kid, _)| kid) };
        let mut kid = kid.ok_or(Unspecified)?.clone();
        if switches.is_on(Switch::UnknownKid) {
            "0000000000000000000000000000000000000000".clone_into(&mut kid);
        }
        let alg = match () {
            () if switches.is_on(Switch::AlgNone) => "none",
            () if switches.is_on(Switch::AlgHs256) => "HS256",
            () if ec => "ES256",
            () => "RS256",
        };
        let header = json!({"alg": alg, "kid": kid, "typ": "JWT"}).to_string();
        let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let mut signature = self.signature(alg, input.as_bytes())?;
        if let (true, Some(byte)) = (switches.is_on(Switch::BadSignature), signature.first_mut()) {
            *byte ^= 1;
        }
        Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn signature(&self, alg: &str, input: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let (_, rsa) = self.rsa.last().ok_or(Unspecified)?;
        match alg {
            "none" => Ok(Vec::new()),
            "HS256" => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, public_pem(rsa)?.as_bytes());
                Ok(hmac::sign(&key, input).as_ref().to_vec())
            }
            "ES256" => {
                let (_, key) = self.ec.last().ok_or(Unspecified)?;
                Ok(key.sign(&SystemRandom::new(), input)?.as_ref().to_vec())
            }
            _ => {
                let mut signature = vec![0; rsa.public_modulus_len()];
                rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input, &mut signature)?;
                Ok(signature)
            }
        }
    }
}

/// Forty hexadecimal digits, as Google's are.
fn kid(random: &Random) -> String {
    hex(&random.bytes::<20>())
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn rsa_jwk(kid: &str, key: &RsaKeyPair) -> Value {
    let public = key.public_key();
    json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
        "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
        "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
    })
}

fn ec_jwk(kid: &str, key: &EcdsaKeyPair) -> Value {
    // An uncompressed point: 04, then x, then y (SEC 1 §2.3.3).
    let point = key.public_key().as_ref();
    let (x, y) = (point.get(1..33).unwrap_or_default(), point.get(33..65).unwrap_or_default());
    json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
        "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
    })
}

/// The public key as PEM: the text an attacker signs HS256 with.
fn public_pem(key: &RsaKeyPair) -> Result<String, Unspecified> {
    let der: PublicKeyX509Der<'_> = key.public_key().as_der()?;
    let body = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    Ok(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n")))
}
