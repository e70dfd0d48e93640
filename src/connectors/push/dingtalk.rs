//! HTTP pushes of DingTalk (dingtalk.md §10.2): JSON, always sealed, and the
//! answer is sealed too.

use serde_json::{Value, json};

use super::{Channel, Query, Refused, fields, sealed, signature};
use crate::base::clock::Seconds;
use crate::base::random::Random;

/// A POST `{"encrypt":"…"}`: the event as the JSON object it is (`EventType`,
/// `EventTime`, …). `{"EventType":"check_url"}` is an event like the others:
/// answer [`success`].
pub fn event(channel: &Channel, query: &Query, body: &[u8], now: Seconds) -> Result<Value, Refused> {
    let sealed = fields::sealed(body)?.ok_or(Refused::Mode("it holds no encrypt"))?;
    // The documentation says `signature` in prose and `msg_signature` in its samples.
    let name = if query.contains_key("msg_signature") { "msg_signature" } else { "signature" };
    channel.verify(query, name, Some(&sealed), now)?;
    let message = channel.open(&sealed)?;
    let event: Value = serde_json::from_str(&message).map_err(|_| Refused::Shape("the event is not JSON"))?;
    if event.is_object() { Ok(event) } else { Err(Refused::Shape("the event is not a JSON object")) }
}

/// The only answer DingTalk takes as received: the word `success`, sealed, as
/// JSON, within 1.5 seconds. A plain `success` fails.
pub fn success(channel: &Channel, now: Seconds, random: &Random) -> Result<String, Refused> {
    let key = channel.key.as_ref().ok_or(Refused::Mode("a sealed reply needs an aes_key"))?;
    let receiver = channel.receivers.first().map_or("", String::as_str);
    let encrypt = sealed::seal(key, "success", receiver, random)?;
    let (timestamp, nonce) = (now.to_string(), random.alphanumeric(16));
    let signature = signature::sign(&channel.token, &timestamp, &nonce, Some(&encrypt));
    // Spelt `timeStamp`, with the capital S.
    Ok(json!({ "msg_signature": signature, "timeStamp": timestamp, "nonce": nonce, "encrypt": encrypt }).to_string())
}
