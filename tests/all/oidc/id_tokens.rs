//! ID tokens as we would have signed them, and as an attacker would.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hufu::base::id::UserId;
use hufu::store::clients::Client;
use hufu::store::sessions::Session;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, JwsHeader};
use serde_json::{Map, Value, json};

use super::world::{ISSUER, World};

impl World {
    /// The ID token that `client` got for this person, in `session` if given.
    pub async fn id_token(&self, user: &UserId, client: &Client, session: Option<&Session>) -> String {
        let sub = self.sub(user, client).await;
        let now = self.clock.now();
        let mut claims = json!({ "iss": ISSUER, "sub": sub, "aud": client.id, "iat": now, "exp": now + 3600 });
        if let Some(session) = session {
            claims["sid"] = json!(session.id);
        }
        self.signed("JWT", &claims).await
    }

    /// Claims signed with our ES256 key under a header of this `typ`.
    pub async fn signed(&self, typ: &str, claims: &Value) -> String {
        let rows = self.store().keys().await.unwrap();
        let row = rows
            .iter()
            .filter(|row| row.algorithm == "ES256" && row.signs_from <= self.clock.now())
            .max_by_key(|row| row.signs_from)
            .unwrap();
        let private = self.sealer.open(&format!("signing_key:{}", row.id), &row.private).unwrap();
        let jwk = Jwk::from_bytes(private.expose()).unwrap();
        sign(&jwk, &row.id, typ, claims)
    }
}

/// The same claims under a key of somebody else's that bears the `kid` of ours.
pub fn forged(token: &str) -> String {
    let jwk = Jwk::generate_ec_key(josekit::jwk::alg::ec::EcCurve::P256).unwrap();
    let [header, claims] = parts(token);
    let kid = header["kid"].as_str().unwrap().to_owned();
    sign(&jwk, &kid, "JWT", &Value::Object(claims))
}

/// The token with `alg` none and no signature.
pub fn unsigned(token: &str) -> String {
    let [mut header, _] = parts(token);
    header.insert("alg".to_owned(), json!("none"));
    let middle = token.split('.').nth(1).unwrap();
    format!("{}.{middle}.", URL_SAFE_NO_PAD.encode(Value::Object(header).to_string()))
}

fn sign(jwk: &Jwk, kid: &str, typ: &str, claims: &Value) -> String {
    let mut header = JwsHeader::new();
    header.set_key_id(kid);
    header.set_token_type(typ);
    let signer = ES256.signer_from_jwk(jwk).unwrap();
    josekit::jws::serialize_compact(claims.to_string().as_bytes(), &header, &signer).unwrap()
}

fn parts(token: &str) -> [Map<String, Value>; 2] {
    let decode = |part: Option<&str>| {
        let bytes = URL_SAFE_NO_PAD.decode(part.unwrap()).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    let mut parts = token.split('.');
    [decode(parts.next()), decode(parts.next())]
}
