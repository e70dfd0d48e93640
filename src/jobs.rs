//! What runs by itself: sweeping what expired, the schedule of the signing keys,
//! sending logout tokens, directories, and the connections on which platforms tell us things.

mod logouts;

use std::time::Duration;

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::store::{Result, Tx};

/// Rows of one table that one transaction deletes: small enough that nobody waits for it (security.md R39).
const BATCH: i64 = 500;

/// How often the sweep comes round.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// How often the keys' schedule is looked at.
const KEYS_EVERY: Duration = Duration::from_mins(5);

/// Runs the jobs until `stop`. Two nodes may run them at once: every step is a
/// conditional delete or insert.
pub async fn run(app: App, stop: CancellationToken) {
    tokio::join!(
        periodically(&app, &stop),
        logouts::run(app.clone(), stop.clone()),
        app.login.listen(stop.clone()),
        app.login.keep_directories(&stop)
    );
}

async fn periodically(app: &App, stop: &CancellationToken) {
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    let mut keys = tokio::time::interval(KEYS_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = sweep.tick() => {
                if let Err(error) = sweep_once(app).await {
                    tracing::warn!(%error, "sweeping has to wait");
                }
            }
            _ = keys.tick() => {
                if let Err(error) = app.oidc.keys().keep().await {
                    tracing::warn!(%error, "the signing keys' schedule has to wait");
                }
            }
        }
    }
}

/// Deletes, in batches, everything whose time is over; how many rows went.
///
/// # Errors
/// `Down`.
pub async fn sweep_once(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut gone = 0;
    gone += sweep(app, move |tx| Box::pin(async move { tx.sweep_artifacts(now, BATCH).await })).await?;
    gone += sweep(app, move |tx| Box::pin(async move { tx.sweep_grants(now, BATCH).await })).await?;
    gone += sweep(app, move |tx| Box::pin(async move { tx.sweep_sessions(now, BATCH).await })).await?;
    gone += sweep(app, move |tx| Box::pin(async move { tx.sweep_attempts(now, BATCH).await })).await?;
    metrics::counter!("hufu_swept_rows_total").increment(gone);
    Ok(gone)
}

/// Repeats one batch until it finds less than a full one.
async fn sweep<F>(app: &App, batch: F) -> Result<u64>
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<u64>> + Send + Sync + Clone + 'static,
{
    let mut gone = 0;
    loop {
        let rows = app.store.write(batch.clone()).await?;
        gone += rows;
        if rows < BATCH.unsigned_abs() {
            return Ok(gone);
        }
    }
}
