//! The real application on a real port, over a store of its own, with a test clock.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hufu::admin::Actor;
use hufu::admin::people::NewPerson;
use hufu::app::App;
use hufu::base::clock::Clock;
use hufu::base::id::{SessionId, UserId};
use hufu::base::outbound::Policy;
use hufu::base::random::Random;
use hufu::base::secret::{MasterKey, Secret};
use hufu::config::{Config, Hashing, Log, Practice};
use hufu::login::SignedIn;
use hufu::store::clients::{ApplicationType, ClientMetadata};
use hufu::store::sessions::Session;
use hufu::store::users::Profile;
use hufu::web;
use hufu::web::serve::{Bounds, serve};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::http::TestBrowser;
use super::stores::{TestStore, stores};

/// The password of every test person.
pub const PASSWORD: &str = "correct horse 9";

/// A running Hufu. Stops when it is dropped.
pub struct TestServer {
    /// What runs, to look into its store.
    pub app: App,
    /// `http://localhost:{port}`.
    pub issuer: String,
    /// For raw sockets.
    pub address: SocketAddr,
    /// Moves only by hand.
    pub clock: Clock,
    /// Told to stop by a test of stopping.
    pub stopping: CancellationToken,
    /// Ends when the server has stopped.
    pub running: JoinHandle<()>,
    store: TestStore,
}

/// What a test wants otherwise than usual.
pub struct Setup {
    /// Changes the configuration.
    pub configure: fn(&mut Config),
    /// Routes only a test has.
    pub more: Router<App>,
    /// Deadlines; short ones, so that no test waits long.
    pub bounds: Bounds,
    /// The practice platforms on a listener of their own, as the program has them.
    pub practice: bool,
}

impl Default for Setup {
    fn default() -> Self {
        let bounds = Bounds { linger: Duration::ZERO, drain: Duration::from_secs(5), ..Bounds::default() };
        Self { configure: |_| {}, more: Router::new(), bounds, practice: false }
    }
}

/// An application and its secret.
pub struct Application {
    /// `client_id`.
    pub id: String,
    /// Empty for a public one.
    pub secret: String,
    /// The first registered one.
    pub redirect_uri: String,
}

/// One running server over each kind of store, with its name for messages.
pub async fn servers() -> Vec<(&'static str, TestServer)> {
    let mut servers = Vec::new();
    for (name, store) in stores().await {
        servers.push((name, TestServer::start(store).await));
    }
    servers
}

impl TestServer {
    /// A server over SQLite, for what has nothing to do with the store.
    pub async fn sqlite() -> Self {
        Self::start(super::stores::sqlite().await).await
    }

    /// A server over this store.
    pub async fn start(store: TestStore) -> Self {
        Self::start_as(store, Setup::default()).await
    }

    /// A server as `setup` wants it.
    pub async fn start_as(store: TestStore, setup: Setup) -> Self {
        // The issuer must be known before anything is built.
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let mut config = config(&store, address);
        let practice = TcpListener::bind(("127.0.0.1", 0)).await.expect("a second free port");
        if setup.practice {
            let listen = practice.local_addr().expect("its address");
            config.practice = Practice { enabled: true, listen };
        }
        (setup.configure)(&mut config);
        let issuer = config.issuer.clone();
        let clock = store.clock.clone();
        let app = App::build(config, clock.clone(), Random::System).await.expect("it starts");
        let stopping = CancellationToken::new();
        if setup.practice {
            tokio::spawn(web::listeners::practice(app.clone(), practice, stopping.clone()));
        }
        let router = web::router_with(app.clone(), &stopping, setup.more);
        let running = tokio::spawn(serve(listener, router, None, stopping.clone(), setup.bounds));
        Self { app, issuer, address, clock, stopping, running, store }
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> TestBrowser {
        TestBrowser::new(&self.issuer)
    }

    /// The store beside the server's own opening of it.
    pub fn store(&self) -> &TestStore {
        &self.store
    }

    /// A first-party web application with a secret and one redirect URI.
    pub async fn application(&self) -> Application {
        let grant_types = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
        self.application_as(ClientMetadata { first_party: true, grant_types, ..ClientMetadata::default() }).await
    }

    /// An application with this metadata; `https://rp.example/cb` where it names no redirect URI.
    pub async fn application_as(&self, mut metadata: ClientMetadata) -> Application {
        if metadata.client_name.is_empty() {
            "Test application".clone_into(&mut metadata.client_name);
        }
        if metadata.redirect_uris.is_empty() && metadata.application_type == ApplicationType::Web {
            metadata.redirect_uris.push("https://rp.example/cb".to_owned());
        }
        let redirect_uri = metadata.redirect_uris.first().cloned().unwrap_or_default();
        let made = self.app.admin.create_application(&Actor::set_up(), None, metadata).await;
        let (client, secret) = made.expect("the application is made");
        let secret = secret.map_or_else(String::new, |secret| secret.expose().to_owned());
        Application { id: client.id.as_str().to_owned(), secret, redirect_uri }
    }

    /// A person with this user name and the [`PASSWORD`].
    pub async fn person(&self, username: &str) -> UserId {
        let new = NewPerson {
            username: username.to_owned(),
            name: format!("The person {username}"),
            email: Some(format!("{username}@example.org")),
            password: Some(Secret::new(PASSWORD)),
            must_change: false,
            administrator: false,
            profile: Profile::default(),
        };
        self.app.admin.create_person(&Actor::set_up(), new).await.expect("the person is made").id
    }

    /// A browser in which this person is signed in, as of now.
    pub async fn signed_in(&self, user: &UserId) -> TestBrowser {
        let browser = self.browser();
        browser.get("/authorize").await;
        let session = self.session(user).await;
        let signed_in = SignedIn { session, remembered: false };
        let cookie = web::browser::tie(&self.app, &signed_in).await.expect("the store keeps the browser's record");
        browser.keep(cookie.to_str().expect("a cookie is text"));
        browser
    }

    /// A new sign-on session of this person.
    pub async fn session(&self, user: &UserId) -> SessionId {
        let now = self.clock.now();
        let connectors = self.app.store.connectors().await.expect("connectors");
        let password = connectors.iter().find(|row| row.kind == "password").expect("the password method");
        let session = Session {
            id: SessionId::new(self.app.random.ulid(now)),
            user_id: user.clone(),
            created_at: now,
            seen_at: now,
            auth_time: now,
            acr: "1".to_owned(),
            amr: vec!["pwd".to_owned()],
            connector_id: password.id.clone(),
            remembered: false,
            idle_until: now + 2 * 3600,
            expires_at: now + 12 * 3600,
            ended_at: None,
            agent: "test".to_owned(),
            address: "127.0.0.1".to_owned(),
            org_id: None,
        };
        let row = Arc::new(session);
        let written = Arc::clone(&row);
        let put = self.app.store.write(move |tx| {
            let row = Arc::clone(&written);
            Box::pin(async move { tx.insert_session(&row).await })
        });
        put.await.expect("the session is written");
        row.id.clone()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stopping.cancel();
        self.running.abort();
    }
}

fn config(store: &TestStore, address: SocketAddr) -> Config {
    Config {
        issuer: format!("http://localhost:{}", address.port()),
        listen: address,
        data: std::env::temp_dir(),
        store: store.location.clone(),
        master_key: Some(Secret::new(MasterKey::generate(&Random::seeded(1)).to_text())),
        tls: None,
        trusted_proxies: Vec::new(),
        metrics_listen: None,
        outbound: Policy::default(),
        practice: Practice { enabled: false, listen: SocketAddr::from(([127, 0, 0, 1], 0)) },
        // The smallest argon2 takes: tests are about what is hashed when, not about its cost.
        hashing: Hashing { memory_kib: 8, passes: 1, permits: 2 },
        log: Log { level: "off".to_owned(), json: false },
        hsts_subdomains: false,
        change_issuer: false,
    }
}
