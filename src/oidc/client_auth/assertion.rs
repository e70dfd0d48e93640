//! What a client assertion must say, whoever signed it (RFC 7523 §3; security.md rows 113–118).

use serde_json::{Map, Value};

use super::{AuthenticatedClient, client_secret_jwt, failed, private_key_jwt, two_clients};
use crate::base::clock::Seconds;
use crate::base::secret::digest;
use crate::oidc::Oidc;
use crate::oidc::error::Error;
use crate::oidc::jose::{Compact, Refused};
use crate::store::clients::{AuthMethod, Client};

/// RFC 7523 §2.2.
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far the client's clock may be ahead of ours, in seconds.
const AHEAD: Seconds = 60;

/// How long an assertion may live, in seconds; so long its `jti` is remembered.
const LONGEST_LIFE: Seconds = 3600;

/// The longest `jti`, in bytes.
const LONGEST_JTI: usize = 512;

/// What is left of an assertion once it is believed.
struct Believed {
    jti: String,
    expires_at: Seconds,
}

/// An assertion, and the client it says it is of.
pub(super) struct Said<'a> {
    token: Compact<'a>,
    pub subject: String,
}

/// Takes an assertion apart; it must be of the client that the request names, if it names one.
pub(super) fn read<'a>(id: Option<&str>, token: &'a str) -> Result<Said<'a>, Error> {
    let token = Compact::parse(token).map_err(|_| failed())?;
    let said = token.unverified().map_err(|_| failed())?;
    let subject = said.get("sub").and_then(Value::as_str).ok_or_else(failed)?.to_owned();
    if id.is_some_and(|id| id != subject) {
        return Err(two_clients());
    }
    Ok(Said { token, subject })
}

impl Oidc {
    pub(super) async fn by_assertion(&self, kind: Option<&str>, said: Said<'_>) -> Result<AuthenticatedClient, Error> {
        let Said { token, subject } = said;
        let client = self.enabled_client(&subject).await?.filter(|_| kind == Some(TYPE)).ok_or_else(failed)?;
        let believed = self.believe(&token, &client).map_err(|refused| {
            tracing::debug!(client = %client.id, reason = refused.0, "client assertion refused");
            failed()
        })?;
        if self.first_time(&client, believed).await? {
            Ok(AuthenticatedClient { client, confidential: true })
        } else {
            Err(failed())
        }
    }

    fn believe(&self, token: &Compact<'_>, client: &Client) -> Result<Believed, Refused> {
        // Our own access and logout tokens say what they are; an assertion says nothing, JWT, or that it is one.
        match token.kind.as_deref() {
            None | Some("JWT" | "jwt" | "client-authentication+jwt") => {}
            Some(_) => return Err(Refused("typ is another kind of token")),
        }
        let now = self.clock.now();
        let claims = match client.metadata.token_endpoint_auth_method {
            AuthMethod::ClientSecretJwt => client_secret_jwt::verify(token, client, &self.sealer, now)?,
            AuthMethod::PrivateKeyJwt => private_key_jwt::verify(token, client)?,
            AuthMethod::None | AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost => {
                return Err(Refused("the client is registered with another method"));
            }
        };
        let ours = [self.issuer.to_string(), format!("{}/token", self.issuer)];
        check(&claims, client.id.as_str(), &ours, now)
    }

    /// Whether this `jti` was never seen before, on any node (RFC 7523 §3, rule 7).
    async fn first_time(&self, client: &Client, believed: Believed) -> Result<bool, Error> {
        let key = format!("jti {} {}", client.id, digest(&believed.jti));
        let (now, until) = (self.clock.now(), believed.expires_at);
        let write = self.store.write(move |tx| {
            let key = key.clone();
            Box::pin(async move { tx.once(&key, now, until).await })
        });
        Ok(write.await?)
    }
}

fn check(claims: &Map<String, Value>, client: &str, ours: &[String], now: Seconds) -> Result<Believed, Refused> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(client) || text("sub") != Some(client) {
        return Err(Refused("iss and sub are not the client"));
    }
    // An array of audiences would let another server's assertion work here (CVE-2025-27370).
    if !text("aud").is_some_and(|aud| ours.iter().any(|our| our == aud)) {
        return Err(Refused("aud is neither the issuer nor the token endpoint"));
    }
    let expires_at = moment(claims, "exp")?.ok_or(Refused("no exp"))?;
    if expires_at <= now || expires_at > now + LONGEST_LIFE {
        return Err(Refused("exp is past or too far ahead"));
    }
    for name in ["iat", "nbf"] {
        if moment(claims, name)?.is_some_and(|at| at > now + AHEAD) {
            return Err(Refused("iat or nbf is in the future"));
        }
    }
    let jti = text("jti").filter(|jti| !jti.is_empty() && jti.len() <= LONGEST_JTI).ok_or(Refused("no usable jti"))?;
    Ok(Believed { jti: jti.to_owned(), expires_at })
}

/// A `NumericDate` (RFC 7519 §2) in whole seconds.
fn moment(claims: &Map<String, Value>, name: &str) -> Result<Option<Seconds>, Refused> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::Number(number)) => {
            #[expect(clippy::cast_possible_truncation, reason = "saturates, and what saturates is refused as too far")]
            let whole = number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds.floor() as i64));
            whole.map(Some).ok_or(Refused("a moment is not a number"))
        }
        Some(_) => Err(Refused("a moment is not a number")),
    }
}
