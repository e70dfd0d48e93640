//! Client authentication at the token, introspection and revocation endpoints (RFC 6749 §2.3, RFC 7523).
//!
//! A client proves itself by exactly the method it is registered with; nothing
//! is said about why a proof failed, and an unknown client costs the same work
//! as a wrong secret (security.md rows 83–87).

mod assertion;
mod client_secret_basic;
mod client_secret_jwt;
mod client_secret_post;
pub mod limit;
mod none;
mod private_key_jwt;
mod secret;

use std::sync::Arc;

pub use client_secret_jwt::CLIENT_SECRET;

use super::Oidc;
use super::error::{Code, Error};
use super::params::Params;
use crate::base::id::ClientId;
use crate::store::clients::{AuthMethod, Client};

/// The longest `client_id` that is looked for, in bytes.
const LONGEST_ID: usize = 256;

/// A client that proved who it is, or, with method `none`, merely named itself.
#[derive(Clone, Debug)]
pub struct AuthenticatedClient {
    /// The application, enabled.
    pub client: Arc<Client>,
    /// `false` for a public client.
    pub confidential: bool,
}

/// What a request brought to prove itself, one method's worth.
enum Presented<'a> {
    Basic { id: String, secret: String },
    Post { id: &'a str, secret: &'a str },
    Assertion { kind: Option<&'a str>, said: assertion::Said<'a> },
    Name { id: &'a str },
}

impl Oidc {
    /// Authenticates by the one method the client is registered with.
    /// `authorization` is the header's value, if there was exactly one, and `address` where the request came from.
    ///
    /// # Errors
    /// `invalid_client`, or `invalid_request` for two methods or two clients at once; after too many wrong proofs
    /// `temporarily_unavailable` with how long to wait.
    pub async fn authenticate(
        &self,
        params: &Params,
        authorization: Option<&str>,
        address: &str,
    ) -> Result<AuthenticatedClient, Error> {
        params.refuse_duplicates()?;
        let presented = present(params, authorization)?;
        let named = match &presented {
            Presented::Basic { id, .. } => id.clone(),
            Presented::Post { id, .. } => (*id).to_owned(),
            Presented::Assertion { said, .. } => said.subject.clone(),
            // Nothing was tried.
            Presented::Name { id } => return self.by_name(id).await,
        };
        self.limited(&named, address, presented).await
    }

    async fn proven(&self, presented: Presented<'_>) -> Result<AuthenticatedClient, Error> {
        match presented {
            Presented::Basic { id, secret } => self.by_basic(&id, &secret).await,
            Presented::Post { id, secret } => self.by_post(id, secret).await,
            Presented::Assertion { kind, said } => self.by_assertion(kind, said).await,
            Presented::Name { id } => self.by_name(id).await,
        }
    }

    /// Like [`Oidc::authenticate`], for endpoints where a bare name is no proof (RFC 7662 §2.1).
    ///
    /// # Errors
    /// As there; `invalid_client` for a public client.
    pub(super) async fn authenticate_confidential(
        &self,
        params: &Params,
        authorization: Option<&str>,
        address: &str,
    ) -> Result<AuthenticatedClient, Error> {
        let caller = self.authenticate(params, authorization, address).await?;
        if caller.confidential { Ok(caller) } else { Err(failed()) }
    }

    /// The enabled client of that id that uses `method`.
    async fn client_using(&self, id: &str, method: AuthMethod) -> Result<Option<Arc<Client>>, Error> {
        let found = self.enabled_client(id).await?;
        Ok(found.filter(|client| client.metadata.token_endpoint_auth_method == method))
    }

    async fn enabled_client(&self, id: &str) -> Result<Option<Arc<Client>>, Error> {
        // A NUL can't be asked of PostgreSQL, and nothing so shaped was ever registered.
        if id.len() > LONGEST_ID || id.chars().any(char::is_control) {
            return Ok(None);
        }
        Ok(self.store.client(&ClientId::new(id)).await?.filter(|client| client.enabled))
    }
}

/// Sorts out what was presented. A `client_id` beside another method is no
/// method of its own, but must name the same client.
fn present<'a>(params: &'a Params, authorization: Option<&str>) -> Result<Presented<'a>, Error> {
    let id = params.get("client_id");
    let secret = params.get("client_secret");
    let token = params.get("client_assertion");
    let kind = params.get("client_assertion_type");
    let methods = [authorization.is_some(), secret.is_some(), token.is_some() || kind.is_some()];
    if methods.iter().filter(|used| **used).count() > 1 {
        return Err(Error::new(Code::InvalidRequest, "use one client authentication method, not two"));
    }
    if let Some(header) = authorization {
        let (basic, secret) = client_secret_basic::read(header).ok_or_else(failed)?;
        if id.is_some_and(|id| id != basic) {
            return Err(two_clients());
        }
        return Ok(Presented::Basic { id: basic, secret });
    }
    match (id, secret, token) {
        (_, None, Some(token)) => Ok(Presented::Assertion { kind, said: assertion::read(id, token)? }),
        (Some(id), Some(secret), None) => Ok(Presented::Post { id, secret }),
        (Some(id), None, None) if kind.is_none() => Ok(Presented::Name { id }),
        _ => Err(failed()),
    }
}

/// The one answer to every failed proof.
fn failed() -> Error {
    Error::new(Code::InvalidClient, "client authentication failed")
}

fn two_clients() -> Error {
    Error::new(Code::InvalidRequest, "two different clients are named; send one client_id")
}
