//! Installation-wide settings that administrators change while it runs, one JSON value a name.

use super::row::statement;
use super::{Error, Result, Store, Tx};

/// A setting as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its JSON text; `None` while nobody set it.
    pub value: Option<String>,
    /// Raised by each change, 0 before the first one; a change names the version it saw.
    pub version: i64,
}

impl Store {
    /// The setting and its version, read now: for whoever is about to change it.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn standing_setting(&self, name: &str) -> Result<Standing> {
        let select = statement("SELECT value, version FROM settings WHERE name = $1");
        let Some(mut row) = self.one(select.bind(name)).await? else { return Ok(Standing::default()) };
        Ok(Standing { value: Some(row.text()?), version: row.number()? })
    }

    /// The JSON text stored under `name`. Cached under the epoch.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        let epoch = self.epoch();
        if let Some(value) = self.inner.settings.get(epoch, name) {
            return Ok(value);
        }
        let select = statement("SELECT value FROM settings WHERE name = $1");
        let row = self.one(select.bind(name)).await?;
        // A missing one is remembered too: the names stand in the program, and are few.
        let value = row.map(|mut row| row.text()).transpose()?;
        self.inner.settings.keep(epoch, name.to_owned(), value.clone());
        Ok(value)
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

    /// Writes it where the version is still `version` (0: where nobody set it yet), raising the epoch; whether it was.
    ///
    /// # Errors
    /// `Down`.
    pub async fn swap_setting(&mut self, name: &str, value: &str, version: i64) -> Result<bool> {
        self.raise_epoch().await?;
        if version == 0 {
            let insert =
                statement("INSERT INTO settings (name, value, version) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING");
            return self.changed(insert.bind(name).bind(value)).await;
        }
        let swap = statement("UPDATE settings SET value = $2, version = version + 1 WHERE name = $1 AND version = $3");
        self.changed(swap.bind(name).bind(value).bind(version)).await
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
