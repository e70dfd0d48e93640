//! The HTTP client behind the door: names are resolved once, checked, and the
//! connection goes to the very address that was checked.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Limits, OutboundError, Policy};

/// A client that is built when it is first needed and kept.
#[derive(Debug, Default)]
pub(super) struct Kept(OnceLock<Result<reqwest::Client, String>>);

impl Kept {
    /// The client; a failure to build it (a broken CA file) is told each time.
    pub(super) fn get(
        &self,
        build: impl FnOnce() -> Result<reqwest::Client, String>,
    ) -> Result<&reqwest::Client, OutboundError> {
        self.0.get_or_init(build).as_ref().map_err(|reason| OutboundError::Unreachable(reason.clone()))
    }
}

/// What every client has in common (security.md §0, rule 16).
pub(super) fn builder(limits: &Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("Hufu/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(limits.connect)
        .timeout(limits.total)
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(8)
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
}

/// Adds what the operator set: certificates, and the proxy if this client is for it.
pub(super) fn under(
    builder: reqwest::ClientBuilder,
    policy: &Policy,
    proxied: bool,
) -> Result<reqwest::Client, String> {
    let mut builder = builder;
    if let Some(pem) = &policy.ca_pem {
        let extra = reqwest::Certificate::from_pem_bundle(pem).map_err(|e| format!("ca_file: {}", deepest(&e)))?;
        builder = builder.tls_certs_merge(extra);
    }
    if let Some(proxy) = policy.proxy.as_ref().filter(|_| proxied) {
        let proxy = reqwest::Proxy::all(proxy).map_err(|e| format!("proxy: {}", deepest(&e)))?;
        builder = builder.proxy(proxy);
    }
    finish(builder)
}

/// Builds, and tells in words why not.
pub(super) fn finish(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, String> {
    builder.build().map_err(|e| format!("the HTTP client: {}", deepest(&e)))
}

/// Resolves a name and hands on only the addresses that may be reached.
pub(super) struct Guard {
    pub(super) policy: Arc<Policy>,
    pub(super) plain: bool,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (policy, plain) = (Arc::clone(&self.policy), self.plain);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect::<Vec<_>>();
            let open = found.into_iter().filter(|a| policy.permits(a.ip(), plain)).collect::<Vec<SocketAddr>>();
            if open.is_empty() {
                return Err(Box::new(Refused(name.as_str().to_owned())) as Box<dyn Error + Send + Sync>);
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

/// A name whose addresses are all closed.
#[derive(Debug, thiserror::Error)]
#[error("{0} has no address that may be reached")]
struct Refused(String);

/// Reads the whole answer, but never more than `limit` bytes of it.
pub(super) async fn read(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<http::Response<Vec<u8>>, OutboundError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).unwrap_or(usize::MAX) > limit {
        return Err(OutboundError::TooLarge(limit));
    }
    let mut answer = http::Response::new(Vec::new());
    *answer.status_mut() = response.status();
    *answer.version_mut() = response.version();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    while let Some(chunk) = response.chunk().await.map_err(|e| told(&e))? {
        if answer.body().len() + chunk.len() > limit {
            return Err(OutboundError::TooLarge(limit));
        }
        answer.body_mut().extend_from_slice(&chunk);
    }
    Ok(answer)
}

/// The library's error in our words; the innermost cause is the one that helps
/// (an expired certificate, a wrong host, a refused connection).
pub(super) fn told(error: &reqwest::Error) -> OutboundError {
    if let Some(refused) = chain(error).find_map(|e| e.downcast_ref::<Refused>()) {
        return OutboundError::Forbidden(refused.to_string());
    }
    if error.is_connect() || error.is_builder() {
        return OutboundError::Unreachable(deepest(error));
    }
    if error.is_timeout() {
        return OutboundError::TimedOut;
    }
    OutboundError::Broken(deepest(error))
}

fn deepest(error: &reqwest::Error) -> String {
    // The library's own sentence names the whole address, and some platforms have their secret in the query.
    let told = chain(error).filter(|cause| !cause.is::<reqwest::Error>()).last();
    told.map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}
