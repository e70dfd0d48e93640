//! A sign-in engine over each real store, with a scripted platform and a browser to try it with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hufu::base::id::{ClientId, ConnectorId, InteractionId, SessionId, UserId};
use hufu::base::lang::{Lang, Wish};
use hufu::base::random::Random;
use hufu::base::secret::Secret;
use hufu::config::Hashing;
use hufu::connectors::{Check, Connector, Finding, Identity, Key, Reply, Step, Trouble, Turn};
use hufu::login::connectors::Connectors;
use hufu::login::interaction::{Notice, Purpose, View};
use hufu::login::password::Passwords;
use hufu::login::{Login, LoginError, Opened, Stepped, Visitor};
use hufu::oidc::authorize::{AuthorizeRequest, Prompt};
use hufu::oidc::keys::KeyRing;
use hufu::oidc::response::{AuthorizationResponse, ResponseMode, ReturnTo};
use hufu::oidc::{Lives, Oidc};
use hufu::store::Store;
use hufu::store::connectors::{ConnectorRow, FirstSignIn};
use hufu::store::users::User;

pub use super::outbox::Outbox;
use crate::oidc::world::{CALLBACK, ISSUER, World, worlds};

/// A right password by the default rules.
pub const PASSWORD: &str = "mo4nkey-tree";

/// A scripted connector and the name of its row.
pub type Named = (&'static str, Arc<dyn Connector>);

/// Everything one test needs.
pub struct House {
    pub world: World,
    pub login: Login,
    pub passwords: Passwords,
    pub platform: Arc<Platform>,
    more: Vec<Named>,
    pub outbox: Arc<Outbox>,
    seed: AtomicUsize,
}

/// A platform that answers what the callback's parameters say: `code` is the
/// subject (or `cancel`, `broken`), `email` an address, `proven` makes it so.
#[derive(Default)]
pub struct Platform {
    pub calls: AtomicUsize,
    /// Milliseconds an answer takes.
    pub delay: AtomicUsize,
}

impl Connector for Platform {
    fn begin<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        let url = format!("https://platform.example/authorize?state={}", turn.state);
        async move { Ok(Step::Go { url, memo: Some(format!("memo of {}", turn.state)), frame: None }) }.boxed()
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        async move {
            self.calls.fetch_add(1, Ordering::SeqCst);
            let delay = u64::try_from(self.delay.load(Ordering::SeqCst)).unwrap();
            tokio::time::sleep(Duration::from_millis(delay)).await;
            assert_eq!(turn.memo.as_deref(), Some(format!("memo of {}", turn.state).as_str()));
            let Reply::Callback(params) = reply else { return Err(Trouble::BadReply("no callback".to_owned())) };
            let code = params.get("code").cloned().unwrap_or_default();
            match code.as_str() {
                "cancel" => return Err(Trouble::Cancelled),
                "broken" => return Err(Trouble::BadReply("<b>secret</b>".to_owned())),
                _ => {}
            }
            let mut keys = vec![Key { space: "platform".to_owned(), value: code.clone() }];
            keys.extend(params.get("union").map(|union| Key { space: "union".to_owned(), value: union.clone() }));
            Ok(Step::Known(Box::new(Identity {
                keys,
                name: Some(format!("Person {code}")),
                username: params.get("username").cloned(),
                email: params.get("email").map(|email| (email.clone(), params.contains_key("proven"))),
                amr: vec!["fed".to_owned()],
                ..Identity::default()
            })))
        }
        .boxed()
    }

    fn check<'a>(&'a self, _: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        async { Vec::new() }.boxed()
    }
}

/// One house a store, with the password form, `hub`, `ask` and `practice` as connectors.
pub async fn houses() -> Vec<House> {
    houses_with(&[]).await
}

/// The same with these scripted connectors besides; their rows are the test's to add.
pub async fn houses_with(more: &[Named]) -> Vec<House> {
    let mut houses = Vec::new();
    for world in worlds().await {
        let platform = Arc::new(Platform::default());
        let passwords = passwords();
        let outbox = Arc::new(Outbox::default());
        let login =
            engine(&world.oidc, &world, (&platform, more), &passwords).delivering(Arc::<Outbox>::clone(&outbox));
        let house = House { world, login, passwords, platform, outbox, more: more.to_vec(), seed: AtomicUsize::new(0) };
        house.add_connector("password", "password", |_| {}).await;
        house.add_connector("hub", "oidc", |_| {}).await;
        house.add_connector("ask", "oidc", |row| row.rule = FirstSignIn::Ask).await;
        house.add_connector("invited", "oidc", |row| row.rule = FirstSignIn::Invited).await;
        house.add_connector("practice", "oidc", |row| row.practice = true).await;
        house.world.client("app", |metadata| metadata.first_party = true).await;
        houses.push(house);
    }
    houses
}

fn passwords() -> Passwords {
    Passwords::new(Hashing { memory_kib: 64, passes: 1, permits: 2 }, Random::seeded(3))
}

fn engine(oidc: &Oidc, world: &World, (platform, more): (&Arc<Platform>, &[Named]), passwords: &Passwords) -> Login {
    let scripted =
        ["hub", "ask", "invited", "practice"].map(|name| (name.to_owned(), Arc::clone(platform) as Arc<dyn Connector>));
    let mut scripted = BTreeMap::from(scripted);
    scripted.extend(more.iter().map(|(name, connector)| ((*name).to_owned(), Arc::clone(connector))));
    let connectors = Connectors::scripted(world.store().clone(), Arc::clone(&world.sealer), scripted);
    Login::new(oidc.clone(), connectors, passwords.clone())
}

/// An empty request of this house's first-party application.
pub fn request(change: impl FnOnce(&mut AuthorizeRequest)) -> AuthorizeRequest {
    let mut request = AuthorizeRequest {
        client_id: ClientId::new("app"),
        return_to: ReturnTo {
            redirect_uri: CALLBACK.to_owned(),
            mode: ResponseMode::Query,
            state: Some("st".to_owned()),
            iss: ISSUER.to_owned(),
        },
        scopes: vec!["openid".to_owned()],
        nonce: None,
        code_challenge: None,
        prompt: Prompt::default(),
        max_age: None,
        acr_values: Vec::new(),
        login_hint: None,
        ui_locales: Vec::new(),
        claims: None,
        wanted_user: None,
        resources: Vec::new(),
        organization: None,
    };
    change(&mut request);
    request
}

impl House {
    pub fn name(&self) -> &'static str {
        self.world.name
    }

    pub fn store(&self) -> &Store {
        self.world.store()
    }

    /// A browser nobody used before.
    pub fn browser(&self) -> Browser {
        let number = self.seed.fetch_add(1, Ordering::SeqCst);
        Browser {
            login: self.login.clone(),
            visitor: Visitor {
                browser: format!("browser-{number}"),
                last_way: None,
                session: None,
                agent: "test".to_owned(),
                wish: Wish::unsaid(Lang::En),
                address: "192.0.2.1".to_owned(),
                request_id: format!("request-{number}"),
            },
        }
    }

    /// Another node over the same database, with a pool of its own.
    pub async fn node(&self) -> Login {
        let world = &self.world;
        let store = Store::open(&world.database.location).await.unwrap();
        let random = Random::System;
        let keys = KeyRing::open(&store, &world.clock, &random, &world.sealer).await.unwrap();
        let oidc =
            Oidc::new(store, world.clock.clone(), random, Arc::clone(&world.sealer), ISSUER, keys, Lives::default());
        engine(&oidc, world, (&self.platform, &self.more), &passwords()).delivering(Arc::<Outbox>::clone(&self.outbox))
    }

    pub async fn add_connector(&self, name: &str, kind: &str, change: impl FnOnce(&mut ConnectorRow)) {
        let now = self.world.clock.now();
        let mut row = ConnectorRow {
            id: ConnectorId::new(format!("c-{name}")),
            version: 1,
            created_at: now,
            updated_at: now,
            kind: kind.to_owned(),
            name: name.to_owned(),
            title: name.to_uppercase(),
            position: 0,
            enabled: true,
            practice: false,
            rule: FirstSignIn::Create,
            registration: true,
            settings: "{}".to_owned(),
        };
        change(&mut row);
        let write = self.store().write(move |tx| {
            let row = row.clone();
            async move { tx.insert_connector(&row).await }.boxed()
        });
        write.await.unwrap();
    }

    pub async fn change_connector(&self, name: &str, change: impl FnOnce(&mut ConnectorRow)) {
        let rows = self.store().connectors().await.unwrap();
        let mut row = rows.iter().find(|row| row.name == name).cloned().unwrap();
        change(&mut row);
        let write = self.store().write(move |tx| {
            let row = row.clone();
            async move { tx.update_connector(&row).await.map(|done| assert!(done)) }.boxed()
        });
        write.await.unwrap();
    }

    /// A person of this user name with [`PASSWORD`].
    pub async fn person(&self, username: &str) -> UserId {
        let id = self.world.user(username).await;
        self.login.set_password(&id, &Secret::new(PASSWORD), false, None).await.unwrap();
        id
    }

    pub async fn update_user(&self, id: &UserId, change: impl FnOnce(&mut User)) {
        let mut user = self.store().user(id).await.unwrap().unwrap();
        change(&mut user);
        let write = self.store().write(move |tx| {
            let user = user.clone();
            async move { tx.update_user(&user).await.map(|done| assert!(done)) }.boxed()
        });
        write.await.unwrap();
    }

    pub async fn people(&self) -> usize {
        self.store().users(None, None, 1000).await.unwrap().len()
    }

    pub fn calls(&self) -> usize {
        self.platform.calls.load(Ordering::SeqCst)
    }

    /// Outcomes of the audit rows of this action, newest first.
    pub async fn outcomes(&self, action: &str) -> Vec<String> {
        let rows = self.store().audit(None, 1000).await.unwrap();
        rows.into_iter().filter(|row| row.action == action).map(|row| row.outcome).collect()
    }
}

/// Somebody's browser: its cookies, and where its requests go.
#[derive(Clone)]
pub struct Browser {
    pub login: Login,
    pub visitor: Visitor,
}

impl Browser {
    pub async fn authorize(&self, request: AuthorizeRequest) -> Opened {
        self.login.authorize(request, &self.visitor).await.unwrap()
    }

    /// Opens an interaction for a request that needs one.
    pub async fn open(&self, request: AuthorizeRequest) -> InteractionId {
        match self.authorize(request).await {
            Opened::Interaction(id) => id,
            other => panic!("an interaction was expected: {other:?}"),
        }
    }

    pub async fn open_page(&self, purpose: Purpose) -> InteractionId {
        self.login.open(purpose, &self.visitor).await.unwrap()
    }

    pub async fn show(&self, id: &InteractionId) -> View {
        self.login.show(id, &self.visitor).await.unwrap()
    }

    /// Keeps the cookie of a step; whether it was a sign-in.
    pub fn keep(&mut self, stepped: Result<Stepped, LoginError>) -> bool {
        match stepped.unwrap() {
            Stepped::Interaction(_, progress) => match progress.signed_in {
                Some(signed_in) => {
                    self.visitor.session = Some(signed_in.session);
                    true
                }
                None => false,
            },
            Stepped::Go(url) => panic!("not to be sent away: {url}"),
            Stepped::Confirm(_) => panic!("not a phone"),
        }
    }

    pub async fn password(&mut self, id: &InteractionId, username: &str, password: &str) -> bool {
        let stepped = self.login.sign_in(id, username, &Secret::new(password), false, &self.visitor).await;
        self.keep(stepped)
    }

    /// Goes to the platform: the state it was sent with.
    pub async fn go(&self, id: &InteractionId, connector: &str) -> String {
        match self.login.begin(id, connector, &self.visitor).await.unwrap() {
            Stepped::Go(url) => url.split("state=").nth(1).unwrap().to_owned(),
            Stepped::Interaction(..) | Stepped::Confirm(_) => panic!("not sent away"),
        }
    }

    pub async fn come_back(
        &self,
        connector: &str,
        state: &str,
        params: &[(&str, &str)],
    ) -> Result<Stepped, LoginError> {
        let mut all = BTreeMap::from([("state".to_owned(), state.to_owned())]);
        all.extend(params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.login.callback(connector, all, &self.visitor).await
    }

    /// There and back; whether it was a sign-in.
    pub async fn platform(&mut self, id: &InteractionId, connector: &str, params: &[(&str, &str)]) -> bool {
        let state = self.go(id, connector).await;
        let stepped = self.come_back(connector, &state, params).await;
        self.keep(stepped)
    }

    /// A new request answered by a platform's sign-in, to the code.
    pub async fn sign_in_by(&mut self, connector: &str, subject: &str) -> UserId {
        let id = self.open_page(Purpose::Account).await;
        assert!(self.platform(&id, connector, &[("code", subject)]).await);
        self.user().await.unwrap()
    }

    /// Signed in with a password, at the account page.
    pub async fn sign_in_as(&mut self, username: &str) -> SessionId {
        let id = self.open_page(Purpose::Account).await;
        assert!(self.password(&id, username, PASSWORD).await);
        self.visitor.session.clone().unwrap()
    }

    pub async fn user(&self) -> Option<UserId> {
        self.login.session(&self.visitor).await.unwrap().map(|session| session.user_id)
    }

    /// What the sign-in page has to say.
    pub async fn notice(&self, id: &InteractionId) -> Option<Notice> {
        match self.show(id).await {
            View::Choose(choose) => choose.notice,
            other => panic!("the sign-in page was expected: {other:?}"),
        }
    }

    /// The answer to the application.
    pub async fn issued(&self, id: &InteractionId) -> AuthorizationResponse {
        match self.show(id).await {
            View::Issue(response) => response,
            other => panic!("an answer was expected: {other:?}"),
        }
    }
}

/// One parameter of an answer.
pub fn parameter<'a>(response: &'a AuthorizationResponse, name: &str) -> Option<&'a str> {
    response.parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
}
