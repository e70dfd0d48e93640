//! `auth_session`: names an interaction in the next request, once. Each answer
//! has a new one, so that there is a single chain and a copy is of no use.

use serde::{Deserialize, Serialize};

use super::{ChallengeError, LIFE, charged_as};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, InteractionId, SessionId};
use crate::base::secret::{digest, same};
use crate::login::writes::{LINK, Write, commit};
use crate::login::{Login, LoginError, Visitor};
use crate::oidc::client_auth::AuthenticatedClient;
use crate::oidc::params::Params;
use crate::store::Error;
use crate::store::artifact::{Kind, NewArtifact};
use crate::store::attempts::{Charge, Limit};

/// What the row's secrets are sealed for.
const SEAL: &str = "auth_session";
/// How many requests one chain may have.
const TRIES: u32 = 10;
/// Requests of one address.
const ADDRESS: Limit = Limit { tries: 60, window: 60, block: 60, longest: None };
/// Requests of all who use one application, so that nobody can try codes from everywhere.
const CLIENT: Limit = Limit { tries: 6000, window: 60, block: 10, longest: None };

/// A sign-in under way.
pub(super) struct Held {
    pub id: InteractionId,
    /// Its `browser` is known to nobody outside.
    pub visitor: Visitor,
    pub client: ClientId,
    pub challenge: String,
    pub tries: u32,
    pub expires_at: Seconds,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    /// The interaction's id, sealed.
    id: String,
    /// What stands for the browser, sealed.
    browser: String,
    session: Option<SessionId>,
    challenge: String,
    tries: u32,
}

impl Login {
    /// The request with the client that its `auth_session` is of, where it names none itself (draft §5.1). A client
    /// with a secret still has to prove itself.
    pub(super) async fn named_by_session(&self, params: &Params) -> Result<Option<Params>, ChallengeError> {
        let names_one =
            ["client_id", "client_secret", "client_assertion"].iter().any(|name| params.get(name).is_some());
        let Some(text) = params.get("auth_session").filter(|_| !names_one) else { return Ok(None) };
        let found = self.store.look(Kind::AuthSession, &digest(text)).await?.ok_or(ChallengeError::Session)?;
        let client = found.client_id.ok_or(ChallengeError::Session)?;
        let pairs = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let named = [("client_id".to_owned(), client.as_str().to_owned())];
        Ok(Some(Params::from_pairs(pairs.chain(named).collect())))
    }

    /// The sign-in that an `auth_session` names. A request that can't be read as a step of it uses nothing up.
    pub(super) async fn go_on(
        &self,
        text: &str,
        caller: &AuthenticatedClient,
        params: &Params,
        mut visitor: Visitor,
    ) -> Result<Held, ChallengeError> {
        let now = self.clock.now();
        let found = self.store.look(Kind::AuthSession, &digest(text)).await?.ok_or(ChallengeError::Session)?;
        let kept: Kept = found.read()?;
        let same_request = params.get("code_challenge").is_none_or(|given| same(given, &kept.challenge));
        // A thief with another client changes nothing for the owner.
        if !found.is_live(now) || found.client_id.as_ref() != Some(&caller.client.id) || !same_request {
            return Err(ChallengeError::Session);
        }
        let open = |sealed: &str| self.sealer.open(SEAL, sealed).map_err(|_| Error::Corrupt(SEAL.to_owned()));
        open(&kept.browser)?.expose().clone_into(&mut visitor.browser);
        visitor.session = kept.session;
        let id = InteractionId::new(open(&kept.id)?.expose());
        self.readable(&id, &visitor, params).await?;
        let take = Write::Take { kind: Kind::AuthSession, digest: found.digest.clone(), at: now };
        match commit(&self.store, vec![take]).await {
            Ok(()) => {}
            Err(Error::Conflict(LINK)) => return Err(ChallengeError::Session),
            Err(error) => return Err(error.into()),
        }
        if kept.tries >= TRIES {
            return Err(ChallengeError::Session);
        }
        Ok(Held {
            id,
            visitor,
            client: caller.client.id.clone(),
            challenge: kept.challenge,
            tries: kept.tries,
            // Five minutes for each answer; the interaction itself ends after an hour.
            expires_at: now + LIFE,
        })
    }

    /// The `auth_session` for the next request.
    pub(super) async fn next_of(&self, held: Held) -> Result<String, LoginError> {
        let text = self.random.token();
        let seal = |text: &str| self.sealer.seal(SEAL, text).map_err(|_| Error::Corrupt(SEAL.to_owned()));
        let kept = Kept {
            id: seal(held.id.as_str())?,
            browser: seal(&held.visitor.browser)?,
            session: held.visitor.session,
            challenge: held.challenge,
            tries: held.tries + 1,
        };
        let artifact = NewArtifact {
            kind: Kind::AuthSession,
            digest: digest(&text),
            grant_id: None,
            owner: None,
            client_id: Some(held.client),
            payload: NewArtifact::payload_of(&kept),
            expires_at: held.expires_at,
            keep_until: held.expires_at,
        };
        commit(&self.store, vec![Write::Put(artifact)]).await?;
        Ok(text)
    }

    /// Charges a request to its address or client before anything is looked up.
    pub(super) async fn charge_challenge(&self, what: &str, who: &str) -> Result<(), ChallengeError> {
        let (name, now) = (charged_as(what, who), self.clock.now());
        let limit = if what == "client" { CLIENT } else { ADDRESS };
        let charged = self.store.write(move |tx| {
            let name = name.clone();
            Box::pin(async move { tx.charge_attempt(&name, limit, now).await })
        });
        match charged.await? {
            Charge::Allowed { .. } => Ok(()),
            Charge::Blocked { .. } => Err(ChallengeError::Limit),
        }
    }
}
