//! Requests to other servers, counted by host and outcome.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;

use super::OutboundError;

/// Hosts of one way out with a figure of their own; further ones share a name, so that nobody's addresses
/// make figures without end.
const HOSTS: usize = 50;
const OTHERS: &str = "other";

/// The hosts that were asked so far.
#[derive(Debug, Default)]
pub(super) struct Figures {
    hosts: Mutex<HashSet<String>>,
}

impl Figures {
    /// Counts one request to `host`.
    pub(super) fn count(&self, host: &str, outcome: Result<StatusCode, &OutboundError>, took: Duration) {
        let host = if self.is_known(host) { host } else { OTHERS };
        let outcome = match outcome {
            Ok(status) => class(status),
            Err(OutboundError::Forbidden(_)) => "forbidden",
            Err(OutboundError::Unreachable(_)) => "unreachable",
            Err(OutboundError::Broken(_)) => "broken",
            Err(OutboundError::TimedOut) => "timed out",
            Err(OutboundError::TooLarge(_)) => "too large",
        };
        let host = host.to_owned();
        metrics::histogram!("hufu_upstream_request_seconds", "host" => host.clone()).record(took.as_secs_f64());
        metrics::counter!("hufu_upstream_requests_total", "host" => host, "outcome" => outcome).increment(1);
    }

    fn is_known(&self, host: &str) -> bool {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = hosts.contains(host);
        if !is_known && hosts.len() < HOSTS {
            hosts.insert(host.to_owned());
            return true;
        }
        is_known
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::{Figures, HOSTS};

    #[test]
    fn hosts_without_end_share_one_name() {
        let figures = Figures::default();
        assert!((0..HOSTS).all(|number| figures.is_known(&format!("host-{number}"))));
        assert!(!figures.is_known("one-more"));
        assert!(figures.is_known("host-0"));
    }
}
