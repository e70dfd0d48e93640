//! Everything that expires: codes, tokens, interactions, replay marks. One
//! shape, two tables with the same columns, typed by kind (design.md §7).

use serde::{Serialize, de::DeserializeOwned};

use super::row::{Row, read_json, statement, write_json};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, GrantId};

pub use super::exchange::Exchange;

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
    /// A one-time code to a phone; the payload is its keyed digest.
    PhoneCode,
    /// What a picture to be scanned carries, and how far that is.
    Scene,
    /// A proven number, which may be changed for another one.
    NumberTicket,
    /// A picture to be scanned that the platform drew.
    ScanPicture,
    /// The way on at the authorization challenge endpoint.
    AuthSession,
    /// The link on the phone that asks whether the sign-in at the desk is theirs.
    Confirmation,
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

impl Kind {
    /// The word in the row.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::AccessToken => "access_token",
            Self::RefreshToken => "refresh_token",
            Self::Interaction => "interaction",
            Self::Leg => "leg",
            Self::FormPost => "form_post",
            Self::BrowserSession => "browser_session",
            Self::ReplayMark => "replay_mark",
            Self::SetupLink => "setup_link",
            Self::Scene => "scene",
            Self::ScanPicture => "scan_picture",
            Self::Confirmation => "confirmation",
            Self::AuthSession => "auth_session",
            Self::PhoneCode => "phone_code",
            Self::NumberTicket => "number_ticket",
        }
    }

    /// Whether it usually lives longer than an hour.
    pub(super) const fn is_long(self) -> bool {
        matches!(self, Self::RefreshToken | Self::BrowserSession | Self::SetupLink)
    }
}

/// A statement over the table of a kind; both texts stand in the program.
macro_rules! over_table {
    ($kind:expr, $($part:tt),+) => {
        if $kind.is_long() {
            $crate::store::row::statement($crate::store::artifact::in_table!("artifacts_long"; $($part),+))
        } else {
            $crate::store::row::statement($crate::store::artifact::in_table!("artifacts_short"; $($part),+))
        }
    };
}
macro_rules! in_table {
    ($table:literal; $first:literal, $second:literal) => {
        concat!($first, $table, $second)
    };
    ($table:literal; $first:literal, $second:literal, $third:literal) => {
        concat!($first, $table, $second, $table, $third)
    };
}
pub(super) use {in_table, over_table};

impl Artifact {
    /// The payload as its type.
    ///
    /// # Errors
    /// `Corrupt` when it is not that.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        read_json(&self.payload, self.kind.name())
    }

    /// Whether it may still be used at `now`.
    #[must_use]
    pub fn is_live(&self, now: Seconds) -> bool {
        self.taken_at.is_none() && now < self.expires_at
    }
}

impl NewArtifact {
    /// JSON for the payload column.
    #[must_use]
    pub fn payload_of<T: Serialize>(payload: &T) -> String {
        write_json(payload)
    }
}

impl Store {
    /// The row with this digest, taken or expired ones too; `None` when there is none of that kind.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn look(&self, kind: Kind, digest: &str) -> Result<Option<Artifact>> {
        let select = over_table!(
            kind,
            "SELECT digest, grant_id, owner, client_id, payload, version, tries, expires_at, taken_at, successor FROM ",
            " WHERE digest = $1 AND kind = $2"
        );
        let row = self.one(select.bind(digest).bind(kind.name())).await?;
        row.map(|mut row| read(kind, &mut row)).transpose()
    }
}

fn read(kind: Kind, row: &mut Row) -> Result<Artifact> {
    Ok(Artifact {
        kind,
        digest: row.text()?,
        grant_id: row.maybe_text()?.map(GrantId::new),
        owner: row.maybe_text()?,
        client_id: row.maybe_text()?.map(ClientId::new),
        payload: row.text()?,
        version: row.number()?,
        tries: row.number()?,
        expires_at: row.number()?,
        taken_at: row.maybe_number()?,
        successor: row.maybe_text()?,
    })
}

impl Tx {
    /// Adds a row.
    ///
    /// # Errors
    /// `Conflict` when the digest is there already.
    pub async fn put(&mut self, artifact: &NewArtifact) -> Result<()> {
        let insert = over_table!(
            artifact.kind,
            "INSERT INTO ",
            " (digest, kind, grant_id, owner, client_id, payload, version, tries, expires_at, keep_until)
            VALUES ($1, $2, $3, $4, $5, $6, 1, 0, $7, $8) ON CONFLICT DO NOTHING"
        );
        let insert = insert
            .bind(&artifact.digest)
            .bind(artifact.kind.name())
            .bind(artifact.grant_id.as_ref().map(GrantId::as_str))
            .bind(artifact.owner.as_deref())
            .bind(artifact.client_id.as_ref().map(ClientId::as_str))
            .bind(&artifact.payload)
            .bind(artifact.expires_at)
            .bind(artifact.keep_until.max(artifact.expires_at));
        if self.changed(insert).await? { Ok(()) } else { Err(Error::Conflict("artifact")) }
    }

    /// Marks that `key` happened: `true` the first time, `false` while the mark lives.
    ///
    /// # Errors
    /// `Down`.
    pub async fn once(&mut self, key: &str, now: Seconds, expires_at: Seconds) -> Result<bool> {
        let mark = statement(
            "INSERT INTO artifacts_short (digest, kind, payload, version, tries, expires_at, keep_until)
            VALUES ($1, 'replay_mark', 'null', 1, 0, $2, $3)
            ON CONFLICT (digest) DO UPDATE SET expires_at = excluded.expires_at, keep_until = excluded.keep_until
            WHERE artifacts_short.kind = 'replay_mark' AND artifacts_short.expires_at <= $4",
        );
        // The prefix keeps a key chosen outside from meeting the digest of something else.
        self.changed(mark.bind(format!("once:{key}")).bind(expires_at).bind(expires_at).bind(now)).await
    }

    /// Ties `key` to `value` where it is tied to nothing; `true` when it is tied to this
    /// value, `false` while it is tied to another.
    ///
    /// # Errors
    /// `Down`.
    pub async fn tie(&mut self, key: &str, value: &str, now: Seconds, expires_at: Seconds) -> Result<bool> {
        let tie = statement(
            "INSERT INTO artifacts_short (digest, kind, payload, version, tries, expires_at, keep_until)
            VALUES ($1, 'replay_mark', $2, 1, 0, $3, $3)
            ON CONFLICT (digest) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at,
                keep_until = excluded.keep_until
            WHERE artifacts_short.kind = 'replay_mark'
                AND (artifacts_short.payload = excluded.payload OR artifacts_short.expires_at <= $4)",
        );
        let tie = tie.bind(format!("tied:{key}")).bind(write_json(&value)).bind(expires_at).bind(now);
        self.changed(tie).await
    }

    /// Replaces the payload when the row still has `version` and is not taken; `false` when not.
    ///
    /// # Errors
    /// `Down`.
    pub async fn swap(
        &mut self,
        kind: Kind,
        digest: &str,
        version: i64,
        payload: &str,
        expires_at: Seconds,
    ) -> Result<bool> {
        let update = over_table!(
            kind,
            "UPDATE ",
            " SET payload = $4, version = version + 1, expires_at = $5,
            keep_until = CASE WHEN keep_until < $5 THEN $5 ELSE keep_until END
            WHERE digest = $1 AND kind = $2 AND version = $3 AND taken_at IS NULL"
        );
        self.changed(update.bind(digest).bind(kind.name()).bind(version).bind(payload).bind(expires_at)).await
    }

    /// Charges one try before a comparison: how many are left after it, or `None`
    /// when `limit` was spent or there is no such untaken row.
    ///
    /// # Errors
    /// `Down`.
    pub async fn charge(&mut self, kind: Kind, digest: &str, limit: i64) -> Result<Option<i64>> {
        let update = over_table!(
            kind,
            "UPDATE ",
            " SET tries = tries + 1
            WHERE digest = $1 AND kind = $2 AND tries < $3 AND taken_at IS NULL RETURNING tries"
        );
        let row = self.one(update.bind(digest).bind(kind.name()).bind(limit)).await?;
        row.map(|mut row| Ok(limit - row.number()?)).transpose()
    }

    /// Removes a row; `true` when it was there.
    ///
    /// # Errors
    /// `Down`.
    pub async fn revoke(&mut self, kind: Kind, digest: &str) -> Result<bool> {
        let delete = over_table!(kind, "DELETE FROM ", " WHERE digest = $1 AND kind = $2");
        self.changed(delete.bind(digest).bind(kind.name())).await
    }

    /// Deletes at most `limit` rows of each table whose `keep_until` has passed; how many went.
    ///
    /// # Errors
    /// `Down`.
    pub async fn sweep_artifacts(&mut self, now: Seconds, limit: i64) -> Result<u64> {
        let mut gone = 0;
        for kind in [Kind::AuthorizationCode, Kind::RefreshToken] {
            let delete = over_table!(
                kind,
                "DELETE FROM ",
                " WHERE digest IN (SELECT digest FROM ",
                " WHERE keep_until <= $1 ORDER BY keep_until LIMIT $2)"
            );
            gone += self.run(delete.bind(now).bind(limit)).await?;
        }
        Ok(gone)
    }
}
