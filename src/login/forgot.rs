//! A forgotten password: a code to one's own number is a ticket of five minutes that sets a new one (design.md §4).
//!
//! Nothing is looked up before the code was right: known and unknown numbers are alike until then.

use std::collections::BTreeMap;

use super::interaction::{Facts, Half, Next, Notice, NumberStep, next};
use super::number::NumberTurn;
use super::otp::{self, CodeFor};
use super::writes::{Event, Write};
use super::{Login, LoginError, Stepped, Visitor};
use crate::base::id::InteractionId;
use crate::base::secret::{Secret, digest};
use crate::connectors::Form;
use crate::store::clients::Client;
use crate::store::users::UserState;

impl Login {
    /// Whether a forgotten password can be replaced: there is a password form, and codes can be sent.
    pub(crate) async fn forgotten_is_on(&self, client: Option<&Client>) -> Result<bool, LoginError> {
        Ok(self.password_form(client).await?.is_some() && self.sms(false).await?.is_some())
    }

    /// `POST /i/{id}/forgot`: the number, then its code; nothing but `begin` opens the page.
    ///
    /// # Errors
    /// [`LoginError`]; what is wrong in the fields is said on the page.
    pub async fn forgot(
        &self,
        id: &InteractionId,
        fields: BTreeMap<String, Secret>,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        let read = self.read(&held.facts, visitor).await?;
        let open = matches!(next(&held.facts, &read.policy, self.clock.now()), Next::Login(_));
        if !open || held.facts.finished || !self.forgotten_is_on(read.client.as_deref()).await? {
            return Ok(Stepped::back(id));
        }
        if fields.contains_key("begin") {
            let step = NumberStep { form: Form::PhoneNumber { wrong: None }, memo: None };
            return self.say(id, visitor, |facts| facts.forgotten = Some(step.clone())).await;
        }
        let codes = self.codes_for(CodeFor::Forgotten, &held.facts, (false, visitor));
        let purpose = format!("forgotten memo:{}", digest(id.as_str()));
        match self.number_turn((codes, &purpose), held.facts.forgotten.as_ref(), fields, visitor).await? {
            None => Ok(Stepped::back(id)),
            Some(NumberTurn::Ask(step)) => self.say(id, visitor, |facts| facts.forgotten = Some(step.clone())).await,
            Some(NumberTurn::Proven(number, _)) => self.ticket(id, &number, (&held.facts, visitor)).await,
        }
    }

    /// The number is proven: its person may set a password; for nobody's the page says so.
    async fn ticket(
        &self,
        id: &InteractionId,
        number: &str,
        (facts, visitor): (&Facts, &Visitor),
    ) -> Result<Stepped, LoginError> {
        let client = match facts.request() {
            Some(request) => self.store.client(&request.client_id).await?,
            None => None,
        };
        let Some(form) = self.password_form(client.as_deref()).await? else { return Ok(Stepped::back(id)) };
        let link = self.store.identity(otp::SPACE, number).await?;
        let stale = self.is_stale(link.as_ref(), false).await?;
        let user = match &link {
            Some(link) if !stale => self.store.user(&link.user_id).await?,
            _ => None,
        };
        // Whoever runs the console does not depend on a telephone company (security.md row 113).
        let user = user.filter(|user| user.state == UserState::Active && !user.practice && !user.administrator);
        let event = Event {
            actor: user.as_ref().map_or_else(|| "anonymous".to_owned(), |user| format!("user:{}", user.id)),
            action: "password.forgotten",
            target: user.as_ref().map_or_else(|| "user:unknown".to_owned(), |user| format!("user:{}", user.id)),
            outcome: if user.is_some() { "ok" } else { "nobody" }.to_owned(),
            detail: serde_json::json!({ "number": otp::shown(number) }),
        };
        let entry = self.entry(visitor, &event);
        let now = self.clock.now();
        let half = user.map(|user| Half {
            user: user.id,
            connector: form.row.id.clone(),
            at: now,
            remembered: false,
            ticket: true,
        });
        self.change(id, visitor, |facts| {
            if !facts.is_open(now) {
                return None;
            }
            facts.quiet();
            facts.forgotten = None;
            facts.half.clone_from(&half);
            facts.notice = half.is_none().then_some(Notice::NobodysNumber);
            Some((vec![Write::Audit(entry.clone())], ()))
        })
        .await?;
        Ok(Stepped::back(id))
    }
}
