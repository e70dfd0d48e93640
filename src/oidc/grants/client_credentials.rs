//! `client_credentials` (RFC 6749 §4.4): a service acts for itself.

use std::sync::Arc;

use serde_json::Map;

use super::target::Target;
use crate::base::id::GrantId;
use crate::oidc::Oidc;
use crate::oidc::client_auth::AuthenticatedClient;
use crate::oidc::error::{Code, Error};
use crate::oidc::mint::Order;
use crate::oidc::params::Params;
use crate::oidc::scope::SCOPES;
use crate::oidc::token::TokenResponse;
use crate::store::clients::Client;
use crate::store::grants::Grant;

impl Oidc {
    /// An access token for the client itself; never an ID token, never a refresh token.
    ///
    /// # Errors
    /// `unauthorized_client` for a public client, `invalid_scope`, `invalid_target`.
    pub(in crate::oidc) async fn client_credentials(
        &self,
        caller: &AuthenticatedClient,
        params: &Params,
    ) -> Result<TokenResponse, Error> {
        let client = &caller.client;
        if !caller.confidential {
            return Err(Error::new(Code::UnauthorizedClient, "a public client can not act for itself"));
        }
        // Nothing is implied here: without `resource` the token is for no resource in particular.
        let named: Vec<String> = params.all("resource").map(str::to_owned).collect();
        if named.iter().any(|resource| !client.metadata.resources.contains(resource)) {
            return Err(Error::new(Code::InvalidTarget, "resource is unknown, or not allowed for this application"));
        }
        let target = self.target(client, params, &named, false).await?;
        let scopes = scopes_for(params.get("scope"), client, &target)?;
        let grant = self.own_grant(client, &scopes, named, target.life);
        let scope = scopes.join(" ");
        let order = Order { grant: &grant, client, sub: client.id.to_string(), scopes, about: Map::new(), target };
        let minted = self.access_token(&order).await?;
        let rows = Arc::new((grant, minted.row));
        self.store
            .write(move |tx| {
                let rows = Arc::clone(&rows);
                Box::pin(async move {
                    tx.insert_grant(&rows.0).await?;
                    tx.put(&rows.1).await
                })
            })
            .await?;
        Ok(TokenResponse {
            access_token: minted.text,
            token_type: "Bearer",
            expires_in: minted.expires_in,
            refresh_token: None,
            id_token: None,
            scope,
        })
    }

    fn own_grant(&self, client: &Client, scopes: &[String], resources: Vec<String>, life: i64) -> Grant {
        let now = self.clock.now();
        Grant {
            id: GrantId::new(self.random.ulid_at(self.clock.milliseconds())),
            user_id: None,
            client_id: client.id.clone(),
            session_id: None,
            scopes: scopes.to_vec(),
            claims: None,
            resources,
            acr: None,
            amr: Vec::new(),
            auth_time: None,
            nonce: None,
            offline: true,
            created_at: now,
            expires_at: now + life,
            ended_at: None,
            reason: None,
            org_id: None,
        }
    }
}

/// What a service may have: scopes it is registered with that its resources
/// know. Scopes that speak of a person mean nothing without one.
fn scopes_for(asked: Option<&str>, client: &Client, target: &Target) -> Result<Vec<String>, Error> {
    let may = |scope: &str| {
        !SCOPES.contains(&scope)
            && target.scopes.as_ref().is_none_or(|known| known.iter().any(|word| word == scope))
            && if client.metadata.scope.is_empty() {
                target.scopes.is_some()
            } else {
                client.metadata.scope.iter().any(|word| word == scope)
            }
    };
    let mut scopes: Vec<String> = Vec::new();
    match asked {
        Some(asked) => {
            for word in asked.split(' ').filter(|word| !word.is_empty()) {
                if !may(word) {
                    return Err(Error::new(
                        Code::InvalidScope,
                        "scope has a word this application can not have for itself",
                    ));
                }
                if !scopes.iter().any(|scope| scope == word) {
                    scopes.push(word.to_owned());
                }
            }
        }
        None => scopes.extend(client.metadata.scope.iter().filter(|word| may(word)).cloned()),
    }
    Ok(scopes)
}
