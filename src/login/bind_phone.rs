//! Whose an unknown identity is, by a number and its code (the rule *bind by phone*, design.md §4): the person whose
//! way in that number is, or a new one whose account it becomes.

use std::collections::BTreeMap;

use super::complete::Proof;
use super::interaction::{Pending, UpstreamNotice};
use super::number::NumberTurn;
use super::otp::{self, CodeFor};
use super::recognise::Arrival;
use super::session::vouches;
use super::writes::{TAKEN, Write};
use super::{Login, LoginError, Progress, Stepped, Visitor};
use crate::base::id::InteractionId;
use crate::base::secret::{Secret, digest};
use crate::connectors::{Identity, Key};
use crate::store::Error;
use crate::store::connectors::FirstSignIn;
use crate::store::identities::StoredIdentity;
use crate::store::users::UserState;

impl Login {
    /// `POST /i/{id}/phone`: the number, then its code.
    ///
    /// # Errors
    /// [`LoginError`]; what is wrong in the fields is said on the page.
    pub async fn stranger_number(
        &self,
        id: &InteractionId,
        fields: BTreeMap<String, Secret>,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let (login, id, visitor) = (self.clone(), id.clone(), visitor.clone());
        self.to_its_end(async move { login.number_answered(&id, fields, &visitor).await }).await
    }

    async fn number_answered(
        &self,
        id: &InteractionId,
        fields: BTreeMap<String, Secret>,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        let open = held.facts.is_open(self.clock.now());
        let pending = held.facts.stranger.as_ref().filter(|pending| open && pending.by_phone && pending.door.is_none());
        let Some(pending) = pending else { return Ok(Stepped::back(id)) };
        let codes = self.codes_for(CodeFor::FirstSignIn, &held.facts, (pending.practice, visitor));
        let purpose = format!("first sign-in memo:{}", digest(id.as_str()));
        match self.number_turn((codes, &purpose), pending.number.as_ref(), fields, visitor).await? {
            None => Ok(Stepped::back(id)),
            Some(NumberTurn::Ask(step)) => {
                self.say(id, visitor, |facts| {
                    if let Some(pending) = &mut facts.stranger {
                        pending.number = Some(step.clone());
                    }
                })
                .await
            }
            Some(NumberTurn::Proven(number, phone)) => {
                let progress = self.by_number(id, visitor, pending, (&number, &phone)).await?;
                Ok(Stepped::Interaction(id.clone(), progress))
            }
        }
    }

    async fn by_number(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        pending: &Pending,
        (number, phone): (&str, &Identity),
    ) -> Result<Progress, LoginError> {
        // The rules are read again: they may have changed since the page was shown.
        let instance = self.connectors.by_id(&pending.connector).await?.filter(|instance| instance.is_usable());
        let Some(instance) = instance else { return Ok(Progress::default()) };
        let (rule, registration) = self.entrance(&instance.row).await?;
        if rule == FirstSignIn::Invited {
            return Ok(Progress::default());
        }
        let registration = pending.may_create && registration;
        let mut identity = pending.identity.clone();
        identity.phone = Some((number.to_owned(), true));
        identity.amr.extend(phone.amr.iter().cloned());
        let arrival = Arrival { instance, identity, leg: None };
        let link = self.store.identity(otp::space(pending.practice), number).await?;
        if self.is_stale(link.as_ref(), pending.practice).await? {
            return self.turn_away_for_good(id, visitor, &arrival, UpstreamNotice::Stale).await;
        }
        let done = match &link {
            Some(link) => self.number_of_somebody(id, visitor, (pending, &arrival), link).await,
            None if registration => self.number_of_nobody(id, visitor, &arrival, number).await,
            None => self.turn_away_for_good(id, visitor, &arrival, UpstreamNotice::NotInvited).await,
        };
        match done {
            // The identity or the number got a person meanwhile: look again.
            Err(LoginError::Store(Error::Conflict(TAKEN))) => Box::pin(self.recognise(id, visitor, &arrival)).await,
            done => done,
        }
    }

    /// Their person gets the identity.
    async fn number_of_somebody(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        (pending, arrival): (&Pending, &Arrival),
        link: &StoredIdentity,
    ) -> Result<Progress, LoginError> {
        let user = self.store.user(&link.user_id).await?;
        let user = user.filter(|user| user.state == UserState::Active && user.practice == pending.practice);
        let Some(user) = user else {
            return self.turn_away_for_good(id, visitor, arrival, UpstreamNotice::NotAllowed).await;
        };
        if !vouches(&user, &arrival.identity.amr) {
            return self.turn_away_for_good(id, visitor, arrival, UpstreamNotice::NotByCode).await;
        }
        let mut proof = self.proof(user, arrival, Vec::new());
        proof.along = self.link_writes(pending, &proof, visitor);
        proof.along.push(self.number_used(link));
        Box::pin(self.complete(id, visitor, &proof)).await
    }

    /// A person is created, with the number as a way in.
    async fn number_of_nobody(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
        number: &str,
    ) -> Result<Progress, LoginError> {
        let mut without = Vec::new();
        loop {
            let mut proof: Proof = self.enrol(arrival, &without, visitor);
            let space = otp::space(arrival.instance.row.practice).to_owned();
            let key = self.new_identity(&proof.user.id, arrival, Key { space, value: number.to_owned() });
            let connector_id = self.sms(arrival.instance.row.practice).await?.map(|sms| sms.row.id.clone());
            let connector_id = connector_id.unwrap_or_else(|| key.connector_id.clone());
            proof.along.push(Write::InsertIdentity(StoredIdentity { connector_id, profile: "{}".to_owned(), ..key }));
            match Box::pin(self.complete(id, visitor, &proof)).await {
                Err(LoginError::Store(Error::Conflict(what @ ("username" | "email" | "phone"))))
                    if !without.contains(&what) =>
                {
                    without.push(what);
                }
                done => return done,
            }
        }
    }

    /// The use of a number, noted.
    pub(crate) fn number_used(&self, link: &StoredIdentity) -> Write {
        Write::TouchIdentity {
            space: link.space.clone(),
            value: link.value.clone(),
            profile: link.profile.clone(),
            connector: link.connector_id.clone(),
            at: self.clock.now(),
        }
    }

    /// Says why not, and forgets the identity that waited.
    async fn turn_away_for_good(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
        what: UpstreamNotice,
    ) -> Result<Progress, LoginError> {
        self.say(id, visitor, |facts| facts.stranger = None).await?;
        self.turn_away(id, visitor, arrival, what).await
    }
}
