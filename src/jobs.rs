//! What runs by itself: sweeping what expired, the schedule of the signing keys,
//! sending logout tokens, directories, the master key, and the connections on which platforms tell us things.

mod logouts;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::store::{Result, Tx};

/// Rows of one table that one transaction deletes: small enough that nobody waits for it (security.md R39).
const BATCH: i64 = 500;

/// How long it is kept what became of a message, in seconds.
const SENT_MESSAGES_FOR: i64 = 7 * 86_400;

/// How often the sweep comes round.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// How often the keys' schedule is looked at.
const KEYS_EVERY: Duration = Duration::from_mins(5);

/// How often it is seen whether the store was written to, and so whether its master key may be another.
const KEY_CHECK_EVERY: Duration = Duration::from_secs(1);

/// How long a job rests that panicked.
const AFTER_PANIC: Duration = Duration::from_secs(5);

/// Runs the jobs until `stop`. Two nodes may run them at once: every step is a
/// conditional delete or insert.
pub async fn run(app: App, stop: CancellationToken) {
    tokio::join!(
        kept("sweep and keys", AFTER_PANIC, &stop, || periodically(&app, &stop)),
        kept("logout tokens", AFTER_PANIC, &stop, || logouts::run(app.clone(), stop.clone())),
        kept("connections", AFTER_PANIC, &stop, || app.login.listen(stop.clone())),
        kept("directories", AFTER_PANIC, &stop, || app.login.keep_directories(&stop)),
        kept("senders", AFTER_PANIC, &stop, || app.login.keep_senders(&stop)),
        kept("master key", AFTER_PANIC, &stop, || watch_key(&app, &stop)),
    );
}

/// Stops this node when the store was sealed with another master key: all it would write with the old one is lost.
async fn watch_key(app: &App, stop: &CancellationToken) {
    let mut seen = app.store.epoch();
    let mut looks = tokio::time::interval(KEY_CHECK_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = looks.tick() => {}
        }
        let epoch = app.store.epoch();
        if epoch == seen {
            continue;
        }
        match app.has_the_key().await {
            Ok(true) => seen = epoch,
            Ok(false) => {
                tracing::error!(
                    "the store was sealed with another master key: this node stops; start it with the new one"
                );
                stop.cancel();
            }
            Err(error) => tracing::warn!(%error, "the master key could not be compared"),
        }
    }
}

/// A job that panicked is begun again, and the others never hear of it (security.md R52).
async fn kept<F: Future<Output = ()>>(name: &str, rest: Duration, stop: &CancellationToken, job: impl Fn() -> F) {
    while AssertUnwindSafe(job()).catch_unwind().await.is_err() {
        metrics::counter!("hufu_panics_total").increment(1);
        tracing::error!(job = name, "a job panicked; it is begun again");
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(rest) => {}
        }
    }
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
    let old = now - SENT_MESSAGES_FOR;
    gone += sweep(app, move |tx| Box::pin(async move { tx.sweep_sent_messages(old, BATCH).await })).await?;
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn r52_a_job_that_panics_is_begun_again_until_it_ends_by_itself() {
        let runs = AtomicU32::new(0);
        let job = || async {
            assert!(runs.fetch_add(1, Ordering::SeqCst) >= 2, "a fault of ours");
        };
        kept("test", Duration::ZERO, &CancellationToken::new(), job).await;
        assert_eq!(runs.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_job_that_panics_ends_when_the_server_stops() {
        let stop = CancellationToken::new();
        stop.cancel();
        kept("test", Duration::from_hours(1), &stop, || async { panic!("a fault of ours") }).await;
    }
}
