//! What happened, by whom, to what: append-only, in the transaction of the change itself.

use super::row::{Row, listed, statement};
use super::{Result, Store, Tx};
use crate::base::clock::Seconds;

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// ULID; grows with time.
    pub id: String,
    /// When.
    pub at: Seconds,
    /// `user:{id}`, `client:{id}`, `cli`, `system`, `anonymous`.
    pub actor: String,
    /// `sign_in`, `refresh_reuse`, `connector.create` …
    pub action: String,
    /// `user:{id}`, `connector:{name}`, …
    pub target: String,
    /// `ok`, or the reason it failed.
    pub outcome: String,
    /// The request it came with, as people see it on error pages.
    pub request_id: String,
    /// The network address it came from.
    pub address: String,
    /// JSON without secrets.
    pub detail: String,
}

macro_rules! columns {
    () => {
        listed!(""; "id", "at", "actor", "action", "target", "outcome", "request_id", "address", "detail")
    };
}

impl Store {
    /// Newest first, before `before`, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn audit(&self, before: Option<&str>, limit: i64) -> Result<Vec<AuditEntry>> {
        let select = statement(concat!(
            "SELECT ",
            columns!(),
            " FROM audit WHERE (CAST($1 AS TEXT) IS NULL OR id < $1) ORDER BY id DESC LIMIT $2"
        ));
        self.all(select.bind(before).bind(limit), read).await
    }
}

impl Store {
    /// What somebody did and what was done to them since a moment, newest first, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn audit_of(&self, who: &str, since: Seconds, limit: i64) -> Result<Vec<AuditEntry>> {
        let select = statement(concat!(
            "SELECT ",
            columns!(),
            " FROM audit WHERE (actor = $1 OR target = $1) AND at >= $2 ORDER BY id DESC LIMIT $3"
        ));
        self.all(select.bind(who).bind(since).bind(limit), read).await
    }
}

impl Store {
    /// The addresses from which `who` signed in since a moment, at most a hundred.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn signed_in_from(&self, who: &str, since: Seconds) -> Result<Vec<String>> {
        let select = statement(
            "SELECT address FROM audit WHERE actor = $1 AND action = 'sign_in' AND outcome = 'ok' AND at >= $2
            GROUP BY address ORDER BY MAX(id) DESC LIMIT 100",
        );
        self.all(select.bind(who).bind(since), Row::text).await
    }
}

fn read(row: &mut Row) -> Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.text()?,
        at: row.number()?,
        actor: row.text()?,
        action: row.text()?,
        target: row.text()?,
        outcome: row.text()?,
        request_id: row.text()?,
        address: row.text()?,
        detail: row.text()?,
    })
}

impl Tx {
    /// Writes it down, in the transaction of the change it tells of.
    ///
    /// # Errors
    /// `Down`, `Conflict` when the id was used.
    pub async fn audit(&mut self, entry: &AuditEntry) -> Result<()> {
        let insert =
            statement(concat!("INSERT INTO audit (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"));
        let insert = insert
            .bind(&entry.id)
            .bind(entry.at)
            .bind(&entry.actor)
            .bind(&entry.action)
            .bind(&entry.target)
            .bind(&entry.outcome)
            .bind(&entry.request_id)
            .bind(&entry.address)
            .bind(&entry.detail);
        self.run(insert).await.map(|_| ())
    }
}
