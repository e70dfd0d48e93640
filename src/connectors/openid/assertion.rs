//! Proving who we are to a provider without sending the secret: a signed
//! statement in its place (RFC 7523 §2.2; OpenID Connect Core §9,
//! `client_secret_jwt` and `private_key_jwt`).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use aws_lc_rs::{hmac, signature};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::base::clock::Seconds;
use crate::base::secret::{Secret, digest};
use crate::connectors::{Trouble, Turn};

/// How long a statement may be believed, in seconds: it is sent at once.
const LIFE: Seconds = 60;

/// What `client_assertion_type` says of it (RFC 7523 §2.2).
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Shortest RSA key that is of use, in bytes of its modulus.
const RSA_2048: usize = 256;

/// What signs.
pub enum SigningKey {
    /// The client secret itself, HS256.
    Shared(Secret),
    /// RS256.
    Rsa(Box<RsaKeyPair>),
    /// ES256.
    P256(Box<EcdsaKeyPair>),
}

impl SigningKey {
    /// A private key as administrators paste it: PKCS#8 in PEM, with or without its line ends.
    #[must_use]
    pub fn of_pem(text: &Secret) -> Option<Self> {
        let mut parts = text.expose().split("-----").map(str::trim).filter(|part| !part.is_empty());
        if parts.next() != Some("BEGIN PRIVATE KEY") {
            return None;
        }
        let body = parts.next()?.split_whitespace().collect::<String>();
        let der = STANDARD.decode(body).ok()?;
        if let Ok(pair) = RsaKeyPair::from_pkcs8(&der) {
            return (pair.public_modulus_len() >= RSA_2048).then(|| Self::Rsa(Box::new(pair)));
        }
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).ok()?;
        Some(Self::P256(Box::new(pair)))
    }

    /// The statement for one token request of this turn: for this address, believed for a minute, used once.
    ///
    /// # Errors
    /// `Misconfigured` when the key can't sign.
    pub fn assertion(&self, turn: &Turn, client_id: &str, key_id: &str, audience: &str) -> Result<Secret, Trouble> {
        let mut header = json!({ "alg": self.algorithm(), "typ": "JWT" });
        if !key_id.is_empty() {
            header["kid"] = json!(key_id);
        }
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": audience,
            "iat": turn.now, "exp": turn.now + LIFE,
            // The state of a turn is random and used once; its digest tells nobody what it is.
            "jti": digest(&turn.state),
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.sign(signed.as_bytes())?;
        Ok(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }

    const fn algorithm(&self) -> &'static str {
        match self {
            Self::Shared(_) => "HS256",
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Trouble> {
        let cannot = |_| Trouble::Misconfigured("the private key can't sign".to_owned());
        let random = SystemRandom::new();
        match self {
            Self::Shared(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
                Ok(hmac::sign(&key, message).as_ref().to_vec())
            }
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(cannot)?;
                Ok(signature)
            }
            Self::P256(pair) => {
                let made: Result<signature::Signature, _> = pair.sign(&random, message);
                Ok(made.map_err(cannot)?.as_ref().to_vec())
            }
        }
    }
}
