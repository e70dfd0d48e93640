//! The one way out to the Internet: from request to response, with limits on
//! time, size and redirects, and a guard against addresses that an upstream or
//! a typed URL has no business with (security.md §0, rule 16).

mod client;
mod figures;
pub mod guard;
pub mod socket;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use url::{Host, Url};

use client::{Guard, Kept};

/// What may be reached, and how far.
#[derive(Clone, Debug)]
pub struct Limits {
    /// To an open connection.
    pub connect: Duration,
    /// To the last byte.
    pub total: Duration,
    /// Bytes of the answer's body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), total: Duration::from_secs(5), body: 256 * 1024 }
    }
}

/// What the operator opened for intranets (`[outbound]` in the configuration).
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Address ranges that may be reached although they are special-use.
    pub allow: Vec<ipnet::IpNet>,
    /// PEM certificates trusted besides the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// An HTTP proxy for everything outside; what `allow` covers is reached directly.
    pub proxy: Option<String>,
}

/// Why nothing usable came back.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// Refused by the guard: not https, or a special-use address.
    #[error("this address may not be reached: {0}")]
    Forbidden(String),
    /// No connection, or a bad certificate: nothing was sent.
    #[error("not reachable: {0}")]
    Unreachable(String),
    /// The connection broke; the request may have arrived.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// It took too long; the request may have arrived.
    #[error("no answer in time")]
    TimedOut,
    /// The body is over the limit.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

/// A way out, made per connector instance. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Outbound {
    route: Route,
    limits: Limits,
    clients: Arc<Clients>,
}

#[derive(Clone, Debug)]
enum Route {
    /// The real Internet, guarded.
    Guarded(Arc<Policy>),
    /// Only the practice platforms: `https://host/path` becomes `{origin}/{host}/path`.
    Practice(Arc<str>),
}

/// A client per kind of way: they differ in what their resolver lets through.
#[derive(Debug, Default)]
struct Clients {
    https: Kept,
    http: Kept,
    proxied: Kept,
    practice: Kept,
    figures: figures::Figures,
}

impl Outbound {
    /// The real Internet under `policy`.
    #[must_use]
    pub fn guarded(policy: Arc<Policy>, limits: Limits) -> Self {
        Self { route: Route::Guarded(policy), limits, clients: Arc::default() }
    }

    /// Only the practice platforms, served under `origin` (`http://127.0.0.1:8081`).
    #[must_use]
    pub fn practice(origin: &str, limits: Limits) -> Self {
        let route = Route::Practice(Arc::from(origin.trim_end_matches('/')));
        Self { route, limits, clients: Arc::default() }
    }

    /// Sends the request and reads the whole answer. Redirects are not followed:
    /// they come back as the 3xx they are. A `User-Agent` is always sent; no
    /// content encoding is accepted, so a compressed answer stays as it came.
    ///
    /// # Errors
    /// [`OutboundError`]; an HTTP status is never an error here.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, OutboundError> {
        // Resolving a name is outside of the client's own deadline when a proxy is set.
        let (begun, host) = (Instant::now(), request.uri().host().unwrap_or_default().to_owned());
        let exchanged = tokio::time::timeout(self.limits.total, self.exchange(request)).await;
        let answer = exchanged.map_err(|_| OutboundError::TimedOut).flatten();
        let outcome = answer.as_ref().map(http::Response::status);
        self.clients.figures.count(&host, outcome, begun.elapsed());
        answer
    }

    /// The URL a browser is sent to: the same, or its practice stand-in
    /// (`https://github.com/x` becomes `{origin}/github.com/x`).
    #[must_use]
    pub fn browser_url(&self, url: &str) -> String {
        match (&self.route, Url::parse(url)) {
            (Route::Practice(origin), Ok(url)) => stand_in(origin, &url),
            (Route::Practice(origin), Err(_)) => origin.to_string(),
            (Route::Guarded(_), _) => url.to_owned(),
        }
    }

    async fn exchange(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, OutboundError> {
        let (parts, body) = request.into_parts();
        let url = target(&parts.uri.to_string())?;
        let (client, url) = match &self.route {
            Route::Guarded(policy) => (self.guarded_client(policy, &url).await?, url),
            Route::Practice(origin) => (self.practice_client(&url)?, target(&stand_in(origin, &url))?),
        };
        let request = client.request(parts.method, url).headers(parts.headers).body(body);
        let response = request.send().await.map_err(|e| client::told(&e))?;
        client::read(response, self.limits.body).await
    }

    fn practice_client(&self, url: &Url) -> Result<&reqwest::Client, OutboundError> {
        if url.scheme() != "https" {
            return Err(OutboundError::Forbidden("practice platforms stand in for https addresses only".to_owned()));
        }
        // No certificate is trusted: the practice origin is plain http on this machine.
        self.clients.practice.get(|| client::finish(client::builder(&self.limits).tls_certs_only([])))
    }

    async fn guarded_client(&self, policy: &Arc<Policy>, url: &Url) -> Result<&reqwest::Client, OutboundError> {
        let plain = url.scheme() == "http";
        if let Some(address) = literal(url)
            && !policy.permits(address, plain)
        {
            return Err(OutboundError::Forbidden(address.to_string()));
        }
        if policy.proxy.is_some() && !stays_inside(policy, url).await? {
            if plain {
                return Err(OutboundError::Forbidden("https is required".to_owned()));
            }
            return self.clients.proxied.get(|| client::under(client::builder(&self.limits), policy, true));
        }
        let kept = if plain { &self.clients.http } else { &self.clients.https };
        kept.get(|| {
            let guard = Guard { policy: Arc::clone(policy), plain };
            client::under(client::builder(&self.limits).dns_resolver(guard), policy, false)
        })
    }
}

/// Behind a proxy: whether the target is one of the opened ranges and is
/// reached directly. A name that we ourselves see on a closed address is refused;
/// one that only the proxy can resolve is the proxy's to judge.
async fn stays_inside(policy: &Policy, url: &Url) -> Result<bool, OutboundError> {
    if let Some(address) = literal(url) {
        return Ok(policy.opens(address));
    }
    let name = url.host_str().unwrap_or_default();
    let Ok(found) = tokio::net::lookup_host((name, 0)).await else { return Ok(false) };
    let found = found.map(|a| a.ip()).collect::<Vec<_>>();
    if found.iter().any(|&address| !policy.permits(address, false)) {
        return Err(OutboundError::Forbidden(format!("{name} has an address that may not be reached")));
    }
    Ok(!found.is_empty() && found.iter().all(|&address| policy.opens(address)))
}

/// Reads a URL the way browsers do, so that `https://2130706433/` is seen as the loopback address it is.
fn target(text: &str) -> Result<Url, OutboundError> {
    let url = Url::parse(text).map_err(|_| OutboundError::Forbidden("not an absolute URL".to_owned()))?;
    let known = matches!(url.scheme(), "https" | "http");
    if !known || !url.has_host() || !url.username().is_empty() || url.password().is_some() {
        return Err(OutboundError::Forbidden("only https://host/path may be reached".to_owned()));
    }
    Ok(url)
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
        Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
        Host::Domain(_) => None,
    }
}

fn stand_in(origin: &str, url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{origin}/{host}{port}{}{query}", url.path())
}
