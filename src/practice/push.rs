//! The way from a platform to the application: pushed events, and nothing beyond this machine.

use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};

use super::Practice;
use crate::base::outbound::{Limits, Outbound, OutboundError, Policy};

/// The longest any push may take; a platform's own limit is shorter.
const LONGEST: Duration = Duration::from_secs(30);

/// A way out that reaches loopback addresses besides public ones; [`send`] narrows it further.
pub(super) fn way_out() -> Outbound {
    let loopback = ["127.0.0.0/8", "::1/128"].iter().filter_map(|net| net.parse().ok()).collect();
    let policy = Policy { allow: loopback, ..Policy::default() };
    Outbound::guarded(Arc::new(policy), Limits { total: LONGEST, ..Limits::default() })
}

/// Sends one request to the application and gives up after `within`. Only
/// loopback addresses and the issuer's own origin are reached: a practice
/// platform never talks to anybody else.
pub(super) async fn send(
    practice: &Practice,
    request: http::Request<Vec<u8>>,
    within: Duration,
) -> Result<http::Response<Vec<u8>>, OutboundError> {
    let address = request.uri().to_string();
    if !is_ours(&address, practice.issuer()) {
        return Err(OutboundError::Forbidden("practice platforms reach this machine only".to_owned()));
    }
    let way_out = practice.way_out().clone();
    tokio::time::timeout(within, way_out.send(request)).await.map_err(|_| OutboundError::TimedOut)?
}

fn is_ours(address: &str, issuer: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(v4)) => v4.is_loopback(),
        Some(Host::Ipv6(v6)) => v6.is_loopback(),
        None => false,
    };
    loopback || Url::parse(issuer).is_ok_and(|issuer| issuer.origin() == url.origin())
}
