//! What a person agreed an application may see.

use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, UserId};

#[derive(Clone, Debug)]
pub struct Consent {
    pub user_id: UserId,
    pub client_id: ClientId,
    pub scopes: Vec<String>,
    /// Claim names asked for singly.
    pub claims: Vec<String>,
    pub given_at: Seconds,
}

impl Store {
    pub async fn consent(&self, _user: &UserId, _client: &ClientId) -> Result<Option<Consent>> {
        todo!()
    }
    pub async fn consents_of(&self, _user: &UserId) -> Result<Vec<Consent>> {
        todo!()
    }
}

impl Tx {
    /// Adds or replaces (the caller has joined old and new).
    pub async fn put_consent(&mut self, _consent: &Consent) -> Result<()> {
        todo!()
    }
    /// Takes it back and ends the application's grants of this person.
    pub async fn withdraw_consent(&mut self, _user: &UserId, _client: &ClientId, _now: Seconds) -> Result<bool> {
        todo!()
    }
}
