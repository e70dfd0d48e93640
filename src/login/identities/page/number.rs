//! One's own number at the account page: the first one, another one, none. The old one is proven first; that is a ticket of five
//! minutes for the new one (design.md §4). Everything happens in an interaction of its own.

use std::collections::BTreeMap;

use super::super::{Change, TICKET};
use super::lost;
use crate::base::id::InteractionId;
use crate::base::secret::{Secret, digest};
use crate::connectors::Form;
use crate::connectors::step::PhoneWrong;
use crate::login::interaction::{Bound, Notice, NumberStep, OwnNumber, Purpose};
use crate::login::number::NumberTurn;
use crate::login::otp::CodeFor;
use crate::login::writes::Write;
use crate::login::{Login, LoginError, Stepped, Visitor};
use crate::store::Error;
use crate::store::identities::StoredIdentity;
use crate::store::sessions::Session;
use crate::store::users::User;

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
        let user = match &session {
            Some(session) => self.store.user(&session.user_id).await?,
            None => None,
        };
        let Some((user, session)) = user.zip(session) else {
            return self.say(id, visitor, |facts| facts.own = None).await;
        };
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
                self.old_is_proven(id, visitor, (own, user, &session)).await
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
        (own, user, session): (&OwnNumber, User, &Session),
    ) -> Result<Stepped, LoginError> {
        let Some(link) = self.number_of(&user).await?.filter(|link| own.old.as_ref() == Some(&link.value)) else {
            return self.finish_own(id, visitor, (Vec::new(), Bound::Not, None)).await;
        };
        if !own.remove {
            return self.ask_for_next(id, visitor, &link).await;
        }
        let writes = self.unbinding(&Change::own(&user, visitor), std::slice::from_ref(&link)).await?;
        // Its sessions end with it; the sign-in page is told what happened.
        let notice = (link.connector_id == session.connector_id).then_some(Notice::WayRemoved);
        self.finish_own(id, visitor, (writes, Bound::Done, notice)).await
    }

    /// The old number was proven: that is a ticket for the new one, and a use of it.
    async fn ask_for_next(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        link: &StoredIdentity,
    ) -> Result<Stepped, LoginError> {
        let (now, used) = (self.clock.now(), self.number_used(link));
        self.change(id, visitor, |facts| {
            if !facts.is_open(now) {
                return None;
            }
            facts.quiet();
            let own = facts.own.as_mut()?;
            own.proven_at = Some(now);
            own.step = NumberStep { form: Form::PhoneNumber { wrong: None }, memo: None };
            Some((vec![used.clone()], ()))
        })
        .await?;
        Ok(Stepped::back(id))
    }

    async fn new_is_proven(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        (own, user): (&OwnNumber, User),
        number: String,
    ) -> Result<Stepped, LoginError> {
        let link = self.number_of(&user).await?;
        let numbering = if link.as_ref().map(|link| &link.value) == own.old.as_ref() {
            self.numbering(&Change::own(&user, visitor), link.as_ref(), &number).await?
        } else {
            // Something changed meanwhile, in another tab.
            None
        };
        let Some(numbering) = numbering else {
            return self.finish_own(id, visitor, (Vec::new(), Bound::Not, None)).await;
        };
        match self.finish_own(id, visitor, (numbering.named, Bound::Done, None)).await {
            Err(LoginError::Store(Error::Conflict("phone"))) => {
                self.finish_own(id, visitor, (numbering.unnamed, Bound::Done, None)).await
            }
            done => done,
        }
    }

    /// Writes, and says on the page where it was somebody's or the last way in.
    async fn finish_own(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        (writes, bound, notice): (Vec<Write>, Bound, Option<Notice>),
    ) -> Result<Stepped, LoginError> {
        let done = self
            .change(id, visitor, |facts| {
                (facts.own, facts.bound) = (None, Some(bound));
                facts.notice.clone_from(&notice);
                Some((writes.clone(), ()))
            })
            .await;
        match done {
            Ok(_) => Ok(Stepped::back(id)),
            Err(LoginError::Store(Error::Conflict("phone"))) => Err(LoginError::Store(Error::Conflict("phone"))),
            Err(error) => {
                let bound = lost(error)?;
                self.say(id, visitor, |facts| (facts.own, facts.bound) = (None, Some(bound))).await
            }
        }
    }
}
