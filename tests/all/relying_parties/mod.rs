//! Relying parties that others wrote, unmodified, sign in at the real server.
//!
//! Their clocks are the machine's, so these servers run on it too.

mod mod_auth_openidc;
mod openid_client;
mod openidconnect;

use hufu::base::clock::Clock;

use crate::support::server::TestServer;
use crate::support::stores;

/// A server whose time is the machine's.
async fn server() -> TestServer {
    let mut store = stores::sqlite().await;
    store.clock = Clock::System;
    TestServer::start(store).await
}
