//! Sign-on sessions: who is signed in, how and since when. Never cached.

use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, SessionId, UserId};

/// A session, published as `sid`.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: Seconds,
    pub seen_at: Seconds,
    pub auth_time: Seconds,
    pub acr: String,
    pub amr: Vec<String>,
    pub connector_id: ConnectorId,
    pub remembered: bool,
    /// Slides with use.
    pub idle_until: Seconds,
    /// Does not.
    pub expires_at: Seconds,
    pub ended_at: Option<Seconds>,
    /// Browser and place, for the person's own list.
    pub agent: String,
    pub address: String,
}

impl Store {
    /// The session, if it lives at `now`: not ended, idle or expired, its user active and not signed out everywhere since.
    pub async fn live_session(&self, _id: &SessionId, _now: Seconds) -> Result<Option<Session>> {
        todo!()
    }
    pub async fn sessions_of(&self, _user: &UserId, _now: Seconds) -> Result<Vec<Session>> {
        todo!()
    }
}

impl Tx {
    pub async fn insert_session(&mut self, _session: &Session) -> Result<()> {
        todo!()
    }
    /// Slides `idle_until` (never past `expires_at`) and notes `seen_at`.
    pub async fn touch_session(&mut self, _id: &SessionId, _now: Seconds, _idle_until: Seconds) -> Result<()> {
        todo!()
    }
    /// Ends it and the session-bound grants of it (those without `offline`); `false` when it had ended.
    pub async fn end_session(&mut self, _id: &SessionId, _now: Seconds, _reason: &str) -> Result<bool> {
        todo!()
    }
    /// Ends all sessions of a person but `keep`.
    pub async fn end_sessions_of(
        &mut self,
        _user: &UserId,
        _keep: Option<&SessionId>,
        _now: Seconds,
        _reason: &str,
    ) -> Result<u64> {
        todo!()
    }
    pub async fn sweep_sessions(&mut self, _now: Seconds, _limit: i64) -> Result<u64> {
        todo!()
    }
}
