//! Verifying with keys that somebody we know gave us, never with one out of the token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, EdDSA, JwsVerifier, PS256, RS256};
use serde_json::{Map, Value};

use super::{Algorithm, Compact, Refused};

/// A public key for one algorithm.
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    /// `kid`, where it has one.
    pub kid: Option<String>,
    /// The one algorithm it is believed for.
    pub algorithm: Algorithm,
    verifier: Box<dyn JwsVerifier>,
}

impl VerifyingKey {
    /// Reads a public JWK for `algorithm`. Only the members that make the key
    /// are looked at; certificates and addresses in it are not.
    ///
    /// # Errors
    /// [`Refused`] when type, curve, size, `use` or `alg` do not fit.
    pub fn open(jwk: &Map<String, Value>, algorithm: Algorithm) -> Result<Self, Refused> {
        let said = |name: &str| jwk.get(name).and_then(Value::as_str);
        if said("use").is_some_and(|usage| usage != "sig") || said("alg").is_some_and(|alg| alg != algorithm.as_str()) {
            return Err(Refused("the key is for something else"));
        }
        let (kty, members): (_, &[(&str, std::ops::RangeInclusive<usize>)]) = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => ("RSA", &[("n", 256..=1024), ("e", 1..=8)]),
            Algorithm::Es256 => ("EC", &[("x", 32..=32), ("y", 32..=32)]),
            Algorithm::EdDsa => ("OKP", &[("x", 32..=32)]),
        };
        if said("kty") != Some(kty) {
            return Err(Refused("the key has another type"));
        }
        let mut plain = Jwk::new(kty);
        for (name, sizes) in members {
            let value = said(name).ok_or(Refused("the key lacks a member"))?;
            let size = URL_SAFE_NO_PAD.decode(value).map_err(|_| Refused("a key member is not base64url"))?.len();
            if !sizes.contains(&size) {
                return Err(Refused("a key member has an unusable size"));
            }
            plain.set_parameter(name, Some(Value::from(value))).map_err(|_| Refused("an unusable key"))?;
        }
        match (algorithm, said("crv")) {
            (Algorithm::Es256, Some("P-256")) => plain.set_curve("P-256"),
            (Algorithm::EdDsa, Some("Ed25519")) => plain.set_curve("Ed25519"),
            (Algorithm::Rs256 | Algorithm::Ps256, _) => {}
            _ => return Err(Refused("the key is on another curve")),
        }
        let kid = said("kid").map(str::to_owned);
        Ok(Self { kid, algorithm, verifier: verifier(&plain, algorithm)? })
    }

    /// The payload, once `alg` is this key's and the signature holds.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn verify(&self, token: &Compact<'_>) -> Result<Map<String, Value>, Refused> {
        if token.algorithm != self.algorithm.as_str() {
            return Err(Refused("signed with another algorithm"));
        }
        // An ECDSA signature with a zero half is never valid (CVE-2022-21449), and josekit would stumble over it.
        if self.algorithm == Algorithm::Es256
            && (token.signature.len() != 64 || token.signature.chunks(32).any(|half| half.iter().all(|b| *b == 0)))
        {
            return Err(Refused("the signature does not hold"));
        }
        self.verifier
            .verify(token.message.as_bytes(), &token.signature)
            .map_err(|_| Refused("the signature does not hold"))?;
        token.unverified()
    }
}

fn verifier(key: &Jwk, algorithm: Algorithm) -> Result<Box<dyn JwsVerifier>, Refused> {
    let verifier: Result<Box<dyn JwsVerifier>, josekit::JoseError> = match algorithm {
        Algorithm::Rs256 => RS256.verifier_from_jwk(key).map(|v| Box::new(v) as _),
        Algorithm::Ps256 => PS256.verifier_from_jwk(key).map(|v| Box::new(v) as _),
        Algorithm::Es256 => ES256.verifier_from_jwk(key).map(|v| Box::new(v) as _),
        Algorithm::EdDsa => EdDSA.verifier_from_jwk(key).map(|v| Box::new(v) as _),
    };
    verifier.map_err(|_| Refused("an unusable key"))
}

/// The objects of a JWK set (RFC 7517 §5).
///
/// # Errors
/// [`Refused`] when it is no such set.
pub fn keys_of(set: &Value) -> Result<Vec<&Map<String, Value>>, Refused> {
    let keys = set.get("keys").and_then(Value::as_array).ok_or(Refused("not a JWK set"))?;
    Ok(keys.iter().filter_map(Value::as_object).collect())
}

/// The one key of a JWK set that fits `token`: by `kid` when it names one, else
/// the only key for its algorithm. Two that fit are as bad as none.
///
/// # Errors
/// [`Refused`]: not an allowed algorithm, no key, several keys.
pub fn key_for(token: &Compact<'_>, set: &Value, allowed: &[Algorithm]) -> Result<VerifyingKey, Refused> {
    let algorithm = Algorithm::named(&token.algorithm)
        .filter(|algorithm| allowed.contains(algorithm))
        .ok_or(Refused("an algorithm that is not allowed here"))?;
    let mut fitting =
        keys_of(set)?.into_iter().filter_map(|jwk| VerifyingKey::open(jwk, algorithm).ok()).filter(|key| match &token
            .key_id
        {
            Some(kid) => key.kid.as_ref() == Some(kid),
            None => true,
        });
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => Ok(key),
        (None, _) => Err(Refused("no key fits")),
        (Some(_), Some(_)) => Err(Refused("several keys fit")),
    }
}

/// The payload of an HMAC-signed token (`client_secret_jwt`), if `secret` signed it.
///
/// # Errors
/// [`Refused`]: not HS256, HS384 or HS512, or another secret.
pub fn hmac_matches(token: &Compact<'_>, secret: &str) -> Result<Map<String, Value>, Refused> {
    let algorithm = match token.algorithm.as_str() {
        "HS256" => aws_lc_rs::hmac::HMAC_SHA256,
        "HS384" => aws_lc_rs::hmac::HMAC_SHA384,
        "HS512" => aws_lc_rs::hmac::HMAC_SHA512,
        _ => return Err(Refused("an algorithm that is not allowed here")),
    };
    let key = aws_lc_rs::hmac::Key::new(algorithm, secret.as_bytes());
    aws_lc_rs::hmac::verify(&key, token.message.as_bytes(), &token.signature)
        .map_err(|_| Refused("the signature does not hold"))?;
    token.unverified()
}
