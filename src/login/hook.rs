//! `/hook/{connector}`: what a platform pushes. The connector proves that it is
//! the platform's, the engine does what follows from it, within its patience.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;

use super::connectors::Instance;
use super::scan::Links;
use super::{Login, LoginError, Visitor};
use crate::base::clock::{Clock, Seconds};
use crate::base::id::ConnectorId;
use crate::base::lang::Lang;
use crate::base::secret::digest;
use crate::connectors::Trouble;
use crate::connectors::hook::{Answer, Heard, HookTurn, Once, Push};
use crate::store::artifact::Kind;
use crate::store::attempts::Limit;
use crate::store::{Error, Store};

/// Platforms hang up after five seconds and send the same again (upstreams/wechat.md §5.8).
const PATIENCE: Duration = Duration::from_millis(3_500);
/// Refused pushes of one address to one instance: somebody guesses, or the token is wrong here.
const REFUSED: Limit = Limit { tries: 60, window: 60, block: 60 };
/// A mark is kept at most so long, in seconds.
const LONGEST_MARK: Seconds = 86_400;

impl Login {
    /// Takes a push: the answer for the platform, once what it told is written.
    ///
    /// # Errors
    /// `Unknown` where no usable instance has this name; `Busy` after too many refused
    /// ones; `Store`, and then the platform sends it again.
    pub async fn hook(&self, connector: &str, push: Push, visitor: &Visitor) -> Result<Answer, LoginError> {
        let instance = self.connectors.by_name(connector).await?.filter(|instance| instance.is_usable());
        let instance = instance.ok_or(LoginError::Unknown)?;
        let name = format!("hook:{}:{}", instance.row.id, visitor.address);
        let now = self.clock.now();
        if self.store.blocked_until(&name).await? > now {
            return Ok(Answer::refused(429, "too many pushes that could not be verified"));
        }
        // It is finished also when the platform hangs up meanwhile; what comes again then is answered at once.
        let (login, visitor) = (self.clone(), visitor.clone());
        let working = self.tasks.spawn(async move { login.heard(&instance, push, &visitor).await });
        let Ok(done) = tokio::time::timeout(PATIENCE, working).await else {
            return Ok(Answer::refused(503, "not finished yet"));
        };
        let answer = done.map_err(|_| Error::Down("stopping".to_owned()))??;
        if (400..500).contains(&answer.status) {
            let charged = self.store.write(move |tx| {
                let name = name.clone();
                Box::pin(async move { tx.charge_attempt(&name, REFUSED, now).await })
            });
            charged.await?;
        }
        Ok(answer)
    }

    async fn heard(&self, instance: &Arc<Instance>, push: Push, visitor: &Visitor) -> Result<Answer, LoginError> {
        let marks = Arc::new(Marks::new(self, &instance.row.id));
        let (Some(connector), Some(turn)) = (&instance.connector, self.hook_turn(instance, &marks)) else {
            return Err(LoginError::Unknown);
        };
        let heard = match connector.hook(&turn, push).await {
            Ok(heard) => heard,
            Err(trouble) => {
                marks.forget().await;
                return Ok(refused(&trouble, instance));
            }
        };
        let Heard { answer, news } = heard;
        if let Err(error) = self.news(instance, news, visitor).await {
            // Nothing came of it: the platform sends it again, and it is not taken for a repetition.
            marks.forget().await;
            return Err(error);
        }
        Ok(answer)
    }

    /// What a connector is given with a push, or to listen.
    pub(crate) fn hook_turn(&self, instance: &Arc<Instance>, once: &Arc<Marks>) -> Option<HookTurn> {
        Some(HookTurn {
            connector: instance.row.id.clone(),
            outbound: instance.outbound.clone()?,
            now: self.clock.now(),
            // What is answered goes into a chat of a Chinese platform, before anybody's wish is known.
            lang: Lang::Zh,
            random: self.random.clone(),
            tokens: self.app_tokens(instance.row.practice),
            once: Arc::<Marks>::clone(once),
            confirm: Arc::new(Links { login: self.clone(), instance: Arc::clone(instance) }),
        })
    }
}

/// What the platform is told, and we log; never why a signature was wrong.
fn refused(trouble: &Trouble, instance: &Instance) -> Answer {
    let status = match trouble {
        Trouble::Wrong | Trouble::NotAllowed(_) => 403,
        Trouble::BadReply(_) => 400,
        Trouble::Misconfigured(_) => 404,
        Trouble::Unreachable(_) | Trouble::TryLater { .. } | Trouble::Cancelled | Trouble::Preview => 503,
    };
    tracing::warn!(connector = instance.row.name, status, %trouble, "a push was refused");
    Answer::refused(status, "refused")
}

/// The marks of one push: they go where it failed.
pub(crate) struct Marks {
    store: Store,
    clock: Clock,
    connector: ConnectorId,
    taken: Mutex<Vec<String>>,
}

impl Marks {
    pub(crate) fn new(login: &Login, connector: &ConnectorId) -> Self {
        let (store, clock, connector) = (login.store.clone(), login.clock.clone(), connector.clone());
        Self { store, clock, connector, taken: Mutex::new(Vec::new()) }
    }

    /// What was marked so far stays.
    pub(crate) fn settle(&self) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Takes back what this push marked.
    pub(crate) async fn forget(&self) {
        let taken = std::mem::take(&mut *self.taken.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return;
        }
        let forgotten = self.store.write(move |tx| {
            let taken = taken.clone();
            Box::pin(async move {
                for mark in &taken {
                    tx.revoke(Kind::ReplayMark, &format!("once:{mark}")).await?;
                }
                Ok(())
            })
        });
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "the marks of a failed push stay");
        }
    }
}

impl Once for Marks {
    fn first<'a>(&'a self, mark: &'a str, life: Seconds) -> BoxFuture<'a, Result<bool, Trouble>> {
        Box::pin(async move {
            let now = self.clock.now();
            let key = format!("hook:{}:{}", self.connector, digest(mark));
            let kept = key.clone();
            let first = self.store.write(move |tx| {
                let key = kept.clone();
                Box::pin(async move { tx.once(&key, now, now + life.clamp(1, LONGEST_MARK)).await })
            });
            let first = first.await.map_err(|error| Trouble::Unreachable(format!("our own store: {error}")))?;
            if first {
                self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(key);
            }
            Ok(first)
        })
    }
}
