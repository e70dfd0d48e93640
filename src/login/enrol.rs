//! New people: from a form, from an identity nobody had, and the first administrator.

use super::complete::Proof;
use super::connectors::Instance;
use super::interaction::{Door, Facts, Next, Notice, Purpose, RegistrationMistake, Typed, admits, next};
use super::password::{Busy, oversized};
use super::recognise::{Arrival, stored_keys};
use super::writes::{Event, Write, commit};
use super::{Login, LoginError, Registration, SignedIn, Stepped, Visitor};
use crate::base::id::{ConnectorId, InteractionId, UserId};
use crate::base::people::{Email, clean_name, fold_username};
use crate::base::secret::{Secret, digest};
use crate::connectors::Identity;
use crate::login::attempts::REGISTRATIONS;
use crate::store::Error;
use crate::store::artifact::Kind;
use crate::store::attempts::Charge;
use crate::store::clients::Client;
use crate::store::connectors::{ConnectorRow, FirstSignIn};
use crate::store::credentials::Credential;
use crate::store::identities::StoredIdentity;
use crate::store::users::{NameKind, Profile, User, UserState};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization as _;

/// Longest name of a person, in characters.
const LONGEST_NAME: usize = 100;

/// Why the first administrator was not made.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// A field can't be so.
    #[error("a field can't be so: {0:?}")]
    Mistake(RegistrationMistake),
    /// The store's.
    #[error(transparent)]
    Login(#[from] LoginError),
}

impl From<RegistrationMistake> for EnrolError {
    fn from(mistake: RegistrationMistake) -> Self {
        Self::Mistake(mistake)
    }
}

impl From<Error> for EnrolError {
    fn from(error: Error) -> Self {
        Self::Login(LoginError::Store(error))
    }
}

impl From<Busy> for EnrolError {
    fn from(_: Busy) -> Self {
        Self::Mistake(RegistrationMistake::TryLater)
    }
}

/// A user name fit for use: two to 64 letters, digits, dots, dashes or
/// underscores, at least one of them a letter or digit. No `@` and no `+`, so
/// that it is never taken for an address or a number.
#[must_use]
pub fn usable_username(text: &str) -> Option<String> {
    let name: String = text.trim().nfkc().collect();
    let length = name.chars().count();
    let fits = (2..=64).contains(&length)
        && name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c))
        && name.chars().any(char::is_alphanumeric);
    fits.then_some(name)
}

/// A person with nothing but a name.
pub(crate) fn new_user(id: UserId, name: String, now: i64) -> User {
    User {
        id,
        version: 1,
        created_at: now,
        updated_at: now,
        username: None,
        name,
        email: None,
        email_verified: false,
        phone: None,
        phone_verified: false,
        locale: None,
        profile: Profile::default(),
        state: UserState::Active,
        administrator: false,
        practice: false,
        tokens_not_before: 0,
    }
}

impl Login {
    /// `POST /i/{id}/register`: a new account with a password, where registration is on.
    ///
    /// # Errors
    /// [`LoginError`]; mistakes in fields are facts for the page.
    pub async fn register(
        &self,
        id: &InteractionId,
        registration: Registration,
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        let read = self.read(&held.facts, visitor).await?;
        let now = self.clock.now();
        if !matches!(next(&held.facts, &read.policy, now), Next::Login(_)) || held.facts.finished {
            return Ok(Stepped::back(id));
        }
        let Some(form) = self.registration(&held.facts, read.client.as_deref()).await? else {
            return self.say(id, visitor, |facts| facts.notice = Some(Notice::RegistrationOff)).await;
        };
        match self.new_account(id, &form, &registration, visitor).await {
            Ok(progress) => Ok(Stepped::Interaction(id.clone(), progress)),
            Err(EnrolError::Mistake(mistake)) => {
                let typed = Typed {
                    username: registration.username.chars().take(100).collect(),
                    name: registration.name.chars().take(100).collect(),
                    email: registration.email.unwrap_or_default().chars().take(254).collect(),
                };
                self.say(id, visitor, |facts| {
                    facts.registration_mistake = Some(mistake);
                    facts.typed = typed.clone();
                })
                .await
            }
            Err(EnrolError::Login(error)) => Err(error),
        }
    }

    /// The instance through which new accounts with a password come, where that
    /// is allowed: the installation's switch, the connector's, the application's.
    pub(crate) async fn registration(
        &self,
        facts: &Facts,
        client: Option<&Client>,
    ) -> Result<Option<Arc<Instance>>, LoginError> {
        let is_on = self.store.setting("registration").await?.is_none_or(|value| value.trim() != "false");
        let wanted = !matches!(facts.purpose, Purpose::Console)
            && facts.linking().is_none()
            && client.is_none_or(|client| !client.metadata.practice);
        if !is_on || !wanted {
            return Ok(None);
        }
        let Some(form) = self.password_form(client).await? else { return Ok(None) };
        let (_, open) = self.entrance(&form.row).await?;
        Ok(Some(form).filter(|_| open))
    }

    /// The enabled password form that `client` accepts.
    pub(crate) async fn password_form(&self, client: Option<&Client>) -> Result<Option<Arc<Instance>>, LoginError> {
        let all = self.connectors.all().await?;
        let found = all.iter().find(|form| form.is_password() && form.is_usable() && admits(client, &form.row.name));
        Ok(found.map(Arc::clone))
    }

    async fn new_account(
        &self,
        id: &InteractionId,
        form: &Arc<Instance>,
        registration: &Registration,
        visitor: &Visitor,
    ) -> Result<super::Progress, EnrolError> {
        self.charge_registration(visitor).await?;
        let (user, hash) = self.checked(registration).await?;
        let now = self.clock.now();
        let credential = Credential { user_id: user.id.clone(), value: hash, must_change: false, changed_at: now };
        let event = registered(&user, &form.row.name);
        let proof = Proof {
            along: vec![
                Write::InsertUser(user.clone()),
                Write::SetPassword(credential),
                Write::Audit(self.entry(visitor, &event)),
            ],
            user,
            instance: Arc::clone(form),
            auth_time: now,
            amr: vec!["pwd".to_owned()],
            remembered: false,
            is_member: false,
            member: None,
            leg: None,
        };
        match Box::pin(self.complete(id, visitor, &proof)).await {
            Ok(progress) => Ok(progress),
            Err(LoginError::Store(Error::Conflict("username"))) => Err(RegistrationMistake::UsernameTaken.into()),
            Err(LoginError::Store(Error::Conflict("email"))) => Err(RegistrationMistake::EmailTaken.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Checks the fields in their order, cheap ones first, and hashes the password last.
    async fn checked(&self, registration: &Registration) -> Result<(User, String), EnrolError> {
        let username = usable_username(&registration.username).ok_or(RegistrationMistake::Username)?;
        if self.store.user_by_name(NameKind::Username, &fold_username(&username)).await?.is_some() {
            return Err(RegistrationMistake::UsernameTaken.into());
        }
        let name = clean_name(&registration.name, LONGEST_NAME);
        if name.is_empty() {
            return Err(RegistrationMistake::Name.into());
        }
        let email = match registration.email.as_deref().map(str::trim).filter(|email| !email.is_empty()) {
            Some(text) => Some(Email::parse(text).map_err(|_| RegistrationMistake::Email)?),
            None => None,
        };
        if let Some(email) = &email
            && self.store.user_by_name(NameKind::Email, &email.folded()).await?.is_some()
        {
            return Err(RegistrationMistake::EmailTaken.into());
        }
        let now = self.clock.now();
        let mut user = new_user(UserId::new(self.random.ulid(now)), name, now);
        user.username = Some(username);
        user.email = email;
        let hash = self.checked_password(&user, &registration.password).await?;
        Ok((user, hash))
    }

    async fn checked_password(&self, user: &User, password: &Secret) -> Result<String, EnrolError> {
        if oversized(password) {
            return Err(RegistrationMistake::Password(super::interaction::PasswordMistake::TooLong).into());
        }
        if let Some(mistake) = self.mistake_for(user, password).await? {
            return Err(RegistrationMistake::Password(mistake).into());
        }
        Ok(self.passwords.enter().await?.hash(password).await?)
    }

    async fn charge_registration(&self, visitor: &Visitor) -> Result<(), EnrolError> {
        let name = format!("register:{}", visitor.line());
        let now = self.clock.now();
        let charged = self.store.write(move |tx| {
            let name = name.clone();
            Box::pin(async move { tx.charge_attempt(&name, REGISTRATIONS, now).await })
        });
        match charged.await? {
            Charge::Allowed { .. } => Ok(()),
            Charge::Blocked { .. } => Err(RegistrationMistake::TryLater.into()),
        }
    }

    /// A new person for an identity nobody has, without the names that are taken (`without`).
    /// They get no role, and live in the connector's world (security.md row 187).
    pub(crate) fn enrol(&self, arrival: &Arrival, without: &[&str], visitor: &Visitor) -> Proof {
        let now = self.clock.now();
        let row = &arrival.instance.row;
        let user = User {
            practice: row.practice,
            ..from_identity(UserId::new(self.random.ulid(now)), &arrival.identity, without, &row.title, now)
        };
        let mut along = vec![Write::InsertUser(user.clone())];
        let keys = stored_keys(&arrival.identity, row.practice).into_iter();
        let subject = self.random.ulid(now);
        along.extend(keys.map(|key| {
            let identity = self.new_identity(&user.id, arrival, key);
            Write::InsertIdentity(StoredIdentity { subject: subject.clone(), ..identity })
        }));
        along.push(Write::Audit(self.entry(visitor, &registered(&user, &row.name))));
        self.proof(user, arrival, along)
    }

    /// `POST /i/{id}/stranger`: through which door an unknown identity goes.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn stranger(
        &self,
        id: &InteractionId,
        (door, name): (Door, &str),
        visitor: &Visitor,
    ) -> Result<Stepped, LoginError> {
        let held = self.hold(id, visitor).await?;
        let now = self.clock.now();
        let Some(pending) = held.facts.stranger.as_ref().filter(|_| held.facts.is_open(now)) else {
            return Ok(Stepped::back(id));
        };
        if pending.by_phone {
            return Ok(Stepped::back(id));
        }
        if door == Door::Existing {
            return self
                .say(id, visitor, |facts| {
                    if let Some(pending) = &mut facts.stranger {
                        pending.door = Some(Door::Existing);
                    }
                })
                .await;
        }
        // The connector's rules are read again: they may have changed since the page was shown.
        let instance = self.connectors.by_id(&pending.connector).await?.filter(|instance| instance.is_usable());
        let open = pending.may_create && pending.door.is_none() && !pending.by_phone;
        let Some(instance) = instance.filter(|_| open) else { return Ok(Stepped::back(id)) };
        let (rule, registration) = self.entrance(&instance.row).await?;
        if rule == FirstSignIn::Invited || !registration {
            return Ok(Stepped::back(id));
        }
        let mut identity = pending.identity.clone();
        if identity.name.is_none() {
            identity.name = Some(clean_name(name, LONGEST_NAME)).filter(|name| !name.is_empty());
        }
        let arrival = Arrival { instance, identity, leg: None };
        let progress = self.walk_in(id, visitor, &arrival).await?;
        Ok(Stepped::Interaction(id.clone(), progress))
    }

    async fn walk_in(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        arrival: &Arrival,
    ) -> Result<super::Progress, LoginError> {
        let mut without = Vec::new();
        loop {
            let proof = self.enrol(arrival, &without, visitor);
            match Box::pin(self.complete(id, visitor, &proof)).await {
                Err(LoginError::Store(Error::Conflict(what @ ("username" | "email" | "phone"))))
                    if !without.contains(&what) =>
                {
                    without.push(what);
                }
                // Somebody got the identity meanwhile (a second tab): recognise it afresh.
                Err(LoginError::Store(Error::Conflict(super::writes::TAKEN))) => {
                    return Box::pin(self.recognise(id, visitor, arrival)).await;
                }
                other => return other,
            }
        }
    }

    /// The first administrator, from the set-up page, signed in at once. The
    /// one-time link is used up in the same transaction; the password form is
    /// made where there is none.
    ///
    /// # Errors
    /// `Mistake` for a field; `Login(Unknown)` for a link that is used up; `Login` for the store.
    pub async fn create_administrator(
        &self,
        link: &str,
        registration: &Registration,
        visitor: &Visitor,
    ) -> Result<SignedIn, EnrolError> {
        let (mut user, hash) = self.checked(registration).await?;
        user.administrator = true;
        let (connector, made) = self.ensure_password_form().await?;
        let now = self.clock.now();
        let credential = Credential { user_id: user.id.clone(), value: hash, must_change: false, changed_at: now };
        let session = self.administrator_session(&user, connector, visitor);
        let signed_in = SignedIn { session: session.id.clone(), remembered: false };
        let mut writes = vec![Write::Take { kind: Kind::SetupLink, digest: digest(link), at: now }];
        writes.extend(made.map(Write::InsertConnector));
        writes.push(Write::InsertUser(user.clone()));
        writes.push(Write::SetPassword(credential));
        writes.push(Write::InsertSession(session));
        writes.push(Write::Audit(self.entry(visitor, &registered(&user, "set-up"))));
        match commit(&self.store, writes).await {
            Ok(()) => Ok(signed_in),
            Err(Error::Conflict("username")) => Err(RegistrationMistake::UsernameTaken.into()),
            Err(Error::Conflict(super::writes::LINK)) => Err(LoginError::Unknown.into()),
            Err(error) => Err(error.into()),
        }
    }

    fn administrator_session(
        &self,
        user: &User,
        connector: ConnectorId,
        visitor: &Visitor,
    ) -> crate::store::sessions::Session {
        let now = self.clock.now();
        let (idle, absolute) = super::session::lives(false);
        crate::store::sessions::Session {
            id: crate::base::id::SessionId::new(self.random.ulid(now)),
            user_id: user.id.clone(),
            created_at: now,
            seen_at: now,
            auth_time: now,
            acr: super::complete::ACR.to_owned(),
            amr: vec!["pwd".to_owned()],
            connector_id: connector,
            remembered: false,
            idle_until: now + idle,
            expires_at: now + absolute,
            ended_at: None,
            agent: clean_name(&visitor.agent, 256),
            address: visitor.address.clone(),
            org_id: None,
        }
    }

    /// The password form's id, and its row where it has to be made first.
    async fn ensure_password_form(&self) -> Result<(ConnectorId, Option<ConnectorRow>), LoginError> {
        if let Some(form) = self.connectors.all().await?.iter().find(|instance| instance.is_password()) {
            return Ok((form.row.id.clone(), None));
        }
        let now = self.clock.now();
        let row = ConnectorRow {
            id: ConnectorId::new(self.random.ulid(now)),
            version: 1,
            created_at: now,
            updated_at: now,
            kind: "password".to_owned(),
            name: "password".to_owned(),
            title: "Password".to_owned(),
            position: 0,
            enabled: true,
            practice: false,
            rule: FirstSignIn::Create,
            registration: true,
            settings: "{}".to_owned(),
        };
        Ok((row.id.clone(), Some(row)))
    }
}

/// A person as a platform describes them.
fn from_identity(id: UserId, identity: &Identity, without: &[&str], title: &str, now: i64) -> User {
    let address = identity.email.as_ref().and_then(|(text, proven)| Some((Email::parse(text).ok()?, *proven)));
    let local_part = address.as_ref().and_then(|(email, _)| email.as_str().split('@').next().map(str::to_owned));
    let name = identity.name.clone().or_else(|| identity.username.clone()).or(local_part);
    let mut user = new_user(id, clean_name(&name.unwrap_or_else(|| title.to_owned()), LONGEST_NAME), now);
    if !without.contains(&"username") {
        user.username = identity.username.as_deref().and_then(usable_username);
    }
    if let Some((email, proven)) = address.filter(|_| !without.contains(&"email")) {
        user.email = Some(email);
        user.email_verified = proven;
    }
    if let Some((number, proven)) = identity.phone.clone().filter(|_| !without.contains(&"phone")) {
        user.phone = Some(number);
        user.phone_verified = proven;
    }
    user.locale.clone_from(&identity.locale);
    user.profile.given_name.clone_from(&identity.given_name);
    user.profile.family_name.clone_from(&identity.family_name);
    user.profile.picture.clone_from(&identity.avatar);
    user
}

fn registered(user: &User, connector: &str) -> Event {
    Event {
        actor: format!("user:{}", user.id),
        action: "user.register",
        target: format!("user:{}", user.id),
        outcome: "ok".to_owned(),
        detail: serde_json::json!({ "connector": connector, "practice": user.practice }),
    }
}
