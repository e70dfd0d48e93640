//! A WebSocket through the same door: the same guard, certificates and proxy as
//! every other request (RFC 6455 over the HTTP client's upgrade).

use std::sync::Arc;

use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::client::{self, Guard};
use super::{Outbound, OutboundError, Route, stand_in, stays_inside, target};

/// An open connection; a stream and a sink of messages.
pub type Socket = WebSocketStream<reqwest::Upgraded>;

/// Longer messages are not read.
const LONGEST_MESSAGE: usize = 256 * 1024;

impl Outbound {
    /// Opens a WebSocket at a `wss` address.
    ///
    /// # Errors
    /// [`OutboundError`]; `Unreachable` as well when the other side does not upgrade.
    pub async fn socket(&self, url: &str) -> Result<Socket, OutboundError> {
        tokio::time::timeout(self.limits.total, self.upgrade(url)).await.map_err(|_| OutboundError::TimedOut)?
    }

    async fn upgrade(&self, url: &str) -> Result<Socket, OutboundError> {
        let secure = url.strip_prefix("wss://");
        let secure =
            secure.ok_or_else(|| OutboundError::Forbidden("only wss://host/path may be reached".to_owned()))?;
        let mut url = target(&format!("https://{secure}"))?;
        let client = self.socket_client(&url).await?;
        if let Route::Practice(origin) = &self.route {
            // Real endpoints name their port; the stand-in has one for all.
            let _ = url.set_port(None);
            url = target(&stand_in(origin, &url))?;
        }
        let key = generate_key();
        let request = client
            .get(url)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", &key);
        let response = request.send().await.map_err(|e| client::told(&e))?;
        let accepted = response
            .headers()
            .get("sec-websocket-accept")
            .is_some_and(|accept| *accept == derive_accept_key(key.as_bytes()));
        if response.status() != http::StatusCode::SWITCHING_PROTOCOLS || !accepted {
            return Err(OutboundError::Unreachable(format!("no WebSocket, status {}", response.status().as_u16())));
        }
        let upgraded = response.upgrade().await.map_err(|e| client::told(&e))?;
        let config =
            WebSocketConfig::default().max_message_size(Some(LONGEST_MESSAGE)).max_frame_size(Some(LONGEST_MESSAGE));
        Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await)
    }

    /// A client of its own: an upgrade needs HTTP/1.1, and the connection outlives every time limit.
    async fn socket_client(&self, url: &url::Url) -> Result<reqwest::Client, OutboundError> {
        let plain = reqwest::Client::builder()
            .user_agent(concat!("Hufu/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(self.limits.connect)
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .http1_only();
        let built = match &self.route {
            Route::Practice(_) => client::finish(plain.tls_certs_only([])),
            Route::Guarded(policy) => {
                let literal = super::literal(url);
                if let Some(address) = literal.filter(|address| !policy.permits(*address, false)) {
                    return Err(OutboundError::Forbidden(address.to_string()));
                }
                let proxied = policy.proxy.is_some() && !stays_inside(policy, url).await?;
                let guard = Guard { policy: Arc::clone(policy), plain: false };
                let plain = if proxied { plain } else { plain.dns_resolver(guard) };
                client::under(plain, policy, proxied)
            }
        };
        built.map_err(OutboundError::Unreachable)
    }
}
