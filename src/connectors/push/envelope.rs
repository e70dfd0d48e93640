//! The sealed reply in Tencent's XML, shared by WeChat and WeCom.

use super::{Channel, Refused, sealed, signature};
use crate::base::clock::Seconds;
use crate::base::random::Random;

/// `<xml><Encrypt/><MsgSignature/><TimeStamp/><Nonce/></xml>` round `message`,
/// sealed for the channel's first receiver.
pub(super) fn seal(channel: &Channel, message: &str, now: Seconds, random: &Random) -> Result<String, Refused> {
    let key = channel.key.as_ref().ok_or(Refused::Mode("a sealed reply needs an EncodingAESKey"))?;
    let receiver = channel.receivers.first().map_or("", String::as_str);
    let sealed = sealed::seal(key, message, receiver, random)?;
    let (timestamp, nonce) = (now.to_string(), random.alphanumeric(16));
    let signature = signature::sign(&channel.token, &timestamp, &nonce, Some(&sealed));
    Ok(format!(
        "<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>\
         <TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    ))
}

/// A text as XML character data: `]]>` cannot end it early.
#[must_use]
pub fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}
