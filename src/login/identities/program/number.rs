//! A number as a way in: bound, changed and taken away by codes to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Asker, Bound, CONVERSATION, FRESH, IdentityTrouble, Refused, TICKET, TRIES};
use crate::base::clock::Seconds;
use crate::base::lang::Lang;
use crate::base::phone::Phone;
use crate::base::secret::{Secret, digest};
use crate::connectors::Form;
use crate::connectors::phone_codes::{CodeChecked, PhoneCodes as _};
use crate::connectors::step::PhoneWrong;
use crate::login::number::NumberTurn;
use crate::login::otp::{self, CodeFor, Codes, is_number};
use crate::login::writes::{CHANGED, LINK, Write, commit};
use crate::login::{Login, Visitor};
use crate::store::Error;
use crate::store::artifact::{Artifact, Kind, NewArtifact};
use crate::store::identities::StoredIdentity;

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

/// The word that somebody proved the number they have: it changes that number once.
#[derive(Debug, Serialize)]
pub struct NumberTicket {
    /// To be brought along with the new number.
    pub ticket: String,
    /// Until when, seconds since 1970.
    pub expires_at: Seconds,
}

/// What a ticket is about: the way in, and its number when it was proven.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Proven {
    subject: String,
    number: String,
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
        let lang = typed.lang.as_deref().and_then(Lang::from_tag).unwrap_or(visitor.wish.lang);
        let codes = self.codes_of(asker, CodeFor::Bind, (lang, visitor));
        self.send(codes, (&typed.phone, typed.country.as_deref()), visitor).await
    }

    /// Sends a code to the number that is the person's way in, before it is changed or taken away.
    ///
    /// # Errors
    /// [`IdentityTrouble`]; `Missing` where that is no number.
    pub async fn send_to_own_number(
        &self,
        asker: &Asker,
        subject: &str,
        visitor: &Visitor,
    ) -> Result<NumberSent, IdentityTrouble> {
        self.may_change(asker, FRESH)?;
        let own = self.number_way(asker, subject).await?;
        let codes = self.codes_of(asker, CodeFor::Own, (visitor.wish.lang, visitor));
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
        let number = self.proven_new(asker, (typed, code), visitor).await?;
        let subject = self.set_number(asker, (None, &number), (Vec::new(), visitor)).await?;
        Ok(Bound { subject, is_new: true })
    }

    /// The ticket for changing the number that this code was sent to.
    ///
    /// # Errors
    /// [`IdentityTrouble`].
    pub async fn prove_own_number(
        &self,
        asker: &Asker,
        (subject, code): (&str, &Secret),
        visitor: &Visitor,
    ) -> Result<NumberTicket, IdentityTrouble> {
        self.may_change(asker, FRESH + CONVERSATION)?;
        let own = self.number_way(asker, subject).await?;
        self.own_number_is_proven(asker, &own, (code, visitor)).await?;
        let ticket = self.random.token();
        let expires_at = self.clock.now() + TICKET;
        let used = self.number_used(&own);
        let proven = Proven { subject: own.subject, number: own.value };
        let artifact = NewArtifact {
            kind: Kind::NumberTicket,
            digest: digest(&ticket),
            grant_id: None,
            owner: Some(asker.user.id.to_string()),
            client_id: Some(asker.client.id.clone()),
            payload: NewArtifact::payload_of(&proven),
            expires_at,
            keep_until: expires_at,
        };
        commit(&self.store, vec![Write::Put(artifact), used]).await?;
        Ok(NumberTicket { ticket, expires_at })
    }

    /// Sends a code to the number that is to take the place of the one the ticket is about.
    ///
    /// # Errors
    /// [`IdentityTrouble`].
    pub async fn send_to_next_number(
        &self,
        asker: &Asker,
        (subject, ticket, typed): (&str, &Secret, &TypedNumber),
        visitor: &Visitor,
    ) -> Result<NumberSent, IdentityTrouble> {
        self.ticket_for(asker, subject, ticket).await?;
        let lang = typed.lang.as_deref().and_then(Lang::from_tag).unwrap_or(visitor.wish.lang);
        let codes = self.codes_of(asker, CodeFor::Bind, (lang, visitor));
        self.send(codes, (&typed.phone, typed.country.as_deref()), visitor).await
    }

    /// Puts the number that this code was sent to in the place of the one the ticket is about, and uses that up.
    ///
    /// # Errors
    /// [`IdentityTrouble`]; nothing is changed then.
    pub async fn change_number(
        &self,
        asker: &Asker,
        (subject, ticket, typed): (&str, &Secret, &TypedNumber),
        code: &Secret,
        visitor: &Visitor,
    ) -> Result<Bound, IdentityTrouble> {
        let (own, artifact) = self.ticket_for(asker, subject, ticket).await?;
        let number = self.proven_new(asker, (typed, code), visitor).await?;
        let take = Write::Take { kind: Kind::NumberTicket, digest: artifact.digest, at: self.clock.now() };
        let subject = self.set_number(asker, (Some(&own), &number), (vec![take], visitor)).await?;
        Ok(Bound { subject, is_new: false })
    }

    /// The way in that a ticket is about, if it is this asker's and about this one as it stands.
    async fn ticket_for(
        &self,
        asker: &Asker,
        subject: &str,
        ticket: &Secret,
    ) -> Result<(StoredIdentity, Artifact), IdentityTrouble> {
        // It came after a fresh sign-in, and lives no longer itself.
        self.may_change(asker, FRESH + CONVERSATION + TICKET)?;
        let own = self.number_way(asker, subject).await?;
        let found = self.store.look(Kind::NumberTicket, &digest(ticket.expose())).await?;
        let found = found.filter(|found| found.is_live(self.clock.now())).ok_or(IdentityTrouble::Ticket)?;
        let theirs = found.owner.as_deref() == Some(asker.user.id.as_str())
            && found.client_id.as_ref() == Some(&asker.client.id);
        let proven = Proven { subject: own.subject.clone(), number: own.value.clone() };
        if theirs && found.read::<Proven>()? == proven { Ok((own, found)) } else { Err(IdentityTrouble::Ticket) }
    }

    /// The number that was typed, in E.164, once its code is right.
    async fn proven_new(
        &self,
        asker: &Asker,
        (typed, code): (&TypedNumber, &Secret),
        visitor: &Visitor,
    ) -> Result<String, IdentityTrouble> {
        let sms = self.sms(asker.user.practice).await?.ok_or(IdentityTrouble::NoConnector)?;
        let first = crate::login::number::countries(&sms).first;
        let phone = Phone::parse(&typed.phone, typed.country.as_deref().unwrap_or(&first));
        let number = phone.map_err(|_| IdentityTrouble::Number(PhoneWrong::NotANumber))?.e164().to_owned();
        self.check(&self.codes_of(asker, CodeFor::Bind, (visitor.wish.lang, visitor)), &number, code).await?;
        Ok(number)
    }

    /// Writes a proven number by the rules, with the person as they are now.
    async fn set_number(
        &self,
        asker: &Asker,
        (old, number): (Option<&StoredIdentity>, &str),
        (along, visitor): (Vec<Write>, &Visitor),
    ) -> Result<String, IdentityTrouble> {
        let mut left = TRIES;
        loop {
            left -= 1;
            let user = self.store.user(&asker.user.id).await?.ok_or(IdentityTrouble::NoPerson)?;
            let numbering = self.numbering(&asker.change_of(&user, visitor), old, number).await?;
            let numbering = numbering.ok_or(IdentityTrouble::NoConnector)?;
            let mut done = commit(&self.store, [along.clone(), numbering.named].concat()).await;
            if matches!(done, Err(Error::Conflict("phone"))) {
                done = commit(&self.store, [along.clone(), numbering.unnamed].concat()).await;
            }
            match done {
                Ok(()) => return Ok(numbering.subject),
                Err(Error::Conflict(LINK)) => return Err(IdentityTrouble::Ticket),
                // Their profile changed in between, or the number that was proven.
                Err(Error::Conflict(CHANGED)) if left > 0 => {}
                Err(Error::Conflict(CHANGED)) => return Err(IdentityTrouble::Refused(Refused::Missing)),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether this code was sent to the number that is theirs.
    pub(super) async fn own_number_is_proven(
        &self,
        asker: &Asker,
        own: &StoredIdentity,
        (code, visitor): (&Secret, &Visitor),
    ) -> Result<(), IdentityTrouble> {
        self.check(&self.codes_of(asker, CodeFor::Own, (visitor.wish.lang, visitor)), &own.value, code).await
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

    async fn number_way(&self, asker: &Asker, subject: &str) -> Result<StoredIdentity, IdentityTrouble> {
        let rows = self.store.identities_of(&asker.user.id).await?;
        let own = rows.into_iter().find(|row| is_number(&row.space) && row.subject == subject);
        own.ok_or(IdentityTrouble::Refused(Refused::Missing))
    }

    async fn has_no_number(&self, asker: &Asker) -> Result<(), IdentityTrouble> {
        match self.number_of(&asker.user).await? {
            Some(_) => Err(IdentityTrouble::Refused(Refused::HasNumber)),
            None => Ok(()),
        }
    }
}
