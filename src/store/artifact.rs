//! Everything that expires: codes, tokens, interactions, replay marks. One
//! shape, two tables with the same columns, typed by kind (design.md §7).

use serde::{Serialize, de::DeserializeOwned};

use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, GrantId};

/// What an artifact is; its kind decides its table and how it is called in the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An authorization code (RFC 6749 §4.1).
    AuthorizationCode,
    /// An opaque access token, or the mark of a JWT one.
    AccessToken,
    /// A refresh token.
    RefreshToken,
    /// A sign-in under way.
    Interaction,
    /// One trip to an upstream, found by the digest of its `state`.
    Leg,
    /// A callback that came by POST, waiting for its GET.
    FormPost,
    /// The tower-sessions record that ties a browser to a session.
    BrowserSession,
    /// Something that may happen once (`jti`, a nonce).
    ReplayMark,
    /// The one-time link that opens the set-up pages, or the console.
    SetupLink,
}

/// A row to be put.
#[derive(Clone, Debug)]
pub struct NewArtifact {
    /// What it is.
    pub kind: Kind,
    /// `base::secret::digest` of the handle the bearer holds.
    pub digest: String,
    /// The grant it belongs to.
    pub grant_id: Option<GrantId>,
    /// Whom it belongs to: a browser's digest, a user, a session.
    pub owner: Option<String>,
    /// The application it was made for.
    pub client_id: Option<ClientId>,
    /// JSON of the kind's own payload.
    pub payload: String,
    /// From then on it is refused.
    pub expires_at: Seconds,
    /// Until then the row stays, so that a replay is noticed.
    pub keep_until: Seconds,
}

/// A row as it stands.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// What it is.
    pub kind: Kind,
    /// The digest it is found by.
    pub digest: String,
    /// The grant it belongs to.
    pub grant_id: Option<GrantId>,
    /// Whom it belongs to.
    pub owner: Option<String>,
    /// The application it was made for.
    pub client_id: Option<ClientId>,
    /// JSON of the kind's own payload.
    pub payload: String,
    /// Raised by each `swap`.
    pub version: i64,
    /// Failed comparisons so far.
    pub tries: i64,
    /// From then on it is refused.
    pub expires_at: Seconds,
    /// When it was taken, if it was.
    pub taken_at: Option<Seconds>,
    /// The digest of what replaced it.
    pub successor: Option<String>,
}

impl Artifact {
    /// The payload as its type.
    ///
    /// # Errors
    /// `Corrupt` when it is not that.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        todo!()
    }

    /// Whether it may still be used at `now`.
    #[must_use]
    pub fn is_live(&self, now: Seconds) -> bool {
        self.taken_at.is_none() && now < self.expires_at
    }
}

/// What came of taking something that works once.
#[derive(Clone, Debug)]
pub enum Exchange {
    /// This call took it; what was to be put is put.
    First,
    /// It had been taken before: reuse.
    Again {
        /// The grant to be ended, or to be given grace.
        grant_id: Option<GrantId>,
        /// When it was taken.
        taken_at: Seconds,
        /// The digest of what it was exchanged for.
        successor: Option<String>,
    },
    /// There is no such thing, or it expired.
    Missing,
}

impl NewArtifact {
    /// JSON for the payload column.
    #[must_use]
    pub fn payload_of<T: Serialize>(_payload: &T) -> String {
        todo!()
    }
}

impl Store {
    /// The row with this digest, taken or expired ones too; `None` when there is none of that kind.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn look(&self, _kind: Kind, _digest: &str) -> Result<Option<Artifact>> {
        todo!()
    }
}

impl Tx {
    /// Adds a row.
    ///
    /// # Errors
    /// `Conflict` when the digest is there already.
    pub async fn put(&mut self, _artifact: &NewArtifact) -> Result<()> {
        todo!()
    }

    /// Marks that `key` happened, for `kind` replay marks: `true` the first time, `false` while the mark lives.
    ///
    /// # Errors
    /// `Down`.
    pub async fn once(&mut self, _key: &str, _now: Seconds, _expires_at: Seconds) -> Result<bool> {
        todo!()
    }

    /// Replaces the payload when the row still has `version` and is not taken; `false` when not.
    ///
    /// # Errors
    /// `Down`.
    pub async fn swap(
        &mut self,
        _kind: Kind,
        _digest: &str,
        _version: i64,
        _payload: &str,
        _expires_at: Seconds,
    ) -> Result<bool> {
        todo!()
    }

    /// Charges one try before a comparison: how many are left after it, or `None` when `limit` was spent.
    ///
    /// # Errors
    /// `Down`.
    pub async fn charge(&mut self, _kind: Kind, _digest: &str, _limit: i64) -> Result<Option<i64>> {
        todo!()
    }

    /// Takes the row once, in one conditional UPDATE, and puts what it buys.
    /// `successor` is the digest of what replaces it, if something does.
    ///
    /// # Errors
    /// `Down`.
    pub async fn exchange(
        &mut self,
        _kind: Kind,
        _digest: &str,
        _now: Seconds,
        _successor: Option<&str>,
        _puts: &[NewArtifact],
    ) -> Result<Exchange> {
        todo!()
    }

    /// Replaces a taken row's unused successor: the lost-answer rule of security.md row 105.
    /// `true` when the old successor was still untaken and is now dead, and `puts` stand.
    ///
    /// # Errors
    /// `Down`.
    pub async fn replace_successor(
        &mut self,
        _kind: Kind,
        _digest: &str,
        _old_successor: &str,
        _new_successor: &str,
        _now: Seconds,
        _puts: &[NewArtifact],
    ) -> Result<bool> {
        todo!()
    }

    /// Removes a row; `true` when it was there.
    ///
    /// # Errors
    /// `Down`.
    pub async fn revoke(&mut self, _kind: Kind, _digest: &str) -> Result<bool> {
        todo!()
    }

    /// Deletes at most `limit` rows of each table whose `keep_until` has passed; how many went.
    ///
    /// # Errors
    /// `Down`.
    pub async fn sweep_artifacts(&mut self, _now: Seconds, _limit: i64) -> Result<u64> {
        todo!()
    }
}
