//! What a provider tells about a message after it took it.

use http::HeaderMap;

use super::SendTrouble;
use crate::base::clock::Seconds;
use crate::base::phone::Phone;

/// A report as it came in, not yet known to be the provider's.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The exact address that the provider was given and called, with its query: it may be signed.
    pub address: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The bytes.
    pub body: &'a [u8],
}

/// It is not signed by the provider, or this sender asked for no reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the report is not signed as this provider signs")]
pub struct Forged;

/// The end of a message's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Which message.
    pub message_id: String,
    /// On the phone, or why it will never be.
    pub outcome: Result<(), SendTrouble>,
}

/// A message that its provider is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which message.
    pub message_id: String,
    /// To whom it went.
    pub to: Phone,
    /// When.
    pub sent_at: Seconds,
}
