//! Signing keys, sealed.

use super::{Result, Store, Tx};
use crate::base::clock::Seconds;

#[derive(Clone, Debug)]
pub struct KeyRow {
    /// `kid`.
    pub id: String,
    /// `RS256` (also signs PS256), `ES256`, `EdDSA`.
    pub algorithm: String,
    /// Private JWK, sealed under purpose `signing_key:{kid}`.
    pub private: String,
    /// Public JWK.
    pub public: String,
    pub created_at: Seconds,
    /// Published from creation; signs from then on.
    pub signs_from: Seconds,
    pub signs_until: Option<Seconds>,
    /// Leaves the JWK set then.
    pub published_until: Option<Seconds>,
}

impl Store {
    /// All rows, newest first. Cached by the caller under `epoch`.
    pub async fn keys(&self) -> Result<Vec<KeyRow>> {
        todo!()
    }
}

impl Tx {
    /// Adds `key` unless a key of its algorithm is already there that signs at or
    /// after `key.signs_from`: of two nodes that start at once, one set stands.
    pub async fn insert_key(&mut self, _key: &KeyRow) -> Result<bool> {
        todo!()
    }
    /// Ends signing of the algorithm's older keys at `signs_until`, publication at `published_until`, where not set.
    pub async fn retire_keys(
        &mut self,
        _algorithm: &str,
        _but: &str,
        _signs_until: Seconds,
        _published_until: Seconds,
    ) -> Result<u64> {
        todo!()
    }
    pub async fn sweep_keys(&mut self, _now: Seconds) -> Result<u64> {
        todo!()
    }
}
