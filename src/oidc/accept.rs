//! The authorization endpoint's second half: a satisfied request becomes a grant
//! and its code, in one transaction.

use futures::FutureExt as _;

use super::Oidc;
use super::authorize::AuthorizeRequest;
use super::error::{Code, Error};
use super::grants::code::CodePayload;
use super::grants::target::LONGEST_LIFE;
use super::response::AuthorizationResponse;
use crate::base::bearer::{Bearer, row_digest};
use crate::base::clock::Seconds;
use crate::base::id::{GrantId, InteractionId, OrgId};
use crate::store::artifact::{Kind, NewArtifact};
use crate::store::grants::Grant;
use crate::store::sessions::Session;

/// What a session that ended meanwhile is called.
const ENDED: &str = "session";

/// A request that everything needed has been said for.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// What was asked.
    pub request: AuthorizeRequest,
    /// Re-read a moment ago, live.
    pub session: Session,
    /// What the person agreed to; a part of `request.scopes`.
    pub scopes: Vec<String>,
    /// The organisation they act in, a membership read a moment ago.
    pub org_id: Option<OrgId>,
    /// The interaction whose last step this is: the code is derived from it, so
    /// that repeating the step gives the same redirect. `None`: issued at once, a random code.
    pub interaction: Option<InteractionId>,
}

/// What accepting came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issued {
    /// The code, new or, when the last step is repeated while it lives and is not redeemed, the same one.
    Code(AuthorizationResponse),
    /// The code of this interaction was redeemed or expired; there is never a
    /// second one. The caller says "you are signed in, back to the application".
    Before,
}

impl Oidc {
    /// Issues the code: a grant and its code in one transaction.
    ///
    /// # Errors
    /// `unauthorized_client` when the application went in between, `server_error`
    /// or `temporarily_unavailable`; for the caller to return or show.
    pub async fn accept(&self, accepted: Accepted) -> Result<Issued, Error> {
        let client = self.store.client(&accepted.request.client_id).await?;
        if !client.is_some_and(|client| client.enabled) {
            return Err(Error::new(Code::UnauthorizedClient, "this application was switched off in between"));
        }
        let code = self.code_for(accepted.interaction.as_ref());
        let now = self.clock.now();
        let grant = self.grant_for(&accepted, now)?;
        let artifact = self.artifact_for(&accepted.request, &grant, &code);
        let session = accepted.session.id.clone();

        let written = self
            .store
            .write(move |tx| {
                let (grant, artifact, session) = (grant.clone(), artifact.clone(), session.clone());
                async move {
                    if !tx.hold_session(&session).await? {
                        return Err(crate::store::Error::Conflict(ENDED));
                    }
                    tx.insert_grant(&grant).await?;
                    tx.put(&artifact).await
                }
                .boxed()
            })
            .await;
        match written {
            Ok(()) => Ok(Issued::Code(accepted.request.return_to.code(code))),
            Err(crate::store::Error::Conflict(ENDED)) => {
                Err(Error::new(Code::LoginRequired, "the sign-in ended in between"))
            }
            Err(crate::store::Error::Conflict(_)) if accepted.interaction.is_some() => {
                self.issued_before(&accepted.request, code).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Derived from the interaction, so that its last step can be repeated; random without one.
    fn code_for(&self, interaction: Option<&InteractionId>) -> String {
        match interaction {
            Some(interaction) => Bearer::Code.around(&self.sealer.derive("authorization_code", interaction.as_str())),
            None => Bearer::Code.make(&self.random, &self.clock),
        }
    }

    /// The last step was repeated: the code there is, while it lives; never another one.
    async fn issued_before(&self, request: &AuthorizeRequest, code: String) -> Result<Issued, Error> {
        let existing = self.store.look(Kind::AuthorizationCode, &row_digest(&code)).await?;
        let same = existing.is_some_and(|existing| {
            existing.is_live(self.clock.now()) && existing.client_id.as_ref() == Some(&request.client_id)
        });
        Ok(if same { Issued::Code(request.return_to.code(code)) } else { Issued::Before })
    }

    fn grant_for(&self, accepted: &Accepted, now: Seconds) -> Result<Grant, Error> {
        let Accepted { request, session, .. } = accepted;
        // What was agreed to can only be a part of what was asked (security.md §4.2, property 2).
        let agreed = |scope: &&String| accepted.scopes.contains(scope);
        let scopes: Vec<String> = request.scopes.iter().filter(agreed).cloned().collect();
        let offline = scopes.iter().any(|scope| scope == "offline_access");
        let claims = request.claims.as_ref().map(serde_json::to_string).transpose();
        Ok(Grant {
            id: GrantId::new(self.random.ulid_at(self.clock.milliseconds())),
            user_id: Some(session.user_id.clone()),
            client_id: request.client_id.clone(),
            session_id: Some(session.id.clone()),
            scopes,
            claims: claims.map_err(|_| Error::new(Code::ServerError, "the claims parameter can not be stored"))?,
            resources: request.resources.clone(),
            acr: Some(session.acr.clone()),
            amr: session.amr.clone(),
            auth_time: Some(session.auth_time),
            nonce: request.nonce.clone(),
            offline,
            created_at: now,
            expires_at: if offline { now + self.lives.refresh_family } else { session.expires_at },
            ended_at: None,
            reason: None,
            org_id: accepted.org_id.clone(),
        })
    }

    fn artifact_for(&self, request: &AuthorizeRequest, grant: &Grant, code: &str) -> NewArtifact {
        let expires_at = grant.created_at + self.lives.code;
        // A replay is noticed until all tokens of the grant are dead (security.md §4.2, property 20):
        // the family's end, or that of the one access token a session-bound grant can have.
        let last_token = if grant.offline { grant.expires_at } else { expires_at + LONGEST_LIFE };
        NewArtifact {
            kind: Kind::AuthorizationCode,
            digest: row_digest(code),
            grant_id: Some(grant.id.clone()),
            owner: grant.user_id.as_ref().map(|user| user.as_str().to_owned()),
            client_id: Some(request.client_id.clone()),
            payload: NewArtifact::payload_of(&CodePayload {
                redirect_uri: request.return_to.redirect_uri.clone(),
                code_challenge: request.code_challenge.clone(),
                scopes: grant.scopes.clone(),
                resources: grant.resources.clone(),
                claims: request.claims.clone(),
            }),
            expires_at,
            keep_until: last_token,
        }
    }
}
