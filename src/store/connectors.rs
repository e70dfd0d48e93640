//! Instances of connectors, as an administrator made them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::ConnectorId;

/// A sign-in method that stands on the sign-in page.
#[derive(Clone, Debug)]
pub struct ConnectorRow {
    pub id: ConnectorId,
    pub version: i64,
    pub created_at: Seconds,
    pub updated_at: Seconds,
    /// `connectors::Kind::id`.
    pub kind: String,
    /// Immutable; its callback is `/callback/{name}`.
    pub name: String,
    /// What people read on the button.
    pub title: String,
    pub position: i64,
    pub enabled: bool,
    /// Born practice or real, for ever (design.md §9).
    pub practice: bool,
    pub rule: FirstSignIn,
    /// Whether people unknown so far may come in through it.
    pub registration: bool,
    /// JSON of the kind's fields; secret ones sealed one by one under purpose `connector:{id}:{key}`.
    pub settings: String,
}

/// What becomes of an identity nobody has (design.md §4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstSignIn {
    /// A person is created.
    #[default]
    Create,
    /// Two doors: new here, or an account already.
    Ask,
    /// Refused: only people who are linked already.
    Invited,
}

impl Store {
    /// All of them by position, then id. Cached under the epoch.
    pub async fn connectors(&self) -> Result<Arc<Vec<ConnectorRow>>> {
        todo!()
    }
}

impl Tx {
    /// Adds it at the end; `Conflict` when the name is taken.
    pub async fn insert_connector(&mut self, _connector: &ConnectorRow) -> Result<()> {
        todo!()
    }
    /// Title, position, enabled, rule, registration, settings; where the version is still that.
    pub async fn update_connector(&mut self, _connector: &ConnectorRow) -> Result<bool> {
        todo!()
    }
    pub async fn delete_connector(&mut self, _id: &ConnectorId) -> Result<bool> {
        todo!()
    }
}
