//! Pushes of WeChat: official accounts and mini programs (wechat.md §5.5 to §5.8).
//! Plain, compatible and safe mode; XML and JSON.

use super::{Channel, Fields, Query, Refused, envelope, fields};
use crate::base::clock::Seconds;
use crate::base::random::Random;

/// The GET that WeChat sends when the address is saved: checks `signature` and
/// gives `echostr`, to be answered as the whole body, verbatim, `text/plain`.
/// It is plain even in safe mode.
pub fn handshake(channel: &Channel, query: &Query, now: Seconds) -> Result<String, Refused> {
    channel.verify(query, "signature", None, now)?;
    Channel::need(query, "echostr").map(str::to_owned)
}

/// A POST: the fields of the message.
///
/// With a key ([`Channel::key`]: compatible and safe mode) only what was inside
/// `Encrypt` counts, under `msg_signature`; what stands beside it in plain text
/// proves nothing and is dropped. Without one, `signature` shows only that the
/// sender knows the token; it does not cover the body. The `openid` of the query
/// is not covered either: take `FromUserName` (or `OpenID`) from the fields.
pub fn event(channel: &Channel, query: &Query, body: &[u8], now: Seconds) -> Result<Fields, Refused> {
    if channel.key.is_none() {
        channel.verify(query, "signature", None, now)?;
        let fields = Fields::read(body)?;
        return match (fields.get("MsgType").or(fields.get("Event")), fields.get("Encrypt")) {
            (None, Some(_)) => Err(Refused::Mode("it is sealed, but no EncodingAESKey is filled in here")),
            _ => Ok(fields),
        };
    }
    let plain = Refused::Mode("it is plain, but an EncodingAESKey is filled in here");
    let sealed = fields::sealed(body)?.ok_or(plain)?;
    channel.verify(query, "msg_signature", Some(&sealed), now)?;
    Fields::read(channel.open(&sealed)?.as_bytes())
}

/// The body that says something back (a passive reply as XML): sealed when the
/// channel has a key, else as it is. To say nothing, answer `success`.
pub fn reply(channel: &Channel, xml: &str, now: Seconds, random: &Random) -> Result<String, Refused> {
    if channel.key.is_none() { Ok(xml.to_owned()) } else { envelope::seal(channel, xml, now, random) }
}

/// A passive text reply to the message `to` answers: its names swapped (wechat.md §5.8).
#[must_use]
pub fn text_reply(to: &Fields, text: &str, now: Seconds) -> String {
    format!(
        "<xml><ToUserName>{}</ToUserName><FromUserName>{}</FromUserName><CreateTime>{now}</CreateTime>\
         <MsgType><![CDATA[text]]></MsgType><Content>{}</Content></xml>",
        envelope::cdata(to.get("FromUserName").unwrap_or_default()),
        envelope::cdata(to.get("ToUserName").unwrap_or_default()),
        envelope::cdata(text),
    )
}
