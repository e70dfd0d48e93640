//! Making signing keys.

use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jwk::alg::ed::EdCurve;
use serde_json::Value;

use super::{Algorithm, Refused};
use crate::base::secret::Secret;

/// RFC 8725 §3.5 and security.md row 22.
const RSA_BITS: u32 = 2048;

/// A key pair as two JWKs (RFC 7517).
#[derive(Clone, Debug)]
pub struct NewKey {
    /// With the private members, as JSON text.
    pub private: Secret,
    /// Public members, `kid`, `use`, `alg`: what the JWK set shows.
    pub public: String,
}

/// Makes a key pair. RSA takes a noticeable part of a second: call it on a blocking thread.
///
/// # Errors
/// [`Refused`] when the library has none to give.
pub fn make(algorithm: Algorithm, kid: &str) -> Result<NewKey, Refused> {
    let mut private = match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 => Jwk::generate_rsa_key(RSA_BITS),
        Algorithm::Es256 => Jwk::generate_ec_key(EcCurve::P256),
        Algorithm::EdDsa => Jwk::generate_ed_key(EdCurve::Ed25519),
    }
    .map_err(|_| Refused("no key could be made"))?;
    let mut public = private.to_public_key().map_err(|_| Refused("no public key could be made"))?;
    for key in [&mut private, &mut public] {
        key.set_key_id(kid);
        key.set_key_use("sig");
        key.set_algorithm(algorithm.as_str());
    }
    Ok(NewKey { private: Secret::new(text_of(private)), public: text_of(public) })
}

fn text_of(key: Jwk) -> String {
    let members: serde_json::Map<String, Value> = key.into();
    Value::Object(members).to_string()
}
