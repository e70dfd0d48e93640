//! `hufu serve`: the public listener, practice, metrics and the jobs, until told to stop.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Context, Failure, Outcome};
use crate::app::App;
use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::telemetry::{self, Metrics};

#[derive(Debug, Default, Args)]
#[command(after_help = "Example: HUFU_ISSUER=https://id.example.com hufu serve")]
pub(super) struct Serve {
    /// Store a new issuer over the one of the first start
    #[arg(long)]
    change_issuer: bool,
}

impl Serve {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let mut config = context.config()?;
        config.change_issuer = self.change_issuer;
        telemetry::start_logs(&config.log);
        let listener = bind("listen", config.listen).await?;
        let practice =
            if config.practice.enabled { Some(bind("practice.listen", config.practice.listen).await?) } else { None };
        // Before anything is counted; without a listener nothing is.
        let metrics = match config.metrics_listen {
            Some(address) => {
                let listener = bind("metrics.listen", address).await?;
                Some((Metrics::start().map_err(|error| Failure::Said(error.to_string()))?, listener))
            }
            None => None,
        };
        let app = App::build(config, Clock::System, Random::System).await?;
        let stop = CancellationToken::new();
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(crate::jobs::run(app.clone(), stop.clone()));
        if let Some(listener) = practice {
            tasks.spawn(crate::web::listeners::practice(app.clone(), listener, stop.clone()));
        }
        if let Some((metrics, listener)) = metrics {
            tasks.spawn(crate::web::listeners::metrics(app.clone(), metrics, listener, stop.clone()));
        }
        announce(context, &app).await?;
        tokio::spawn(stop_on_signal(stop.clone()));
        let login = app.login.clone();
        let served = crate::web::listeners::public(app, listener, stop.clone()).await;
        stop.cancel();
        while tasks.join_next().await.is_some() {}
        login.settled(Duration::from_secs(5)).await;
        served.map_err(|error| Failure::Said(error.to_string()))
    }
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::Said(format!("{address} can't be listened on ({error}); set {key} to another address"))
    })
}

/// One address, and while nobody administers, one one-time link.
async fn announce(context: &Context, app: &App) -> Outcome {
    let link = app.admin.first_link().await?;
    let issuer = &app.config.issuer;
    let mut text = format!("Hufu serves at {issuer}");
    if let Some(link) = &link {
        text.push_str("\nSet it up here, once, within a day: ");
        text.push_str(link);
    }
    context.output.say(&text, &serde_json::json!({ "issuer": issuer, "set_up": link }));
    Ok(())
}

/// Waits for SIGTERM or Ctrl-C, then lets the requests in flight finish.
pub(super) async fn stop_on_signal(stop: CancellationToken) {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    _ = interrupted => {}
                    _ = terminated.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM can't be heard; Ctrl-C stops");
                let _ = interrupted.await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
    tracing::info!("stopping: requests in flight finish first");
    stop.cancel();
}
