//! A scripted OpenID provider's key, and tokens right and wrong.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::alg::rsa::RsaKeyPair;
use josekit::jws::{HS256, JwsSigner as _, RS256};
use serde_json::{Value, json};

use super::turns::{NONCE, NOW};
use crate::support::upstream::{Reply, Upstream};

/// Two keys: the provider's, and one it never had.
pub fn keys() -> &'static [RsaKeyPair; 2] {
    static KEYS: OnceLock<[RsaKeyPair; 2]> = OnceLock::new();
    KEYS.get_or_init(|| [RsaKeyPair::generate(2048).unwrap(), RsaKeyPair::generate(2048).unwrap()])
}

pub fn public(key: usize, kid: &str) -> Value {
    let mut jwk = serde_json::to_value(keys()[key].to_jwk_public_key()).unwrap();
    jwk["kid"] = json!(kid);
    jwk["use"] = json!("sig");
    jwk["alg"] = json!("RS256");
    jwk
}

pub fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// A token with this header and payload text, signed by one of the keys.
pub fn sign(header: &Value, payload: &str, key: usize) -> String {
    let signed = format!("{}.{}", encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signer = RS256.signer_from_jwk(&keys()[key].to_jwk_private_key()).unwrap();
    let signature = signer.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub fn token(claims: &Value) -> String {
    sign(&json!({ "alg": "RS256", "kid": "k1", "typ": "JWT" }), &claims.to_string(), 0)
}

/// HS256 with the text of the public key as secret.
pub fn confused(claims: &Value) -> String {
    let signed = format!("{}.{}", encode(&json!({ "alg": "HS256", "kid": "k1" })), encode(claims));
    let signer = HS256.signer_from_bytes(keys()[0].to_pem_public_key()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signer.sign(signed.as_bytes()).unwrap()))
}

/// What a right token says.
pub fn claims(issuer: &str, client_id: &str) -> Value {
    json!({
        "iss": issuer, "aud": client_id, "sub": "248289761001", "exp": NOW + 3600, "iat": NOW, "nonce": NONCE,
        "name": "Li Lei", "email": "lilei@example.com", "email_verified": true,
    })
}

/// Scripts the plain provider `login.example.org`, whose token answer carries `id_token`.
pub async fn provider(id_token: &str) -> Upstream {
    let upstream = Upstream::start().await;
    upstream.on("/login.example.org/.well-known/openid-configuration", Reply::json(&description()));
    upstream.on("/login.example.org/keys", Reply::json(&json!({ "keys": [public(0, "k1")] })));
    answer_with(&upstream, id_token);
    upstream
}

pub fn answer_with(upstream: &Upstream, id_token: &str) {
    let answer = json!({ "access_token": "at", "token_type": "Bearer", "expires_in": "3600", "id_token": id_token });
    upstream.on("/login.example.org/token", Reply::json(&answer));
}

pub fn description() -> Value {
    json!({
        "issuer": "https://login.example.org",
        "authorization_endpoint": "https://login.example.org/authorize",
        "token_endpoint": "https://login.example.org/token",
        "userinfo_endpoint": "https://login.example.org/userinfo",
        "jwks_uri": "https://login.example.org/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    })
}

/// The settings that fit it.
pub fn settings() -> Value {
    json!({ "issuer": "https://login.example.org", "client_id": "me", "client_secret": "s" })
}
