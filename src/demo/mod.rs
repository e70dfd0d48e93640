//! The sample application at `/demo`: a relying party inside the binary that
//! signs in through the real protocol, by the `openidconnect` crate, and then
//! says in words what it got.
//!
//! It knows `base` and HTTP only, and talks to the issuer as any application
//! would; it must not know the store, the protocol engine or the sign-in.

mod claims;
mod notice;
mod pages;
mod provider;
mod registration;
mod routes;
mod session;
mod texts;
mod visitor;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::{get, post};

use crate::base::clock::Clock;
use crate::base::outbound::Outbound;
use crate::base::random::Random;
pub use registration::{Registration, registration};
use session::Sessions;

/// What the sample application is told.
#[derive(Clone, Debug)]
pub struct DemoConfig {
    /// The issuer it signs in at, without a trailing slash; it lives under it at `/demo`.
    pub issuer: String,
    /// `demo`.
    pub client_id: String,
    /// A way out that may reach the issuer itself (on loopback: with 127.0.0.0/8 and `::1` allowed).
    pub outbound: Outbound,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Where state, nonce and session values come from.
    pub random: Random,
}

/// The sample application, to be merged into the main listener.
pub fn router(config: DemoConfig) -> Router {
    let demo = Demo(Arc::new(Inner { config, sessions: Mutex::new(Sessions::default()) }));
    Router::new()
        .route("/demo", get(routes::home))
        .route("/demo/sign-in", get(routes::sign_in))
        .route("/demo/callback", get(routes::callback))
        .route("/demo/refresh", post(routes::refresh))
        .route("/demo/sign-out", post(routes::sign_out))
        .route("/demo/style.css", get(routes::style))
        .with_state(demo)
}

/// What every handler holds.
#[derive(Clone)]
struct Demo(Arc<Inner>);

struct Inner {
    config: DemoConfig,
    sessions: Mutex<Sessions>,
}

impl Demo {
    fn config(&self) -> &DemoConfig {
        &self.0.config
    }

    /// The sessions, for one small change; never held across an await.
    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn callback_url(&self) -> String {
        format!("{}/demo/callback", self.config().issuer)
    }
}
