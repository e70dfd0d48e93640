//! Long-lived connections to platforms: for each instance that listens, one
//! node holds it, by a lease; when that node goes, another takes over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::connectors::Instance;
use super::{Login, Visitor};
use crate::base::clock::Seconds;
use crate::base::lang::{Lang, Wish};
use crate::base::secret::digest;
use crate::connectors::hook::{News, Sink};
use crate::connectors::{Connector, Trouble};

/// How long a node that fell silent keeps a connection from the others, in seconds.
const LEASE: Seconds = 30;
/// How often the holder says that it lives.
const RENEW: Duration = Duration::from_secs(10);
/// How often the instances are looked at, and a lease of somebody else's is tried for.
const LOOK: Duration = Duration::from_secs(2);
/// The first pause after a connection broke; it doubles up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A connection that lasted so long was a good one: the next pause is short again.
const GOOD: Duration = Duration::from_mins(1);

impl Login {
    /// Keeps every connection that an enabled instance wants, until `stop`.
    pub async fn listen(&self, stop: CancellationToken) {
        let mut kept: BTreeMap<String, (CancellationToken, tokio::task::Id)> = BTreeMap::new();
        let mut tasks = JoinSet::new();
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = look.tick() => {}
            }
            while let Some(ended) = tasks.try_join_next_with_id() {
                let Err(panicked) = ended else { continue };
                metrics::counter!("hufu_panics_total").increment(1);
                // Forgotten, it is begun again below.
                kept.retain(|_, (_, task)| *task != panicked.id());
            }
            let Ok(instances) = self.connectors.all().await else { continue };
            let usable = instances.iter().filter(|instance| instance.is_usable());
            let wanted: BTreeMap<String, &Arc<Instance>> = usable.map(|now| (name_of(now), now)).collect();
            kept.retain(|name, (token, _)| {
                let stays = wanted.contains_key(name);
                if !stays {
                    token.cancel();
                }
                stays
            });
            for (name, instance) in wanted {
                kept.entry(name).or_insert_with(|| {
                    let token = stop.child_token();
                    let (login, instance, token_) = (self.clone(), Arc::clone(instance), token.clone());
                    let task = tasks.spawn(async move { login.keep_listening(&instance, &token_).await });
                    (token, task.id())
                });
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    /// Over and over: the lease, the connection, a pause. Ends at once for an instance that never listens.
    async fn keep_listening(&self, instance: &Arc<Instance>, stop: &CancellationToken) {
        let Some(connector) = &instance.connector else { return };
        let lease = format!("listen:{}", instance.row.id);
        let mut pause = PAUSE;
        while !stop.is_cancelled() {
            if !listens(self, instance, connector.as_ref()) {
                return;
            }
            if self.lease(&lease).await {
                let begun = tokio::time::Instant::now();
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.lose(&lease) => tracing::warn!(lease, "another node took the connection over"),
                    trouble = self.listen_once(instance, connector.as_ref()) => {
                        tracing::warn!(connector = instance.row.name, %trouble, "a long-lived connection broke");
                    }
                }
                self.give_up(&lease).await;
                pause = if begun.elapsed() >= GOOD { PAUSE } else { pause };
                wait(pause, stop).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            } else {
                wait(LOOK, stop).await;
            }
        }
    }

    async fn listen_once(&self, instance: &Arc<Instance>, connector: &dyn Connector) -> Trouble {
        let Some(turn) = self.hook_turn(instance) else {
            return Trouble::Misconfigured("there is no way out".to_owned());
        };
        let sink = Heard { login: self.clone(), instance: Arc::clone(instance) };
        match connector.listen(&turn, &sink) {
            Some(connection) => connection.await,
            None => Trouble::Misconfigured("it does not listen".to_owned()),
        }
    }

    /// Takes the lease, or finds that another node has it.
    pub(crate) async fn lease(&self, name: &str) -> bool {
        self.lease_for(name, LEASE).await
    }

    /// The same for so many seconds.
    pub(crate) async fn lease_for(&self, name: &str, life: Seconds) -> bool {
        let (name, holder, now) = (name.to_owned(), Arc::clone(&self.node), self.clock.now());
        let taken = self.store.write(move |tx| {
            let (name, holder) = (name.clone(), Arc::clone(&holder));
            Box::pin(async move { tx.take_lease(&name, &holder, now, now + life).await })
        });
        taken.await.unwrap_or(false)
    }

    /// Renews the lease for as long as that works.
    async fn lose(&self, name: &str) {
        loop {
            tokio::time::sleep(RENEW).await;
            if !self.lease(name).await {
                return;
            }
        }
    }

    pub(crate) async fn give_up(&self, name: &str) {
        let (name, holder) = (name.to_owned(), Arc::clone(&self.node));
        let given = self.store.write(move |tx| {
            let (name, holder) = (name.clone(), Arc::clone(&holder));
            Box::pin(async move { tx.give_lease_up(&name, &holder).await })
        });
        if let Err(error) = given.await {
            tracing::warn!(%error, "a lease was not given up; it runs out");
        }
    }
}

/// A changed instance is another one.
fn name_of(instance: &Instance) -> String {
    format!("{} {} {}", instance.row.id, digest(&instance.row.settings), instance.row.practice)
}

fn listens(login: &Login, instance: &Arc<Instance>, connector: &dyn Connector) -> bool {
    let Some(turn) = login.hook_turn(instance) else { return false };
    let sink = Heard { login: login.clone(), instance: Arc::clone(instance) };
    // A future that is not awaited does nothing.
    connector.listen(&turn, &sink).is_some()
}

async fn wait(pause: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(pause) => {}
    }
}

/// Where a connection puts what it hears.
struct Heard {
    login: Login,
    instance: Arc<Instance>,
}

impl Sink for Heard {
    fn take(&self, news: Vec<News>) -> BoxFuture<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let visitor = Visitor {
                browser: String::new(),
                last_way: None,
                session: None,
                agent: String::new(),
                wish: Wish::unsaid(Lang::Zh),
                address: "listen".to_owned(),
                request_id: String::new(),
            };
            let told = self.login.news(&self.instance, news, &visitor).await;
            told.map_err(|error| Trouble::Unreachable(format!("our own store: {error}")))
        })
    }
}
