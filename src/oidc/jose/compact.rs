//! A JWS in compact serialization, taken apart before anything in it is believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::{Refused, strict};

/// The longest token that is even decoded, in bytes.
pub const LONGEST: usize = 8192;

/// Header members that change what a signature means. `crit` names extensions
/// we do not have; `b64` and `zip` change the payload; `enc` is a JWE's.
const REFUSED_MEMBERS: [&str; 4] = ["crit", "b64", "zip", "enc"];

/// The parts of a compact JWS. Nothing is verified yet: use [`super::VerifyingKey::verify`].
/// Its header's `jwk`, `jku`, `x5u` and `x5c` are not read at all.
#[derive(Clone, Debug)]
pub struct Compact<'a> {
    /// `alg`.
    pub algorithm: String,
    /// `kid`.
    pub key_id: Option<String>,
    /// `typ`.
    pub kind: Option<String>,
    pub(super) message: &'a str,
    pub(super) signature: Vec<u8>,
    payload: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// [`Refused`]: too long, not three parts of canonical base64url, a header that is not plain.
    pub fn parse(token: &'a str) -> Result<Self, Refused> {
        if token.len() > LONGEST {
            return Err(Refused("longer than a token may be"));
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refused("not a signed token of three parts"));
        };
        let message = &token[..header.len() + 1 + payload.len()];
        let header = strict::object(&decode(header)?)?;
        if REFUSED_MEMBERS.iter().any(|member| header.contains_key(*member)) {
            return Err(Refused("a header member that changes the meaning of the signature"));
        }
        Ok(Self {
            algorithm: text(&header, "alg")?.ok_or(Refused("no alg"))?,
            key_id: text(&header, "kid")?,
            kind: text(&header, "typ")?,
            message,
            signature: decode(signature)?,
            payload: decode(payload)?,
        })
    }

    /// The payload as an object, its signature not looked at: only to find out whose key to check it with.
    ///
    /// # Errors
    /// [`Refused`] when it is none.
    pub fn unverified(&self) -> Result<Map<String, Value>, Refused> {
        strict::object(&self.payload)
    }
}

fn text(header: &Map<String, Value>, name: &str) -> Result<Option<String>, Refused> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refused("a header member is not a text")),
    }
}

fn decode(part: &str) -> Result<Vec<u8>, Refused> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused("not base64url"))
}
