//! Signing keys, sealed.

use super::row::{Row, listed, statement};
use super::{Result, Store, Tx};
use crate::base::clock::Seconds;

/// One signing key.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// `kid`.
    pub id: String,
    /// `RS256` (also signs PS256), `ES256`, `EdDSA`.
    pub algorithm: String,
    /// Private JWK, sealed under purpose `signing_key:{kid}`.
    pub private: String,
    /// Public JWK.
    pub public: String,
    /// When it was made.
    pub created_at: Seconds,
    /// Published from creation; signs from then on.
    pub signs_from: Seconds,
    /// From then on it signs no more.
    pub signs_until: Option<Seconds>,
    /// Leaves the JWK set then.
    pub published_until: Option<Seconds>,
}

macro_rules! columns {
    () => {
        listed!(""; "id", "algorithm", "private", "public", "created_at", "signs_from", "signs_until",
            "published_until")
    };
}

impl Store {
    /// All rows, newest first. Cached by the caller under `epoch` ([`super::UnderEpoch`]).
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn keys(&self) -> Result<Vec<KeyRow>> {
        self.all(statement(concat!("SELECT ", columns!(), " FROM keys ORDER BY signs_from DESC, id DESC")), read).await
    }
}

fn read(row: &mut Row) -> Result<KeyRow> {
    Ok(KeyRow {
        id: row.text()?,
        algorithm: row.text()?,
        private: row.text()?,
        public: row.text()?,
        created_at: row.number()?,
        signs_from: row.number()?,
        signs_until: row.maybe_number()?,
        published_until: row.maybe_number()?,
    })
}

impl Tx {
    /// Adds `key` unless a key of its algorithm is already there that signs at or
    /// after `key.signs_from`: of two nodes that start at once, one set stands.
    /// First keys name `signs_from` 0, so that clocks that differ do not matter.
    ///
    /// # Errors
    /// `Down`.
    pub async fn insert_key(&mut self, key: &KeyRow) -> Result<bool> {
        // Nodes queue on the epoch row; without it two PostgreSQL transactions would not see each other's key.
        self.raise_epoch().await?;
        let insert = statement(concat!(
            "INSERT INTO keys (",
            columns!(),
            ") SELECT $1, $2, $3, $4, $5, $6, $7, $8
            WHERE NOT EXISTS (SELECT 1 FROM keys WHERE algorithm = $2 AND signs_from >= $6) ON CONFLICT DO NOTHING"
        ));
        let insert = insert
            .bind(&key.id)
            .bind(&key.algorithm)
            .bind(&key.private)
            .bind(&key.public)
            .bind(key.created_at)
            .bind(key.signs_from)
            .bind(key.signs_until)
            .bind(key.published_until);
        self.changed(insert).await
    }

    /// Ends signing of the algorithm's keys older than `but` at `signs_until`, and their
    /// publication at `published_until`, where not set; how many it touched.
    ///
    /// # Errors
    /// `Down`.
    pub async fn retire_keys(
        &mut self,
        algorithm: &str,
        but: &str,
        signs_until: Seconds,
        published_until: Seconds,
    ) -> Result<u64> {
        self.raise_epoch().await?;
        let update = statement(
            "UPDATE keys SET signs_until = COALESCE(signs_until, $3), published_until = COALESCE(published_until, $4)
            WHERE algorithm = $1 AND id <> $2 AND (signs_until IS NULL OR published_until IS NULL)
            AND signs_from <= (SELECT newest.signs_from FROM keys AS newest WHERE newest.id = $2)",
        );
        self.run(update.bind(algorithm).bind(but).bind(signs_until).bind(published_until)).await
    }

    /// Deletes the keys whose publication is over; how many went.
    ///
    /// # Errors
    /// `Down`.
    pub async fn sweep_keys(&mut self, now: Seconds) -> Result<u64> {
        let gone = self.run(statement("DELETE FROM keys WHERE published_until <= $1").bind(now)).await?;
        if gone > 0 {
            self.raise_epoch().await?;
        }
        Ok(gone)
    }
}
