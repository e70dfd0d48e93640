//! Pushes of WeCom (wecom.md §8.2 to §8.4): always sealed.

use super::{Channel, Fields, Query, Refused, envelope, fields};
use crate::base::clock::Seconds;
use crate::base::random::Random;

/// The GET that checks the address: verifies, decrypts `echostr`, and gives the
/// plain text to be answered as the whole body within a second.
pub fn handshake(channel: &Channel, query: &Query, now: Seconds) -> Result<String, Refused> {
    // A `+` that was not escaped arrives as a space; base64 has none of its own.
    let echo = Channel::need(query, "echostr")?.replace(' ', "+");
    channel.verify(query, "msg_signature", Some(&echo), now)?;
    channel.open(&echo)
}

/// A POST: the fields of the message inside `Encrypt`. Answer `success`.
pub fn event(channel: &Channel, query: &Query, body: &[u8], now: Seconds) -> Result<Fields, Refused> {
    let sealed = fields::sealed(body)?.ok_or(Refused::Mode("it holds no Encrypt"))?;
    channel.verify(query, "msg_signature", Some(&sealed), now)?;
    Fields::read(channel.open(&sealed)?.as_bytes())
}

/// The sealed body of a passive reply (to messages only; events take `success`).
pub fn reply(channel: &Channel, xml: &str, now: Seconds, random: &Random) -> Result<String, Refused> {
    envelope::seal(channel, xml, now, random)
}
