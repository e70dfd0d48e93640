//! Installation-wide settings that administrators change while it runs, one JSON value a name.

use super::{Result, Store, Tx};

impl Store {
    /// The JSON text stored under `name`. Cached under the epoch.
    pub async fn setting(&self, _name: &str) -> Result<Option<String>> {
        todo!()
    }
}

impl Tx {
    /// Writes it, raising the epoch.
    pub async fn put_setting(&mut self, _name: &str, _value: &str) -> Result<()> {
        todo!()
    }
    /// Writes it unless there is one; the value that stands (first start on two nodes).
    pub async fn ensure_setting(&mut self, _name: &str, _value: &str) -> Result<String> {
        todo!()
    }
}
