//! Whose identity is this? `decide` is pure; `recognise` reads for it and `apply` writes.

use std::sync::Arc;

use serde_json::json;

use super::complete::{Proof, notice};
use super::connectors::Instance;
use super::interaction::{Pending, UpstreamNotice};
use super::leg::LegMark;
use super::writes::{Event, TAKEN, Write};
use super::{Login, LoginError, Progress, Visitor};
use crate::base::id::{InteractionId, UserId};
use crate::base::people::{Email, clean_name};
use crate::connectors::{Identity, Key};
use crate::store::Error;
use crate::store::connectors::FirstSignIn;
use crate::store::identities::StoredIdentity;
use crate::store::users::{NameKind, User, UserState};

/// How often a lost race is run again.
const TRIES: usize = 5;

/// A person that a key led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Who.
    pub user: UserId,
    /// May sign in.
    pub active: bool,
    /// Lives in the practice world.
    pub practice: bool,
}

/// What is known about an identity that just came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Everybody its keys belong to, each once.
    pub by_key: Vec<Found>,
    /// Its proven e-mail or phone is somebody's of the same world. That never selects them.
    pub resembles: bool,
    /// The connector is a practice one.
    pub practice: bool,
    /// The connector's rule for unknown people.
    pub rule: FirstSignIn,
    /// Whether the connector lets new people in at all.
    pub registration: bool,
}

/// Whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// This person's.
    User(UserId),
    /// Nobody's yet: the two doors; the one for new people may be closed.
    ProveOldAccount {
        /// "I am new here" is open.
        may_create: bool,
    },
    /// Nobody's: a person is created.
    Enrol,
    /// The person may not sign in, or nobody new is let in.
    Refuse(UpstreamNotice),
    /// Its keys belong to several people; they are never merged silently.
    Ambiguous,
}

/// Whose identity this is (design.md §4). An e-mail or phone never selects a person.
#[must_use]
pub fn decide(evidence: &Evidence) -> Decision {
    match evidence.by_key.as_slice() {
        [found] if found.active && found.practice == evidence.practice => Decision::User(found.user.clone()),
        [_] => Decision::Refuse(UpstreamNotice::NotAllowed),
        [_, _, ..] => Decision::Ambiguous,
        [] => unknown(evidence),
    }
}

fn unknown(evidence: &Evidence) -> Decision {
    match (evidence.rule, evidence.registration, evidence.resembles) {
        (FirstSignIn::Invited, _, _) | (FirstSignIn::Create, false, false) => {
            Decision::Refuse(UpstreamNotice::NotInvited)
        }
        (FirstSignIn::Create, true, false) => Decision::Enrol,
        (FirstSignIn::Ask, may_create, _) | (FirstSignIn::Create, may_create, true) => {
            Decision::ProveOldAccount { may_create }
        }
    }
}

/// An identity that just came in through a connector.
pub(crate) struct Arrival {
    pub instance: Arc<Instance>,
    pub identity: Identity,
    pub leg: Option<LegMark>,
}

/// The keys as they are stored: those of practice platforms in a world of
/// their own, so that a made-up GitHub can't speak for the real one.
pub(crate) fn stored_keys(identity: &Identity, practice: bool) -> Vec<Key> {
    let world = if practice { "practice/" } else { "" };
    let key = |key: &Key| Key { space: format!("{world}{}", key.space), value: key.value.clone() };
    identity.keys.iter().map(key).collect()
}

/// The stored form of what a platform said; there is no secret in an `Identity`.
pub(crate) fn profile_of(identity: &Identity) -> String {
    serde_json::to_string(identity).unwrap_or_else(|_| "{}".to_owned())
}

/// Names from outside, cleaned and cut before they are kept anywhere (security.md §0, rule 17).
pub(crate) fn cleaned(mut identity: Identity) -> Identity {
    let clean = |text: Option<String>| text.map(|text| clean_name(&text, 100)).filter(|text| !text.is_empty());
    identity.name = clean(identity.name);
    identity.username = clean(identity.username);
    identity.given_name = clean(identity.given_name);
    identity.family_name = clean(identity.family_name);
    identity.locale = clean(identity.locale);
    identity.avatar = identity.avatar.filter(|url| url.starts_with("https://") && url.len() <= 2048);
    identity
}

impl Login {
    /// Finds out whose identity this is and does what follows.
    pub(crate) async fn recognise(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
    ) -> Result<Progress, LoginError> {
        let mut without = Vec::new();
        for _ in 0..TRIES {
            match self.apply(id, visitor, arrival, &without).await {
                // Another node was faster with the same identity: look again, and sign in to it (R9).
                Err(LoginError::Store(Error::Conflict(TAKEN))) => {}
                // A name or address that somebody has: the new person goes without it.
                Err(LoginError::Store(Error::Conflict(what))) if !without.contains(&what) => without.push(what),
                other => return other,
            }
        }
        Err(LoginError::Store(Error::Conflict(TAKEN)))
    }

    async fn apply(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
        without: &[&str],
    ) -> Result<Progress, LoginError> {
        let (evidence, links) = self.evidence(arrival).await?;
        let held = self.hold(id, visitor).await?;
        let linking = held.facts.linking().is_some();
        match decide(&evidence) {
            Decision::User(user) if arrival.identity.silent && !linking => {
                self.use_identity(id, visitor, arrival, (&user, &links)).await
            }
            _ if arrival.identity.silent => self.silently_unknown(id, visitor, arrival).await,
            Decision::User(user) => self.use_identity(id, visitor, arrival, (&user, &links)).await,
            // Somebody who is proving an old account came with yet another unknown identity.
            Decision::Enrol | Decision::ProveOldAccount { .. } if linking => {
                self.turn_away(id, visitor, arrival, UpstreamNotice::NotInvited).await
            }
            Decision::Enrol => {
                let proof = self.enrol(arrival, without, visitor);
                self.complete(id, visitor, &proof).await
            }
            Decision::ProveOldAccount { may_create } => self.ask(id, visitor, arrival, may_create).await,
            Decision::Refuse(what) => self.turn_away(id, visitor, arrival, what).await,
            Decision::Ambiguous => self.turn_away(id, visitor, arrival, UpstreamNotice::Taken).await,
        }
    }

    /// What `decide` needs, and the identities that were found.
    pub(crate) async fn evidence(&self, arrival: &Arrival) -> Result<(Evidence, Vec<StoredIdentity>), LoginError> {
        let row = &arrival.instance.row;
        let mut links = Vec::new();
        for key in stored_keys(&arrival.identity, row.practice) {
            links.extend(self.store.identity(&key.space, &key.value).await?);
        }
        let mut by_key: Vec<Found> = Vec::new();
        for link in &links {
            if by_key.iter().all(|found| found.user != link.user_id)
                && let Some(user) = self.store.user(&link.user_id).await?
            {
                let active = user.state == UserState::Active;
                by_key.push(Found { user: user.id, active, practice: user.practice });
            }
        }
        let resembles = by_key.is_empty() && self.resembles(&arrival.identity, row.practice).await?;
        let evidence =
            Evidence { by_key, resembles, practice: row.practice, rule: row.rule, registration: row.registration };
        Ok((evidence, links))
    }

    async fn resembles(&self, identity: &Identity, practice: bool) -> Result<bool, LoginError> {
        let same_world = |user: Option<User>| user.is_some_and(|user| user.practice == practice);
        if let Some((address, true)) = &identity.email
            && let Ok(email) = Email::parse(address)
            && same_world(self.store.user_by_name(NameKind::Email, &email.folded()).await?)
        {
            return Ok(true);
        }
        match &identity.phone {
            Some((number, true)) => Ok(same_world(self.store.user_by_name(NameKind::Phone, number).await?)),
            _ => Ok(false),
        }
    }

    /// A known person: notes the use, and fills in keys of theirs that the platform gives only now.
    async fn use_identity(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
        (user, links): (&UserId, &[StoredIdentity]),
    ) -> Result<Progress, LoginError> {
        let Some(user) = self.store.user(user).await? else { return Ok(Progress::default()) };
        let now = self.clock.now();
        let profile = profile_of(&arrival.identity);
        let keys = stored_keys(&arrival.identity, arrival.instance.row.practice).into_iter();
        let silent = arrival.identity.silent;
        let along = keys.filter_map(|Key { space, value }| {
            if !links.iter().any(|link| link.space == space && link.value == value) {
                // A sign-in without a tap gives nobody another key.
                let new = || Write::InsertIdentity(self.new_identity(&user.id, arrival, Key { space, value }));
                return (!silent).then(new);
            }
            // What it says of them is less than a sign-in says: the kept profile stays.
            let kept = || links.iter().find(|link| link.space == space && link.value == value);
            let profile = if silent { kept()?.profile.clone() } else { profile.clone() };
            Some(Write::TouchIdentity { space, value, profile, at: now })
        });
        let mut proof = self.proof(user.clone(), arrival, along.collect());
        if silent && arrival.identity.auth_time.is_none() {
            // They did nothing just now: what is known is when they came this way first (design.md §5).
            proof.auth_time = links.iter().map(|link| link.first_used_at).min().unwrap_or(0);
        }
        self.complete(id, visitor, &proof).await
    }

    pub(crate) fn new_identity(&self, user: &UserId, arrival: &Arrival, key: Key) -> StoredIdentity {
        let now = self.clock.now();
        StoredIdentity {
            id: self.random.ulid(now),
            user_id: user.clone(),
            space: key.space,
            value: key.value,
            connector_id: arrival.instance.row.id.clone(),
            profile: profile_of(&arrival.identity),
            first_used_at: now,
            last_used_at: now,
        }
    }

    pub(crate) fn proof(&self, user: User, arrival: &Arrival, along: Vec<Write>) -> Proof {
        let now = self.clock.now();
        Proof {
            user,
            instance: Arc::clone(&arrival.instance),
            auth_time: arrival.identity.auth_time.filter(|at| (0..=now).contains(at)).unwrap_or(now),
            amr: arrival.identity.amr.clone(),
            remembered: false,
            along,
            leg: arrival.leg.clone(),
        }
    }

    /// The two doors.
    async fn ask(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
        may_create: bool,
    ) -> Result<Progress, LoginError> {
        let now = self.clock.now();
        let row = &arrival.instance.row;
        let pending = Pending {
            identity: arrival.identity.clone(),
            connector: row.id.clone(),
            title: row.title.clone(),
            practice: row.practice,
            may_create,
            door: None,
        };
        self.change(id, visitor, |facts| {
            if !facts.is_open(now) {
                return None;
            }
            facts.quiet();
            facts.talk = None;
            facts.stranger = Some(pending.clone());
            Some((arrival.leg.iter().map(|leg| leg.outcome(None, now)).collect(), ()))
        })
        .await?;
        Ok(Progress::default())
    }

    /// Says on the sign-in page why not, and notes it.
    pub(crate) async fn turn_away(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
        what: UpstreamNotice,
    ) -> Result<Progress, LoginError> {
        let now = self.clock.now();
        let row = &arrival.instance.row;
        let event = Event {
            actor: "anonymous".to_owned(),
            action: "sign_in",
            target: format!("connector:{}", row.name),
            outcome: format!("refused: {what:?}"),
            detail: json!({ "keys": arrival.identity.keys.iter().map(|key| key.space.as_str()).collect::<Vec<_>>() }),
        };
        let entry = self.entry(visitor, &event);
        self.change(id, visitor, |facts| {
            let mut writes = vec![Write::Audit(entry.clone())];
            writes.extend(arrival.leg.iter().map(|leg| leg.outcome(None, now)));
            facts.quiet();
            facts.talk = None;
            facts.notice = Some(notice(row.title.clone(), what, visitor));
            Some((writes, ()))
        })
        .await?;
        Ok(Progress::default())
    }
}

#[cfg(test)]
#[path = "recognise_tests.rs"]
mod tests;
