//! Every value that rests sealed, exchanged in one transaction when the master key changes.

use super::artifact::Kind;
use super::row::{statement, write_json};
use super::{Result, Tx};
use crate::base::id::{ClientId, ConnectorId, SenderId};
use crate::store::clients::ClientSecret;

/// What was sealed anew, and the epoch at which it was read: every write of one of these raises it.
#[derive(Clone, Debug)]
pub struct Resealed {
    /// Before the first row was read.
    pub epoch: i64,
    /// `kid` and private JWK of every signing key.
    pub keys: Vec<(String, String)>,
    /// Settings of every connector.
    pub connectors: Vec<(ConnectorId, String)>,
    /// Settings of every sender.
    pub senders: Vec<(SenderId, String)>,
    /// Secrets of the applications that have sealed ones.
    pub applications: Vec<(ClientId, Vec<ClientSecret>)>,
    /// The constant that names a wrong key at start.
    pub key_check: String,
}

impl Tx {
    /// Exchanges all of them; `false`, and nothing changed, when anything was written since they were read.
    /// What is under way and sealed goes: sign-ins begin anew, the platforms' tokens are fetched again.
    ///
    /// # Errors
    /// `Down`.
    pub async fn reseal(&mut self, resealed: &Resealed) -> Result<bool> {
        if !self.raise_epoch_from(resealed.epoch).await? {
            return Ok(false);
        }
        for (id, private) in &resealed.keys {
            let put = statement("UPDATE keys SET private = $2 WHERE id = $1");
            self.run(put.bind(id).bind(private)).await?;
        }
        for (id, settings) in &resealed.connectors {
            let put = statement("UPDATE connectors SET settings = $2, version = version + 1 WHERE id = $1");
            self.run(put.bind(id.as_str()).bind(settings)).await?;
        }
        for (id, settings) in &resealed.senders {
            let put = statement("UPDATE senders SET settings = $2, version = version + 1 WHERE id = $1");
            self.run(put.bind(id.as_str()).bind(settings)).await?;
        }
        for (id, secrets) in &resealed.applications {
            let put = statement("UPDATE clients SET secrets = $2, version = version + 1 WHERE id = $1");
            self.run(put.bind(id.as_str()).bind(write_json(secrets))).await?;
        }
        let put = statement("UPDATE settings SET value = $1, version = version + 1 WHERE name = 'key_check'");
        self.run(put.bind(&resealed.key_check)).await?;
        self.run(statement("DELETE FROM app_tokens")).await?;
        self.run(statement("UPDATE sent_messages SET number = '', ask_at = 0 WHERE number <> ''")).await?;
        for kind in UNDER_WAY {
            self.run(statement("DELETE FROM artifacts_short WHERE kind = $1").bind(kind.name())).await?;
        }
        Ok(true)
    }
}

/// What holds sealed values, or is found by names that the key derives, and lives minutes.
const UNDER_WAY: [Kind; 8] = [
    Kind::Interaction,
    Kind::Leg,
    Kind::FormPost,
    Kind::PhoneCode,
    Kind::Scene,
    Kind::ScanPicture,
    Kind::AuthSession,
    Kind::Confirmation,
];
