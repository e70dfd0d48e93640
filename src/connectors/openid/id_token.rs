//! An ID token: signature, then every claim (OpenID Connect Core §3.1.3.7). Each
//! way of being wrong has its own reason, so that an audit line helps.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeyAlgorithm, JwsSigningAlgorithm as _};
use serde_json::Value;

use super::keys::Keys;
use super::metadata::is_asymmetric;
use super::provider::object;
use super::tenants::Tenants;
use crate::base::clock::Seconds;
use crate::base::secret::same;
use crate::connectors::Trouble;
use crate::connectors::answer::Object;
use crate::connectors::claims::auth_time;
use crate::connectors::wire::quoted;

/// Longer texts are not looked at.
const LONGEST: usize = 64 * 1024;

/// How far clocks may differ, in seconds (upstreams §7, rule 10).
const SKEW: Seconds = 60;

/// What a token must say.
pub struct Expected<'a> {
    /// The forms in which the issuer may name itself.
    pub issuers: &'a [&'a str],
    /// Tenants that may fill in the issuer's gap, in the place of `issuers`.
    pub tenants: Option<&'a Tenants>,
    /// Ourselves.
    pub client_id: &'a str,
    /// The nonce of this turn; `None` only where an administrator said the provider can't.
    pub nonce: Option<&'a str>,
    /// Asymmetric algorithms, never taken from the token.
    pub algorithms: &'a [CoreJwsSigningAlgorithm],
    /// Now.
    pub now: Seconds,
    /// The oldest sign-in over there that still counts, in seconds.
    pub max_auth_age: Option<Seconds>,
}

/// Whether a key fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It does, and the signature is right.
    Signed,
    /// None of the keys is the one the token names.
    NoKey,
}

/// A token as it came, taken apart and not believed yet.
pub struct IdToken<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    algorithm: String,
    kid: Option<String>,
    claims: Object,
}

fn bad(reason: &str) -> Trouble {
    Trouble::BadReply(format!("id_token: {reason}"))
}

impl<'a> IdToken<'a> {
    /// Takes a compact JWS apart (RFC 7515 §7.1).
    ///
    /// # Errors
    /// `BadReply` when it is none, is encrypted, or demands extensions.
    pub fn read(text: &'a str) -> Result<Self, Trouble> {
        if text.len() > LONGEST {
            return Err(bad("too long"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or_else(|| bad("not a JWS"))?;
        let (header, payload) = signed.split_once('.').ok_or_else(|| bad("not a JWS"))?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| bad("not a JWS"));
        let header = object(&decode(header)?, "id_token header")?;
        let claims = object(&decode(payload)?, "id_token")?;
        check_header(&header)?;
        let word = |key| header.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
        let algorithm = word("alg").ok_or_else(|| bad("no alg"))?;
        Ok(Self { signed, signature: decode(signature)?, algorithm, kid: word("kid"), claims })
    }

    /// Verifies signature and `at_hash` with the key the token names; two keys of one name are both tried.
    ///
    /// # Errors
    /// `BadReply` when the algorithm is not allowed, the key is another issuer's, the signature is wrong or the access
    /// token is another.
    pub fn verify(
        &self,
        keys: &Keys,
        allowed: &[CoreJwsSigningAlgorithm],
        access_token: &str,
    ) -> Result<Found, Trouble> {
        let algorithm = serde_json::from_value::<CoreJwsSigningAlgorithm>(Value::String(self.algorithm.clone()));
        // RFC 8725 §3.1: the list decides, not the token; `none` and shared secrets are on no list.
        let algorithm = algorithm.ok().filter(|algorithm| is_asymmetric(algorithm) && allowed.contains(algorithm));
        let Some(algorithm) = algorithm else {
            return Err(bad(&format!("algorithm {} is not allowed", quoted(&self.algorithm))));
        };
        let named = keys.iter().filter(|key| self.fits(&key.key, &algorithm)).collect::<Vec<_>>();
        if named.is_empty() {
            return Ok(Found::NoKey);
        }
        let fitting = named.into_iter().filter(|key| key.may_sign(&self.claims)).map(|key| &key.key);
        let fitting = fitting.collect::<Vec<_>>();
        if fitting.is_empty() {
            return Err(bad("signed with a key of another issuer"));
        }
        let signed =
            |key: &&&CoreJsonWebKey| key.verify_signature(&algorithm, self.signed.as_bytes(), &self.signature).is_ok();
        let Some(key) = fitting.iter().take(16).find(signed) else { return Err(bad("the signature is wrong")) };
        self.check_access_token(key, &algorithm, access_token)?;
        Ok(Found::Signed)
    }

    fn fits(&self, key: &CoreJsonWebKey, algorithm: &CoreJwsSigningAlgorithm) -> bool {
        let named = match (&self.kid, key.key_id()) {
            (Some(kid), Some(id)) => id.as_str() == kid,
            // A set of one key need not name it (OpenID Connect Core §10.1).
            (None, _) => true,
            (Some(_), None) => false,
        };
        let usable = key.key_use().is_none_or(openidconnect::JsonWebKeyUse::allows_signature);
        let kind = algorithm.key_type().as_ref() == Some(key.key_type());
        let made_for = match key.signing_alg() {
            JsonWebKeyAlgorithm::Unspecified => true,
            JsonWebKeyAlgorithm::Algorithm(only) => only == algorithm,
            JsonWebKeyAlgorithm::Unsupported => false,
        };
        named && usable && kind && made_for
    }

    /// `at_hash`, where it is given (OpenID Connect Core §3.1.3.8).
    fn check_access_token(
        &self,
        key: &CoreJsonWebKey,
        algorithm: &CoreJwsSigningAlgorithm,
        access_token: &str,
    ) -> Result<(), Trouble> {
        let Some(claimed) = self.claims.get("at_hash") else { return Ok(()) };
        let hash = key.hash_bytes(access_token.as_bytes(), algorithm).map_err(|_| bad("at_hash can't be computed"))?;
        let half = URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2]);
        if claimed.as_str().is_some_and(|claimed| same(claimed, &half)) {
            Ok(())
        } else {
            Err(bad("at_hash is of another access token"))
        }
    }

    /// Compares every claim; the claims themselves when all is right.
    ///
    /// # Errors
    /// `BadReply` with the first thing that is wrong.
    pub fn check(self, expected: &Expected<'_>) -> Result<Object, Trouble> {
        let claims = &self.claims;
        match claims.get("iss").and_then(Value::as_str) {
            Some(_) if expected.tenants.is_some_and(|tenants| tenants.of(claims).is_some()) => {}
            Some(iss) if expected.tenants.is_none() && expected.issuers.contains(&iss) => {}
            Some(iss) => return Err(bad(&format!("iss is {}", quoted(iss)))),
            None => return Err(bad("no iss")),
        }
        check_audience(claims, expected.client_id)?;
        check_times(claims, expected)?;
        check_nonce(claims, expected.nonce)?;
        match claims.get("sub").and_then(Value::as_str) {
            // OpenID Connect Core §2: at most 255 ASCII characters.
            Some(sub) if !sub.trim().is_empty() && sub.len() <= 255 && !sub.contains(char::is_control) => {}
            Some(_) => return Err(bad("sub is empty, too long or has control characters")),
            None => return Err(bad("no sub")),
        }
        Ok(self.claims)
    }
}

fn check_header(header: &Object) -> Result<(), Trouble> {
    // RFC 7515 §4.1.11: what must be understood and is not, is refused. We understand no extension.
    if header.contains_key("crit") {
        return Err(bad("crit demands what is not understood"));
    }
    if header.contains_key("enc") || header.contains_key("cty") {
        return Err(bad("encrypted or nested"));
    }
    // RFC 8725 §3.11: a token that says it is something else was not made for this place.
    let kind = header.get("typ").map_or(Some("JWT"), Value::as_str);
    match kind.map(str::to_ascii_lowercase).as_deref() {
        Some("jwt" | "application/jwt") => Ok(()),
        _ => Err(bad("typ is not JWT")),
    }
}

fn check_audience(claims: &Object, client_id: &str) -> Result<(), Trouble> {
    let audiences = match claims.get("aud") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(list)) => list.iter().map(|item| item.as_str().unwrap_or_default()).collect(),
        _ => return Err(bad("no aud")),
    };
    if !audiences.contains(&client_id) {
        return Err(bad("aud is another client"));
    }
    // OpenID Connect Core §3.1.3.7 (3): audiences we do not trust spoil it.
    if audiences.iter().any(|audience| *audience != client_id) {
        return Err(bad("aud has other clients besides"));
    }
    match claims.get("azp") {
        Some(azp) if azp.as_str() != Some(client_id) => Err(bad("azp is another client")),
        _ => Ok(()),
    }
}

fn check_times(claims: &Object, expected: &Expected<'_>) -> Result<(), Trouble> {
    let at = |name| claims.get(name).map(instant);
    match at("exp") {
        None => return Err(bad("no exp")),
        Some(None) => return Err(bad("exp is no time")),
        Some(Some(exp)) if exp.saturating_add(SKEW) <= expected.now => return Err(bad("expired")),
        Some(Some(_)) => {}
    }
    match at("iat") {
        None => return Err(bad("no iat")),
        Some(None) => return Err(bad("iat is no time")),
        Some(Some(iat)) if iat > expected.now.saturating_add(SKEW) => return Err(bad("iat is in the future")),
        Some(Some(_)) => {}
    }
    if let Some(nbf) = at("nbf")
        && nbf.is_none_or(|nbf| nbf > expected.now.saturating_add(SKEW))
    {
        return Err(bad("not valid yet"));
    }
    let Some(oldest) = expected.max_auth_age else { return Ok(()) };
    match auth_time(claims) {
        Some(time) if time.saturating_add(oldest).saturating_add(SKEW) >= expected.now => Ok(()),
        Some(_) => Err(bad("the sign-in over there is too old")),
        None => Err(bad("no auth_time although max_age was asked")),
    }
}

fn check_nonce(claims: &Object, expected: Option<&str>) -> Result<(), Trouble> {
    let Some(expected) = expected else { return Ok(()) };
    match claims.get("nonce") {
        None => Err(bad("no nonce")),
        Some(nonce) if nonce.as_str().is_some_and(|nonce| same(nonce, expected)) => Ok(()),
        Some(_) => Err(bad("nonce is of another sign-in")),
    }
}

/// A `NumericDate` (RFC 7519 §2), which may have a fraction.
fn instant(value: &Value) -> Option<Seconds> {
    let number = value.as_number()?;
    if let Some(whole) = number.as_i64() {
        return Some(whole);
    }
    let text = number.as_f64().filter(|n| n.is_finite() && n.abs() < 1e15)?.trunc().to_string();
    text.parse().ok()
}
