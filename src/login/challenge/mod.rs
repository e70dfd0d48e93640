//! Signing in without pages (OAuth 2.0 for First-Party Applications, draft):
//! the same interaction, with `auth_session` in the place of the browser.
//!
//! It knows how what an application posts becomes a step of the engine, and
//! how what the engine would show becomes a word. It must not decide whose an
//! identity is: `recognise` does, and the pages say no less than this endpoint.

mod chain;
mod given;
mod step;
mod told;

use std::collections::BTreeMap;

use super::interaction::Purpose;
use super::{Login, LoginError, Visitor};
use crate::base::clock::Seconds;
use crate::base::secret::{Secret, digest};
use crate::oidc::client_auth::AuthenticatedClient;
use crate::oidc::error::Error;
use crate::oidc::params::Params;
use chain::Held;
pub use told::{Missing, Organization};

/// How long an `auth_session` is good, in seconds.
pub const LIFE: Seconds = 300;

/// What came of a challenge request.
#[derive(Debug)]
pub enum Challenged {
    /// Signed in.
    Code {
        /// For the token endpoint, with the verifier.
        authorization_code: String,
        /// Those the person belongs to.
        organizations: Vec<Organization>,
    },
    /// Something is missing: `insufficient_authorization`.
    More {
        /// Names this sign-in in the next request, once.
        auth_session: String,
        /// What.
        missing: Missing,
    },
}

/// Why a challenge request was refused.
#[derive(Debug, thiserror::Error)]
pub enum ChallengeError {
    /// The protocol's own.
    #[error(transparent)]
    Protocol(#[from] Error),
    /// `redirect_to_web`: only pages can go on.
    #[error("only pages can go on")]
    Pages,
    /// `invalid_session`: unknown, used, too old, of another client or challenge, or tried too often.
    #[error("no such auth_session")]
    Session,
    /// Too many tries of this address or client.
    #[error("too many tries")]
    Limit,
    /// The engine's.
    #[error(transparent)]
    Login(#[from] LoginError),
}

impl From<crate::store::Error> for ChallengeError {
    fn from(error: crate::store::Error) -> Self {
        Self::Login(error.into())
    }
}

impl Login {
    /// `POST /authorize-challenge`.
    ///
    /// # Errors
    /// [`ChallengeError`]; a wrong password or code is no error but said in [`Missing`].
    pub async fn challenge(
        &self,
        params: &Params,
        authorization: Option<&str>,
        visitor: Visitor,
    ) -> Result<Challenged, ChallengeError> {
        self.charge_challenge("address", &visitor.line()).await?;
        let named = if authorization.is_none() { self.named_by_session(params).await? } else { None };
        let params = named.as_ref().unwrap_or(params);
        let caller = self.oidc.challenger(params, authorization, &visitor.address).await?;
        self.charge_challenge("client", caller.client.id.as_str()).await?;
        given::no_identities(params)?;
        let mut held = match params.get("auth_session") {
            Some(text) => self.go_on(text, &caller, params, visitor).await?,
            None => self.start(&caller, params, visitor).await?,
        };
        Box::pin(self.challenge_step(&mut held, params)).await?;
        self.tell(held).await
    }

    async fn start(
        &self,
        caller: &AuthenticatedClient,
        params: &Params,
        mut visitor: Visitor,
    ) -> Result<Held, ChallengeError> {
        let request = self.oidc.read_challenge(caller, params).await?;
        visitor.browser = self.random.token();
        visitor.session = None;
        let challenge = request.code_challenge.clone().unwrap_or_default();
        let client = request.client_id.clone();
        let id = self.open(Purpose::Authorize(Box::new(request)), &visitor).await?;
        Ok(Held { id, visitor, client, challenge, tries: 0, expires_at: self.clock.now() + LIFE })
    }

    async fn tell(&self, held: Held) -> Result<Challenged, ChallengeError> {
        let view = self.show(&held.id, &held.visitor).await?;
        match told::of(view)? {
            told::Told::Code(authorization_code) => {
                let organizations = self.organizations_of(&held.visitor).await?;
                Ok(Challenged::Code { authorization_code, organizations })
            }
            told::Told::Missing(missing) => Ok(Challenged::More { auth_session: self.next_of(held).await?, missing }),
        }
    }

    async fn organizations_of(&self, visitor: &Visitor) -> Result<Vec<Organization>, LoginError> {
        let Some(session) = self.live(visitor).await? else { return Ok(Vec::new()) };
        let all = self.store.memberships_of(&session.user_id).await?;
        Ok(all.into_iter().map(Organization::from).collect())
    }
}

/// The fields of a request, as connectors take them.
type Fields = BTreeMap<String, Secret>;

/// Under what tries are charged.
fn charged_as(what: &str, who: &str) -> String {
    format!("challenge-{what}:{}", digest(who))
}
