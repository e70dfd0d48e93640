//! New passwords: by an administrator's reset, by the person, by the reset's own demand.

use super::gate::Busy;
use super::rules::Rules;
use crate::base::id::{SessionId, UserId};
use crate::base::secret::Secret;
use crate::connectors::Trouble;
use crate::login::attempts::Names;
use crate::login::interaction::PasswordMistake;
use crate::login::writes::{Event, Write, commit};
use crate::login::{Login, LoginError, Visitor};
use crate::store::credentials::Credential;
use crate::store::users::User;

/// Why a password was not set.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It breaks a rule.
    #[error("the new password breaks a rule: {0:?}")]
    Mistake(PasswordMistake),
    /// The old one was wrong, or tried too often.
    #[error("the old password is wrong")]
    WrongOld,
    /// No hashing slot came free.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The store's.
    #[error(transparent)]
    Login(#[from] LoginError),
}

impl From<crate::store::Error> for PasswordError {
    fn from(error: crate::store::Error) -> Self {
        Self::Login(LoginError::Store(error))
    }
}

impl Login {
    /// The rules in force.
    ///
    /// # Errors
    /// `Store`.
    pub async fn password_rules(&self) -> Result<Rules, LoginError> {
        let stored = self.store.setting("password_rules").await?;
        Ok(stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// What is wrong with `password` for a person of these names, by the rules in force.
    ///
    /// # Errors
    /// `Store`.
    pub async fn password_mistake(
        &self,
        password: &Secret,
        names: &[&str],
    ) -> Result<Option<PasswordMistake>, LoginError> {
        let rules = self.password_rules().await?;
        let product = self.product_name().await?;
        let mut words = vec!["hufu", product.as_str()];
        words.extend(names);
        Ok(rules.check(password.expose(), &words))
    }

    /// Whether `password` may become this person's.
    ///
    /// # Errors
    /// `Password` with what it lacks, `Store`.
    pub async fn check_new_password(&self, password: &Secret, user: &User) -> Result<(), LoginError> {
        if super::oversized(password) {
            return Err(LoginError::Password(PasswordMistake::TooLong));
        }
        self.mistake_for(user, password).await?.map_or(Ok(()), |mistake| Err(LoginError::Password(mistake)))
    }

    /// Hashes and sets it; every other session (but `keep`) and token of the
    /// person ends (security.md rows 75, 108). `must_change`: they choose
    /// another one at the next sign-in. The caller writes its own audit row.
    ///
    /// # Errors
    /// `Busy` when no hashing slot is free, `Store`.
    pub async fn set_password(
        &self,
        user: &UserId,
        password: &Secret,
        must_change: bool,
        keep: Option<&SessionId>,
    ) -> Result<(), LoginError> {
        let value = self.passwords.enter().await?.hash(password).await?;
        let writes = self.password_writes(user, value, must_change, keep);
        Ok(commit(&self.store, writes).await?)
    }

    /// The person's own change: the old password is proven first, with the
    /// limits of a sign-in. The session of this browser stays.
    ///
    /// # Errors
    /// `WrongOld`, `Mistake`, `Busy`, `Login`.
    pub async fn change_password(
        &self,
        user: &User,
        old: &Secret,
        new: &Secret,
        visitor: &Visitor,
    ) -> Result<(), PasswordError> {
        if super::oversized(old) || super::oversized(new) {
            return Err(PasswordError::Mistake(PasswordMistake::TooLong));
        }
        match super::Local::new(self, &visitor.address).verify_person(user, old).await {
            Ok(_) => {}
            Err(Trouble::TryLater { .. }) => return Err(PasswordError::Busy(Busy)),
            Err(_) => return Err(PasswordError::WrongOld),
        }
        if crate::base::secret::same(old.expose(), new.expose()) {
            return Err(PasswordError::Mistake(PasswordMistake::Same));
        }
        if let Some(mistake) = self.mistake_for(user, new).await? {
            return Err(PasswordError::Mistake(mistake));
        }
        let value = self.passwords.enter().await?.hash(new).await?;
        let mut writes = self.password_writes(&user.id, value, false, visitor.session.as_ref());
        let event = Event {
            actor: format!("user:{}", user.id),
            action: "password.change",
            target: format!("user:{}", user.id),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({}),
        };
        writes.push(Write::Audit(self.entry(visitor, &event)));
        Ok(commit(&self.store, writes).await?)
    }

    /// The first password of somebody who has none; the caller has seen to a fresh sign-in.
    ///
    /// # Errors
    /// `Mistake`, `WrongOld` when there is one by now, `Busy`, `Login`.
    pub async fn first_password(&self, user: &User, new: &Secret, visitor: &Visitor) -> Result<(), PasswordError> {
        if super::oversized(new) {
            return Err(PasswordError::Mistake(PasswordMistake::TooLong));
        }
        if self.store.password_of(&user.id).await?.is_some() {
            return Err(PasswordError::WrongOld);
        }
        if let Some(mistake) = self.mistake_for(user, new).await? {
            return Err(PasswordError::Mistake(mistake));
        }
        let value = self.passwords.enter().await?.hash(new).await?;
        let mut writes = self.password_writes(&user.id, value, false, visitor.session.as_ref());
        let event = Event {
            actor: format!("user:{}", user.id),
            action: "password.set",
            target: format!("user:{}", user.id),
            outcome: "ok".to_owned(),
            detail: serde_json::json!({}),
        };
        writes.push(Write::Audit(self.entry(visitor, &event)));
        Ok(commit(&self.store, writes).await?)
    }

    /// What is wrong with a new password of this person.
    pub(crate) async fn mistake_for(
        &self,
        user: &User,
        password: &Secret,
    ) -> Result<Option<PasswordMistake>, LoginError> {
        let mut names = vec![user.name.as_str()];
        names.extend(user.username.as_deref());
        names.extend(user.email.iter().filter_map(|email| email.as_str().split('@').next()));
        self.password_mistake(password, &names).await
    }

    /// The credential, the end of what stood on the old one, and a fresh budget of tries.
    pub(crate) fn password_writes(
        &self,
        user: &UserId,
        value: String,
        must_change: bool,
        keep: Option<&SessionId>,
    ) -> Vec<Write> {
        let now = self.clock.now();
        let names = Names::of_password(Some(user), "", "");
        let credential = Credential { user_id: user.clone(), value, must_change, changed_at: now };
        vec![
            Write::SetPassword(credential),
            Write::ClearAttempts(names.account),
            Write::ClearAttempts(names.in_a_row),
            Write::EndSessions { user: user.clone(), keep: keep.cloned(), at: now, reason: "password" },
            // Those that outlive their session end too.
            Write::EndGrantsBut { user: user.clone(), keep: keep.cloned(), at: now, reason: "password" },
        ]
    }

    async fn product_name(&self) -> Result<String, LoginError> {
        let stored = self.store.setting("product").await?;
        let product: Option<serde_json::Value> = stored.and_then(|text| serde_json::from_str(&text).ok());
        let name = product.as_ref().and_then(|product| product.get("name")).and_then(serde_json::Value::as_str);
        Ok(name.unwrap_or_default().to_owned())
    }
}
