//! The tower-sessions record that ties a browser to a sign-on session, kept as an artifact.

use async_trait::async_trait;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::base::secret::digest;
use crate::store::Store;
use crate::store::artifact::{Kind, NewArtifact};

/// Records under the digest of their id: who reads the table can't become anybody.
#[derive(Clone)]
pub struct BrowserStore {
    store: Store,
    clock: Clock,
    random: Random,
}

impl BrowserStore {
    /// Records in this store.
    #[must_use]
    pub fn new(store: Store, clock: Clock, random: Random) -> Self {
        Self { store, clock, random }
    }
}

impl std::fmt::Debug for BrowserStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BrowserStore")
    }
}

#[async_trait]
impl SessionStore for BrowserStore {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // tower-sessions would ask an ambient generator; ours comes from outside.
        record.id = Id(i128::from_be_bytes(self.random.bytes()));
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let payload = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        let expires_at = record.expiry_date.unix_timestamp();
        let artifact = NewArtifact {
            kind: Kind::BrowserSession,
            digest: digest_of(&record.id),
            grant_id: None,
            owner: None,
            client_id: None,
            payload,
            expires_at,
            keep_until: expires_at,
        };
        // A record never changes: a new sign-in makes a new one.
        let put = self.store.write(move |tx| {
            let artifact = artifact.clone();
            Box::pin(async move { tx.put(&artifact).await })
        });
        put.await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self.store.look(Kind::BrowserSession, &digest_of(id)).await.map_err(backend)?;
        let Some(artifact) = found.filter(|artifact| artifact.is_live(self.clock.now())) else { return Ok(None) };
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(artifact.expires_at);
        Ok(Some(Record {
            id: *id,
            data: artifact.read().map_err(|error| Error::Decode(error.to_string()))?,
            expiry_date: expiry_date.map_err(|error| Error::Decode(error.to_string()))?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let digest = digest_of(id);
        let gone = self.store.write(move |tx| {
            let digest = digest.clone();
            Box::pin(async move { tx.revoke(Kind::BrowserSession, &digest).await })
        });
        gone.await.map(|_| ()).map_err(backend)
    }
}

fn digest_of(id: &Id) -> String {
    digest(&id.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn backend(error: crate::store::Error) -> Error {
    Error::Backend(error.to_string())
}
