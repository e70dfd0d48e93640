//! A provider over each real store, with a client, a person and a session to try it with.

use std::sync::Arc;

use futures::FutureExt as _;
use hufu::base::clock::Clock;
use hufu::base::id::{ClientId, ConnectorId, SessionId, UserId};
use hufu::base::random::Random;
use hufu::base::secret::{MasterKey, Sealer};
use hufu::oidc::keys::KeyRing;
use hufu::oidc::{Lives, Oidc};
use hufu::store::Store;
use hufu::store::clients::{AuthMethod, Client, ClientMetadata};
use hufu::store::keys::KeyRow;
use hufu::store::sessions::Session;
use hufu::store::users::{Profile, User, UserState};
use tokio::sync::OnceCell;

use crate::support::stores::{TestStore, stores};

pub const ISSUER: &str = "https://id.example.org";
/// Where the requests come from.
pub const HERE: &str = "192.0.2.1";
pub const CALLBACK: &str = "https://app.example.org/cb";

/// Everything one test needs; the same on SQLite and PostgreSQL.
pub struct World {
    pub name: &'static str,
    pub oidc: Oidc,
    pub clock: Clock,
    pub random: Random,
    pub sealer: Arc<Sealer>,
    /// Keeps the database until the test is over.
    pub database: TestStore,
}

/// Signing keys are dear to make: every world of this process has the same ones.
static KEYS: OnceCell<Vec<KeyRow>> = OnceCell::const_new();

/// One world a store.
pub async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for (name, database) in stores().await {
        let clock = database.clock.clone();
        let random = Random::seeded(1);
        let master = MasterKey::generate(&Random::seeded(7));
        let sealer = Arc::new(Sealer::new(&master, random.clone()).unwrap());
        let store = database.store.clone();
        let rows = KEYS.get_or_init(|| make_keys(&store, &clock, &random, &sealer)).await.clone();
        insert_keys(&store, rows).await;
        let keys = KeyRing::open(&store, &clock, &random, &sealer).await.unwrap();
        let (time, chance, seal) = (clock.clone(), random.clone(), Arc::clone(&sealer));
        let oidc = Oidc::new(store, time, chance, seal, ISSUER, keys, Lives::default());
        worlds.push(World { name, oidc, clock, random, sealer, database });
    }
    worlds
}

async fn make_keys(store: &Store, clock: &Clock, random: &Random, sealer: &Arc<Sealer>) -> Vec<KeyRow> {
    KeyRing::open(store, clock, random, sealer).await.unwrap();
    let mut rows = store.keys().await.unwrap();
    rows.sort_by_key(|row| row.signs_from);
    rows
}

async fn insert_keys(store: &Store, rows: Vec<KeyRow>) {
    store
        .write(move |tx| {
            let rows = rows.clone();
            async move {
                for row in &rows {
                    tx.insert_key(row).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await
        .unwrap();
}

impl World {
    pub fn store(&self) -> &Store {
        &self.database.store
    }

    /// A public client named `id` with everything usual, changed by `change`.
    pub async fn client(&self, id: &str, change: impl FnOnce(&mut ClientMetadata)) -> Client {
        let mut metadata = ClientMetadata {
            client_name: id.to_owned(),
            redirect_uris: vec![CALLBACK.to_owned()],
            token_endpoint_auth_method: AuthMethod::None,
            ..ClientMetadata::default()
        };
        change(&mut metadata);
        let now = self.clock.now();
        let client = Client {
            id: ClientId::new(id),
            version: 1,
            created_at: now,
            updated_at: now,
            enabled: true,
            metadata,
            secrets: Vec::new(),
        };
        let row = client.clone();
        self.store()
            .write(move |tx| {
                let row = row.clone();
                async move { tx.insert_client(&row).await }.boxed()
            })
            .await
            .unwrap();
        client
    }

    /// Writes a client as it is now.
    pub async fn update(&self, client: &Client) {
        let row = client.clone();
        self.store()
            .write(move |tx| {
                let row = row.clone();
                async move { tx.update_client(&row).await.map(|done| assert!(done)) }.boxed()
            })
            .await
            .unwrap();
    }

    /// A person named `username`.
    pub async fn user(&self, username: &str) -> UserId {
        let now = self.clock.now();
        let id = UserId::new(self.random.ulid(now));
        let user = User {
            id: id.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
            username: Some(username.to_owned()),
            name: username.to_owned(),
            email: None,
            email_verified: false,
            phone: None,
            phone_verified: false,
            locale: None,
            profile: Profile::default(),
            state: UserState::Active,
            administrator: false,
            practice: false,
            tokens_not_before: 0,
        };
        self.store()
            .write(move |tx| {
                let user = user.clone();
                async move { tx.insert_user(&user).await }.boxed()
            })
            .await
            .unwrap();
        id
    }

    /// That person signed in a moment ago, for twelve hours.
    pub async fn session(&self, user: &UserId) -> Session {
        let now = self.clock.now();
        let session = Session {
            id: SessionId::new(self.random.ulid(now)),
            user_id: user.clone(),
            created_at: now,
            seen_at: now,
            auth_time: now,
            acr: "1".to_owned(),
            amr: vec!["pwd".to_owned()],
            connector_id: ConnectorId::new("password"),
            remembered: false,
            idle_until: now + 7200,
            expires_at: now + 43_200,
            ended_at: None,
            agent: "test".to_owned(),
            address: "127.0.0.1".to_owned(),
            org_id: None,
        };
        let row = session.clone();
        self.store()
            .write(move |tx| {
                let row = row.clone();
                async move { tx.insert_session(&row).await }.boxed()
            })
            .await
            .unwrap();
        session
    }

    /// How `client` knows this person.
    pub async fn sub(&self, user: &UserId, client: &Client) -> String {
        self.oidc.subject_for(user, client).await.unwrap()
    }
}
