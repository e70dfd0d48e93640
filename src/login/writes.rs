//! What one step writes, as a list: built without the store, applied in one transaction.

use std::sync::Arc;

use super::otp::is_number;
use super::{Login, LoginError, Visitor};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, ConnectorId, OrgId, SessionId, UserId};
use crate::connectors::Key;
use crate::store::artifact::{Exchange, Kind, NewArtifact};
use crate::store::attempts::{Charge, Limit};
use crate::store::audit::AuditEntry;
use crate::store::connectors::ConnectorRow;
use crate::store::consents::Consent;
use crate::store::credentials::Credential;
use crate::store::identities::{StoredIdentity, WorkingWays};
use crate::store::merge_cases::MergeCase;
use crate::store::sessions::Session;
use crate::store::users::User;
use crate::store::{Error, Result, Store, Tx};

/// What a lost race for an interaction is called.
pub(crate) const CHANGED: &str = "interaction";
/// What an identity that belongs to somebody is called.
pub(crate) const TAKEN: &str = "identity";

/// What the last way in is called.
pub(crate) const LAST: &str = "last way in";

/// What a number is called whose person has another one.
pub(crate) const SECOND: &str = "one of its space";

/// What a used-up link is called.
pub(crate) const LINK: &str = "link";

/// What happened before is called.
pub(crate) const SEEN: &str = "seen before";

/// What a lost race for a scene is called.
pub(crate) const SCENE: &str = "scene";

/// What a spent budget is called.
const TOO_OFTEN: &str = "too often";
/// How long those wait who are told of it, in seconds.
const WAIT: Seconds = 60;

/// One statement of a step.
#[derive(Clone)]
pub(crate) enum Write {
    /// The interaction's facts, where nobody changed them since.
    Facts {
        digest: String,
        version: i64,
        payload: String,
        expires_at: Seconds,
    },
    Put(NewArtifact),
    /// Uses up what works once; `Conflict(LINK)` when that happened before.
    Take {
        kind: Kind,
        digest: String,
        at: Seconds,
    },
    /// Marks what may happen once; `Conflict(SEEN)` when it did already.
    Once {
        key: String,
        at: Seconds,
        until: Seconds,
    },
    /// A scene moves on, where it did not move since.
    Scene {
        digest: String,
        version: i64,
        payload: String,
        expires_at: Seconds,
    },
    InsertConnector(ConnectorRow),
    InsertUser(User),
    /// `Conflict(TAKEN)` when it is somebody's; `Conflict(SECOND)` for a number whose person has one.
    InsertIdentity(StoredIdentity),
    TouchIdentity {
        space: String,
        value: String,
        profile: String,
        connector: ConnectorId,
        at: Seconds,
    },
    /// Replaces the copy of a platform's profile.
    ProfileOf {
        id: String,
        profile: String,
    },
    DeleteIdentity {
        user: UserId,
        id: String,
    },
    /// The platform gave the same person another key.
    RekeyIdentity {
        id: String,
        from: Key,
        to: Key,
    },
    /// A platform changed a key of its own.
    ChangeKey {
        id: String,
        old: String,
        new: String,
    },
    /// Another number in the place of the one proven; `Conflict(CHANGED)` when that is not there any more.
    ChangeNumber {
        id: String,
        old: String,
        new: String,
    },
    JoinSubjects {
        user: UserId,
        from: String,
        into: String,
    },
    /// A proposal to merge, and its audit row where it is new.
    MergeCase(MergeCase, AuditEntry),
    /// `Conflict(LAST)` when no working way in would be left, or it is not theirs.
    DeleteSubject {
        user: UserId,
        subject: String,
        working: WorkingWays,
    },
    /// `Conflict(CHANGED)` when somebody was faster.
    UpdateUser(User),
    InsertSession(Session),
    EndSession {
        session: SessionId,
        at: Seconds,
        reason: &'static str,
    },
    EndSessions {
        user: UserId,
        keep: Option<SessionId>,
        at: Seconds,
        reason: &'static str,
    },
    /// Those begun through one connector.
    EndSessionsBy {
        user: UserId,
        connector: ConnectorId,
        at: Seconds,
        reason: &'static str,
    },
    /// What applications hold by one session goes on with another.
    MoveGrants {
        from: SessionId,
        to: SessionId,
    },
    /// Every grant of a person but those of one session.
    EndGrantsBut {
        user: UserId,
        keep: Option<SessionId>,
        at: Seconds,
        reason: &'static str,
    },
    SetPassword(Credential),
    PutConsent(Consent),
    /// Somebody who signed in belongs to an organisation; noted where that is new.
    JoinOrg {
        org: OrgId,
        user: UserId,
        keys: Vec<(String, String)>,
        /// The platform's own id of them.
        person: Option<String>,
        at: Seconds,
        entry: AuditEntry,
    },
    PutOrgChoice {
        user: UserId,
        client: ClientId,
        org: OrgId,
        at: Seconds,
    },
    /// Refused where the budget of this name is spent.
    Charge(String, Limit, Seconds),
    ClearAttempts(String),
    Audit(AuditEntry),
}

impl Write {
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each statement")]
    async fn apply(&self, tx: &mut Tx) -> Result<()> {
        match self {
            Self::Facts { digest, version, payload, expires_at } => {
                let fresh = tx.swap(Kind::Interaction, digest, *version, payload, *expires_at).await?;
                if fresh { Ok(()) } else { Err(Error::Conflict(CHANGED)) }
            }
            Self::Take { kind, digest, at } => match tx.exchange(*kind, digest, *at, None, &[]).await? {
                Exchange::First => Ok(()),
                Exchange::Again { .. } | Exchange::Missing => Err(Error::Conflict(LINK)),
            },
            Self::Once { key, at, until } => {
                if tx.once(key, *at, *until).await? {
                    Ok(())
                } else {
                    Err(Error::Conflict(SEEN))
                }
            }
            Self::Scene { digest, version, payload, expires_at } => {
                let fresh = tx.swap(Kind::Scene, digest, *version, payload, *expires_at).await?;
                if fresh { Ok(()) } else { Err(Error::Conflict(SCENE)) }
            }
            Self::Put(artifact) => tx.put(artifact).await,
            Self::InsertConnector(row) => tx.insert_connector(row).await,
            Self::InsertUser(user) => tx.insert_user(user).await,
            Self::InsertIdentity(identity) if is_number(&identity.space) => {
                match tx.insert_only_identity(identity).await {
                    Err(Error::Conflict(what)) if what != SECOND => Err(Error::Conflict(TAKEN)),
                    other => other,
                }
            }
            Self::InsertIdentity(identity) => match tx.insert_identity(identity).await {
                Err(Error::Conflict(_)) => Err(Error::Conflict(TAKEN)),
                other => other,
            },
            Self::TouchIdentity { space, value, profile, connector, at } => {
                tx.touch_identity((space, value), profile, connector, *at).await
            }
            Self::ProfileOf { id, profile } => tx.set_identity_profile(id, profile).await.map(drop),
            Self::DeleteIdentity { user, id } => tx.delete_identity(user, id).await.map(drop),
            Self::RekeyIdentity { id, from, to } => {
                // With its audit row or not at all.
                let done = tx.rekey_identity(id, (&from.space, &from.value), (&to.space, &to.value)).await;
                match done {
                    Ok(true) => Ok(()),
                    Ok(false) | Err(Error::Conflict(_)) => Err(Error::Conflict(TAKEN)),
                    Err(error) => Err(error),
                }
            }
            Self::ChangeKey { id, old, new } => match tx.change_identity_key(id, old, new).await {
                Err(Error::Conflict(_)) => Err(Error::Conflict(TAKEN)),
                other => other.map(drop),
            },
            Self::ChangeNumber { id, old, new } => match tx.change_identity_key(id, old, new).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(Error::Conflict(CHANGED)),
                Err(Error::Conflict(_)) => Err(Error::Conflict(TAKEN)),
                Err(error) => Err(error),
            },
            Self::JoinSubjects { user, from, into } => tx.join_identity_subjects(user, from, into).await,
            Self::MergeCase(case, entry) => {
                if tx.put_merge_case(case).await? {
                    tx.audit(entry).await?;
                }
                Ok(())
            }
            Self::DeleteSubject { user, subject, working } => {
                if tx.delete_identity_subject(user, subject, working).await? {
                    Ok(())
                } else {
                    Err(Error::Conflict(LAST))
                }
            }
            Self::UpdateUser(user) => {
                if tx.update_user(user).await? {
                    Ok(())
                } else {
                    Err(Error::Conflict(CHANGED))
                }
            }
            Self::InsertSession(session) => tx.insert_session(session).await,
            Self::EndSession { session, at, reason } => tx.end_session(session, *at, reason).await.map(drop),
            Self::EndSessions { user, keep, at, reason } => {
                tx.end_sessions_of(user, keep.as_ref(), *at, reason).await.map(drop)
            }
            Self::EndSessionsBy { user, connector, at, reason } => {
                tx.end_sessions_by(user, connector, *at, reason).await.map(drop)
            }
            Self::MoveGrants { from, to } => tx.move_grants(from, to).await.map(drop),
            Self::EndGrantsBut { user, keep, at, reason } => {
                tx.end_grants_but(user, keep.as_ref(), *at, reason).await.map(drop)
            }
            Self::SetPassword(credential) => tx.set_password(credential).await,
            Self::PutConsent(consent) => tx.put_consent(consent).await,
            Self::JoinOrg { org, user, keys, person, at, entry } => {
                if tx.join_org(org, user, (keys, person.as_deref()), *at).await? {
                    tx.audit(entry).await
                } else {
                    Ok(())
                }
            }
            Self::PutOrgChoice { user, client, org, at } => tx.put_org_choice(user, client, org, *at).await,
            Self::Charge(name, limit, at) => match tx.charge_attempt(name, *limit, *at).await? {
                Charge::Allowed { .. } => Ok(()),
                Charge::Blocked { .. } => Err(Error::Conflict(TOO_OFTEN)),
            },
            Self::ClearAttempts(name) => tx.clear_attempts(name).await,
            Self::Audit(entry) => tx.audit(entry).await,
        }
    }
}

/// What [`commit`] came to, where a spent budget says when to come again.
pub(crate) fn allowed(committed: Result<()>) -> std::result::Result<(), LoginError> {
    committed.map_err(|error| match error {
        Error::Conflict(TOO_OFTEN) => LoginError::Protocol(crate::oidc::error::Error::wait(WAIT)),
        error => error.into(),
    })
}

/// Applies all of them in one transaction, in order.
pub(crate) async fn commit(store: &Store, writes: Vec<Write>) -> Result<()> {
    let writes = Arc::new(writes);
    store
        .write(move |tx| {
            let writes = Arc::clone(&writes);
            Box::pin(async move {
                for write in writes.iter() {
                    write.apply(tx).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Something for the audit.
pub(crate) struct Event {
    /// `user:{id}` or `anonymous`.
    pub actor: String,
    pub action: &'static str,
    pub target: String,
    /// `ok` or the reason.
    pub outcome: String,
    /// Never a secret.
    pub detail: serde_json::Value,
}

impl Login {
    /// The audit row of an event at this browser.
    pub(crate) fn entry(&self, visitor: &Visitor, event: &Event) -> AuditEntry {
        let now = self.clock.now();
        AuditEntry {
            id: self.random.ulid(now),
            at: now,
            actor: event.actor.clone(),
            action: event.action.to_owned(),
            target: event.target.clone(),
            outcome: event.outcome.clone(),
            request_id: visitor.request_id.clone(),
            address: visitor.address.clone(),
            detail: event.detail.to_string(),
        }
    }
}
