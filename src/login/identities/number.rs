//! A number as a way in, bound and taken away by a code to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Asker, Bound, CONVERSATION, FRESH, IdentityTrouble, invalid};
use crate::base::clock::Seconds;
use crate::base::lang::Lang;
use crate::base::phone::Phone;
use crate::base::secret::Secret;
use crate::connectors::Form;
use crate::connectors::phone_codes::{CodeChecked, PhoneCodes as _};
use crate::connectors::step::PhoneWrong;
use crate::login::number::NumberTurn;
use crate::login::otp::{self, CodeFor, Codes};
use crate::login::writes::{Event, LAST, TAKEN, Write, commit};
use crate::login::{Login, Visitor};
use crate::store::Error;
use crate::store::identities::StoredIdentity;
use crate::store::users::User;

/// A number as somebody typed it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedNumber {
    /// The number.
    pub phone: String,
    /// Two letters, where it has no country code.
    pub country: Option<String>,
    /// The code sent to it; without one, a code is sent.
    pub code: Option<Secret>,
    /// BCP 47: the language of the message.
    pub lang: Option<String>,
}

/// A code is on its way.
#[derive(Debug, Serialize)]
pub struct NumberSent {
    /// Where to, as it may be shown.
    pub sent_to: String,
    /// From when on another may be asked for, seconds since 1970.
    pub again_at: Seconds,
}

impl Login {
    /// Sends a code to a number that is to become the person's way in.
    ///
    /// # Errors
    /// [`IdentityTrouble`].
    pub async fn send_to_new_number(
        &self,
        asker: &Asker,
        typed: &TypedNumber,
        visitor: &Visitor,
    ) -> Result<NumberSent, IdentityTrouble> {
        self.may_change(asker, FRESH)?;
        self.has_no_number(asker).await?;
        let lang = typed.lang.as_deref().and_then(Lang::from_tag).unwrap_or(Lang::Zh);
        let codes = self.codes_of(asker, CodeFor::Bind, (lang, visitor));
        self.send(codes, (&typed.phone, typed.country.as_deref()), visitor).await
    }

    /// Sends a code to the number that is the person's way in, before it is taken away.
    ///
    /// # Errors
    /// [`IdentityTrouble`]; `NoWayIn` where that is no number.
    pub async fn send_to_own_number(
        &self,
        asker: &Asker,
        subject: &str,
        visitor: &Visitor,
    ) -> Result<NumberSent, IdentityTrouble> {
        self.may_change(asker, FRESH)?;
        let own = self.number_way(asker, subject).await?.ok_or(IdentityTrouble::NoWayIn)?;
        let codes = self.codes_of(asker, CodeFor::Own, (Lang::Zh, visitor));
        self.send(codes, (&own.value, None), visitor).await
    }

    /// Makes the number that this code was sent to a way in of the person.
    ///
    /// # Errors
    /// [`IdentityTrouble`]; nothing is changed then.
    pub async fn bind_number(
        &self,
        asker: &Asker,
        (typed, code): (&TypedNumber, &Secret),
        visitor: &Visitor,
    ) -> Result<Bound, IdentityTrouble> {
        self.may_change(asker, FRESH + CONVERSATION)?;
        self.has_no_number(asker).await?;
        let sms = self.sms(asker.user.practice).await?.ok_or(IdentityTrouble::NoConnector)?;
        let first = crate::login::number::countries(&sms).first;
        let phone = Phone::parse(&typed.phone, typed.country.as_deref().unwrap_or(&first));
        let number = phone.map_err(|_| IdentityTrouble::Number(PhoneWrong::NotANumber))?.e164().to_owned();
        self.check(&self.codes_of(asker, CodeFor::Bind, (Lang::Zh, visitor)), &number, code).await?;
        let now = self.clock.now();
        let subject = self.random.ulid(now);
        let mut writes = vec![
            Write::InsertIdentity(StoredIdentity {
                id: subject.clone(),
                user_id: asker.user.id.clone(),
                space: otp::space(asker.user.practice).to_owned(),
                value: number.clone(),
                connector_id: sms.row.id.clone(),
                profile: "{}".to_owned(),
                first_used_at: now,
                last_used_at: now,
                subject: subject.clone(),
            }),
            self.number_noted(asker, "phone.bind", visitor),
        ];
        let with = User { phone: Some(number), phone_verified: true, updated_at: now, ..asker.user.clone() };
        let attribute = Write::UpdateUser(with);
        match commit(&self.store, [writes.clone(), vec![attribute]].concat()).await {
            Ok(()) => return Ok(Bound { subject, is_new: true }),
            // Somebody only wrote it down as theirs: it becomes a way in, not an attribute.
            Err(Error::Conflict("phone")) => {}
            Err(error) => return Err(taken(error)),
        }
        commit(&self.store, std::mem::take(&mut writes)).await.map_err(taken)?;
        Ok(Bound { subject, is_new: true })
    }

    /// Takes the number away that this code was sent to.
    pub(super) async fn unbind_number(
        &self,
        asker: &Asker,
        subject: &str,
        code: &Secret,
        visitor: &Visitor,
    ) -> Result<(), IdentityTrouble> {
        self.may_change(asker, FRESH + CONVERSATION)?;
        let Some(own) = self.number_way(asker, subject).await? else {
            return Err(invalid("code is for taking a number away: leave it out"));
        };
        self.check(&self.codes_of(asker, CodeFor::Own, (Lang::Zh, visitor)), &own.value, code).await?;
        let user = &asker.user;
        let mut writes = vec![
            Write::DeleteSubject { user: user.id.clone(), subject: subject.to_owned() },
            self.number_noted(asker, "phone.unbind", visitor),
        ];
        if user.phone.as_ref() == Some(&own.value) {
            let now = self.clock.now();
            writes.push(Write::UpdateUser(User {
                phone: None,
                phone_verified: false,
                updated_at: now,
                ..user.clone()
            }));
        }
        match commit(&self.store, writes).await {
            Ok(()) => Ok(()),
            Err(Error::Conflict(LAST)) => Err(IdentityTrouble::Last),
            Err(error) => Err(error.into()),
        }
    }

    async fn send(
        &self,
        codes: Arc<Codes>,
        (phone, country): (&str, Option<&str>),
        visitor: &Visitor,
    ) -> Result<NumberSent, IdentityTrouble> {
        let mut fields = BTreeMap::from([("phone".to_owned(), Secret::new(phone))]);
        fields.extend(country.map(|country| ("country".to_owned(), Secret::new(country))));
        match self.number_turn((codes, "identities"), None, fields, visitor).await? {
            Some(NumberTurn::Ask(step)) => match step.form {
                Form::PhoneCode { to, again_at, .. } => Ok(NumberSent { sent_to: to, again_at }),
                Form::PhoneNumber { wrong } => Err(IdentityTrouble::Number(wrong.unwrap_or(PhoneWrong::NotANumber))),
                Form::NameAndPassword | Form::InAppCode { .. } => Err(IdentityTrouble::NoConnector),
            },
            Some(NumberTurn::Proven(..)) | None => Err(IdentityTrouble::NoConnector),
        }
    }

    async fn check(&self, codes: &Codes, number: &str, code: &Secret) -> Result<(), IdentityTrouble> {
        match codes.check(number, code).await.map_err(IdentityTrouble::Platform)? {
            CodeChecked::Right => Ok(()),
            CodeChecked::Wrong { left } => Err(IdentityTrouble::WrongCode(left)),
            CodeChecked::Gone => Err(IdentityTrouble::WrongCode(0)),
        }
    }

    /// Codes that only this application gets for this person.
    fn codes_of(&self, asker: &Asker, purpose: CodeFor, (lang, visitor): (Lang, &Visitor)) -> Arc<Codes> {
        let within = format!("identities {} {}", asker.user.id, asker.client.id);
        let (practice, address) = (asker.user.practice, visitor.address.clone());
        Codes::new(self, otp::Bound { purpose, within, practice, address, lang })
    }

    async fn number_way(&self, asker: &Asker, subject: &str) -> Result<Option<StoredIdentity>, IdentityTrouble> {
        let space = otp::space(asker.user.practice);
        let rows = self.store.identities_of(&asker.user.id).await?;
        Ok(rows.into_iter().find(|row| row.space == space && row.subject == subject))
    }

    async fn has_no_number(&self, asker: &Asker) -> Result<(), IdentityTrouble> {
        let space = otp::space(asker.user.practice);
        let rows = self.store.identities_of(&asker.user.id).await?;
        if rows.iter().any(|row| row.space == space) { Err(IdentityTrouble::HasNumber) } else { Ok(()) }
    }

    fn number_noted(&self, asker: &Asker, action: &'static str, visitor: &Visitor) -> Write {
        let event = Event {
            actor: asker.actor(),
            action,
            target: format!("user:{}", asker.user.id),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({ "client": asker.client.id.as_str() }),
        };
        Write::Audit(self.entry(visitor, &event))
    }
}

fn taken(error: Error) -> IdentityTrouble {
    if matches!(error, Error::Conflict(TAKEN)) { IdentityTrouble::Taken } else { error.into() }
}
