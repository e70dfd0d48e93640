//! The one way out to the Internet: from request to response, with limits on
//! time, size and redirects, and a guard against addresses that an upstream or
//! a typed URL has no business with (security.md §0, rule 16).

use std::sync::Arc;
use std::time::Duration;

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
    /// An HTTP proxy for everything outside.
    pub proxy: Option<String>,
}

/// Why nothing usable came back.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// Refused by the guard: not https, or a special-use address.
    #[error("this address may not be reached: {0}")]
    Forbidden(String),
    /// No connection, a broken one, a bad certificate.
    #[error("not reachable: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("no answer in time")]
    TimedOut,
    /// The body is over the limit.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

/// A way out, made per connector instance. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outbound {
    route: Route,
    limits: Limits,
}

#[derive(Clone, Debug)]
enum Route {
    /// The real Internet, guarded.
    Guarded(Arc<Policy>),
    /// Only the practice platforms: `https://host/path` becomes `{origin}/{host}/path`.
    Practice(Arc<str>),
}

impl Outbound {
    /// The real Internet under `policy`.
    #[must_use]
    pub fn guarded(policy: Arc<Policy>, limits: Limits) -> Self {
        Self { route: Route::Guarded(policy), limits }
    }

    /// Only the practice platforms, served under `origin` (`http://127.0.0.1:8081`).
    #[must_use]
    pub fn practice(origin: &str, limits: Limits) -> Self {
        Self { route: Route::Practice(Arc::from(origin.trim_end_matches('/'))), limits }
    }

    /// Sends the request and reads the whole answer. Redirects are not followed:
    /// they come back as the 3xx they are. A `User-Agent` is always sent.
    ///
    /// # Errors
    /// [`OutboundError`]; an HTTP status is never an error here.
    pub async fn send(&self, _request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, OutboundError> {
        let _ = (&self.route, &self.limits);
        todo!()
    }

    /// The URL a browser is sent to: the same, or its practice stand-in
    /// (`https://github.com/x` becomes `{origin}/github.com/x`).
    #[must_use]
    pub fn browser_url(&self, _url: &str) -> String {
        todo!()
    }
}
