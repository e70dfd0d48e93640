//! Server pushes of WeChat, WeCom and DingTalk: is this really the platform
//! (signature, time, receiver), what does it say (decrypted, as flat fields),
//! and the sealed reply.
//!
//! Pure functions over bytes: this folder knows the three platforms' envelopes
//! and nothing of HTTP, of what an event means, or of de-duplication (the
//! connectors do that with what they find inside).
//!
//! | platform | GET | POST | answer |
//! |---|---|---|---|
//! | WeChat | [`wechat::handshake`] | [`wechat::event`] | `success`, or [`wechat::reply`] |
//! | WeCom | [`wecom::handshake`] | [`wecom::event`] | `success`, or [`wecom::reply`] |
//! | DingTalk | – | [`dingtalk::event`] | [`dingtalk::success`] |

pub mod dingtalk;
pub mod envelope;
pub mod fields;
pub mod key;
pub mod sealed;
pub mod signature;
pub mod wechat;
pub mod wecom;
pub mod xml;

use std::collections::BTreeMap;

use super::Trouble;
use crate::base::clock::Seconds;
use crate::base::secret::Secret;

pub use fields::Fields;
pub use key::EncodingKey;

/// The query of a push, each name once, percent-decoded once.
pub type Query = BTreeMap<String, String>;

/// How far the push's `timestamp` may be from our clock, in seconds: the platforms
/// repeat within a minute, and our clock may be off (security.md row 180).
pub const WINDOW: Seconds = 300;

/// Bytes of a push's body at most.
pub const LIMIT: usize = 128 * 1024;

/// What both sides of a push know.
pub struct Channel {
    /// The token typed at the platform; signs.
    pub token: Secret,
    /// `EncodingAESKey` (`aes_key` at DingTalk). None is WeChat's plain mode:
    /// with a key, a push that is not sealed is refused.
    pub key: Option<EncodingKey>,
    /// Whom a sealed message may name as its receiver: appid; corpid or suite id;
    /// `AppKey`, corpid or suite key. Replies name the first.
    pub receivers: Vec<String>,
}

/// Why a push is not accepted. The texts hold nothing of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A parameter of the query is not there.
    #[error("the push has no parameter {0}")]
    Missing(&'static str),
    /// Not signed with our token.
    #[error("the signature does not match: another token, or not the platform")]
    Signature,
    /// Signed too long ago or too far ahead.
    #[error("the timestamp is more than five minutes from our clock")]
    Stale,
    /// No key is filled in here, but the message is sealed; or the other way round.
    #[error("the message mode differs: {0}")]
    Mode(&'static str),
    /// Does not decrypt, or its lengths do not add up.
    #[error("the sealed message does not open: another EncodingAESKey, or damage")]
    Sealed,
    /// Decrypted, but meant for another application.
    #[error("the message is for another application")]
    Receiver,
    /// Neither the XML nor the JSON that the platform documents.
    #[error("the body can't be read: {0}")]
    Shape(&'static str),
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Mode(_) => Self::Misconfigured(refused.to_string()),
            _ => Self::BadReply(refused.to_string()),
        }
    }
}

impl Channel {
    /// The parameter, or which one is missing.
    fn need<'q>(query: &'q Query, name: &'static str) -> Result<&'q str, Refused> {
        query.get(name).map(String::as_str).filter(|value| !value.is_empty()).ok_or(Refused::Missing(name))
    }

    /// Checks the time and the signature that the query carries under `name` over
    /// token, timestamp, nonce and, where there is one, the sealed text.
    fn verify(&self, query: &Query, name: &'static str, sealed: Option<&str>, now: Seconds) -> Result<(), Refused> {
        let given = Self::need(query, name)?;
        let timestamp = Self::need(query, "timestamp")?;
        let nonce = Self::need(query, "nonce")?;
        if !signature::matches(&self.token, timestamp, nonce, sealed, given) {
            return Err(Refused::Signature);
        }
        if fresh(timestamp, now) { Ok(()) } else { Err(Refused::Stale) }
    }

    fn open(&self, sealed: &str) -> Result<String, Refused> {
        let key = self.key.as_ref().ok_or(Refused::Mode("it is sealed, but no EncodingAESKey is filled in here"))?;
        sealed::open(key, sealed, &self.receivers)
    }
}

/// Seconds, or milliseconds as DingTalk sends them.
fn fresh(timestamp: &str, now: Seconds) -> bool {
    let digits = timestamp.len() <= 13 && timestamp.bytes().all(|b| b.is_ascii_digit());
    let Some(time) = timestamp.parse::<Seconds>().ok().filter(|_| digits) else { return false };
    let time = if timestamp.len() >= 12 { time / 1000 } else { time };
    (now - time).abs() <= WINDOW
}
