//! Resource servers (RFC 8707): what a `resource` parameter may name.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::store::clients::TokenFormat;

/// A protected resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The absolute URI that tokens name as `aud`.
    pub id: String,
    pub version: i64,
    pub metadata: ResourceMetadata,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceMetadata {
    pub title: String,
    pub scopes: Vec<String>,
    pub token_format: TokenFormat,
    pub token_life: Option<Seconds>,
    /// Client ids that may introspect its tokens.
    pub introspectors: Vec<String>,
}

impl Store {
    /// Cached under the epoch.
    pub async fn resource(&self, _id: &str) -> Result<Option<Arc<Resource>>> {
        todo!()
    }
    pub async fn resources(&self) -> Result<Vec<Resource>> {
        todo!()
    }
}

impl Tx {
    /// Adds or replaces it.
    pub async fn put_resource(&mut self, _resource: &Resource) -> Result<()> {
        todo!()
    }
    pub async fn delete_resource(&mut self, _id: &str) -> Result<bool> {
        todo!()
    }
}
