//! Sending logout tokens: at once when this process queued one, within a second when another did.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::base::outbound::{Limits, Outbound};
use crate::store::Result;

/// How often the queue is looked at for what other processes put there, and for what is due again.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Deliveries under way at most: an application that hangs holds up one place, for as long as a try may take.
const AT_ONCE: usize = 64;

/// Bytes of an application's answer that are read: nothing in it matters.
const ANSWER: usize = 16 * 1024;

/// Sends logout tokens until `stop`; what is under way then is tried again by whoever is left.
pub(super) async fn run(app: App, stop: CancellationToken) {
    let limits = Limits { body: ANSWER, ..Limits::default() };
    let outbound = Outbound::guarded(Arc::new(app.config.outbound.clone()), limits);
    let mut under_way = JoinSet::new();
    loop {
        if let Err(error) = send_due(&app, &outbound, &mut under_way).await {
            tracing::warn!(%error, "logout tokens have to wait");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.store.logouts_queued() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            // A place is free again.
            Some(_) = under_way.join_next(), if under_way.len() >= AT_ONCE => {}
        }
    }
}

async fn send_due(app: &App, outbound: &Outbound, under_way: &mut JoinSet<()>) -> Result<()> {
    while under_way.try_join_next().is_some() {}
    let room = i64::try_from(AT_ONCE - under_way.len().min(AT_ONCE)).unwrap_or(0);
    if room == 0 {
        return Ok(());
    }
    for delivery in app.oidc.take_logouts(room).await? {
        let (oidc, outbound) = (app.oidc.clone(), outbound.clone());
        under_way.spawn(async move {
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
