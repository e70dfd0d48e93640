//! The steps a page of ours posts: name and password, a new password, an
//! account chosen, a way out. Each ends in `303 /i/{id}`; a stale one changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::complete::Proof;
use super::figures::count_sign_in;
use super::interaction::{End, Facts, Half, How, Notice, Purpose, Typed};
use super::password::{Local, oversized};
use super::recognise::Arrival;
use super::turn::Particular;
use super::writes::{Event, Write};
use super::{Login, LoginError, Progress, Stepped, Visitor};
use crate::base::id::{InteractionId, UserId};
use crate::base::secret::Secret;
use crate::connectors::{Identity, Reply, Step, Trouble};
use crate::login::connectors::Instance;
use crate::login::interaction::PasswordMistake;
use crate::oidc::error::{Code, Error};
use crate::store::users::UserState;

impl Login {
    /// `POST /i/{id}/form`: name and password. A wrong one is a fact for the page, not an error.
    ///
    /// # Errors
    /// [`LoginError`]; `Protocol` for a password of more than 256 characters.
    pub async fn sign_in(
        &self,
        id: &InteractionId,
        username: &str,
        password: &Secret,
        remember: bool,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        if oversized(password) || username.chars().count() > super::password::LONGEST_INPUT {
            return Err(Error::new(Code::InvalidRequest, "a name or password has at most 256 characters").into());
        }
        let held = self.hold(id, visitor).await?;
        let client = match held.facts.request() {
            Some(request) => self.store.client(&request.client_id).await?,
            None => None,
        };
        let form = self.password_form(client.as_deref()).await?;
        let Some(form) = form.filter(|_| held.facts.is_open(self.clock.now())) else {
            return Ok(Stepped::back(id));
        };
        let local = Local::new(self, &visitor.address);
        let particular = Particular::new(self, How::Plain);
        let turn = self.turn(&form, &held.facts, particular, (visitor, Arc::clone(&local)));
        let (Some(turn), Some(talk)) = (turn, &form.connector) else { return Ok(Stepped::back(id)) };
        let fields =
            BTreeMap::from([("username".to_owned(), Secret::new(username)), ("password".to_owned(), password.clone())]);
        match talk.answer(&turn, Reply::Form(fields)).await {
            Ok(Step::Known(identity)) => self.password_was_right(id, visitor, &form, (*identity, remember)).await,
            Ok(Step::Go { .. } | Step::Ask { .. } | Step::Scan(_)) => Ok(Stepped::back(id)),
            Err(trouble) => self.password_was_wrong(id, visitor, (&form, &local), (username, &trouble)).await,
        }
    }

    async fn password_was_right(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        form: &Arc<Instance>,
        (identity, remember): (Identity, bool),
    ) -> Result<Stepped, LoginError> {
        let Some(user) = identity.local.clone() else { return Ok(Stepped::back(id)) };
        let credential = self.store.password_of(&user).await?;
        if credential.is_some_and(|credential| credential.must_change) {
            let now = self.clock.now();
            let half = Half { user, connector: form.row.id.clone(), at: now, remembered: remember, ticket: false };
            return self.say(id, visitor, |facts| facts.half = Some(half.clone())).await;
        }
        let Some(proof) = self.password_proof(&user, form, (identity, remember)).await? else {
            return Ok(Stepped::back(id));
        };
        let progress = Box::pin(self.complete(id, visitor, &proof)).await?;
        Ok(Stepped::Interaction(id.clone(), progress))
    }

    async fn password_proof(
        &self,
        user: &UserId,
        form: &Arc<Instance>,
        (mut identity, remembered): (Identity, bool),
    ) -> Result<Option<Proof>, LoginError> {
        let user = self.store.user(user).await?.filter(|user| user.state == UserState::Active);
        if identity.amr.is_empty() {
            identity.amr.push("pwd".to_owned());
        }
        let arrival = Arrival { instance: Arc::clone(form), identity, leg: None };
        Ok(user.map(|user| Proof { remembered, ..self.proof(user, &arrival, Vec::new()) }))
    }

    async fn password_was_wrong(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        (form, local): (&Arc<Instance>, &Local),
        (username, trouble): (&str, &Trouble),
    ) -> Result<Stepped, LoginError> {
        let tried = local.tried();
        let user = tried.as_ref().and_then(|tried| tried.user.as_ref());
        let event = Event {
            actor: "anonymous".to_owned(),
            action: "sign_in",
            target: user.map_or_else(|| "user:unknown".to_owned(), |user| format!("user:{user}")),
            outcome: tried.as_ref().map_or("wrong", |tried| tried.reason).to_owned(),
            detail: serde_json::json!({ "connector": form.row.name }),
        };
        let entry = self.entry(visitor, &event);
        let busy = matches!(trouble, Trouble::TryLater { .. });
        let now = self.clock.now();
        self.change(id, visitor, |facts| {
            if !facts.is_open(now) {
                return None;
            }
            facts.quiet();
            facts.notice = Some(if busy { Notice::Busy } else { Notice::WrongPassword });
            facts.typed = Typed { username: username.to_owned(), ..Typed::default() };
            Some((vec![Write::Audit(entry.clone())], ()))
        })
        .await?;
        count_sign_in(&form.row.name, tried.map_or("wrong", |tried| tried.reason));
        Ok(Stepped::back(id))
    }

    /// `POST /i/{id}/new-password`: the new password that an administrator's reset demands.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn new_password(
        &self,
        id: &InteractionId,
        password: &Secret,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        let now = self.clock.now();
        let Some(half) = held.facts.waiting_half(now).filter(|_| held.facts.is_open(now)).cloned() else {
            return Ok(Stepped::back(id));
        };
        let hash = match self.replacement(&half, password).await? {
            Ok(hash) => hash,
            Err(mistake) => return self.say(id, visitor, |facts| facts.password_mistake = Some(mistake)).await,
        };
        let form = self.connectors.by_id(&half.connector).await?.filter(|form| form.is_usable());
        let Some((form, hash)) = form.zip(hash) else { return Ok(Stepped::back(id)) };
        let identity = (Identity { local: Some(half.user.clone()), ..Identity::default() }, half.remembered);
        let Some(mut proof) = self.password_proof(&half.user, &form, identity).await? else {
            return Ok(Stepped::back(id));
        };
        proof.along = self.password_writes(&half.user, hash, false, None);
        let progress = Box::pin(self.complete(id, visitor, &proof)).await?;
        Ok(Stepped::Interaction(id.clone(), progress))
    }

    /// The hash of a new password in the place of a reset one; `Ok(None)` when the gate is full or there is nothing to replace.
    async fn replacement(
        &self,
        half: &Half,
        password: &Secret,
    ) -> Result<Result<Option<String>, PasswordMistake>, LoginError> {
        if oversized(password) {
            return Ok(Err(PasswordMistake::TooLong));
        }
        let Some(person) = self.store.user(&half.user).await? else { return Ok(Ok(None)) };
        let old = self.store.password_of(&half.user).await?;
        if !half.ticket && old.as_ref().is_none_or(|old| !old.must_change) {
            return Ok(Ok(None));
        }
        if let Some(mistake) = self.mistake_for(&person, password).await? {
            return Ok(Err(mistake));
        }
        let Ok(slot) = self.passwords.enter().await else { return Ok(Ok(None)) };
        // Who forgot the old one may well choose it again.
        if let Some(old) = old.filter(|_| !half.ticket)
            && slot.verify(password, Some(&old.value)).await.is_ok_and(|verified| verified.right)
        {
            return Ok(Err(PasswordMistake::Same));
        }
        Ok(Ok(slot.hash(password).await.ok()))
    }

    /// `POST /i/{id}/account`: go on as the person signed in (`true`), or as somebody else (`false`).
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn choose_account(
        &self,
        id: &InteractionId,
        same: bool,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let Some(session) = self.live(visitor).await? else { return Ok(Stepped::back(id)) };
        self.say(id, visitor, |facts| {
            let user = Some(session.user_id.clone());
            (facts.chosen, facts.not_as) = if same { (user, None) } else { (None, user) };
            if !same {
                facts.login = None;
            }
        })
        .await
    }

    /// `POST /i/{id}/cancel`: back to the application with `access_denied`.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn cancel(&self, id: &InteractionId, visitor: &Visitor) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        let linking = held.facts.stranger.is_some() || held.facts.waiting_half(self.clock.now()).is_some();
        self.say(id, visitor, |facts| {
            // Away from a link or a reset, not from the application: "cancel" there means "not this way".
            if linking && !matches!(facts.purpose, Purpose::Authorize(_)) {
                (facts.stranger, facts.half) = (None, None);
            } else {
                facts.end = Some(End::Cancelled);
            }
        })
        .await
    }

    /// Changes the facts of an open interaction, with nothing else to write.
    pub(crate) async fn say(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        edit: impl Fn(&mut Facts) + Send + Sync,
    ) -> Result<Stepped, LoginError> {
        let now = self.clock.now();
        self.change(id, visitor, |facts| {
            if !facts.is_open(now) {
                return None;
            }
            facts.quiet();
            edit(facts);
            Some((Vec::new(), ()))
        })
        .await?;
        Ok(Stepped::Interaction(id.clone(), Progress::default()))
    }
}
