//! What a person proves themselves with here: today the password's hash.

use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::UserId;

/// A stored password (kind `password`), a PHC string.
#[derive(Clone)]
pub struct Credential {
    pub user_id: UserId,
    /// PHC string of argon2id.
    pub value: String,
    /// Set by an administrator's reset: the person chooses a new one first.
    pub must_change: bool,
    pub changed_at: Seconds,
}

impl Store {
    pub async fn password_of(&self, _user: &UserId) -> Result<Option<Credential>> {
        todo!()
    }
}

impl Tx {
    /// Sets the password's hash.
    pub async fn set_password(&mut self, _credential: &Credential) -> Result<()> {
        todo!()
    }
    /// Replaces the hash by a stronger one of the same password, if it is still `old`.
    pub async fn rehash_password(&mut self, _user: &UserId, _old: &str, _new: &str) -> Result<bool> {
        todo!()
    }
}
