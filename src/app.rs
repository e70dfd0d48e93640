//! The composition root: builds the structs; nothing else does.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use crate::admin::{Actor, Admin, AdminError};
use crate::base::clock::Clock;
use crate::base::id::{ClientId, ConnectorId};
use crate::base::random::Random;
use crate::base::secret::{MasterKey, Sealer};
use crate::config::Config;
use crate::login::Login;
use crate::login::connectors::Connectors;
use crate::login::password::Passwords;
use crate::oidc::keys::KeyRing;
use crate::oidc::{Lives, Oidc};
use crate::store::clients::{AuthMethod, ClientMetadata};
use crate::store::connectors::{ConnectorRow, FirstSignIn};
use crate::store::{Error, Location, Store};

/// Everything a running Hufu is made of. A clone is one count: every layer of every request makes some.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What an [`App`] is made of.
pub struct Parts {
    /// As read at start.
    pub config: Arc<Config>,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Where chance comes from.
    pub random: Random,
    /// Seals and derives under the master key.
    pub sealer: Arc<Sealer>,
    /// The rows.
    pub store: Store,
    /// The protocol.
    pub oidc: Oidc,
    /// The sign-in.
    pub login: Login,
    /// The administrators' verbs.
    pub admin: Admin,
}

/// Why it does not start: a sentence each.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something the operator has to decide or mend.
    #[error("{0}")]
    Refused(String),
    /// The store's own.
    #[error(transparent)]
    Store(#[from] Error),
}

impl App {
    /// Opens the store and builds the layers.
    ///
    /// # Errors
    /// [`StartError`]: the store, a wrong master key, another issuer than that of the first start.
    pub async fn build(config: Config, clock: Clock, random: Random) -> Result<Self, StartError> {
        let config = Arc::new(config);
        if let Location::Sqlite(path) = &config.store {
            make_folder(path.parent().unwrap_or(Path::new(".")))?;
        }
        let store = Store::open(&config.store).await?;
        let sealer = Arc::new(
            Sealer::new(&master_key(&config, &random)?, random.clone())
                .map_err(|error| StartError::Refused(error.to_string()))?,
        );
        check_key(&store, &sealer).await.map_err(|error| interrupted(&config, error))?;
        check_issuer(&store, &config).await?;
        let keys = KeyRing::open(&store, &clock, &random, &sealer).await?;
        let lives = lives(&store).await?;
        let oidc = Oidc::new(store.clone(), clock.clone(), random.clone(), sealer.clone(), &config.issuer, keys, lives);
        let connectors = Connectors::new(
            store.clone(),
            sealer.clone(),
            Arc::new(config.outbound.clone()),
            config.practice.enabled.then(|| config.practice.origin()),
        );
        let login = Login::new(oidc.clone(), connectors, Passwords::new(config.hashing, random.clone()));
        let admin = Admin::new(&oidc, login.clone());
        let app = Self(Arc::new(Parts { config, clock, random, sealer, store, oidc, login, admin }));
        app.ensure_password_method().await?;
        if app.config.practice.enabled {
            app.ensure_demo().await?;
        }
        Ok(app)
    }

    /// Whether the store is still sealed with this program's master key.
    ///
    /// # Errors
    /// The store's.
    pub async fn has_the_key(&self) -> Result<bool, Error> {
        let standing = self.store.setting("key_check").await?;
        Ok(standing.is_some_and(|sealed| self.sealer.open("key_check", &sealed).is_ok()))
    }

    /// The password method exists from the start.
    async fn ensure_password_method(&self) -> Result<(), StartError> {
        if self.store.connectors().await?.iter().any(|row| row.kind == "password") {
            return Ok(());
        }
        let now = self.clock.now();
        let row = ConnectorRow {
            id: ConnectorId::new(self.random.ulid(now)),
            version: 1,
            created_at: now,
            updated_at: now,
            kind: "password".to_owned(),
            name: "password".to_owned(),
            title: "Password".to_owned(),
            position: 0,
            enabled: true,
            practice: false,
            rule: FirstSignIn::Create,
            registration: true,
            settings: "{}".to_owned(),
        };
        let written = self
            .store
            .write(move |tx| {
                let row = row.clone();
                Box::pin(async move { tx.insert_connector(&row).await })
            })
            .await;
        match written {
            // Another node was first.
            Ok(()) | Err(Error::Conflict(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The sample application is registered wherever practice is on.
    async fn ensure_demo(&self) -> Result<(), StartError> {
        let id = ClientId::new("demo");
        if self.store.client(&id).await?.is_some() {
            return Ok(());
        }
        let demo = crate::demo::registration(&self.config.issuer);
        let metadata = ClientMetadata {
            client_name: demo.client_name,
            redirect_uris: demo.redirect_uris,
            post_logout_redirect_uris: demo.post_logout_redirect_uris,
            token_endpoint_auth_method: AuthMethod::None,
            grant_types: demo.grant_types,
            scope: demo.scopes,
            first_party: demo.first_party,
            ..ClientMetadata::default()
        };
        match self.admin.create_application(&Actor::set_up(), Some(id), metadata).await {
            Ok(_) | Err(AdminError::Conflict(_)) => Ok(()),
            Err(AdminError::Store(error)) => Err(error.into()),
            Err(error) => Err(StartError::Refused(error.to_string())),
        }
    }
}

fn make_folder(folder: &Path) -> Result<(), StartError> {
    if folder.as_os_str().is_empty() || folder.exists() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| StartError::Refused(format!("the folder {} can't be made: {error}", folder.display())))
}

/// The key that was given, or the one beside the SQLite file, made on first start.
fn master_key(config: &Config, random: &Random) -> Result<MasterKey, StartError> {
    let refused = |error: &dyn std::fmt::Display| StartError::Refused(format!("the master key: {error}"));
    if let Some(given) = &config.master_key {
        return MasterKey::parse(given.expose()).map_err(|error| refused(&error));
    }
    let path = config.data.join("master.key");
    if !path.exists() {
        make_folder(&config.data)?;
        let draft = config.data.join(format!("master.key.{}", random.alphanumeric(16)));
        let made = make_key_file(&draft, &path, &MasterKey::generate(random));
        // The draft has been moved or is of no use any more.
        let _ = std::fs::remove_file(&draft);
        made.map_err(|error| refused(&error))?;
    }
    let text = std::fs::read_to_string(&path).map_err(|error| refused(&error))?;
    MasterKey::parse(&text).map_err(|error| refused(&error))
}

/// Whole under another name first: nobody reads half a key, and a start killed here leaves none behind.
fn make_key_file(draft: &Path, path: &Path, key: &MasterKey) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(draft)?;
    file.write_all(key.to_text().as_bytes())?;
    file.sync_all()?;
    // A link replaces nothing: of two processes that start at once, one makes the key and both read it.
    match std::fs::hard_link(draft, path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        // A file system without links.
        Err(_) => std::fs::rename(draft, path),
        Ok(()) => Ok(()),
    }
}

/// A sealed constant in the store names a wrong master key at start, before anything fails halfway.
async fn check_key(store: &Store, sealer: &Sealer) -> Result<(), StartError> {
    let sealed = sealer.seal("key_check", "hufu").map_err(|error| StartError::Refused(error.to_string()))?;
    let standing = ensure(store, "key_check", sealed).await?;
    match sealer.open("key_check", &standing) {
        Ok(text) if text.matches("hufu") => Ok(()),
        _ => Err(StartError::Refused(
            "the master key is not the one this store was sealed with; set master_key (or put master.key back)"
                .to_owned(),
        )),
    }
}

/// A reseal that ended between the store and the key file left the new key beside the old one.
fn interrupted(config: &Config, error: StartError) -> StartError {
    let next = config.data.join("master.key.next");
    match error {
        StartError::Refused(text) if config.master_key.is_none() && next.exists() => StartError::Refused(format!(
            "{text}. A reseal was interrupted: {} is the key it sealed with; rename it to master.key",
            next.display()
        )),
        other => other,
    }
}

async fn check_issuer(store: &Store, config: &Config) -> Result<(), StartError> {
    let standing = ensure(store, "issuer", config.issuer.clone()).await?;
    if standing == config.issuer {
        return Ok(());
    }
    if config.change_issuer {
        let issuer = config.issuer.clone();
        store
            .write(move |tx| {
                let issuer = issuer.clone();
                Box::pin(async move { tx.put_setting("issuer", &issuer).await })
            })
            .await?;
        return Ok(());
    }
    Err(StartError::Refused(format!(
        "this store was made for the issuer {standing}, and {} is configured. Changing it changes the iss of every token, \
         every callback URL on the platforms, and ends what applications have stored about it. \
         Set HUFU_ISSUER={standing}, or start once with: hufu serve --change-issuer",
        config.issuer
    )))
}

async fn lives(store: &Store) -> Result<Lives, StartError> {
    match store.setting("lives").await? {
        None => Ok(Lives::default()),
        Some(text) => serde_json::from_str(&text)
            .map_err(|error| StartError::Refused(format!("the stored setting lives can't be read: {error}"))),
    }
}

async fn ensure(store: &Store, name: &'static str, value: String) -> Result<String, StartError> {
    Ok(store
        .write(move |tx| {
            let value = value.clone();
            Box::pin(async move { tx.ensure_setting(name, &value).await })
        })
        .await?)
}
