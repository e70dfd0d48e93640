//! Sign-on sessions: begun at each sign-in, slid by use, ended here and everywhere.

use super::{Login, LoginError, Visitor};
use crate::base::id::{SessionId, UserId};
use crate::store::sessions::Session;

impl Login {
    /// The live session of this browser; slides it (at most once a minute).
    ///
    /// # Errors
    /// `Store`.
    pub async fn session(&self, _visitor: &Visitor) -> Result<Option<Session>, LoginError> {
        todo!()
    }

    /// Ends one session, its session-bound grants, and notes it.
    ///
    /// # Errors
    /// `Store`.
    pub async fn sign_out(&self, _session: &SessionId, _visitor: &Visitor) -> Result<(), LoginError> {
        todo!()
    }

    /// Ends all sessions of a person but `keep`.
    ///
    /// # Errors
    /// `Store`.
    pub async fn sign_out_everywhere(
        &self,
        _user: &UserId,
        _keep: Option<&SessionId>,
        _visitor: &Visitor,
    ) -> Result<u64, LoginError> {
        todo!()
    }
}
