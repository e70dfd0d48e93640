//! What a person proves themselves with here: today the password's hash.

use super::row::statement;
use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::UserId;

/// A stored password (kind `password`), a PHC string.
#[derive(Clone)]
pub struct Credential {
    /// Whose it is.
    pub user_id: UserId,
    /// PHC string of argon2id.
    pub value: String,
    /// Set by an administrator's reset: the person chooses a new one first.
    pub must_change: bool,
    /// When the person, or an administrator, last set it.
    pub changed_at: Seconds,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credential({}, ***)", self.user_id)
    }
}

impl Store {
    /// The password's hash of this person, if they have one.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn password_of(&self, user: &UserId) -> Result<Option<Credential>> {
        let select = statement(
            "SELECT value, must_change, changed_at FROM credentials WHERE user_id = $1 AND kind = 'password'",
        );
        let Some(mut row) = self.one(select.bind(user.as_str())).await? else { return Ok(None) };
        Ok(Some(Credential {
            user_id: user.clone(),
            value: row.text()?,
            must_change: row.flag()?,
            changed_at: row.number()?,
        }))
    }
}

impl Tx {
    /// Sets the password's hash.
    ///
    /// # Errors
    /// `Conflict("reference")` when the person is gone, `Down`.
    pub async fn set_password(&mut self, credential: &Credential) -> Result<()> {
        let put = statement(
            "INSERT INTO credentials (user_id, kind, value, must_change, changed_at) VALUES ($1, 'password', $2, $3, $4)
            ON CONFLICT (user_id, kind) DO UPDATE SET
            value = excluded.value, must_change = excluded.must_change, changed_at = excluded.changed_at",
        );
        let put = put
            .bind(credential.user_id.as_str())
            .bind(&credential.value)
            .bind(i64::from(credential.must_change))
            .bind(credential.changed_at);
        self.run(put).await.map(|_| ())
    }

    /// Replaces the hash by a stronger one of the same password, if it is still `old`.
    ///
    /// # Errors
    /// `Down`.
    pub async fn rehash_password(&mut self, user: &UserId, old: &str, new: &str) -> Result<bool> {
        let update =
            statement("UPDATE credentials SET value = $3 WHERE user_id = $1 AND kind = 'password' AND value = $2");
        self.changed(update.bind(user.as_str()).bind(old).bind(new)).await
    }
}
