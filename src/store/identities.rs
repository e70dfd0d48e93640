//! What upstreams know people by: `(space, value)` is unique in the installation (design.md §4).

use super::row::{Row, listed, statement};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, UserId};

/// One way in that belongs to a person.
#[derive(Clone, Debug)]
pub struct StoredIdentity {
    /// ULID of the row.
    pub id: String,
    /// Whose it is.
    pub user_id: UserId,
    /// The key space of design.md §4: `google`, `github.com`, `conn:{id}` …
    pub space: String,
    /// The stable subject in it.
    pub value: String,
    /// The instance it was last used through.
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
        let insert = insert
            .bind(&identity.id)
            .bind(identity.user_id.as_str())
            .bind(&identity.space)
            .bind(&identity.value)
            .bind(identity.connector_id.as_str())
            .bind(&identity.profile)
            .bind(identity.first_used_at)
            .bind(identity.last_used_at)
            .bind(&identity.subject);
        if self.changed(insert).await? { Ok(()) } else { Err(Error::Conflict("identity")) }
    }

    /// Notes a use: last profile and time.
    ///
    /// # Errors
    /// `Down`.
    pub async fn touch_identity(&mut self, space: &str, value: &str, profile: &str, now: Seconds) -> Result<()> {
        let update = statement("UPDATE identities SET profile = $3, last_used_at = $4 WHERE space = $1 AND value = $2");
        self.run(update.bind(space).bind(value).bind(profile).bind(now)).await.map(|_| ())
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

    /// Removes every key of one of this person's subjects, unless it is their last way in (a password is one for
    /// somebody who has a name to type with it); `false` when it is, or not theirs.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_identity_subject(&mut self, user: &UserId, subject: &str) -> Result<bool> {
        // Two ways taken away at once queue here, so that the second one sees that the first is gone.
        let queue = statement("UPDATE users SET updated_at = updated_at WHERE id = $1");
        self.run(queue.bind(user.as_str())).await?;
        let delete = statement(
            "DELETE FROM identities WHERE user_id = $1 AND COALESCE(subject, id) = $2 AND (
                EXISTS (SELECT 1 FROM identities AS other WHERE other.user_id = $1 AND COALESCE(other.subject, other.id) <> $2)
                OR EXISTS (SELECT 1 FROM credentials JOIN users ON users.id = credentials.user_id
                    WHERE credentials.user_id = $1 AND credentials.kind = 'password'
                    AND (users.username IS NOT NULL OR users.email IS NOT NULL OR users.phone IS NOT NULL)))",
        );
        self.changed(delete.bind(user.as_str()).bind(subject)).await
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
