//! People, as administrators change them.

use super::{Actor, Admin, AdminError, WrongField, refused};
use crate::base::id::UserId;
use crate::base::people::{Email, clean_name, fold_username};
use crate::base::secret::Secret;
use crate::base::sentence::Words;
use crate::store::Error;
use crate::store::users::{NameKind, Profile, User, UserState};

/// A person to be made.
#[derive(Debug, Default)]
pub struct NewPerson {
    /// What they type to sign in.
    pub username: String,
    /// What they are called; the user name when empty.
    pub name: String,
    /// Stored as the administrator's word: verified.
    pub email: Option<String>,
    /// Their first password; they choose their own at the first sign-in when `must_change`.
    pub password: Option<Secret>,
    /// See `password`.
    pub must_change: bool,
    /// May open the console.
    pub administrator: bool,
    /// The remaining standard claims.
    pub profile: Profile,
}

impl Admin {
    /// Makes a person.
    ///
    /// # Errors
    /// `Wrong` fields, `Conflict` for a taken name, `Login` for a password against the rules.
    pub async fn create_person(&self, actor: &Actor, new: NewPerson) -> Result<User, AdminError> {
        self.permit(actor).await?;
        let user = self.person_of(&new)?;
        if let Some(password) = &new.password {
            self.login.check_new_password(password, &user).await?;
        }
        let entry = self.entry(actor, "user.create", &format!("user:{}", user.id), &serde_json::json!({}));
        let stored = user.clone();
        self.store
            .write(move |tx| {
                let (user, entry) = (stored.clone(), entry.clone());
                Box::pin(async move {
                    tx.insert_user(&user).await?;
                    tx.audit(&entry).await
                })
            })
            .await
            .map_err(taken)?;
        if let Some(password) = &new.password {
            self.login.set_password(&user.id, password, new.must_change, None).await?;
        }
        Ok(user)
    }

    fn person_of(&self, new: &NewPerson) -> Result<User, AdminError> {
        let mut wrong = Vec::new();
        let username = clean_name(&new.username, 64);
        if username.chars().count() < 2 || username.contains(char::is_whitespace) {
            let text = "must have 2 to 64 characters and no spaces";
            wrong.push(WrongField::new("username", text, "须为 2 到 64 个字符，不含空格"));
        }
        let email = match new.email.as_deref().map(Email::parse).transpose() {
            Ok(email) => email,
            Err(error) => {
                wrong.push(WrongField::new("email", &error.to_string(), "不是一个有效的邮箱地址"));
                None
            }
        };
        refused(wrong)?;
        let now = self.clock.now();
        let name = clean_name(&new.name, 100);
        Ok(User {
            id: UserId::new(self.random.ulid(now)),
            version: 1,
            created_at: now,
            updated_at: now,
            name: if name.is_empty() { username.clone() } else { name },
            username: Some(username),
            email_verified: email.is_some(),
            email,
            phone: None,
            phone_verified: false,
            locale: None,
            profile: new.profile.clone(),
            state: UserState::Active,
            administrator: new.administrator,
            practice: false,
            tokens_not_before: 0,
        })
    }

    /// The person an administrator means by a user name, an e-mail address or an id.
    ///
    /// # Errors
    /// `NotFound`, `Store`.
    pub async fn find_person(&self, text: &str) -> Result<User, AdminError> {
        if let Some(user) = self.store.user(&UserId::new(text.to_ascii_lowercase())).await? {
            return Ok(user);
        }
        let folded = fold_username(text);
        for kind in [NameKind::Username, NameKind::Email] {
            if let Some(user) = self.store.user_by_name(kind, &folded).await? {
                return Ok(user);
            }
        }
        Err(AdminError::NotFound(format!("person called {text}")))
    }

    /// Lets a person sign in, or no longer: then their sessions and grants are dead at once.
    ///
    /// # Errors
    /// `Conflict` when it is the last administrator or changed in between.
    pub async fn set_person_enabled(&self, actor: &Actor, user: &User, enabled: bool) -> Result<(), AdminError> {
        if enabled && let Some(merge) = self.store.merge_of(&user.id).await? {
            let (en, zh) = ("this person was merged into {}; undo that instead", "此用户已合并到 {}，请改为撤销合并");
            return Err(AdminError::Conflict(Words::with(en, zh, &[merge.kept.as_str()])));
        }
        let state = if enabled { UserState::Active } else { UserState::Disabled };
        let changed = User { state, ..user.clone() };
        self.change_person(actor, user, changed, if enabled { "user.enable" } else { "user.disable" }).await
    }

    /// Gives a person the console, or takes it.
    ///
    /// # Errors
    /// `Conflict` when it is the last administrator, or a practice person, or changed in between.
    pub async fn set_administrator(&self, actor: &Actor, user: &User, yes: bool) -> Result<(), AdminError> {
        if yes && user.practice {
            return Err(AdminError::conflict("a practice person can't be an administrator", "练习用户不能成为管理员"));
        }
        let changed = User { administrator: yes, ..user.clone() };
        let action = if yes { "user.administrator.give" } else { "user.administrator.take" };
        self.change_person(actor, user, changed, action).await
    }

    async fn change_person(
        &self,
        actor: &Actor,
        before: &User,
        mut after: User,
        action: &str,
    ) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let could = before.administrator && before.state == UserState::Active;
        let can = after.administrator && after.state == UserState::Active;
        if could && !can && self.store.administrators().await? <= 1 {
            return Err(last_administrator());
        }
        let now = self.clock.now();
        after.updated_at = now;
        let ends = before.state == UserState::Active && after.state == UserState::Disabled;
        let entry = self.entry(actor, action, &format!("user:{}", before.id), &serde_json::json!({}));
        let done = self
            .store
            .write(move |tx| {
                let (after, entry) = (after.clone(), entry.clone());
                Box::pin(async move {
                    if !tx.update_user(&after).await? {
                        return Ok(false);
                    }
                    if ends {
                        tx.end_everything_of_user(&after.id, now).await?;
                        tx.end_sessions_of(&after.id, None, now, "disabled").await?;
                    }
                    tx.audit(&entry).await?;
                    Ok(true)
                })
            })
            .await?;
        if done {
            Ok(())
        } else {
            Err(AdminError::conflict("somebody changed this person in between", "其他人刚刚修改了这个用户"))
        }
    }

    /// Sets a new password that the person must replace at the next sign-in; sessions and tokens end.
    ///
    /// # Errors
    /// `Login` for one against the rules.
    pub async fn reset_password(&self, actor: &Actor, user: &User, password: &Secret) -> Result<(), AdminError> {
        self.permit(actor).await?;
        self.login.check_new_password(password, user).await?;
        self.login.set_password(&user.id, password, true, None).await?;
        self.note(actor, "user.password.reset", &format!("user:{}", user.id)).await
    }

    /// Ends every session and grant of a person.
    ///
    /// # Errors
    /// `Store`.
    pub async fn sign_out_person(&self, actor: &Actor, user: &User) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let now = self.clock.now();
        let id = user.id.clone();
        let entry = self.entry(actor, "user.sign_out", &format!("user:{id}"), &serde_json::json!({}));
        self.store
            .write(move |tx| {
                let (id, entry) = (id.clone(), entry.clone());
                Box::pin(async move {
                    tx.end_everything_of_user(&id, now).await?;
                    tx.end_sessions_of(&id, None, now, "administrator").await?;
                    tx.audit(&entry).await
                })
            })
            .await?;
        Ok(())
    }

    /// Removes a person with everything of theirs; their `sub` values are never used again.
    ///
    /// # Errors
    /// `Conflict` for the last administrator.
    pub async fn delete_person(&self, actor: &Actor, user: &User) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let counts = user.administrator && user.state == UserState::Active;
        if counts && self.store.administrators().await? <= 1 {
            return Err(last_administrator());
        }
        let (id, now) = (user.id.clone(), self.clock.now());
        let entry = self.entry(actor, "user.delete", &format!("user:{id}"), &serde_json::json!({}));
        self.store
            .write(move |tx| {
                let (id, entry) = (id.clone(), entry.clone());
                Box::pin(async move {
                    tx.delete_user(&id, now).await?;
                    tx.audit(&entry).await
                })
            })
            .await?;
        Ok(())
    }

    pub(crate) async fn note(&self, actor: &Actor, action: &str, target: &str) -> Result<(), AdminError> {
        let entry = self.entry(actor, action, target, &serde_json::json!({}));
        self.store
            .write(move |tx| {
                let entry = entry.clone();
                Box::pin(async move { tx.audit(&entry).await })
            })
            .await?;
        Ok(())
    }
}

fn last_administrator() -> AdminError {
    let text = "this is the last administrator; make another one first";
    AdminError::conflict(text, "这是最后一位管理员，请先指定另一位")
}

fn taken(error: Error) -> AdminError {
    match error {
        Error::Conflict(field @ ("username" | "email" | "phone")) => {
            AdminError::wrong(field, "belongs to somebody else already", "已属于其他用户")
        }
        other => AdminError::Store(other),
    }
}
