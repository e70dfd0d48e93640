//! Token introspection (RFC 7662).

use serde_json::{Map, Value, json};

use super::Oidc;
use super::access::Honoured;
use super::error::Error;
use super::grants::missing;
use super::params::Params;
use crate::base::bearer::{Bearer, row_digest};
use crate::base::id::ClientId;
use crate::store;
use crate::store::artifact::Kind;

impl Oidc {
    /// What an authenticated client may know of a token: `{"active":false}` for everything it may not.
    ///
    /// # Errors
    /// `invalid_client`, `invalid_request`.
    pub async fn introspect(
        &self,
        params: &Params,
        authorization: Option<&str>,
        address: &str,
    ) -> Result<Value, Error> {
        let caller = self.authenticate_confidential(params, authorization, address).await?;
        let token = params.get("token").ok_or_else(|| missing("token is missing"))?;
        let caller = &caller.client.id;
        if Bearer::RefreshToken.is_shape_of(token) {
            return Ok(self.refresh_described(token, caller).await?);
        }
        match self.honour(token).await? {
            Some(honoured) if self.may_know(&honoured, caller).await? => Ok(self.described(&honoured).await?),
            _ => Ok(inactive()),
        }
    }

    /// Its own client, and whoever a resource in its audience trusts with that.
    async fn may_know(&self, honoured: &Honoured, caller: &ClientId) -> Result<bool, store::Error> {
        if honoured.client_id == *caller {
            return Ok(true);
        }
        for id in &honoured.token.audience {
            let resource = self.store.resource(id).await?;
            if resource.is_some_and(|it| it.metadata.introspectors.iter().any(|known| known == caller.as_str())) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// RFC 7662 §2.2, RFC 9470 §6.2.
    async fn described(&self, it: &Honoured) -> Result<Value, store::Error> {
        let mut answer = match it.grant.user() {
            Some(user) => self.org_claims(it.grant.grant(), &user.id, &it.token.scopes).await?,
            None => Map::new(),
        };
        answer.insert("active".to_owned(), json!(true));
        answer.insert("iss".to_owned(), json!(&*self.issuer));
        answer.insert("client_id".to_owned(), json!(it.client_id));
        answer.insert("sub".to_owned(), json!(it.token.sub));
        answer.insert("aud".to_owned(), json!(it.token.audience));
        answer.insert("scope".to_owned(), json!(it.token.scopes.join(" ")));
        answer.insert("token_type".to_owned(), json!("Bearer"));
        answer.insert("exp".to_owned(), json!(it.expires_at));
        answer.insert("iat".to_owned(), json!(it.token.issued_at));
        answer.insert("jti".to_owned(), json!(it.token.jti));
        if let Some(auth_time) = it.grant.grant().auth_time {
            answer.insert("auth_time".to_owned(), json!(auth_time));
        }
        if let Some(acr) = &it.grant.grant().acr {
            answer.insert("acr".to_owned(), json!(acr));
        }
        Ok(Value::Object(answer))
    }

    /// A refresh token, for the client that holds it and nobody else. It has no
    /// `token_type`, so that no resource server takes it for an access token.
    async fn refresh_described(&self, token: &str, caller: &ClientId) -> Result<Value, store::Error> {
        let now = self.clock.now();
        let found = self.store.look(Kind::RefreshToken, &row_digest(token)).await?;
        let Some(found) = found.filter(|it| it.is_live(now) && it.client_id.as_ref() == Some(caller)) else {
            return Ok(inactive());
        };
        let Some(grant_id) = &found.grant_id else { return Ok(inactive()) };
        let Some(grant) = self.store.alive_grant(grant_id, now).await? else { return Ok(inactive()) };
        Ok(json!({
            "active": true,
            "iss": &*self.issuer,
            "client_id": caller,
            "scope": grant.grant().scopes.join(" "),
            "exp": found.expires_at,
            "token_use": "refresh_token",
        }))
    }
}

/// All that is said of a token that is none, or not the caller's business (RFC 7662 §2.2).
fn inactive() -> Value {
    json!({ "active": false })
}
