//! What upstreams know people by: `(space, value)` is unique in the installation (design.md §4).

use serde::{Deserialize, Serialize};

use super::row::{Row, Statement, listed, statement};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, UserId};

/// One way in that belongs to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredIdentity {
    /// ULID of the row.
    pub id: String,
    /// Whose it is.
    pub user_id: UserId,
    /// The key space of design.md §4: `google`, `github.com`, `conn:{id}` …
    pub space: String,
    /// The stable subject in it.
    pub value: String,
    /// The method it was last used through.
    pub connector_id: ConnectorId,
    /// JSON of the last `connectors::Identity` seen, secrets left out.
    pub profile: String,
    /// When it was linked.
    pub first_used_at: Seconds,
    /// When it last signed somebody in.
    pub last_used_at: Seconds,
    /// The keys of one subject over there share it; they come and go together.
    pub subject: String,
}

/// Which ways let somebody in right now, by the settings of a moment ago.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingWays {
    /// The methods that are on.
    pub connectors: Vec<ConnectorId>,
    /// The key space of numbers, where codes can be sent to them: it does not matter through which method.
    pub numbers: Option<String>,
    /// A name with a password is asked for.
    pub password: bool,
}

impl WorkingWays {
    /// Whether a stored key is one of them.
    #[must_use]
    pub fn has(&self, identity: &StoredIdentity) -> bool {
        self.numbers.as_ref() == Some(&identity.space) || self.connectors.contains(&identity.connector_id)
    }

    /// The methods as one text, each between commas.
    fn listed(&self) -> String {
        self.connectors.iter().fold(",".to_owned(), |list, id| format!("{list}{id},"))
    }
}

macro_rules! columns {
    () => {
        listed!(""; "id", "user_id", "space", "value", "connector_id", "profile", "first_used_at", "last_used_at", "subject")
    };
}

impl Store {
    /// Whose key this is, if anybody's.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn identity(&self, space: &str, value: &str) -> Result<Option<StoredIdentity>> {
        let select = statement(concat!("SELECT ", columns!(), " FROM identities WHERE space = $1 AND value = $2"));
        let row = self.one(select.bind(space).bind(value)).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The next `limit` keys of a space after this value, in the order of their values.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn identities_in(&self, space: &str, after: &str, limit: u32) -> Result<Vec<StoredIdentity>> {
        let select = statement(concat!(
            "SELECT ",
            columns!(),
            " FROM identities WHERE space = $1 AND value > $2 ORDER BY value LIMIT $3"
        ));
        self.all(select.bind(space).bind(after).bind(i64::from(limit)), read).await
    }

    /// Every way in of a person, oldest first.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn identities_of(&self, user: &UserId) -> Result<Vec<StoredIdentity>> {
        let select = statement(concat!("SELECT ", columns!(), " FROM identities WHERE user_id = $1 ORDER BY id"));
        self.all(select.bind(user.as_str()), read).await
    }
}

fn read(row: &mut Row) -> Result<StoredIdentity> {
    let id = row.text()?;
    Ok(StoredIdentity {
        id: id.clone(),
        user_id: UserId::new(row.text()?),
        space: row.text()?,
        value: row.text()?,
        connector_id: ConnectorId::new(row.text()?),
        profile: row.text()?,
        first_used_at: row.number()?,
        last_used_at: row.number()?,
        subject: row.maybe_text()?.unwrap_or(id),
    })
}

/// With every column of a row, in the order of their list.
fn written<'q>(insert: Statement<'q>, identity: &StoredIdentity) -> Statement<'q> {
    insert
        .bind(&identity.id)
        .bind(identity.user_id.as_str())
        .bind(&identity.space)
        .bind(&identity.value)
        .bind(identity.connector_id.as_str())
        .bind(&identity.profile)
        .bind(identity.first_used_at)
        .bind(identity.last_used_at)
        .bind(&identity.subject)
}

impl Tx {
    /// Adds a key.
    ///
    /// # Errors
    /// `Conflict("identity")` when `(space, value)` belongs to somebody, `Conflict("reference")` when the person is gone, `Down`.
    pub async fn insert_identity(&mut self, identity: &StoredIdentity) -> Result<()> {
        let insert = statement(concat!(
            "INSERT INTO identities (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
        ));
        if self.changed(written(insert, identity)).await? { Ok(()) } else { Err(Error::Conflict("identity")) }
    }

    /// Adds a key to somebody who has none in its space: people sign in by one number.
    ///
    /// # Errors
    /// `Conflict("identity")` when `(space, value)` belongs to somebody, `Conflict("one of its space")` when the
    /// person has another one, `Conflict("reference")` when they are gone, `Down`.
    pub async fn insert_only_identity(&mut self, identity: &StoredIdentity) -> Result<()> {
        self.queue_for_ways(&identity.user_id).await?;
        let find = statement("SELECT id FROM identities WHERE user_id = $1 AND space = $2 LIMIT 1");
        let insert = statement(concat!(
            "INSERT INTO identities (",
            columns!(),
            ") SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE NOT EXISTS
            (SELECT 1 FROM identities AS other WHERE other.user_id = $2 AND other.space = $3) ON CONFLICT DO NOTHING"
        ));
        if self.changed(written(insert, identity)).await? {
            return Ok(());
        }
        let other = self.one(find.bind(identity.user_id.as_str()).bind(&identity.space)).await?;
        Err(Error::Conflict(if other.is_some() { "one of its space" } else { "identity" }))
    }

    /// Two changes of one person's ways in wait for each other here, so that the second one sees what the first did.
    async fn queue_for_ways(&mut self, user: &UserId) -> Result<()> {
        let queue = statement("UPDATE users SET updated_at = updated_at WHERE id = $1");
        self.run(queue.bind(user.as_str())).await.map(|_| ())
    }

    /// Notes a use: last profile and time, and through which method.
    ///
    /// # Errors
    /// `Down`.
    pub async fn touch_identity(
        &mut self,
        (space, value): (&str, &str),
        profile: &str,
        connector: &ConnectorId,
        now: Seconds,
    ) -> Result<()> {
        let update = statement(
            "UPDATE identities SET profile = $3, connector_id = $4, last_used_at = $5 WHERE space = $1 AND value = $2",
        );
        let update = update.bind(space).bind(value).bind(profile).bind(connector.as_str()).bind(now);
        self.run(update).await.map(|_| ())
    }

    /// Replaces the stored profile.
    ///
    /// # Errors
    /// `Down`.
    pub async fn set_identity_profile(&mut self, id: &str, profile: &str) -> Result<bool> {
        self.changed(statement("UPDATE identities SET profile = $2 WHERE id = $1").bind(id).bind(profile)).await
    }

    /// The same identity under another key, as its platform says; `false` when it has not the first or somebody has the second.
    ///
    /// # Errors
    /// `Down`; `Conflict` when somebody was given the second one at the same moment.
    pub async fn rekey_identity(
        &mut self,
        id: &str,
        (from_space, from_value): (&str, &str),
        (to_space, to_value): (&str, &str),
    ) -> Result<bool> {
        let update = statement(
            "UPDATE identities SET space = $4, value = $5 WHERE id = $1 AND space = $2 AND value = $3
            AND NOT EXISTS (SELECT 1 FROM identities AS other WHERE other.space = $4 AND other.value = $5)",
        );
        self.changed(update.bind(id).bind(from_space).bind(from_value).bind(to_space).bind(to_value)).await
    }

    /// Gives a row another value in its space, where it still has `old`: a platform changed it (design.md §4).
    ///
    /// # Errors
    /// `Conflict("identity")` when the new value belongs to somebody, `Down`.
    pub async fn change_identity_key(&mut self, id: &str, old: &str, new: &str) -> Result<bool> {
        let update = statement(
            "UPDATE identities SET value = $3 WHERE id = $1 AND value = $2 AND NOT EXISTS
            (SELECT 1 FROM identities AS other WHERE other.space = identities.space AND other.value = $3)",
        );
        if self.changed(update.bind(id).bind(old).bind(new)).await? {
            return Ok(true);
        }
        let select = statement(
            "SELECT other.id FROM identities AS one JOIN identities AS other
            ON other.space = one.space AND other.value = $2 WHERE one.id = $1 AND other.id <> $1",
        );
        if self.one(select.bind(id).bind(new)).await?.is_some() { Err(Error::Conflict("identity")) } else { Ok(false) }
    }

    /// Gives whoever has `from` in `space` the value `to`: their platform renamed them. Somebody who has both already
    /// keeps the new one. `false` when nobody has the old one.
    ///
    /// # Errors
    /// `Conflict("identity")` when the new value is somebody else's, `Down`.
    pub async fn rename_identity(&mut self, space: &str, from: &str, to: &str) -> Result<bool> {
        let both = statement(
            "DELETE FROM identities WHERE space = $1 AND value = $2 AND EXISTS (SELECT 1 FROM identities AS same
            WHERE same.space = $1 AND same.value = $3 AND same.user_id = identities.user_id)",
        );
        if self.changed(both.bind(space).bind(from).bind(to)).await? {
            return Ok(true);
        }
        let update = statement(
            "UPDATE identities SET value = $3 WHERE space = $1 AND value = $2 AND NOT EXISTS
            (SELECT 1 FROM identities AS other WHERE other.space = $1 AND other.value = $3)",
        );
        if self.changed(update.bind(space).bind(from).bind(to)).await? {
            return Ok(true);
        }
        let left = statement("SELECT id FROM identities WHERE space = $1 AND value = $2");
        if self.one(left.bind(space).bind(from)).await?.is_some() {
            Err(Error::Conflict("identity"))
        } else {
            Ok(false)
        }
    }

    /// Makes two subjects of one person one: the platform says that they are.
    ///
    /// # Errors
    /// `Down`.
    pub async fn join_identity_subjects(&mut self, user: &UserId, from: &str, into: &str) -> Result<()> {
        let update = statement(
            "UPDATE identities SET subject = $3 WHERE user_id = $1 AND (subject = $2 OR (subject IS NULL AND id = $2))",
        );
        self.run(update.bind(user.as_str()).bind(from).bind(into)).await.map(|_| ())
    }

    /// Removes every key of one of this person's subjects, unless no way would be left that lets them in: another
    /// key that works, or a password that is asked for with a name to type before it. `false` when none would, or
    /// it is not theirs.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_identity_subject(
        &mut self,
        user: &UserId,
        subject: &str,
        working: &WorkingWays,
    ) -> Result<bool> {
        self.queue_for_ways(user).await?;
        let delete = statement(
            "DELETE FROM identities WHERE user_id = $1 AND COALESCE(subject, id) = $2 AND (
                EXISTS (SELECT 1 FROM identities AS other
                    WHERE other.user_id = $1 AND COALESCE(other.subject, other.id) <> $2
                    AND (other.space = $3 OR REPLACE($4, ',' || other.connector_id || ',', '') <> $4))
                OR (CAST($5 AS BIGINT) = 1 AND EXISTS (SELECT 1 FROM credentials
                    JOIN users ON users.id = credentials.user_id
                    WHERE credentials.user_id = $1 AND credentials.kind = 'password'
                    AND (users.username IS NOT NULL OR users.email IS NOT NULL OR users.phone IS NOT NULL))))",
        );
        let delete = delete
            .bind(user.as_str())
            .bind(subject)
            .bind(working.numbers.as_deref().unwrap_or_default())
            .bind(working.listed())
            .bind(i64::from(working.password));
        self.changed(delete).await
    }

    /// Removes one of this person's identities; `false` when it is not theirs.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_identity(&mut self, user: &UserId, id: &str) -> Result<bool> {
        let delete = statement("DELETE FROM identities WHERE id = $1 AND user_id = $2");
        self.changed(delete.bind(id).bind(user.as_str())).await
    }
}
