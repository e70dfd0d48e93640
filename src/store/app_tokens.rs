//! App-level tokens of platforms: one row a token, sealed, with the claim of
//! the one node that fetches the next (upstreams/wechat.md §7).

use super::row::{Row, statement};
use super::{Result, Store, Tx};
use crate::base::clock::Seconds;

/// A token as it stands.
#[derive(Clone, Debug)]
pub struct AppToken {
    /// Raised when it is claimed, stored or dropped.
    pub version: i64,
    /// Sealed; `None` when there is none.
    pub token: Option<String>,
    /// From then on the next one is fetched while this one is still good.
    pub refresh_at: Seconds,
    /// From then on it is no good.
    pub expires_at: Seconds,
    /// Somebody fetches until then.
    pub claimed_until: Seconds,
    /// How often in a row the platform refused to give one.
    pub failures: i64,
    /// Until then nobody asks.
    pub blocked_until: Seconds,
}

/// A token to be stored.
#[derive(Clone, Debug)]
pub struct NewAppToken {
    /// Sealed.
    pub token: String,
    /// `base::secret::digest` of the token, by which a refused one is told from its successor.
    pub digest: String,
    /// From then on the next one is fetched.
    pub refresh_at: Seconds,
    /// From then on it is no good.
    pub expires_at: Seconds,
}

impl Store {
    /// The token of this name.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn app_token(&self, name: &str) -> Result<Option<AppToken>> {
        let select = statement(
            "SELECT version, token, refresh_at, expires_at, claimed_until, failures, blocked_until
            FROM app_tokens WHERE name = $1",
        );
        let row = self.one(select.bind(name)).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }
}

fn read(row: &mut Row) -> Result<AppToken> {
    Ok(AppToken {
        version: row.number()?,
        token: row.maybe_text()?,
        refresh_at: row.number()?,
        expires_at: row.number()?,
        claimed_until: row.number()?,
        failures: row.number()?,
        blocked_until: row.number()?,
    })
}

impl Tx {
    /// Claims the right to fetch the next token until `until`: `true` for one caller of
    /// those who saw the same `version` (0: no row). An old claim that ran out may be taken over.
    ///
    /// # Errors
    /// `Down`.
    pub async fn claim_app_token(&mut self, name: &str, version: i64, now: Seconds, until: Seconds) -> Result<bool> {
        let claim = statement(
            "INSERT INTO app_tokens
                (name, version, refresh_at, expires_at, claimed_until, dropped_at, failures, blocked_until)
            VALUES ($1, 1, 0, 0, $2, 0, 0, 0)
            ON CONFLICT (name) DO UPDATE SET version = app_tokens.version + 1, claimed_until = excluded.claimed_until
            WHERE app_tokens.version = $3 AND app_tokens.claimed_until <= $4",
        );
        self.changed(claim.bind(name).bind(until).bind(version).bind(now)).await
    }

    /// Stores what was fetched under the claim that made it `version`; `false` when somebody took the claim over.
    ///
    /// # Errors
    /// `Down`.
    pub async fn put_app_token(&mut self, name: &str, version: i64, new: &NewAppToken) -> Result<bool> {
        let update = statement(
            "UPDATE app_tokens SET version = version + 1, token = $3, digest = $4, refresh_at = $5, expires_at = $6,
            claimed_until = 0, failures = 0, blocked_until = 0 WHERE name = $1 AND version = $2",
        );
        let update = update.bind(name).bind(version).bind(&new.token).bind(&new.digest);
        self.changed(update.bind(new.refresh_at).bind(new.expires_at)).await
    }

    /// Gives a claim back without a token. `blocked_until` is 0 unless nobody is to ask for a while.
    ///
    /// # Errors
    /// `Down`.
    pub async fn fail_app_token(
        &mut self,
        name: &str,
        version: i64,
        refused: bool,
        blocked_until: Seconds,
    ) -> Result<bool> {
        let update = statement(
            "UPDATE app_tokens SET version = version + 1, claimed_until = 0, failures = failures + $3,
            blocked_until = $4 WHERE name = $1 AND version = $2",
        );
        self.changed(update.bind(name).bind(version).bind(i64::from(refused)).bind(blocked_until)).await
    }

    /// Drops the token with this digest, unless one was dropped after `quiet_since`; `false` when it stays or is another.
    ///
    /// # Errors
    /// `Down`.
    pub async fn drop_app_token(
        &mut self,
        name: &str,
        digest: &str,
        now: Seconds,
        quiet_since: Seconds,
    ) -> Result<bool> {
        let update = statement(
            "UPDATE app_tokens SET version = version + 1, token = NULL, digest = NULL, refresh_at = 0, expires_at = 0,
            dropped_at = $3 WHERE name = $1 AND digest = $2 AND dropped_at <= $4",
        );
        self.changed(update.bind(name).bind(digest).bind(now).bind(quiet_since)).await
    }
}
