//! ID tokens: what we say of a sign-in, and what we read of it when one comes back as a hint.

use serde_json::{Map, Value};

use super::Oidc;
use super::error::{Code, Error};
use super::jose::{Algorithm, Compact};
use crate::base::id::ClientId;

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

impl Oidc {
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

fn not_ours() -> Error {
    Error::new(Code::InvalidRequest, "id_token_hint is not an ID token of this issuer")
}
