//! Instances of connectors, as an administrator made them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::row::{Row, listed, statement};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::ConnectorId;

/// A sign-in method that stands on the sign-in page.
#[derive(Clone, Debug)]
pub struct ConnectorRow {
    /// Which.
    pub id: ConnectorId,
    /// Raised by each change; a change names the version it saw.
    pub version: i64,
    /// Since when.
    pub created_at: Seconds,
    /// Last change.
    pub updated_at: Seconds,
    /// `connectors::Kind::id`.
    pub kind: String,
    /// Immutable; its callback is `/callback/{name}`.
    pub name: String,
    /// What people read on the button.
    pub title: String,
    /// Its place on the sign-in page.
    pub position: i64,
    /// Off: it stands on no page, and its callback refuses.
    pub enabled: bool,
    /// Born practice or real, for ever (design.md §9).
    pub practice: bool,
    /// What becomes of an identity nobody has.
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
    /// A number is asked for, with a code: its person gets the identity, or a person is created with the number.
    BindPhone,
    /// Refused: only people who are linked already.
    Invited,
}

impl FirstSignIn {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Ask => "ask",
            Self::BindPhone => "bind_phone",
            Self::Invited => "invited",
        }
    }

    pub(super) fn named(name: &str) -> Result<Self> {
        let all = [Self::Create, Self::Ask, Self::BindPhone, Self::Invited];
        all.into_iter().find(|rule| rule.name() == name).ok_or_else(|| Error::Corrupt("a connector's rule".to_owned()))
    }
}

/// What it is called that nobody could sign in any more.
pub const LAST: &str = "last way in";

macro_rules! columns {
    () => {
        listed!(""; "id", "version", "created_at", "updated_at", "kind", "name", "title", "position", "enabled",
            "practice", "rule", "registration", "settings")
    };
}

/// How much hangs on a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectorUses {
    /// People who have an identity of it.
    pub people: i64,
    /// Those identities.
    pub identities: i64,
}

impl Store {
    /// How many people and identities would lose this way in.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn connector_uses(&self, id: &ConnectorId) -> Result<ConnectorUses> {
        let select = statement(
            "SELECT CAST(COUNT(DISTINCT user_id) AS BIGINT), CAST(COUNT(*) AS BIGINT)
            FROM identities WHERE connector_id = $1",
        );
        let row = self.one(select.bind(id.as_str())).await?;
        let mut row = row.ok_or_else(|| Error::Corrupt("a count without a row".to_owned()))?;
        Ok(ConnectorUses { people: row.number()?, identities: row.number()? })
    }

    /// All of them by position, then id. Cached under the epoch.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn connectors(&self) -> Result<Arc<Vec<ConnectorRow>>> {
        let select = async || {
            let select = statement(concat!("SELECT ", columns!(), " FROM connectors ORDER BY position, id"));
            self.all(select, read).await
        };
        self.inner.connectors.get(self, select).await
    }
}

fn read(row: &mut Row) -> Result<ConnectorRow> {
    Ok(ConnectorRow {
        id: ConnectorId::new(row.text()?),
        version: row.number()?,
        created_at: row.number()?,
        updated_at: row.number()?,
        kind: row.text()?,
        name: row.text()?,
        title: row.text()?,
        position: row.number()?,
        enabled: row.flag()?,
        practice: row.flag()?,
        rule: FirstSignIn::named(&row.text()?)?,
        registration: row.flag()?,
        settings: row.text()?,
    })
}

impl Tx {
    /// Adds it at the end, at version 1; its `position` is found here.
    ///
    /// # Errors
    /// `Conflict("name")` when the name is taken, `Down`.
    pub async fn insert_connector(&mut self, connector: &ConnectorRow) -> Result<()> {
        // Two that are added at once queue here, so that each finds a place of its own.
        self.raise_epoch().await?;
        let insert = statement(concat!(
            "INSERT INTO connectors (",
            columns!(),
            ") SELECT $1, 1, $2, $3, $4, $5, $6, CAST(COALESCE(MAX(position), 0) + 1 AS BIGINT), $7, $8, $9, $10, $11
            FROM connectors WHERE 1 = 1 ON CONFLICT DO NOTHING"
        ));
        let insert = insert
            .bind(connector.id.as_str())
            .bind(connector.created_at)
            .bind(connector.updated_at)
            .bind(&connector.kind)
            .bind(&connector.name)
            .bind(&connector.title)
            .bind(i64::from(connector.enabled))
            .bind(i64::from(connector.practice))
            .bind(connector.rule.name())
            .bind(i64::from(connector.registration))
            .bind(&connector.settings);
        if self.changed(insert).await? { Ok(()) } else { Err(Error::Conflict("name")) }
    }

    /// Title, position, enabled, rule, registration, settings; where the version is still that, and where it does not
    /// switch off the last way in that is on.
    ///
    /// # Errors
    /// `Down`.
    pub async fn update_connector(&mut self, connector: &ConnectorRow) -> Result<bool> {
        self.raise_epoch().await?;
        let update = statement(
            "UPDATE connectors SET version = version + 1, updated_at = $3, title = $4, position = $5, enabled = $6,
            rule = $7, registration = $8, settings = $9 WHERE id = $1 AND version = $2
            AND ($6 = 1 OR enabled = 0 OR practice = 1 OR EXISTS (SELECT 1 FROM connectors AS other
                WHERE other.id <> $1 AND other.enabled = 1 AND other.practice = 0))",
        );
        let update = update
            .bind(connector.id.as_str())
            .bind(connector.version)
            .bind(connector.updated_at)
            .bind(&connector.title)
            .bind(connector.position)
            .bind(i64::from(connector.enabled))
            .bind(connector.rule.name())
            .bind(i64::from(connector.registration))
            .bind(&connector.settings);
        self.changed(update).await
    }

    /// Removes it; people keep what they linked through it, though it leads nowhere now. `false` when there is none.
    ///
    /// # Errors
    /// `Conflict("last way in")` where no other real one is on; `Down`.
    pub async fn delete_connector(&mut self, id: &ConnectorId) -> Result<bool> {
        self.raise_epoch().await?;
        let delete = statement(
            "DELETE FROM connectors WHERE id = $1 AND (enabled = 0 OR practice = 1 OR EXISTS (SELECT 1
            FROM connectors AS other WHERE other.id <> $1 AND other.enabled = 1 AND other.practice = 0))",
        );
        if !self.changed(delete.bind(id.as_str())).await? {
            let stays = self.one(statement("SELECT id FROM connectors WHERE id = $1").bind(id.as_str())).await?;
            return if stays.is_some() { Err(Error::Conflict(LAST)) } else { Ok(false) };
        }
        // Organisations stay, without a platform; no new people come through it.
        for loosen in [
            "UPDATE orgs SET connector_id = NULL, version = version + 1 WHERE connector_id = $1",
            "DELETE FROM org_joins WHERE connector_id = $1",
        ] {
            self.run(statement(loosen).bind(id.as_str())).await?;
        }
        Ok(true)
    }
}
