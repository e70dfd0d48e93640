//! Signing with a key that was parsed once.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, EdDSA, JwsSigner, PS256, RS256};

use super::{Algorithm, Refused};
use crate::base::secret::Secret;

/// A private key, ready. Cheap to clone.
#[derive(Clone)]
pub struct SigningKey {
    /// `kid`.
    pub kid: Arc<str>,
    /// What it signs with.
    pub algorithm: Algorithm,
    signer: Arc<dyn JwsSigner>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({}, {}, ***)", self.kid, self.algorithm.as_str())
    }
}

impl SigningKey {
    /// Reads a private JWK.
    ///
    /// # Errors
    /// [`Refused`] when it is not a key for `algorithm`.
    pub fn open(kid: &str, algorithm: Algorithm, private: &Secret) -> Result<Self, Refused> {
        let key = Jwk::from_bytes(private.expose()).map_err(|_| Refused("not a JWK"))?;
        let signer: Arc<dyn JwsSigner> = match algorithm {
            Algorithm::Rs256 => Arc::new(RS256.signer_from_jwk(&key).map_err(unfit)?),
            Algorithm::Ps256 => Arc::new(PS256.signer_from_jwk(&key).map_err(unfit)?),
            Algorithm::Es256 => Arc::new(ES256.signer_from_jwk(&key).map_err(unfit)?),
            Algorithm::EdDsa => Arc::new(EdDSA.signer_from_jwk(&key).map_err(unfit)?),
        };
        Ok(Self { kid: Arc::from(kid), algorithm, signer })
    }

    /// Signs `claims`, already serialized, as a compact JWS with this `typ`.
    ///
    /// # Errors
    /// [`Refused`] when the library can't.
    pub fn sign(&self, kind: &str, claims: &[u8]) -> Result<String, Refused> {
        let header = serde_json::json!({ "alg": self.algorithm.as_str(), "typ": kind, "kid": &*self.kid });
        let mut token = String::with_capacity(claims.len() * 4 / 3 + 600);
        URL_SAFE_NO_PAD.encode_string(header.to_string(), &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.signer.sign(token.as_bytes()).map_err(|_| Refused("the key does not sign"))?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

fn unfit(_: josekit::JoseError) -> Refused {
    Refused("not a key for this algorithm")
}
