//! Grants: what one authorization allows, and whether it is still alive. No
//! token is honoured without an `AliveGrant` (security.md §0, rule 3).

use std::sync::Arc;

use super::clients::Client;
use super::users::User;
use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, GrantId, SessionId, UserId};

/// A row of `grants`.
#[derive(Clone, Debug)]
pub struct Grant {
    pub id: GrantId,
    /// `None` for client_credentials.
    pub user_id: Option<UserId>,
    pub client_id: ClientId,
    pub session_id: Option<SessionId>,
    pub scopes: Vec<String>,
    /// JSON of the `claims` parameter as granted.
    pub claims: Option<String>,
    pub resources: Vec<String>,
    pub acr: Option<String>,
    pub amr: Vec<String>,
    pub auth_time: Option<Seconds>,
    pub nonce: Option<String>,
    /// Outlives the session (offline_access granted).
    pub offline: bool,
    pub created_at: Seconds,
    /// The absolute end: 90 days for one with refresh tokens.
    pub expires_at: Seconds,
    pub ended_at: Option<Seconds>,
    pub reason: Option<String>,
}

/// A grant whose person, application, session and connector allow its use
/// right now. Only [`Store::alive_grant`] makes one.
#[derive(Clone, Debug)]
pub struct AliveGrant {
    grant: Grant,
    user: Option<User>,
    client: Arc<Client>,
}

impl AliveGrant {
    #[must_use]
    pub fn grant(&self) -> &Grant {
        &self.grant
    }
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl Store {
    /// One SELECT over grant, user, client, session: the grant, if everything it
    /// stands on is alive at `now` (not ended or expired; user active and not
    /// signed out everywhere since; client enabled; session live unless offline).
    pub async fn alive_grant(&self, _id: &GrantId, _now: Seconds) -> Result<Option<AliveGrant>> {
        todo!()
    }
    /// Live grants of a person, newest first.
    pub async fn grants_of(&self, _user: &UserId, _now: Seconds) -> Result<Vec<Grant>> {
        todo!()
    }
    /// The applications signed in to with this session.
    pub async fn clients_of_session(&self, _session: &SessionId) -> Result<Vec<ClientId>> {
        todo!()
    }
}

impl Tx {
    pub async fn insert_grant(&mut self, _grant: &Grant) -> Result<()> {
        todo!()
    }
    /// Ends it for good; `false` when it had ended.
    pub async fn end_grant(&mut self, _id: &GrantId, _now: Seconds, _reason: &str) -> Result<bool> {
        todo!()
    }
    /// Ends a person's grants for one application (consent taken back).
    pub async fn end_grants_of(
        &mut self,
        _user: &UserId,
        _client: &ClientId,
        _now: Seconds,
        _reason: &str,
    ) -> Result<u64> {
        todo!()
    }
    pub async fn sweep_grants(&mut self, _now: Seconds, _limit: i64) -> Result<u64> {
        todo!()
    }
}
