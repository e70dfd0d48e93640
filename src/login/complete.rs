//! The moment of signing in: one transaction with the new session, the facts,
//! what was linked, and the audit row.

use std::sync::Arc;

use super::connectors::Instance;
use super::figures::count_sign_in;
use super::interaction::{Facts, Notice, SignedInFact, UpstreamNotice};
use super::leg::LegMark;
use super::organisation::Doors;
use super::session::{lives, vouches};
use super::writes::{Event, SECOND, TAKEN, Write};
use super::{Login, LoginError, Progress, SignedIn, Visitor};
use crate::base::clock::Seconds;
use crate::base::id::{InteractionId, SessionId};
use crate::store::Error;
use crate::store::sessions::Session;
use crate::store::users::User;

/// The authentication context of every sign-in of one factor (OIDC Core §2 `acr`).
pub(crate) const ACR: &str = "1";
/// Longest `User-Agent` that is kept.
const AGENT: usize = 256;

/// Somebody proved who they are.
pub(crate) struct Proof {
    pub user: User,
    pub instance: Arc<Instance>,
    /// When they proved it, by the platform's word or the callback's time.
    pub auth_time: Seconds,
    /// RFC 8176 words.
    pub amr: Vec<String>,
    pub remembered: bool,
    /// The platform says that they are a member of its company.
    pub is_member: bool,
    /// The platform's own id of the member in its company.
    pub member: Option<String>,
    /// What goes into the same transaction: a new person, the use of an identity.
    pub along: Vec<Write>,
    /// The trip to a platform that this ends.
    pub leg: Option<LegMark>,
}

/// What a sign-in begins with.
struct Beginning {
    session: Session,
    /// What becomes of the browser's session so far.
    ended: Vec<Write>,
    doors: Doors,
}

/// What the transaction of a sign-in came to.
enum Outcome {
    SignedIn(SignedIn),
    /// The identity to be linked and the person are not of one world (practice and real), or the proof is too weak.
    NotLinkable,
}

impl Login {
    /// Signs the person in to this interaction: a new session, the old one of
    /// the browser ended, a waiting identity linked.
    ///
    /// # Errors
    /// `Conflict` of what `proof.along` writes is the caller's.
    pub(crate) async fn complete(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        proof: &Proof,
    ) -> Result<Progress, LoginError> {
        let doors = Doors { orgs: self.store.orgs_of_connectors().await?, instances: self.connectors.all().await? };
        let org_id = doors.upstream_of(&proof.instance.row.id).filter(|_| proof.is_member);
        let session = Session { org_id, ..self.new_session(visitor, proof) };
        let ended = self.ended_by(visitor, &session).await?;
        let beginning = Beginning { session, ended, doors };
        let done = self.change(id, visitor, |facts| self.signed_in(facts, visitor, proof, &beginning)).await;
        match done {
            Ok(Some(Outcome::SignedIn(signed_in))) => {
                count_sign_in(&proof.instance.row.name, "ok");
                Ok(Progress { signed_in: Some(signed_in) })
            }
            Ok(Some(Outcome::NotLinkable) | None) => Ok(Progress::default()),
            Err(LoginError::Store(Error::Conflict(what @ (TAKEN | SECOND)))) => {
                self.not_linked(id, visitor, proof, what).await
            }
            Err(error) => Err(error),
        }
    }

    /// The facts and writes of a sign-in; `None` when the interaction is over.
    fn signed_in(
        &self,
        facts: &mut Facts,
        visitor: &Visitor,
        proof: &Proof,
        Beginning { session, ended, doors }: &Beginning,
    ) -> Option<(Vec<Write>, Outcome)> {
        if !facts.is_open(self.clock.now()) {
            return None;
        }
        let session = &lasting(session, facts.remember);
        facts.quiet();
        let mut writes = proof.along.clone();
        writes.extend(self.joins(doors, proof, facts.linking(), visitor));
        if let Some(pending) = facts.linking() {
            let refused = match () {
                () if pending.practice != proof.user.practice => Some(("not of one world", UpstreamNotice::OtherWorld)),
                () if !vouches(&proof.user, &proof.amr) => Some(("by a code", UpstreamNotice::NotByCode)),
                () => None,
            };
            if let Some((reason, what)) = refused {
                let refused = self.refused_link(visitor, proof, reason);
                let title = pending.title.clone();
                facts.stranger = None;
                facts.notice = Some(notice(title, what, visitor));
                return Some((vec![refused], Outcome::NotLinkable));
            }
            writes.extend(self.link_writes(pending, proof, visitor));
        }
        facts.stranger = None;
        facts.talk = None;
        facts.forgotten = None;
        (facts.binding, facts.bound) = (None, None);
        facts.own = None;
        facts.half = None;
        facts.not_as = None;
        facts.login = Some(SignedInFact {
            user: proof.user.id.clone(),
            session: session.id.clone(),
            auth_time: session.auth_time,
            connector: session.connector_id.clone(),
        });
        let signed_in = SignedIn { session: session.id.clone(), remembered: session.remembered };
        writes.push(Write::InsertSession(session.clone()));
        writes.extend(ended.iter().cloned());
        writes.push(Write::Audit(self.sign_in_entry(facts, visitor, proof)));
        writes.extend(proof.leg.as_ref().map(|leg| leg.outcome(Some(&signed_in), self.clock.now())));
        Some((writes, Outcome::SignedIn(signed_in)))
    }

    pub(crate) fn new_session(&self, visitor: &Visitor, proof: &Proof) -> Session {
        let now = self.clock.now();
        let (idle, absolute) = lives(proof.remembered);
        Session {
            id: SessionId::new(self.random.ulid(now)),
            user_id: proof.user.id.clone(),
            created_at: now,
            seen_at: now,
            auth_time: proof.auth_time.min(now),
            acr: ACR.to_owned(),
            amr: proof.amr.clone(),
            connector_id: proof.instance.row.id.clone(),
            remembered: proof.remembered,
            idle_until: now + idle,
            expires_at: now + absolute,
            ended_at: None,
            agent: crate::base::people::clean_name(&visitor.agent, AGENT),
            address: visitor.address.clone(),
            org_id: None,
        }
    }

    /// What becomes of the browser's session so far: it ends. When the same
    /// person signs in again, what applications hold moves to the new one.
    pub(crate) async fn ended_by(&self, visitor: &Visitor, new: &Session) -> Result<Vec<Write>, LoginError> {
        let Some(old) = self.live(visitor).await? else { return Ok(Vec::new()) };
        let end = Write::EndSession { session: old.id.clone(), at: new.created_at, reason: "signed_in_again" };
        if old.user_id != new.user_id {
            return Ok(vec![end]);
        }
        Ok(vec![Write::MoveGrants { from: old.id, to: new.id.clone() }, end])
    }

    fn sign_in_entry(&self, facts: &Facts, visitor: &Visitor, proof: &Proof) -> crate::store::audit::AuditEntry {
        let event = Event {
            actor: format!("user:{}", proof.user.id),
            action: "sign_in",
            target: format!("connector:{}", proof.instance.row.name),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({ "client": facts.request().map(|request| request.client_id.as_str()) }),
        };
        self.entry(visitor, &event)
    }
}

/// The session, as long as who signs in wants it: the box was ticked before they went to a platform.
fn lasting(session: &Session, wanted: bool) -> Session {
    let remembered = wanted || session.remembered;
    let (idle, absolute) = lives(remembered);
    let (idle_until, expires_at) = (session.created_at + idle, session.created_at + absolute);
    Session { remembered, idle_until, expires_at, ..session.clone() }
}

/// A sentence about a platform, with the reference for the administrator.
pub(crate) fn notice(title: String, what: UpstreamNotice, visitor: &Visitor) -> Notice {
    Notice::Upstream { title, what, reference: visitor.request_id.clone() }
}
