//! The listeners of a running Hufu: the public one, the practice platforms', and Prometheus's.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::serve::{self, Bounds};
use super::tls::{Certificate, TlsRefused};
use crate::app::App;
use crate::telemetry::Metrics;

/// How often the samples of the histograms are folded into their buckets.
const FOLD_EVERY: Duration = Duration::from_secs(5);

/// The whole product, until `stop`; finishes what is in flight.
///
/// # Errors
/// A certificate or key that can't be used.
pub async fn public(app: App, listener: TcpListener, stop: CancellationToken) -> Result<(), TlsRefused> {
    let tls = app.config.tls.clone().map(|files| Certificate::follow(files, stop.clone())).transpose()?;
    let router = super::router(app, &stop);
    serve::serve(listener, router, tls, stop, Bounds::default()).await;
    Ok(())
}

/// The practice platforms, on an origin that is cross-site to the issuer as the real ones are.
pub async fn practice(app: App, listener: TcpListener, stop: CancellationToken) {
    let origin = app.config.practice.origin();
    let router = crate::practice::router(app.clock.clone(), app.random.clone(), &origin, &app.config.issuer);
    serve::serve(listener, router, None, stop, Bounds::default()).await;
}

/// The practice platforms by host name over TLS, for `hufu practice`.
pub async fn practice_hosts(router: Router, listener: TcpListener, tls: rustls::ServerConfig, stop: CancellationToken) {
    let tls = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(tls));
    serve::serve(listener, router, Some(tls.into()), stop, Bounds::default()).await;
}

/// `/metrics`, on a listener that the public does not reach.
pub async fn metrics(app: App, metrics: Metrics, listener: TcpListener, stop: CancellationToken) {
    let folding = metrics.clone();
    let fold = async move {
        let mut ticks = tokio::time::interval(FOLD_EVERY);
        loop {
            ticks.tick().await;
            folding.fold();
        }
    };
    let scrape = move || {
        let (app, metrics) = (app.clone(), metrics.clone());
        let kind = [(http::header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
        async move { (kind, metrics.render(&app).await) }
    };
    let router = Router::new().route("/metrics", get(scrape));
    tokio::select! {
        () = serve::serve(listener, router, None, stop, Bounds::default()) => {}
        () = fold => {}
    }
}
