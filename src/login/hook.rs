//! `/hook/{connector}`: what a platform pushes. The connector proves that it is
//! the platform's, the engine does what follows from it, within its patience.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use super::connectors::Instance;
use super::scan::Links;
use super::{Login, LoginError, Visitor};
use crate::base::clock::{Clock, Seconds};
use crate::base::lang::Lang;
use crate::base::secret::digest;
use crate::connectors::Trouble;
use crate::connectors::hook::{Answer, Heard, HookTurn, Nonces, Push};
use crate::store::attempts::Limit;
use crate::store::{Error, Store};

/// Platforms hang up after five seconds and send the same again (upstreams/wechat.md §5.8).
const PATIENCE: Duration = Duration::from_millis(3_500);
/// Refused pushes of one address to one instance: somebody guesses, or the token is wrong here.
const REFUSED: Limit = Limit { tries: 60, window: 60, block: 60, longest: None };
/// A nonce stays tied at most so long, in seconds.
const LONGEST: Seconds = 86_400;

impl Login {
    /// Takes a push: the answer for the platform, once what it told is written.
    ///
    /// # Errors
    /// `Unknown` where no usable instance has this name; `Busy` after too many refused
    /// ones; `Store`, and then the platform sends it again.
    pub async fn hook(&self, connector: &str, push: Push, visitor: &Visitor) -> Result<Answer, LoginError> {
        let instance = self.connectors.by_name(connector).await?.filter(|instance| instance.is_usable());
        let instance = instance.ok_or(LoginError::Unknown)?;
        // Behind an address that nobody knows stands also the platform: it is not shut out for others' forgeries.
        let name = visitor.is_placed().then(|| format!("hook:{}:{}", instance.row.id, visitor.line()));
        let now = self.clock.now();
        if let Some(name) = &name
            && self.store.blocked_until(name).await? > now
        {
            return Ok(Answer::refused(429, "too many pushes that could not be verified"));
        }
        let Some(room) = self.pushes.room(&instance.row.id) else {
            return Ok(Answer::refused(503, "too many pushes at once"));
        };
        // It is finished also when the platform hangs up meanwhile; what comes again then is answered at once.
        let (login, visitor) = (self.clone(), visitor.clone());
        let working = self.tasks.spawn(async move {
            let heard = login.heard(&instance, push, &visitor).await;
            drop(room);
            heard
        });
        let Ok(done) = tokio::time::timeout(PATIENCE, working).await else {
            return Ok(Answer::refused(503, "not finished yet"));
        };
        let answer = done.map_err(|_| Error::Down("stopping".to_owned()))??;
        if let Some(name) = name.filter(|_| (400..500).contains(&answer.status)) {
            let charged = self.store.write(move |tx| {
                let name = name.clone();
                Box::pin(async move { tx.charge_attempt(&name, REFUSED, now).await })
            });
            charged.await?;
        }
        Ok(answer)
    }

    async fn heard(&self, instance: &Arc<Instance>, push: Push, visitor: &Visitor) -> Result<Answer, LoginError> {
        let (Some(connector), Some(turn)) = (&instance.connector, self.hook_turn(instance)) else {
            return Err(LoginError::Unknown);
        };
        let Heard { answer, news } = match connector.hook(&turn, push).await {
            Ok(heard) => heard,
            Err(trouble) => return Ok(refused(&trouble, instance)),
        };
        // Where that fails nothing is marked: the platform sends it again.
        self.news(instance, news, visitor).await?;
        Ok(answer)
    }

    /// What a connector is given with a push, or to listen.
    pub(crate) fn hook_turn(&self, instance: &Arc<Instance>) -> Option<HookTurn> {
        Some(HookTurn {
            connector: instance.row.id.clone(),
            outbound: instance.outbound.clone()?,
            now: self.clock.now(),
            // What is answered goes into a chat of a Chinese platform, before anybody's wish is known.
            lang: Lang::Zh,
            random: self.random.clone(),
            tokens: self.app_tokens(instance.row.practice),
            nonces: Arc::new(Tied { store: self.store.clone(), clock: self.clock.clone() }),
            confirm: Arc::new(Links { login: self.clone(), instance: Arc::clone(instance) }),
        })
    }
}

/// What the platform is told, and we log; never why a signature was wrong.
fn refused(trouble: &Trouble, instance: &Instance) -> Answer {
    let status = match trouble {
        Trouble::Wrong | Trouble::NotAllowed(_) | Trouble::NotMember(_) => 403,
        Trouble::BadReply(_) => 400,
        Trouble::Misconfigured(_) => 404,
        Trouble::Unreachable(_) | Trouble::TryLater { .. } | Trouble::Cancelled | Trouble::Preview => 503,
    };
    tracing::warn!(connector = instance.row.name, status, %trouble, "a push was refused");
    Answer::refused(status, "refused")
}

/// Nonces, tied in the store: what becomes of the push does not loosen them.
struct Tied {
    store: Store,
    clock: Clock,
}

impl Nonces for Tied {
    fn tie<'a>(&'a self, nonce: &'a str, content: &'a str, life: Seconds) -> BoxFuture<'a, Result<bool, Trouble>> {
        Box::pin(async move {
            let now = self.clock.now();
            let (nonce, content) = (format!("hook:{}", digest(nonce)), content.to_owned());
            let tied = self.store.write(move |tx| {
                let (nonce, content) = (nonce.clone(), content.clone());
                Box::pin(async move { tx.tie(&nonce, &content, now, now + life.clamp(1, LONGEST)).await })
            });
            tied.await.map_err(|error| Trouble::Unreachable(format!("our own store: {error}")))
        })
    }
}
