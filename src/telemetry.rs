//! Logs and metrics: set up once by the program, written everywhere with `tracing` and `metrics`.
//!
//! Without a listener for Prometheus there is no recorder, and counting costs nothing.
//! Request ids and the spans of requests are made in `web/guard`.

mod names;
mod process;
pub mod requests;
mod sample;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::app::App;
use crate::config::Log;

/// Starts logging to standard error. A second call is refused by the library and changes nothing.
pub fn start_logs(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false);
    let started = if log.json { lines.json().flatten_event(true).try_init() } else { lines.try_init() };
    if let Err(error) = started {
        tracing::debug!(%error, "logging had been started");
    }
}

/// The counters of this process, to be rendered for Prometheus.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

/// Metrics can't be counted: another recorder stands already.
#[derive(Debug, thiserror::Error)]
#[error("metrics can't be started: {0}")]
pub struct MetricsRefused(String);

impl Metrics {
    /// Installs the recorder of this process.
    ///
    /// # Errors
    /// `MetricsRefused` when one is installed already.
    pub fn start() -> Result<Self, MetricsRefused> {
        let handle = PrometheusBuilder::new()
            .set_buckets(&[0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])
            .map_err(|error| MetricsRefused(error.to_string()))?
            .install_recorder()
            .map_err(|error| MetricsRefused(error.to_string()))?;
        names::describe();
        Ok(Self { handle })
    }

    /// The text that Prometheus scrapes (exposition format 0.0.4), with what is looked at only then.
    pub async fn render(&self, app: &App) -> String {
        sample::sample(app).await;
        self.handle.run_upkeep();
        self.handle.render()
    }

    /// Folds what was recorded since, so that memory does not grow while nobody asks.
    pub fn fold(&self) {
        self.handle.run_upkeep();
    }
}
