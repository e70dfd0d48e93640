//! Whose identity is this? Reads what `decide` needs, and writes what follows from it.

use std::sync::Arc;

use serde_json::json;

use super::complete::{Proof, notice};
use super::connectors::Instance;
use super::decide::{Decision, Evidence, Found, decide, plan};
use super::figures::count_sign_in;
use super::interaction::{Pending, UpstreamNotice};
use super::leg::LegMark;
use super::roster::Door;
use super::writes::{Event, TAKEN, Write};
use super::{Login, LoginError, Progress, Visitor, otp};
use crate::base::clock::Seconds;
use crate::base::id::{InteractionId, UserId};
use crate::base::people::{Email, clean_name};
use crate::connectors::{Identity, Key};
use crate::store::Error;
use crate::store::connectors::FirstSignIn;
use crate::store::identities::StoredIdentity;
use crate::store::users::{NameKind, User, UserState};

/// A number nobody used for so long may be somebody else's by now (security.md row 196), in seconds.
const STALE: Seconds = 90 * 86_400;
/// How often a lost race is run again.
const TRIES: usize = 5;

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
        if arrival.identity.is_outsider {
            self.not_of_company(&arrival.instance, (&arrival.identity, Door::Open), visitor).await?;
        }
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
        let held = self.hold(id, visitor).await?;
        if let Some(user) = &held.facts.binding {
            return Box::pin(self.bind(id, visitor, arrival, user)).await;
        }
        let (evidence, links) = self.evidence(arrival).await?;
        let linking = held.facts.linking().is_some();
        match decide(&evidence) {
            Decision::User { user, .. } if arrival.identity.silent && !linking => {
                self.use_identity(id, visitor, arrival, (&user, &links)).await
            }
            Decision::Nothing => self.silently_unknown(id, visitor, arrival).await,
            _ if arrival.identity.silent => self.silently_unknown(id, visitor, arrival).await,
            Decision::User { user, .. } => self.use_identity(id, visitor, arrival, (&user, &links)).await,
            // Somebody who is proving an old account came with yet another unknown identity.
            Decision::Enrol | Decision::ProveOldAccount { .. } | Decision::ProvePhone { .. } if linking => {
                self.turn_away(id, visitor, arrival, UpstreamNotice::NotInvited).await
            }
            Decision::Enrol => {
                let proof = self.enrol(arrival, without, visitor);
                Box::pin(self.complete(id, visitor, &proof)).await
            }
            Decision::ProveOldAccount { may_create } => self.ask(id, visitor, arrival, (may_create, false)).await,
            Decision::ProvePhone { may_create } => self.ask(id, visitor, arrival, (may_create, true)).await,
            Decision::Refuse(what) => self.turn_away(id, visitor, arrival, what).await,
            Decision::Ambiguous => self.turn_away(id, visitor, arrival, UpstreamNotice::Taken).await,
        }
    }

    /// What `decide` needs, and the identities that were found.
    pub(crate) async fn evidence(&self, arrival: &Arrival) -> Result<(Evidence, Vec<StoredIdentity>), LoginError> {
        let row = &arrival.instance.row;
        let keys = stored_keys(&arrival.identity, row.practice);
        let mut links = Vec::new();
        for key in &keys {
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
        let strongest = keys.first().zip(links.first());
        let identity = &arrival.identity;
        let (rule, registration) = self.first_sign_in(arrival).await?;
        let evidence = Evidence {
            resembles: by_key.is_empty() && self.resembles(identity, row.practice).await?,
            by_strongest: strongest.is_some_and(|(key, row)| key.space == row.space && key.value == row.value),
            by_key,
            practice: row.practice,
            rule,
            registration,
            silent: identity.silent,
            nameless: identity.name.is_none() && identity.username.is_none() && identity.email.is_none(),
            codes: self.sms(row.practice).await?.is_some(),
            stale: self.is_stale(links.first(), row.practice).await?,
        };
        Ok((evidence, links))
    }

    /// The rule for people whom nobody knows, and whether new ones are let in.
    async fn first_sign_in(&self, arrival: &Arrival) -> Result<(FirstSignIn, bool), LoginError> {
        let row = &arrival.instance.row;
        // Somebody who came by a number has proven one already.
        let is_phone = arrival.identity.keys.iter().any(|key| key.space == otp::SPACE);
        let (rule, registration) = self.entrance(row).await?;
        if rule == FirstSignIn::Invited && self.is_listed(arrival).await? {
            // The company's directory is the invitation.
            return Ok((FirstSignIn::Create, true));
        }
        let rule = if is_phone && rule == FirstSignIn::BindPhone { FirstSignIn::Create } else { rule };
        Ok((rule, registration))
    }

    /// Whether the directory of the company behind the connector has this person, and lets them sign in.
    pub(crate) async fn is_listed(&self, arrival: &Arrival) -> Result<bool, LoginError> {
        let row = &arrival.instance.row;
        let Some(org) = self.store.org_mirroring(&row.id).await? else { return Ok(false) };
        for Key { space, value } in stored_keys(&arrival.identity, row.practice) {
            if self.store.roster_has(&org.id, &space, &value).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A number may go to somebody else: one not used for long lets nobody in who has another way (security.md row 196).
    pub(crate) async fn is_stale(&self, link: Option<&StoredIdentity>, practice: bool) -> Result<bool, LoginError> {
        let Some(link) = link.filter(|link| link.space == otp::space(practice)) else { return Ok(false) };
        if self.clock.now() - link.last_used_at < STALE {
            return Ok(false);
        }
        let identities = self.store.identities_of(&link.user_id).await?;
        let others = identities.iter().any(|other| other.subject != link.subject);
        Ok(others || self.store.password_of(&link.user_id).await?.is_some())
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
        let silent = arrival.identity.silent;
        let keys = stored_keys(&arrival.identity, arrival.instance.row.practice);
        let theirs = self.store.identities_of(&user.id).await?;
        let along = self.key_writes(&user.id, visitor, (arrival, links), plan(&keys, &user.id, links, &theirs));
        let mut proof = self.proof(user, arrival, along);
        if silent && arrival.identity.auth_time.is_none() {
            // They did nothing just now: what is known is when they came this way first (design.md §5).
            proof.auth_time = links.iter().map(|link| link.first_used_at).min().unwrap_or(0);
        }
        Box::pin(self.complete(id, visitor, &proof)).await
    }

    pub(crate) fn new_identity(&self, user: &UserId, arrival: &Arrival, key: Key) -> StoredIdentity {
        let now = self.clock.now();
        let id = self.random.ulid(now);
        StoredIdentity {
            subject: id.clone(),
            id,
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
            is_member: arrival.instance.is_member(&arrival.identity),
            member: arrival.identity.member.clone(),
            along,
            leg: arrival.leg.clone(),
        }
    }

    /// The two doors, or the number that says whose the identity is.
    async fn ask(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
        (may_create, by_phone): (bool, bool),
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
            by_phone,
            number: None,
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
        count_sign_in(&row.name, "refused");
        Ok(Progress::default())
    }
}

#[cfg(test)]
#[path = "recognise_tests.rs"]
mod tests;
