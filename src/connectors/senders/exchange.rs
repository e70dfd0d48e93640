//! One request to a provider: repeated once where nothing can have arrived, never after that.

use http::{Request, Response};

use super::{SendTrouble, Sending, Why};
use crate::base::outbound::OutboundError;

/// A request that can't be written: a host, an account or a key with characters that have no place there.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("host, account or key can't be written into a request")]
pub struct Unwritable;

impl From<http::Error> for Unwritable {
    fn from(_: http::Error) -> Self {
        Self
    }
}

/// Sends what `build` makes of a nonce and gives the whole answer.
///
/// It is built anew (new nonce, new signature) and sent a second time only after
/// a connection that could not be opened, or a 5xx without a body; after a read
/// that took too long or broke, the message may be on its way (sms.md §6).
pub async fn exchange(
    cx: &Sending,
    build: impl Fn(&str) -> Result<Request<Vec<u8>>, Unwritable>,
) -> Result<Response<Vec<u8>>, SendTrouble> {
    let mut last = false;
    loop {
        let request = build(&cx.nonces.next())
            .map_err(|unwritable| SendTrouble::new(Why::Misconfigured, "request", &unwritable.to_string()))?;
        match cx.outbound.send(request).await {
            Err(OutboundError::Unreachable(_)) if !last => {}
            Ok(answer) if !last && answer.status().is_server_error() && answer.body().is_empty() => {}
            Ok(answer) => return Ok(answer),
            Err(error) => return Err(told(&error)),
        }
        last = true;
    }
}

fn told(error: &OutboundError) -> SendTrouble {
    let (why, code) = match error {
        OutboundError::Forbidden(_) => (Why::Misconfigured, "address refused"),
        OutboundError::Unreachable(_) => (Why::Unreachable, "no connection"),
        OutboundError::Broken(_) => (Why::Unclear, "connection broke"),
        OutboundError::TimedOut => (Why::Unclear, "no answer in time"),
        OutboundError::TooLarge(_) => (Why::Unclear, "answer too large"),
    };
    SendTrouble::new(why, code, &error.to_string())
}
