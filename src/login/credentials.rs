//! Setting a password: by its owner, or by an administrator.
// (contract note, owner: login helper — fill in, or move and delete this file)

use super::{Login, LoginError};
use crate::base::id::{SessionId, UserId};
use crate::base::secret::Secret;
use crate::store::users::User;

impl Login {
    /// Whether `password` may become this person's.
    ///
    /// # Errors
    /// `LoginError::Password` with what it lacks.
    pub async fn check_new_password(&self, _password: &Secret, _user: &User) -> Result<(), LoginError> {
        todo!()
    }

    /// Hashes and sets it; every other session and token of the person ends (security.md rows 75, 108).
    ///
    /// # Errors
    /// `Store`; `Busy` when no hashing slot is free.
    pub async fn set_password(
        &self,
        _user: &UserId,
        _password: &Secret,
        _must_change: bool,
        _keep: Option<&SessionId>,
    ) -> Result<(), LoginError> {
        todo!()
    }
}

impl Login {
    /// Whether practice platforms may be reached.
    #[must_use]
    pub fn practice_is_on(&self) -> bool {
        todo!()
    }

    /// The doctor's live checks of one stored instance (contract note: belongs in login/connectors.rs; `connectors::settings::open` opens the secrets).
    ///
    /// # Errors
    /// `Store`.
    pub async fn check_connector(
        &self,
        _row: &crate::store::connectors::ConnectorRow,
        _lang: crate::base::lang::Lang,
    ) -> Result<Vec<crate::connectors::Finding>, LoginError> {
        todo!()
    }
}
