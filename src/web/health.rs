//! Whether it lives, and whether to send it people.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// `/healthz` and `/readyz`, asked by machines under any name.
pub(super) fn routes(stopping: CancellationToken) -> Router<App> {
    let ready = move |State(app): State<App>| ready(app, stopping.clone());
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
}

/// The process answers; the store is not asked, since a restart would not mend it.
async fn alive() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "ok" }))
}

/// 503 from the moment it is told to stop, and while the store is away.
async fn ready(app: App, stopping: CancellationToken) -> (StatusCode, Json<serde_json::Value>) {
    let (status, word) = if stopping.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping")
    } else if app.store.ping().await.is_err() {
        (StatusCode::SERVICE_UNAVAILABLE, "store unavailable")
    } else {
        (StatusCode::OK, "ok")
    };
    (status, Json(serde_json::json!({ "status": word })))
}
