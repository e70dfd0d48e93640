//! What upstreams know people by: `(space, value)` is unique in the installation (design.md §4).

use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, UserId};

/// One way in that belongs to a person.
#[derive(Clone, Debug)]
pub struct StoredIdentity {
    /// ULID of the row.
    pub id: String,
    pub user_id: UserId,
    /// The key space of design.md §4: `google`, `github.com`, `conn:{id}` …
    pub space: String,
    /// The stable subject in it.
    pub value: String,
    pub connector_id: ConnectorId,
    /// JSON of the last `connectors::Identity` seen, secrets left out.
    pub profile: String,
    pub first_used_at: Seconds,
    pub last_used_at: Seconds,
}

impl Store {
    pub async fn identity(&self, _space: &str, _value: &str) -> Result<Option<StoredIdentity>> {
        todo!()
    }
    pub async fn identities_of(&self, _user: &UserId) -> Result<Vec<StoredIdentity>> {
        todo!()
    }
}

impl Tx {
    /// Adds a key; `Conflict` when `(space, value)` belongs to somebody.
    pub async fn insert_identity(&mut self, _identity: &StoredIdentity) -> Result<()> {
        todo!()
    }
    /// Notes a use: last profile and time.
    pub async fn touch_identity(&mut self, _space: &str, _value: &str, _profile: &str, _now: Seconds) -> Result<()> {
        todo!()
    }
    /// Removes one of this person's identities; `false` when it is not theirs.
    pub async fn delete_identity(&mut self, _user: &UserId, _id: &str) -> Result<bool> {
        todo!()
    }
}
