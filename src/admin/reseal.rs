//! Another master key: everything sealed is opened with the old one and sealed with the new one, or nothing is.

use serde::Serialize;
use serde_json::json;

use super::{Actor, Admin, AdminError};
use crate::base::id::{ClientId, ConnectorId, SenderId};
use crate::base::secret::{MasterKey, Sealer, Unsealable};
use crate::connectors::{Field, kind, senders, settings};
use crate::login::senders::owner;
use crate::oidc::client_auth::CLIENT_SECRET;
use crate::oidc::keys::sealed_for;
use crate::store::Error;
use crate::store::clients::{Client, ClientSecret};
use crate::store::reseal::Resealed;

/// Applications read at once.
const PAGE: i64 = 500;

/// How much was sealed anew.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Counts {
    /// Signing keys.
    pub keys: usize,
    /// Connectors with secrets.
    pub connectors: usize,
    /// Senders with secrets.
    pub senders: usize,
    /// Applications with secrets that are kept readable.
    pub applications: usize,
}

/// The old key and the new one.
struct Keys<'a> {
    old: &'a Sealer,
    new: &'a Sealer,
}

impl Admin {
    /// Seals everything in the store with `new`, in one transaction. The program that runs on goes on with the old
    /// key and can read nothing of it: it is to end.
    ///
    /// # Errors
    /// `Conflict` when the key is the same or something was written meanwhile; `Corrupt` for what does not open.
    pub async fn reseal(&self, actor: &Actor, new: &MasterKey) -> Result<Counts, AdminError> {
        self.permit(actor).await?;
        let new = Sealer::new(new, self.random.clone()).map_err(|_| damaged("the new key"))?;
        if new.derive("same key", "") == self.sealer.derive("same key", "") {
            return Err(AdminError::conflict("that is the same key", "新旧主密钥相同"));
        }
        let resealed = self.sealed_anew(&Keys { old: &self.sealer, new: &new }).await?;
        let counts = Counts {
            keys: resealed.keys.len(),
            connectors: resealed.connectors.len(),
            senders: resealed.senders.len(),
            applications: resealed.applications.len(),
        };
        let entry = self.entry(actor, "master_key.replace", "setting:key_check", &json!(counts));
        let written = self.store.write(move |tx| {
            let (resealed, entry) = (resealed.clone(), entry.clone());
            Box::pin(async move {
                let written = tx.reseal(&resealed).await?;
                if written {
                    tx.audit(&entry).await?;
                }
                Ok(written)
            })
        });
        if written.await? {
            return Ok(counts);
        }
        let text = "something was written meanwhile: stop every node, then again";
        Err(AdminError::conflict(text, "期间有其他写入：请停止所有节点后重试"))
    }

    async fn sealed_anew(&self, keys: &Keys<'_>) -> Result<Resealed, AdminError> {
        let epoch = self.store.refresh_epoch().await?;
        let mut resealed = Resealed {
            epoch,
            keys: Vec::new(),
            connectors: keys.connectors(&self.store.connectors().await?)?,
            senders: Vec::new(),
            applications: Vec::new(),
            key_check: keys.new.seal("key_check", "hufu").map_err(|_| damaged("the constant"))?,
        };
        for row in self.store.keys().await? {
            let private = keys.one(&sealed_for(&row.id), &row.private, &format!("the signing key {}", row.id))?;
            resealed.keys.push((row.id, private));
        }
        for row in self.store.senders().await? {
            let fields = senders::kind(&row.kind).map_or(&[][..], |kind| kind.fields);
            if let Some(settings) = keys.settings(fields, &owner(&row), (&row.settings, &row.name))? {
                let id: SenderId = row.id;
                resealed.senders.push((id, settings));
            }
        }
        let mut after: Option<ClientId> = None;
        loop {
            let page = self.store.clients(after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(resealed) };
            after = Some(last.id.clone());
            for client in page {
                resealed.applications.extend(keys.application(client)?);
            }
        }
    }
}

impl Keys<'_> {
    fn one(&self, purpose: &str, sealed: &str, what: &str) -> Result<String, AdminError> {
        let opened = self.old.open(purpose, sealed).map_err(|_| damaged(what))?;
        self.new.seal(purpose, opened.expose()).map_err(|_| damaged(what))
    }

    fn connectors(
        &self,
        rows: &[crate::store::connectors::ConnectorRow],
    ) -> Result<Vec<(ConnectorId, String)>, AdminError> {
        let mut resealed = Vec::new();
        for row in rows {
            let fields = kind(&row.kind).map_or(&[][..], |kind| kind.fields);
            if let Some(settings) = self.settings(fields, &settings::owner(&row.id), (&row.settings, &row.name))? {
                resealed.push((row.id.clone(), settings));
            }
        }
        Ok(resealed)
    }

    /// `None` where nothing in it is sealed.
    fn settings(
        &self,
        fields: &[Field],
        owner: &str,
        (stored, name): (&str, &str),
    ) -> Result<Option<String>, AdminError> {
        let anew = settings::reseal_fields((self.old, self.new), fields, owner, stored);
        anew.map_err(|Unsealable| damaged(&format!("a secret of {name}")))
    }

    /// `None` where its secrets are kept as digests only.
    fn application(&self, client: Client) -> Result<Option<(ClientId, Vec<ClientSecret>)>, AdminError> {
        if client.secrets.iter().all(|secret| secret.sealed.is_none()) {
            return Ok(None);
        }
        let what = format!("a secret of the application {}", client.id);
        let mut secrets = client.secrets;
        for secret in &mut secrets {
            if let Some(sealed) = &secret.sealed {
                secret.sealed = Some(self.one(CLIENT_SECRET, sealed, &what)?);
            }
        }
        Ok(Some((client.id, secrets)))
    }
}

fn damaged(what: &str) -> AdminError {
    AdminError::Store(Error::Corrupt(format!("{what} does not open with the master key")))
}
