//! Resource servers (RFC 8707): what a `resource` parameter may name.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::row::{Row, listed, statement, write_json};
use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::store::clients::TokenFormat;

/// A protected resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The absolute URI that tokens name as `aud`.
    pub id: String,
    /// Raised by each change.
    pub version: i64,
    /// What an administrator said of it.
    pub metadata: ResourceMetadata,
}

/// What an administrator said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceMetadata {
    /// What people read.
    pub title: String,
    /// The scopes it knows.
    pub scopes: Vec<String>,
    /// How its access tokens look.
    pub token_format: TokenFormat,
    /// Seconds; the installation's default when absent.
    pub token_life: Option<Seconds>,
    /// Client ids that may introspect its tokens.
    pub introspectors: Vec<String>,
}

macro_rules! columns {
    () => {
        listed!(""; "id", "version", "metadata")
    };
}

impl Store {
    /// The resource server of this identifier. Cached under the epoch.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn resource(&self, id: &str) -> Result<Option<Arc<Resource>>> {
        let epoch = self.epoch();
        if let Some(resource) = self.inner.resources.get(epoch, id) {
            return Ok(Some(resource));
        }
        let select = statement(concat!("SELECT ", columns!(), " FROM resources WHERE id = $1"));
        let Some(mut row) = self.one(select.bind(id)).await? else { return Ok(None) };
        let resource = Arc::new(read(&mut row)?);
        self.inner.resources.keep(epoch, id.to_owned(), Arc::clone(&resource));
        Ok(Some(resource))
    }

    /// All of them by identifier.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn resources(&self) -> Result<Vec<Resource>> {
        self.all(statement(concat!("SELECT ", columns!(), " FROM resources ORDER BY id")), read).await
    }
}

fn read(row: &mut Row) -> Result<Resource> {
    Ok(Resource { id: row.text()?, version: row.number()?, metadata: row.json("metadata of a resource")? })
}

impl Tx {
    /// Adds or replaces it.
    ///
    /// # Errors
    /// `Down`.
    pub async fn put_resource(&mut self, resource: &Resource) -> Result<()> {
        self.raise_epoch().await?;
        let put = statement(concat!(
            "INSERT INTO resources (",
            columns!(),
            ") VALUES ($1, 1, $2) ON CONFLICT (id) DO UPDATE SET
            metadata = excluded.metadata, version = resources.version + 1"
        ));
        self.run(put.bind(&resource.id).bind(write_json(&resource.metadata))).await.map(|_| ())
    }

    /// Removes it; `false` when it was not there.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_resource(&mut self, id: &str) -> Result<bool> {
        self.raise_epoch().await?;
        self.changed(statement("DELETE FROM resources WHERE id = $1").bind(id)).await
    }
}
