//! One's own number: the first one, another one, none. The old one is proven first; that is a ticket of five
//! minutes for the new one (design.md §4). Everything happens in an interaction of its own.

use std::collections::BTreeMap;

use super::interaction::{Bound, NumberStep, OwnNumber, Purpose};
use super::number::NumberTurn;
use super::otp::{self, CodeFor};
use super::writes::{Event, LAST, TAKEN, Write};
use super::{Login, LoginError, Stepped, Visitor};
use crate::base::clock::Seconds;
use crate::base::id::InteractionId;
use crate::base::secret::{Secret, digest};
use crate::connectors::Form;
use crate::connectors::step::PhoneWrong;
use crate::store::Error;
use crate::store::identities::StoredIdentity;
use crate::store::sessions::Session;
use crate::store::users::User;

/// How long the proof of the old number lets one prove a new one, in seconds.
const TICKET: Seconds = 300;

impl Login {
    /// Begins to give a person a number, another one, or (`remove`) none; the old one gets a code at once.
    ///
    /// # Errors
    /// `Store`.
    pub async fn begin_own_number(
        &self,
        session: &Session,
        remove: bool,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let Some(user) = self.store.user(&session.user_id).await? else { return Err(LoginError::Unknown) };
        let link = self.number_of(&user).await?;
        let now = self.clock.now();
        let form = Form::PhoneNumber { wrong: None };
        let own = OwnNumber {
            user: user.id.clone(),
            old: link.as_ref().map(|link| link.value.clone()),
            remove,
            // Without an old number a fresh sign-in stands for it; the caller has seen to that.
            proven_at: link.is_none().then_some(now),
            step: NumberStep { form, memo: None },
        };
        let id = self.open(Purpose::Account, visitor).await?;
        self.say(&id, visitor, |facts| facts.own = Some(own.clone())).await?;
        match link {
            Some(link) => {
                let fields = BTreeMap::from([("phone".to_owned(), Secret::new(link.value))]);
                self.own_number(&id, fields, visitor).await
            }
            None => Ok(Stepped::back(&id)),
        }
    }

    /// `POST /i/{id}/own-number`: the old number's code, the new number, its code.
    ///
    /// # Errors
    /// [`LoginError`]; what is wrong in the fields is said on the page.
    pub async fn own_number(
        &self,
        id: &InteractionId,
        mut fields: BTreeMap<String, Secret>,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        let now = self.clock.now();
        let Some(own) = held.facts.own.as_ref().filter(|_| held.facts.is_open(now)) else {
            return Ok(Stepped::back(id));
        };
        // Who is signed in now is whose number it is, or nothing happens (security.md row 184).
        let session = self.live(visitor).await?.filter(|session| session.user_id == own.user);
        let user = match session {
            Some(session) => self.store.user(&session.user_id).await?,
            None => None,
        };
        let Some(user) = user else { return self.say(id, visitor, |facts| facts.own = None).await };
        let proven = own.proven_at.is_some_and(|at| now < at + TICKET);
        let purpose = if proven { CodeFor::Bind } else { CodeFor::Own };
        if !proven && (own.old.is_none() || own.proven_at.is_some()) {
            // The ticket is over: from the beginning.
            return self.say(id, visitor, |facts| facts.own = None).await;
        }
        if let (false, Some(old)) = (proven, &own.old) {
            // The code goes to the number they have, whatever was typed.
            fields.remove("phone");
            fields.remove("other");
            if own.step.memo.is_none() {
                fields.insert("phone".to_owned(), Secret::new(old.clone()));
            }
        }
        let codes = self.codes_for(purpose, &held.facts, (user.practice, visitor));
        let sealed_for = format!("own number memo:{} {proven}", digest(id.as_str()));
        match self.number_turn((codes, &sealed_for), Some(&own.step), fields, visitor).await? {
            None => {
                let wrong = Some(PhoneWrong::NotSent);
                self.ask_own(id, visitor, NumberStep { form: Form::PhoneNumber { wrong }, memo: None }).await
            }
            Some(NumberTurn::Ask(step)) => self.ask_own(id, visitor, step).await,
            Some(NumberTurn::Proven(number, _)) if !proven => {
                if own.old.as_ref() != Some(&number) {
                    return Ok(Stepped::back(id));
                }
                self.old_is_proven(id, visitor, (own, user)).await
            }
            Some(NumberTurn::Proven(number, _)) => self.new_is_proven(id, visitor, (own, user), number).await,
        }
    }

    async fn ask_own(&self, id: &InteractionId, visitor: &Visitor, step: NumberStep) -> Result<Stepped, LoginError> {
        self.say(id, visitor, |facts| {
            if let Some(own) = &mut facts.own {
                own.step = step.clone();
            }
        })
        .await
    }

    async fn old_is_proven(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        (own, user): (&OwnNumber, User),
    ) -> Result<Stepped, LoginError> {
        let now = self.clock.now();
        if !own.remove {
            return self
                .say(id, visitor, |facts| {
                    if let Some(own) = &mut facts.own {
                        own.proven_at = Some(now);
                        own.step = NumberStep { form: Form::PhoneNumber { wrong: None }, memo: None };
                    }
                })
                .await;
        }
        let Some(link) = self.number_of(&user).await? else { return Ok(Stepped::back(id)) };
        let entry = self.number_entry(visitor, &user, "phone.unbind");
        let gone = Write::DeleteSubject { user: user.id.clone(), subject: link.subject };
        let mut writes = Vec::new();
        if user.phone.as_ref() == own.old.as_ref() {
            // First: whether a password is still a way in hangs on the names that are left.
            writes.push(Write::UpdateUser(User { phone: None, phone_verified: false, updated_at: now, ..user }));
        }
        writes.extend([gone, Write::Audit(entry)]);
        self.finish_own(id, visitor, writes).await
    }

    async fn new_is_proven(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        (own, user): (&OwnNumber, User),
        number: String,
    ) -> Result<Stepped, LoginError> {
        let now = self.clock.now();
        let link = self.number_of(&user).await?;
        let mut writes = Vec::new();
        match (&own.old, link) {
            (Some(old), Some(link)) if link.value == *old => {
                writes.push(Write::ChangeKey { id: link.id, old: old.clone(), new: number.clone() });
            }
            (None, None) => {
                let Some(sms) = self.sms(user.practice).await? else { return Ok(Stepped::back(id)) };
                let row = self.random.ulid(now);
                writes.push(Write::InsertIdentity(StoredIdentity {
                    id: row.clone(),
                    user_id: user.id.clone(),
                    space: otp::space(user.practice).to_owned(),
                    value: number.clone(),
                    connector_id: sms.row.id.clone(),
                    profile: "{}".to_owned(),
                    first_used_at: now,
                    last_used_at: now,
                    subject: row,
                }));
            }
            // Something changed meanwhile, in another tab.
            _ => return self.say(id, visitor, |facts| facts.own = None).await,
        }
        writes.push(Write::Audit(self.number_entry(visitor, &user, "phone.bind")));
        let with_number = User { phone: Some(number), phone_verified: true, updated_at: now, ..user };
        let mut all = writes.clone();
        all.push(Write::UpdateUser(with_number));
        match self.finish_own(id, visitor, all).await {
            // Somebody only wrote it down as theirs: it becomes a way in, not an attribute.
            Err(LoginError::Store(Error::Conflict("phone"))) => self.finish_own(id, visitor, writes).await,
            done => done,
        }
    }

    /// Writes, and says on the page where it was somebody's or the last way in.
    async fn finish_own(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        writes: Vec<Write>,
    ) -> Result<Stepped, LoginError> {
        let done = self
            .change(id, visitor, |facts| {
                (facts.own, facts.bound) = (None, Some(Bound::Done));
                Some((writes.clone(), ()))
            })
            .await;
        match done {
            Ok(_) => Ok(Stepped::back(id)),
            Err(LoginError::Store(Error::Conflict(what @ (TAKEN | LAST)))) => {
                let bound = if what == TAKEN { Bound::Taken } else { Bound::Last };
                self.say(id, visitor, |facts| (facts.own, facts.bound) = (None, Some(bound))).await
            }
            Err(error) => Err(error),
        }
    }

    /// The number that is a person's way in.
    pub(crate) async fn number_of(&self, user: &User) -> crate::store::Result<Option<StoredIdentity>> {
        let space = otp::space(user.practice);
        let mut all = self.store.identities_of(&user.id).await?;
        all.retain(|row| row.space == space);
        // A merge may leave two: the one that is also their number of record comes first.
        all.sort_by_key(|row| user.phone.as_deref() != Some(row.value.as_str()));
        Ok(all.into_iter().next())
    }

    fn number_entry(&self, visitor: &Visitor, user: &User, action: &'static str) -> crate::store::audit::AuditEntry {
        let event = Event {
            actor: format!("user:{}", user.id),
            action,
            target: format!("user:{}", user.id),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({}),
        };
        self.entry(visitor, &event)
    }
}
