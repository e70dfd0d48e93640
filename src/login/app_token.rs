//! App-level tokens of platforms: one for all nodes, sealed at rest, fetched
//! by one caller at a time (upstreams/wechat.md §7; security.md R24).

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use super::Login;
use crate::base::clock::{Clock, Seconds};
use crate::base::secret::{Sealer, Secret, digest};
use crate::connectors::Trouble;
use crate::connectors::app_token::{AppTokens, Fetch, Fetched};
use crate::store::app_tokens::{AppToken, NewAppToken};
use crate::store::{Error, Store};

/// The next one is fetched when so many seconds are left, but never before half of its life is over.
const AHEAD: Seconds = 600;
/// How long one caller may take to fetch, in seconds; longer than any call of ours.
const CLAIM: Seconds = 10;
/// How long the others wait for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often they look.
const POLL: Duration = Duration::from_millis(50);
/// A refused token is dropped at most so often, in seconds: two systems that
/// take each other's token away must not make a storm of it (R24: two calls a minute).
const QUIET: Seconds = 30;
/// After so many refusals in a row of the application's id or secret …
const REFUSALS: i64 = 3;
/// … nobody asks for so many seconds: each call is taken off the platform's quota.
const BLOCK: Seconds = 60;

/// The tokens, as a connector is given them.
pub(crate) struct Tokens {
    store: Store,
    clock: Clock,
    sealer: Arc<Sealer>,
    /// A made-up platform's tokens are no real one's.
    practice: bool,
}

impl Login {
    /// The app-level tokens of one world.
    #[must_use]
    pub fn app_tokens(&self, practice: bool) -> Arc<dyn AppTokens> {
        let (store, clock, sealer) = (self.store.clone(), self.clock.clone(), Arc::clone(&self.sealer));
        Arc::new(Tokens { store, clock, sealer, practice })
    }
}

impl AppTokens for Tokens {
    fn get<'a>(&'a self, name: &'a str, fetch: Fetch<'a>) -> BoxFuture<'a, Result<Secret, Trouble>> {
        Box::pin(async move {
            let name = self.name(name);
            let deadline = tokio::time::Instant::now() + PATIENCE;
            loop {
                let row = self.store.app_token(&name).await.map_err(|error| away(&error))?;
                let now = self.clock.now();
                if let Some(token) = self.fresh(&name, row.as_ref(), now) {
                    return Ok(token);
                }
                let (version, blocked) = row.as_ref().map_or((0, 0), |row| (row.version, row.blocked_until));
                if now < blocked {
                    return self.still_good(&name, row.as_ref(), now).ok_or_else(refused_before);
                }
                if self.claim(&name, version, now).await? {
                    return self.fetch(&name, row.as_ref(), fetch).await;
                }
                // Somebody fetches: the old one is good for as long as that takes.
                if let Some(token) = self.still_good(&name, row.as_ref(), now) {
                    return Ok(token);
                }
                if tokio::time::Instant::now() >= deadline {
                    return Err(Trouble::Unreachable("another node's request for the token takes too long".to_owned()));
                }
                tokio::time::sleep(POLL).await;
            }
        })
    }

    fn refused<'a>(&'a self, name: &'a str, token: &'a Secret) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let (name, refused, now) = (self.name(name), digest(token.expose()), self.clock.now());
            let dropped = self.store.write(move |tx| {
                let (name, refused) = (name.clone(), refused.clone());
                Box::pin(async move { tx.drop_app_token(&name, &refused, now, now - QUIET).await })
            });
            if let Err(error) = dropped.await {
                tracing::warn!(%error, "a refused token could not be dropped");
            }
        })
    }
}

impl Tokens {
    fn name(&self, name: &str) -> String {
        if self.practice { format!("practice/{name}") } else { name.to_owned() }
    }

    fn fresh(&self, name: &str, row: Option<&AppToken>, now: Seconds) -> Option<Secret> {
        self.open(name, row.filter(|row| now < row.refresh_at))
    }

    fn still_good(&self, name: &str, row: Option<&AppToken>, now: Seconds) -> Option<Secret> {
        self.open(name, row.filter(|row| now < row.expires_at))
    }

    /// One that does not open (sealed under another key) is as good as none.
    fn open(&self, name: &str, row: Option<&AppToken>) -> Option<Secret> {
        self.sealer.open(&purpose(name), row?.token.as_ref()?).ok()
    }

    async fn claim(&self, name: &str, version: i64, now: Seconds) -> Result<bool, Trouble> {
        let name = name.to_owned();
        let claimed = self.store.write(move |tx| {
            let name = name.clone();
            Box::pin(async move { tx.claim_app_token(&name, version, now, now + CLAIM).await })
        });
        claimed.await.map_err(|error| away(&error))
    }

    /// Under the claim that this caller has just got.
    async fn fetch(&self, name: &str, row: Option<&AppToken>, fetch: Fetch<'_>) -> Result<Secret, Trouble> {
        let version = row.map_or(0, |row| row.version) + 1;
        let claim = Claim { store: self.store.clone(), name: name.to_owned(), version, held: true };
        let done = match fetch().await {
            Ok(fetched) => self.keep(name, version, fetched).await,
            Err(trouble) => self.failed(name, row, trouble).await,
        };
        claim.settled();
        done
    }

    async fn failed(&self, name: &str, row: Option<&AppToken>, trouble: Trouble) -> Result<Secret, Trouble> {
        let (now, version) = (self.clock.now(), row.map_or(0, |row| row.version) + 1);
        let refused = matches!(trouble, Trouble::Misconfigured(_));
        let failures = row.map_or(0, |row| row.failures) + i64::from(refused);
        let until = if refused && failures >= REFUSALS { now + BLOCK } else { 0 };
        let kept = name.to_owned();
        let failed = self.store.write(move |tx| {
            let name = kept.clone();
            Box::pin(async move { tx.fail_app_token(&name, version, refused, until).await })
        });
        failed.await.map_err(|error| away(&error))?;
        // A platform that does not answer takes nothing away from a token it gave.
        self.still_good(name, row, now).ok_or(trouble)
    }

    async fn keep(&self, name: &str, version: i64, fetched: Fetched) -> Result<Secret, Trouble> {
        let Fetched { token, lifetime } = fetched;
        let now = self.clock.now();
        let lifetime = lifetime.clamp(0, 86_400);
        let sealed = self.sealer.seal(&purpose(name), token.expose());
        let new = NewAppToken {
            token: sealed.map_err(|_| Trouble::BadReply("a token that can not be kept".to_owned()))?,
            digest: digest(token.expose()),
            refresh_at: now + lifetime - AHEAD.min(lifetime / 2),
            expires_at: now + lifetime,
        };
        let name = name.to_owned();
        let kept = self.store.write(move |tx| {
            let (name, new) = (name.clone(), new.clone());
            Box::pin(async move { tx.put_app_token(&name, version, &new).await })
        });
        kept.await.map_err(|error| away(&error))?;
        Ok(token)
    }
}

/// A claim that goes when its holder is dropped in the middle: a browser went
/// away, or a push had no more time. Otherwise the others would wait for nobody.
struct Claim {
    store: Store,
    name: String,
    version: i64,
    held: bool,
}

impl Claim {
    /// The fetch came to something, and what it came to ends the claim.
    fn settled(mut self) {
        self.held = false;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let Some(runtime) = tokio::runtime::Handle::try_current().ok().filter(|_| self.held) else { return };
        let (store, name, version) = (self.store.clone(), self.name.clone(), self.version);
        runtime.spawn(async move {
            let released = store.write(move |tx| {
                let name = name.clone();
                Box::pin(async move { tx.fail_app_token(&name, version, false, 0).await })
            });
            if let Err(error) = released.await {
                tracing::warn!(%error, "a claim of a fetch that was given up runs out by itself");
            }
        });
    }
}

fn purpose(name: &str) -> String {
    format!("app token:{name}")
}

fn away(error: &Error) -> Trouble {
    Trouble::Unreachable(format!("our own store: {error}"))
}

fn refused_before() -> Trouble {
    Trouble::Misconfigured("the platform refused the application's id or secret several times".to_owned())
}
