//! Tying an identity to a person who proved themselves: the door "I have an
//! account" (security.md §0, rules 8 and 9). The identity waits server-side;
//! the proof is a sign-in made in this interaction after it.

use super::complete::{Proof, notice};
use super::interaction::{Pending, UpstreamNotice};
use super::recognise::{profile_of, stored_keys};
use super::writes::{Event, SECOND, Write};
use super::{Login, LoginError, Progress, Visitor};
use crate::base::id::InteractionId;
use crate::store::Error;
use crate::store::identities::StoredIdentity;

impl Login {
    /// The writes that link a waiting identity to the person of `proof`.
    pub(crate) fn link_writes(&self, pending: &Pending, proof: &Proof, visitor: &Visitor) -> Vec<Write> {
        let now = self.clock.now();
        let profile = profile_of(&pending.identity);
        let keys = stored_keys(&pending.identity, pending.practice);
        let subject = self.random.ulid(now);
        let mut writes: Vec<Write> = keys
            .into_iter()
            .map(|key| {
                Write::InsertIdentity(StoredIdentity {
                    id: self.random.ulid(now),
                    subject: subject.clone(),
                    user_id: proof.user.id.clone(),
                    space: key.space,
                    value: key.value,
                    connector_id: pending.connector.clone(),
                    profile: profile.clone(),
                    first_used_at: now,
                    last_used_at: now,
                })
            })
            .collect();
        let event = Event {
            actor: format!("user:{}", proof.user.id),
            action: "identity.link",
            target: format!("user:{}", proof.user.id),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({ "connector": pending.connector.as_str(), "proof": proof.instance.row.name }),
        };
        writes.push(Write::Audit(self.entry(visitor, &event)));
        writes
    }

    /// The audit row of a link that was refused.
    pub(crate) fn refused_link(&self, visitor: &Visitor, proof: &Proof, reason: &str) -> Write {
        let event = Event {
            actor: format!("user:{}", proof.user.id),
            action: "identity.link",
            target: format!("user:{}", proof.user.id),
            outcome: reason.to_owned(),
            detail: serde_json::json!({ "proof": proof.instance.row.name }),
        };
        Write::Audit(self.entry(visitor, &event))
    }

    /// A link met an identity that has a person by now: theirs already (then
    /// nothing is left to link), or somebody else's, and nothing is changed
    /// (security.md row 185). Or it is a number (`SECOND`), and they sign in by another one.
    pub(crate) async fn not_linked(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        proof: &Proof,
        why: &'static str,
    ) -> Result<Progress, LoginError> {
        let held = self.hold(id, visitor).await?;
        let Some(pending) = held.facts.linking() else {
            return Err(LoginError::Store(Error::Conflict(why)));
        };
        let mut owners = Vec::new();
        for key in stored_keys(&pending.identity, pending.practice) {
            owners.extend(self.store.identity(&key.space, &key.value).await?.map(|identity| identity.user_id));
        }
        let is_theirs = !owners.is_empty() && owners.iter().all(|owner| *owner == proof.user.id);
        let (what, word) = match why {
            SECOND => (UpstreamNotice::HasNumber, "has a number"),
            _ => (UpstreamNotice::Taken, "taken"),
        };
        let what = notice(pending.title.clone(), what, visitor);
        let refused = self.refused_link(visitor, proof, word);
        self.change(id, visitor, |facts| {
            facts.stranger = None;
            if is_theirs {
                return Some((Vec::new(), ()));
            }
            // The page of what was proved is over: the sign-in page says why nothing was linked.
            facts.talk = None;
            facts.notice = Some(what.clone());
            Some((vec![refused.clone()], ()))
        })
        .await?;
        if is_theirs { Box::pin(self.complete(id, visitor, proof)).await } else { Ok(Progress::default()) }
    }
}
