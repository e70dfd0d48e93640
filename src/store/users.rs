//! People.

use serde::{Deserialize, Serialize};

use super::row::{Row, Statement, statement, write_json};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::UserId;
use crate::base::people::{Email, fold_username};

/// A person, as stored.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Raised by each change; a change names the version it saw.
    pub version: i64,
    /// Since when.
    pub created_at: Seconds,
    /// OIDC `updated_at`.
    pub updated_at: Seconds,
    /// What they type to sign in, as written.
    pub username: Option<String>,
    /// What they are called.
    pub name: String,
    /// Their address, and whether it was proven.
    pub email: Option<Email>,
    /// Proven by a connector's rule or by us.
    pub email_verified: bool,
    /// E.164.
    pub phone: Option<String>,
    /// Proven by a code of ours.
    pub phone_verified: bool,
    /// BCP 47.
    pub locale: Option<String>,
    /// The remaining standard claims.
    pub profile: Profile,
    /// Whether they may sign in.
    pub state: UserState,
    /// May open the console.
    pub administrator: bool,
    /// Exists only for practice platforms (design.md §9).
    pub practice: bool,
    /// Grants and sessions made before this moment are dead.
    pub tokens_not_before: Seconds,
}

/// Whether a person may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserState {
    /// Yes.
    Active,
    /// Not until an administrator says so.
    Disabled,
}

/// The standard claims (OIDC Core §5.1) that have no column of their own; empty ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Middle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// What friends call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Their page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Their picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Their site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Gender, in their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// `YYYY-MM-DD`; the year may be 0000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// Time zone of the tz database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// OIDC Core §5.1.1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// The whole address, for a label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// What a typed name may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A user name.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number, E.164.
    Phone,
}

impl NameKind {
    /// The word in the row, and in `Conflict`.
    const fn name(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

impl UserState {
    const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    fn named(name: &str) -> Result<Self> {
        match name {
            "active" => Ok(Self::Active),
            "disabled" => Ok(Self::Disabled),
            _ => Err(Error::Corrupt("the state of a person".to_owned())),
        }
    }
}

impl User {
    /// What they may type to name themselves, folded.
    fn sign_in_names(&self) -> [(NameKind, Option<String>); 3] {
        [
            (NameKind::Username, self.username.as_deref().map(fold_username)),
            (NameKind::Email, self.email.as_ref().map(Email::folded)),
            (NameKind::Phone, self.phone.clone()),
        ]
    }

    /// What a search looks through, folded.
    fn search_text(&self) -> String {
        let names = self.sign_in_names().into_iter().filter_map(|(_, name)| name);
        std::iter::once(fold_username(&self.name)).chain(names).collect::<Vec<_>>().join("\n")
    }
}

/// The columns of a person in the order in which `read` takes them; with a prefix in joins.
macro_rules! user_columns {
    ($prefix:literal) => {
        $crate::store::row::listed!($prefix; "id", "version", "created_at", "updated_at", "username", "name", "email",
            "email_verified", "phone", "phone_verified", "locale", "profile", "state", "administrator", "practice",
            "tokens_not_before")
    };
}
pub(super) use user_columns;

/// Reads the columns of `user_columns`.
pub(super) fn read(row: &mut Row) -> Result<User> {
    Ok(User {
        id: UserId::new(row.text()?),
        version: row.number()?,
        created_at: row.number()?,
        updated_at: row.number()?,
        username: row.maybe_text()?,
        name: row.text()?,
        email: row.maybe_email()?,
        email_verified: row.flag()?,
        phone: row.maybe_text()?,
        phone_verified: row.flag()?,
        locale: row.maybe_text()?,
        profile: row.json("profile of a person")?,
        state: UserState::named(&row.text()?)?,
        administrator: row.flag()?,
        practice: row.flag()?,
        tokens_not_before: row.number()?,
    })
}

impl Store {
    /// The person with this id.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn user(&self, id: &UserId) -> Result<Option<User>> {
        let select = statement(concat!("SELECT ", user_columns!(""), " FROM users WHERE id = $1"));
        let row = self.one(select.bind(id.as_str())).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The person whom this folded sign-in name belongs to.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn user_by_name(&self, kind: NameKind, folded: &str) -> Result<Option<User>> {
        let select = statement(concat!(
            "SELECT ",
            user_columns!("u."),
            " FROM sign_in_names AS n JOIN users AS u ON u.id = n.user_id WHERE n.kind = $1 AND n.value = $2"
        ));
        let row = self.one(select.bind(kind.name()).bind(folded)).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// People by id, after `after`, at most `limit`; `search` matches user name, name, e-mail or phone (folded, anywhere in it).
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn users(&self, search: Option<&str>, after: Option<&UserId>, limit: i64) -> Result<Vec<User>> {
        let select = statement(concat!(
            "SELECT ",
            user_columns!(""),
            " FROM users WHERE (CAST($1 AS TEXT) IS NULL OR id > $1)
            AND (CAST($2 AS TEXT) IS NULL OR search LIKE $2 ESCAPE '!') ORDER BY id LIMIT $3"
        ));
        let pattern = search.map(|text| format!("%{}%", escaped_for_like(&fold_username(text))));
        self.all(select.bind(after.map(UserId::as_str)).bind(pattern).bind(limit), read).await
    }

    /// How many administrators there are who may sign in.
    ///
    /// # Errors
    /// `Down`.
    pub async fn administrators(&self) -> Result<i64> {
        let count = "SELECT CAST(COUNT(*) AS BIGINT) FROM users WHERE administrator = 1 AND state = 'active'";
        self.one(statement(count)).await?.map_or(Ok(0), |mut row| row.number())
    }
}

/// Makes `%` and `_` mean themselves.
fn escaped_for_like(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

impl Tx {
    /// Adds a person, at version 1, and claims their sign-in names (username; e-mail and phone where given).
    ///
    /// # Errors
    /// `Conflict("username" | "email" | "phone")` names what is taken, `Conflict("id")`, `Down`.
    pub async fn insert_user(&mut self, user: &User) -> Result<()> {
        let insert = statement(concat!(
            "INSERT INTO users (",
            user_columns!(""),
            ", search) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            ON CONFLICT DO NOTHING"
        ));
        let insert = insert.bind(user.id.as_str()).bind(user.created_at).bind(user.updated_at);
        let insert = with_facts(insert, user).bind(user.tokens_not_before).bind(user.search_text());
        if !self.changed(insert).await? {
            return Err(Error::Conflict("id"));
        }
        self.claim_names(user).await
    }

    /// Writes all columns but `tokens_not_before` where the version is still `user.version`, and moves the
    /// sign-in names; `false` when it is not.
    ///
    /// # Errors
    /// `Conflict("username" | "email" | "phone")` names what is taken, `Down`.
    pub async fn update_user(&mut self, user: &User) -> Result<bool> {
        let update = statement(
            "UPDATE users SET version = version + 1, updated_at = $3, username = $4, name = $5, email = $6,
            email_verified = $7, phone = $8, phone_verified = $9, locale = $10, profile = $11, state = $12,
            administrator = $13, practice = $14, search = $15 WHERE id = $1 AND version = $2",
        );
        let update = update.bind(user.id.as_str()).bind(user.version).bind(user.updated_at);
        if !self.changed(with_facts(update, user).bind(user.search_text())).await? {
            return Ok(false);
        }
        for (kind, folded) in user.sign_in_names() {
            let drop = statement("DELETE FROM sign_in_names WHERE user_id = $1 AND kind = $2 AND value <> $3");
            self.run(drop.bind(user.id.as_str()).bind(kind.name()).bind(folded.unwrap_or_default())).await?;
        }
        self.claim_names(user).await?;
        Ok(true)
    }

    async fn claim_names(&mut self, user: &User) -> Result<()> {
        for (kind, folded) in user.sign_in_names() {
            let Some(folded) = folded else { continue };
            let claim = statement(
                "INSERT INTO sign_in_names (kind, value, user_id) VALUES ($1, $2, $3)
                ON CONFLICT (kind, value) DO UPDATE SET user_id = excluded.user_id
                WHERE sign_in_names.user_id = excluded.user_id",
            );
            if !self.changed(claim.bind(kind.name()).bind(folded).bind(user.id.as_str())).await? {
                return Err(Error::Conflict(kind.name()));
            }
        }
        Ok(())
    }

    /// Ends every session and grant a person has, and raises `tokens_not_before` to `now` (never lowers it), so
    /// that one made before and written a moment later is dead too.
    ///
    /// # Errors
    /// `Down`.
    pub async fn end_everything_of_user(&mut self, id: &UserId, now: Seconds) -> Result<()> {
        let raise = statement(
            "UPDATE users SET tokens_not_before = CASE WHEN tokens_not_before < $2 THEN $2 ELSE tokens_not_before END
            WHERE id = $1",
        );
        self.run(raise.bind(id.as_str()).bind(now)).await?;
        self.queue_logouts_of_user(id, None, now).await?;
        let sessions = statement("UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL");
        self.run(sessions.bind(id.as_str()).bind(now)).await?;
        let grants = statement(
            "UPDATE grants SET ended_at = $2, reason = 'ended_everywhere' WHERE user_id = $1 AND ended_at IS NULL",
        );
        self.run(grants.bind(id.as_str()).bind(now)).await.map(|_| ())
    }

    /// Removes a person with identities, credentials, consents, sessions and grants; subjects stay, so that
    /// none is used again, and applications are told by logout token.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_user(&mut self, id: &UserId, now: Seconds) -> Result<bool> {
        self.queue_logouts_of_user(id, None, now).await?;
        self.run(statement("DELETE FROM grants WHERE user_id = $1").bind(id.as_str())).await?;
        self.changed(statement("DELETE FROM users WHERE id = $1").bind(id.as_str())).await
    }
}

/// Binds what INSERT and UPDATE have in common, from `username` to `practice`.
fn with_facts<'q>(statement: Statement<'q>, user: &User) -> Statement<'q> {
    statement
        .bind(user.username.as_deref())
        .bind(&user.name)
        .bind(user.email.as_ref().map(Email::as_str))
        .bind(i64::from(user.email_verified))
        .bind(user.phone.as_deref())
        .bind(i64::from(user.phone_verified))
        .bind(user.locale.as_deref())
        .bind(write_json(&user.profile))
        .bind(user.state.name())
        .bind(i64::from(user.administrator))
        .bind(i64::from(user.practice))
}
