//! ID tokens: what we say of a sign-in, and what we read of it when one comes back as a hint.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::error::{Code, Error};
use super::jose::{Algorithm, Compact};
use super::mint::{Order, algorithm_of};
use super::userinfo::asked_claims;
use super::{Oidc, claims, keys};
use crate::base::id::ClientId;
use crate::store::users::User;

/// The `typ` of an ID token's header; access tokens, userinfo answers and logout tokens have others (RFC 8725 §3.11).
pub(super) const TYPE: &str = "JWT";

/// What an `id_token_hint` says. It is a hint: it proves that we once said so,
/// and never that anybody is here (security.md lesson 23).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenHint {
    /// Whom it was about, as the client knows them.
    pub sub: String,
    /// The session it was made in.
    pub sid: Option<String>,
    /// The client it was made for.
    pub aud: ClientId,
    /// Past its `exp`; a logout may still use it (RP-Initiated Logout §2).
    pub expired: bool,
}

/// What an ID token is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// A code was redeemed.
    SignIn,
    /// A refresh: no `nonce`, since nobody waits for it any more (OIDC Core §12.2).
    Refresh,
}

impl Oidc {
    /// The ID token of this grant, beside this access token. Claims of scopes
    /// are userinfo's business, since there is an access token (OIDC Core §5.4);
    /// only those asked for here by name are added, and those about organisations.
    ///
    /// # Errors
    /// Those of signing and of the store.
    pub(super) async fn id_token(
        &self,
        order: &Order<'_>,
        user: &User,
        access_token: &str,
        occasion: Occasion,
    ) -> Result<String, Error> {
        let (grant, client, sub) = (order.grant, order.client, &order.sub);
        let algorithm = algorithm_of(client)?;
        let now = self.clock.now();
        let asked = asked_claims(grant)?;
        let mut claims = claims::of_names(user, asked.id_token.keys().map(String::as_str));
        claims.extend(order.about.clone());
        let mut say = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        say("iss", json!(&*self.issuer));
        say("sub", json!(sub));
        say("aud", json!(client.id));
        say("exp", json!(now + self.lives.id_token.clamp(1, keys::LONGEST_LIFE)));
        say("iat", json!(now));
        say("at_hash", json!(half_hash(algorithm, access_token)));
        if let Some(auth_time) = grant.auth_time {
            say("auth_time", json!(auth_time));
        }
        if let Some(acr) = &grant.acr {
            say("acr", json!(acr));
        }
        if !grant.amr.is_empty() {
            say("amr", json!(grant.amr));
        }
        if let Some(session) = &grant.session_id {
            say("sid", json!(session));
        }
        if let Some(nonce) = grant.nonce.as_ref().filter(|_| occasion == Occasion::SignIn) {
            say("nonce", json!(nonce));
        }
        self.sign(algorithm, TYPE, claims).await
    }

    /// Reads an ID token of ours that comes back. Its signature must hold under
    /// a key we publish; expiry is only told, not refused.
    ///
    /// # Errors
    /// `invalid_request` for everything that is not an ID token of this issuer,
    /// `temporarily_unavailable` when the keys can't be read.
    pub async fn read_id_token_hint(&self, jwt: &str) -> Result<IdTokenHint, Error> {
        let token = Compact::parse(jwt).map_err(|_| not_ours())?;
        if token.kind.as_deref() != Some(TYPE) || Algorithm::named(&token.algorithm).is_none() {
            return Err(not_ours());
        }
        let kid = token.key_id.as_deref().ok_or_else(not_ours)?;
        let key = self.keys.verifying(kid).await?.ok_or_else(not_ours)?;
        let claims = key.verify(&token).map_err(|_| not_ours())?;
        self.hint(&claims).ok_or_else(not_ours)
    }

    fn hint(&self, claims: &Map<String, Value>) -> Option<IdTokenHint> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        if claims.get("iss")?.as_str()? != &*self.issuer {
            return None;
        }
        Some(IdTokenHint {
            sub: text("sub")?,
            sid: text("sid"),
            aud: ClientId::new(text("aud")?),
            expired: claims.get("exp")?.as_i64()? <= self.clock.now(),
        })
    }
}

/// `at_hash` (OIDC Core §3.1.3.6): the left half of the hash that goes with the signature; Ed25519's is SHA-512.
fn half_hash(algorithm: Algorithm, text: &str) -> String {
    let hash = digest(if algorithm == Algorithm::EdDsa { &SHA512 } else { &SHA256 }, text.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..hash.as_ref().len() / 2])
}

fn not_ours() -> Error {
    Error::new(Code::InvalidRequest, "id_token_hint is not an ID token of this issuer")
}
