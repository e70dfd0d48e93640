//! Providers of short messages, as an administrator set them up.

use super::row::{Row, listed, statement};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::SenderId;

/// A sender of short messages.
#[derive(Clone, Debug)]
pub struct SenderRow {
    /// Which.
    pub id: SenderId,
    /// Raised by each change; a change names the version it saw.
    pub version: i64,
    /// Since when.
    pub created_at: Seconds,
    /// Last change.
    pub updated_at: Seconds,
    /// `connectors::senders::SenderKind::id`.
    pub kind: String,
    /// Immutable; connectors name their senders by it.
    pub name: String,
    /// Its place: the first is asked first.
    pub position: i64,
    /// Off: it is never asked.
    pub enabled: bool,
    /// Born practice or real, for ever (design.md §9).
    pub practice: bool,
    /// Since when nearly no code that it sent is typed; 0: people type them. The watch writes it, no change does.
    pub untyped_since: Seconds,
    /// JSON of the kind's fields; secret ones sealed one by one under purpose `sender:{id}:{key}`.
    pub settings: String,
}

macro_rules! columns {
    () => {
        listed!(""; "id", "version", "created_at", "updated_at", "kind", "name", "position", "enabled", "practice",
            "settings")
    };
    (all) => {
        concat!(columns!(), ", untyped_since")
    };
}

impl Store {
    /// All of them by position, then id.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn senders(&self) -> Result<Vec<SenderRow>> {
        self.all(statement(concat!("SELECT ", columns!(all), " FROM senders ORDER BY position, id")), read).await
    }
}

fn read(row: &mut Row) -> Result<SenderRow> {
    Ok(SenderRow {
        id: SenderId::new(row.text()?),
        version: row.number()?,
        created_at: row.number()?,
        updated_at: row.number()?,
        kind: row.text()?,
        name: row.text()?,
        position: row.number()?,
        enabled: row.flag()?,
        practice: row.flag()?,
        settings: row.text()?,
        untyped_since: row.number()?,
    })
}

impl Tx {
    /// Adds it at the end, at version 1; its `position` is found here.
    ///
    /// # Errors
    /// `Conflict("name")` when the name is taken, `Down`.
    pub async fn insert_sender(&mut self, sender: &SenderRow) -> Result<()> {
        // Two that are added at once queue here, so that each finds a place of its own.
        self.raise_epoch().await?;
        let insert = statement(concat!(
            "INSERT INTO senders (",
            columns!(),
            ") SELECT $1, 1, $2, $3, $4, $5, CAST(COALESCE(MAX(position), 0) + 1 AS BIGINT), $6, $7, $8
            FROM senders WHERE 1 = 1 ON CONFLICT DO NOTHING"
        ));
        let insert = insert
            .bind(sender.id.as_str())
            .bind(sender.created_at)
            .bind(sender.updated_at)
            .bind(&sender.kind)
            .bind(&sender.name)
            .bind(i64::from(sender.enabled))
            .bind(i64::from(sender.practice))
            .bind(&sender.settings);
        if self.changed(insert).await? { Ok(()) } else { Err(Error::Conflict("name")) }
    }

    /// Position, enabled, settings; where the version is still that.
    ///
    /// # Errors
    /// `Down`.
    pub async fn update_sender(&mut self, sender: &SenderRow) -> Result<bool> {
        self.raise_epoch().await?;
        let update = statement(
            "UPDATE senders SET version = version + 1, updated_at = $3, position = $4, enabled = $5, settings = $6
            WHERE id = $1 AND version = $2",
        );
        let update = update
            .bind(sender.id.as_str())
            .bind(sender.version)
            .bind(sender.updated_at)
            .bind(sender.position)
            .bind(i64::from(sender.enabled))
            .bind(&sender.settings);
        self.changed(update).await
    }

    /// Removes it.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_sender(&mut self, id: &SenderId) -> Result<bool> {
        self.raise_epoch().await?;
        self.changed(statement("DELETE FROM senders WHERE id = $1").bind(id.as_str())).await
    }
}
