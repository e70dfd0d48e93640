//! Installation-wide settings that administrators change while it runs, one JSON value a name.

use super::row::statement;
use super::{Error, Result, Store, Tx};

impl Store {
    /// The JSON text stored under `name`. Cached under the epoch.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        let epoch = self.epoch();
        if let Some(value) = self.inner.settings.get(epoch, name) {
            return Ok(Some(value));
        }
        let select = statement("SELECT value FROM settings WHERE name = $1");
        let Some(mut row) = self.one(select.bind(name)).await? else { return Ok(None) };
        let value = row.text()?;
        self.inner.settings.keep(epoch, name.to_owned(), value.clone());
        Ok(Some(value))
    }
}

impl Tx {
    /// Writes it, raising the epoch.
    ///
    /// # Errors
    /// `Down`.
    pub async fn put_setting(&mut self, name: &str, value: &str) -> Result<()> {
        self.raise_epoch().await?;
        let put = statement(
            "INSERT INTO settings (name, value, version) VALUES ($1, $2, 1)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = settings.version + 1",
        );
        self.run(put.bind(name).bind(value)).await.map(|_| ())
    }

    /// Writes it unless there is one; the value that stands (first start on two nodes).
    ///
    /// # Errors
    /// `Down`.
    pub async fn ensure_setting(&mut self, name: &str, value: &str) -> Result<String> {
        let insert = statement("INSERT INTO settings (name, value, version) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING");
        if self.changed(insert.bind(name).bind(value)).await? {
            self.raise_epoch().await?;
            return Ok(value.to_owned());
        }
        let row = self.one(statement("SELECT value FROM settings WHERE name = $1").bind(name)).await?;
        row.ok_or(Error::Conflict("setting"))?.text()
    }
}
