//! One key, opened.

use serde_json::Value;

use super::super::jose::{Algorithm, SigningKey, VerifyingKey};
use crate::base::clock::Seconds;
use crate::base::secret::Sealer;
use crate::store::keys::KeyRow;
use crate::store::{Error, Result};

/// A row and what it opens to; parsed once, for as long as the row is there.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) row: KeyRow,
    pub(super) public: Value,
    pub(super) signer: SigningKey,
    pub(super) verifier: VerifyingKey,
}

impl Held {
    /// Opens a row.
    ///
    /// # Errors
    /// `Corrupt` when it is sealed under another master key, or not a key.
    pub(super) fn open(row: KeyRow, sealer: &Sealer) -> Result<Self> {
        let damaged = |what: &str| Error::Corrupt(format!("signing key {}: {what}", row.id));
        let algorithm = Algorithm::named(&row.algorithm).ok_or_else(|| damaged("an unknown algorithm"))?;
        let private = sealer
            .open(&sealed_for(&row.id), &row.private)
            .map_err(|_| damaged("does not open with this master key"))?;
        let signer = SigningKey::open(&row.id, algorithm, &private).map_err(|refused| damaged(refused.0))?;
        let public: Value = serde_json::from_str(&row.public).map_err(|_| damaged("its public half is not JSON"))?;
        let members = public.as_object().ok_or_else(|| damaged("its public half is not a JWK"))?;
        let verifier = VerifyingKey::open(members, algorithm).map_err(|refused| damaged(refused.0))?;
        Ok(Self { row, public, signer, verifier })
    }

    /// The same key with its row as it stands now.
    pub(super) fn with_row(&self, row: KeyRow) -> Self {
        Self { row, ..self.clone() }
    }

    pub(super) fn kid(&self) -> &str {
        &self.row.id
    }

    pub(super) fn is_published(&self, now: Seconds) -> bool {
        self.row.published_until.is_none_or(|until| now < until)
    }
}

/// What a private key is sealed for.
#[must_use]
pub fn sealed_for(kid: &str) -> String {
    format!("signing_key:{kid}")
}
