//! Sending logout tokens: at once when this process queued one, within a second when another did.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::base::id::ClientId;
use crate::base::outbound::{Limits, Outbound};
use crate::store::Result;

/// How often the queue is looked at for what other processes put there, and for what is due again.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Deliveries under way at most, to one application: one that hangs holds up its own places and nobody else's.
const AT_ONCE: i64 = 8;

/// Deliveries under way at most, to all applications.
const IN_ALL: usize = 512;

/// Bytes of an application's answer that are read: nothing in it matters.
const ANSWER: usize = 16 * 1024;

/// Sends logout tokens until `stop`; what is under way then is tried again by whoever is left.
pub(super) async fn run(app: App, stop: CancellationToken) {
    let limits = Limits { body: ANSWER, ..Limits::default() };
    let outbound = Outbound::guarded(Arc::new(app.config.outbound.clone()), limits);
    let mut under_way = UnderWay::default();
    loop {
        if let Err(error) = send_due(&app, &outbound, &mut under_way).await {
            tracing::warn!(%error, "logout tokens have to wait");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.store.logouts_queued() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            // A place is free again.
            () = under_way.one_ends(), if !under_way.places.is_empty() => {}
        }
    }
}

/// Deliveries under way, and how many places each application takes.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<()>,
    places: HashMap<ClientId, i64>,
    clients: HashMap<tokio::task::Id, ClientId>,
}

impl UnderWay {
    fn begin(&mut self, client: ClientId, delivery: impl Future<Output = ()> + Send + 'static) {
        let id = self.tasks.spawn(delivery).id();
        *self.places.entry(client.clone()).or_default() += 1;
        self.clients.insert(id, client);
    }

    /// Waits until one has ended, however it did.
    async fn one_ends(&mut self) {
        let ended = match self.tasks.join_next_with_id().await {
            Some(Ok((id, ()))) => id,
            Some(Err(error)) => error.id(),
            None => return,
        };
        let Some(client) = self.clients.remove(&ended) else { return };
        if let Some(places) = self.places.get_mut(&client) {
            *places -= 1;
            if *places == 0 {
                self.places.remove(&client);
            }
        }
    }
}

async fn send_due(app: &App, outbound: &Outbound, under_way: &mut UnderWay) -> Result<()> {
    let mut left = i64::try_from(IN_ALL.saturating_sub(under_way.tasks.len())).unwrap_or(0);
    let room = |client: &ClientId| {
        let here = left.min(AT_ONCE - under_way.places.get(client).copied().unwrap_or(0)).max(0);
        left -= here;
        here
    };
    for delivery in app.oidc.take_logouts(room).await? {
        let (oidc, outbound) = (app.oidc.clone(), outbound.clone());
        under_way.begin(delivery.client_id.clone(), async move {
            match oidc.send_logout(delivery, &outbound).await {
                Ok(outcome) => {
                    metrics::counter!("hufu_logout_tokens_total", "outcome" => format!("{outcome:?}")).increment(1);
                }
                Err(error) => tracing::warn!(%error, "a logout token has to wait"),
            }
        });
    }
    Ok(())
}
