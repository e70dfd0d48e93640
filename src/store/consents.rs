//! What a person agreed an application may see.

use super::row::{Row, listed, statement, write_json};
use super::{Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, UserId};

/// What one person agreed to for one application.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Who.
    pub user_id: UserId,
    /// For which application.
    pub client_id: ClientId,
    /// The scopes they agreed to.
    pub scopes: Vec<String>,
    /// Claim names asked for singly.
    pub claims: Vec<String>,
    /// When, last.
    pub given_at: Seconds,
}

macro_rules! columns {
    () => {
        listed!(""; "user_id", "client_id", "scopes", "claims", "given_at")
    };
}

impl Store {
    /// What this person agreed to for this application, if anything.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn consent(&self, user: &UserId, client: &ClientId) -> Result<Option<Consent>> {
        let select = statement(concat!("SELECT ", columns!(), " FROM consents WHERE user_id = $1 AND client_id = $2"));
        let row = self.one(select.bind(user.as_str()).bind(client.as_str())).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Everything this person agreed to, by application.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn consents_of(&self, user: &UserId) -> Result<Vec<Consent>> {
        let select = statement(concat!("SELECT ", columns!(), " FROM consents WHERE user_id = $1 ORDER BY client_id"));
        self.all(select.bind(user.as_str()), read).await
    }
}

fn read(row: &mut Row) -> Result<Consent> {
    Ok(Consent {
        user_id: UserId::new(row.text()?),
        client_id: ClientId::new(row.text()?),
        scopes: row.json("scopes of a consent")?,
        claims: row.json("claims of a consent")?,
        given_at: row.number()?,
    })
}

impl Tx {
    /// Adds or replaces (the caller has joined old and new).
    ///
    /// # Errors
    /// `Conflict("reference")` when the person is gone, `Down`.
    pub async fn put_consent(&mut self, consent: &Consent) -> Result<()> {
        let put = statement(concat!(
            "INSERT INTO consents (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id, client_id) DO UPDATE SET
            scopes = excluded.scopes, claims = excluded.claims, given_at = excluded.given_at"
        ));
        let put = put
            .bind(consent.user_id.as_str())
            .bind(consent.client_id.as_str())
            .bind(write_json(&consent.scopes))
            .bind(write_json(&consent.claims))
            .bind(consent.given_at);
        self.run(put).await.map(|_| ())
    }

    /// Takes it back and ends the application's grants of this person; `false` when there was neither.
    ///
    /// # Errors
    /// `Down`.
    pub async fn withdraw_consent(&mut self, user: &UserId, client: &ClientId, now: Seconds) -> Result<bool> {
        let delete = statement("DELETE FROM consents WHERE user_id = $1 AND client_id = $2");
        let gone = self.run(delete.bind(user.as_str()).bind(client.as_str())).await?;
        let ended = self.end_grants_of(user, client, now, "consent_withdrawn").await?;
        Ok(gone + ended > 0)
    }
}
