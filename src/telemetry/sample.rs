//! What is not counted as it happens but looked at when Prometheus asks: queues, places, the process.

use metrics::gauge;

use super::process;
use crate::app::App;

/// Sets every such gauge. While the store is away, what only it knows stays as it was.
pub(super) async fn sample(app: &App) {
    gauge!("hufu_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    let places = app.login.hashing_places();
    gauge!("hufu_password_hash_permits", "state" => "total").set(number(places.total));
    gauge!("hufu_password_hash_permits", "state" => "free").set(number(places.free));
    gauge!("hufu_password_hash_waiting").set(number(places.waiting));
    gauge!("hufu_store_queue_length").set(number(app.store.waiting_changes()));
    if let Some(connections) = app.store.connections() {
        gauge!("hufu_store_connections", "state" => "in use").set(number(connections.in_use));
        gauge!("hufu_store_connections", "state" => "idle").set(number(connections.idle));
    }
    if let Ok(backlog) = app.store.backlog().await {
        gauge!("hufu_logout_tokens_waiting").set(count(backlog.logout_tokens));
        gauge!("hufu_directory_changes_waiting").set(count(backlog.directory_changes));
        gauge!("hufu_directory_reads_running").set(count(backlog.directory_reads));
    }
    process::sample();
}

fn number(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn count(rows: i64) -> f64 {
    f64::from(u32::try_from(rows).unwrap_or(u32::MAX))
}
