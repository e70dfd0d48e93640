//! The userinfo endpoint (OIDC Core §5.3).

use serde_json::{Map, Value, json};

use super::error::{Code, Error};
use super::jose::Algorithm;
use super::scope::ClaimsRequest;
use super::{Oidc, claims};
use crate::store;
use crate::store::clients::Client;
use crate::store::grants::Grant;

/// The `typ` of a signed answer; no media type is registered for it, and relying parties expect this one.
const TYPE: &str = "JWT";

/// What it answers with.
#[derive(Clone, Debug)]
pub enum Userinfo {
    /// `application/json`.
    Json(Map<String, Value>),
    /// `application/jwt`.
    Jwt(String),
}

impl Oidc {
    /// The claims that this access token's scopes and consent allow.
    ///
    /// # Errors
    /// `invalid_token`, `insufficient_scope`.
    pub async fn userinfo(&self, access_token: &str) -> Result<Userinfo, Error> {
        let invalid = || Error::new(Code::InvalidToken, "the access token is unknown, expired or revoked");
        let honoured = self.honour(access_token).await?.ok_or_else(invalid)?;
        let openid = honoured.token.scopes.iter().any(|scope| scope == "openid");
        let Some(user) = honoured.grant.user().filter(|_| openid) else {
            return Err(Error::new(Code::InsufficientScope, "the access token lacks the scope openid"));
        };
        // A token that was asked for one resource alone is not ours to honour (RFC 8707 §2).
        if !honoured.token.audience.iter().any(|audience| *audience == *self.issuer) {
            return Err(invalid());
        }
        let asked = asked_claims(honoured.grant.grant())?;
        let mut answer = claims::of_scopes(user, &honoured.token.scopes);
        answer.extend(claims::of_names(user, asked.userinfo.keys().map(String::as_str)));
        answer.extend(self.org_claims(honoured.grant.grant(), &user.id, &honoured.token.scopes).await?);
        answer.insert("sub".to_owned(), json!(honoured.token.sub));
        self.packed(honoured.grant.client(), answer).await
    }

    async fn packed(&self, client: &Client, mut answer: Map<String, Value>) -> Result<Userinfo, Error> {
        let Some(name) = &client.metadata.userinfo_signed_response_alg else { return Ok(Userinfo::Json(answer)) };
        let algorithm = Algorithm::named(name)
            .ok_or_else(|| Error::new(Code::ServerError, "userinfo_signed_response_alg is not one we have"))?;
        answer.insert("iss".to_owned(), json!(&*self.issuer));
        answer.insert("aud".to_owned(), json!(client.id));
        Ok(Userinfo::Jwt(self.sign(algorithm, TYPE, answer).await?))
    }
}

/// The `claims` parameter of a grant.
pub(super) fn asked_claims(grant: &Grant) -> Result<ClaimsRequest, store::Error> {
    match &grant.claims {
        None => Ok(ClaimsRequest::default()),
        Some(text) => {
            serde_json::from_str(text).map_err(|_| store::Error::Corrupt(format!("claims of grant {}", grant.id)))
        }
    }
}
