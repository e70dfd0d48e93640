//! Files that platforms fetch from the root to see whose domain it is.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::row::{Row, statement};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;

/// A file as a platform wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationFile {
    /// `MP_verify_….txt`, `WW_verify_….txt` …
    pub name: String,
    /// The exact bytes.
    pub content: Vec<u8>,
    /// Since when.
    pub created_at: Seconds,
}

impl Store {
    /// The file of this name.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn verification_file(&self, name: &str) -> Result<Option<VerificationFile>> {
        let select = statement("SELECT name, content, created_at FROM verification_files WHERE name = $1");
        self.one(select.bind(name)).await?.map(|mut row| read(&mut row)).transpose()
    }

    /// All of them, by name.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn verification_files(&self) -> Result<Vec<VerificationFile>> {
        self.all(statement("SELECT name, content, created_at FROM verification_files ORDER BY name"), read).await
    }
}

fn read(row: &mut Row) -> Result<VerificationFile> {
    let name = row.text()?;
    let content = URL_SAFE_NO_PAD.decode(row.text()?);
    let content = content.map_err(|_| Error::Corrupt("a verification file".to_owned()))?;
    Ok(VerificationFile { name, content, created_at: row.number()? })
}

impl Tx {
    /// Adds it or replaces its bytes.
    ///
    /// # Errors
    /// `Down`.
    pub async fn put_verification_file(&mut self, file: &VerificationFile) -> Result<()> {
        let put = statement(
            "INSERT INTO verification_files (name, content, created_at) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET content = excluded.content, created_at = excluded.created_at",
        );
        let put = put.bind(&file.name).bind(URL_SAFE_NO_PAD.encode(&file.content)).bind(file.created_at);
        self.run(put).await.map(|_| ())
    }

    /// Removes it; `false` when there is none.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_verification_file(&mut self, name: &str) -> Result<bool> {
        self.changed(statement("DELETE FROM verification_files WHERE name = $1").bind(name)).await
    }
}
