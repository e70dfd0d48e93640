//! `sub` values: their own random text per person and sector, never used again.

use super::{Result, Store, Tx};
use crate::base::id::UserId;

impl Store {
    /// The `sub` of this person in `sector` (`""` is the public one), if one was made.
    pub async fn subject(&self, _user: &UserId, _sector: &str) -> Result<Option<String>> {
        todo!()
    }
    /// Whose `sub` this is.
    pub async fn user_of_subject(&self, _sub: &str) -> Result<Option<UserId>> {
        todo!()
    }
}

impl Tx {
    /// Makes `candidate` the person's `sub` in `sector` unless they have one; the one that stands.
    pub async fn ensure_subject(&mut self, _user: &UserId, _sector: &str, _candidate: &str) -> Result<String> {
        todo!()
    }
}
