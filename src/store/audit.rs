//! What happened, by whom, to what: append-only, in the transaction of the change itself.

use super::{Result, Store, Tx};
use crate::base::clock::Seconds;

#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// ULID; grows with time.
    pub id: String,
    pub at: Seconds,
    /// `user:{id}`, `client:{id}`, `cli`, `system`, `anonymous`.
    pub actor: String,
    /// `sign_in`, `refresh_reuse`, `connector.create` …
    pub action: String,
    /// `user:{id}`, `connector:{name}`, …
    pub target: String,
    /// `ok`, or the reason it failed.
    pub outcome: String,
    pub request_id: String,
    pub address: String,
    /// JSON without secrets.
    pub detail: String,
}

impl Store {
    /// Newest first, before `before`, at most `limit`.
    pub async fn audit(&self, _before: Option<&str>, _limit: i64) -> Result<Vec<AuditEntry>> {
        todo!()
    }
}

impl Tx {
    pub async fn audit(&mut self, _entry: &AuditEntry) -> Result<()> {
        todo!()
    }
}
