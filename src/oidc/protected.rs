//! Access tokens at our own endpoints about people's accounts (RFC 6750): whose they are, and what for.

use super::Oidc;
use super::access::Honoured;
use super::error::{Code, Error};
use crate::base::clock::Seconds;
use crate::store::clients::Client;
use crate::store::users::User;

/// The scope of a person's own account.
pub const ACCOUNT: &str = "account";
/// The scope of a service that changes people's accounts; never a person's.
pub const USERS: &str = "users:write";

/// A person's own access token.
#[derive(Clone, Debug)]
pub struct PersonsToken {
    /// Whose.
    pub user: User,
    /// The application that has it.
    pub client: Client,
    /// What the application calls them.
    pub sub: String,
    /// When they proved themselves.
    pub auth_time: Option<Seconds>,
    /// By what means (RFC 8176).
    pub amr: Vec<String>,
}

impl Oidc {
    /// A person's token with the scope `account`.
    ///
    /// # Errors
    /// `invalid_token`, `insufficient_scope`.
    pub async fn persons_token(&self, text: &str) -> Result<PersonsToken, Error> {
        let honoured = self.ours(text).await?;
        let grant = &honoured.grant;
        let has = honoured.token.scopes.iter().any(|scope| scope == ACCOUNT);
        // A resource may call a scope of its own the same; the application still has to be one that may ask for ours.
        let Some(user) = grant.user().filter(|_| has && may_have_account(grant.client())) else {
            return Err(Error::new(Code::InsufficientScope, "the access token lacks the scope account"));
        };
        Ok(PersonsToken {
            user: user.clone(),
            client: grant.client().clone(),
            sub: honoured.token.sub.clone(),
            auth_time: grant.grant().auth_time,
            amr: grant.grant().amr.clone(),
        })
    }

    /// The service behind a token of `client_credentials` with the scope `users:write`.
    ///
    /// # Errors
    /// `invalid_token`, `insufficient_scope`.
    pub async fn services_token(&self, text: &str) -> Result<Client, Error> {
        let honoured = self.ours(text).await?;
        let client = honoured.grant.client();
        let has = honoured.token.scopes.iter().any(|scope| scope == USERS);
        // Never with a person behind it, and taken back as soon as the administrator takes it back.
        let may = client.metadata.scope.iter().any(|scope| scope == USERS) && honoured.grant.user().is_none();
        if has && may {
            return Ok(client.clone());
        }
        let why = "this needs a token of client_credentials with the scope users:write";
        Err(Error::new(Code::InsufficientScope, why))
    }

    async fn ours(&self, text: &str) -> Result<Honoured, Error> {
        let invalid = || Error::new(Code::InvalidToken, "the access token is unknown, expired or revoked");
        let honoured = self.honour(text).await?.ok_or_else(invalid)?;
        // One that was asked for another resource alone is not ours to honour (RFC 8707 §2).
        let ours = honoured.token.audience.iter().any(|audience| *audience == *self.issuer);
        if ours { Ok(honoured) } else { Err(invalid()) }
    }
}

/// Whether an application may ask for `account`: an administrator's own, or one registered with the word.
pub(super) fn may_have_account(client: &Client) -> bool {
    let named = &client.metadata.scope;
    if named.is_empty() { client.metadata.first_party } else { named.iter().any(|scope| scope == ACCOUNT) }
}
