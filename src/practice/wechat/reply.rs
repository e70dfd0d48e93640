//! What an application answers to a push: nothing, `success`, or a passive reply, plain or encrypted (§5.8).

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use serde_json::Value;

use super::apps::{App, PushFormat};
use super::seal::{open, signature};
use super::tickets::Outcome;
use crate::base::secret::same;

/// Whom a reply must name.
pub(super) struct Between<'a> {
    pub(super) app: &'a App,
    pub(super) appid: &'a str,
    pub(super) openid: &'a str,
}

/// Reads the answer's body.
pub(super) fn read(between: &Between<'_>, body: &str) -> Outcome {
    if body.is_empty() || body == "success" {
        return Outcome::Silent;
    }
    match passive(between, body) {
        Ok(text) => Outcome::Replied { text },
        Err(why) => Outcome::Unavailable { why: why.to_owned() },
    }
}

fn passive(between: &Between<'_>, body: &str) -> Result<String, &'static str> {
    let format = between.app.push_format;
    let mut members = members(format, body)?;
    if let Some(sealed) = members.get("Encrypt") {
        let part = |name: &str| members.get(name).map(String::as_str).unwrap_or_default();
        let signed = signature(&[&between.app.token, part("TimeStamp"), part("Nonce"), sealed]);
        if !same(&signed, part("MsgSignature")) {
            return Err("The MsgSignature of the reply is wrong");
        }
        let plain = open(&between.app.aes_key, sealed, between.appid).ok_or("The reply does not decrypt")?;
        members = self::members(format, &plain)?;
    } else if between.app.push_mode == super::apps::PushMode::Secure {
        return Err("The reply is not encrypted");
    }
    let part = |name: &str| members.get(name).map(String::as_str).unwrap_or_default();
    if part("ToUserName") != between.openid || part("FromUserName") != between.app.gh_id {
        return Err("The reply is from or to somebody else");
    }
    if part("CreateTime").parse::<i64>().is_err() {
        return Err("The reply has no CreateTime");
    }
    match (part("MsgType"), part("Content")) {
        ("text", content) if !content.is_empty() => Ok(content.to_owned()),
        ("text", _) => Err("The reply has no Content"),
        _ => Err("The reply is of a kind that is not practised here"),
    }
}

fn members(format: PushFormat, body: &str) -> Result<BTreeMap<String, String>, &'static str> {
    if format == PushFormat::Json && body.starts_with('{') {
        let value: Value = serde_json::from_str(body).map_err(|_| "The reply is no JSON")?;
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let object = value.as_object().ok_or("The reply is no JSON object")?;
        return Ok(object.iter().map(|(name, value)| (name.clone(), text(value))).collect());
    }
    elements(body).ok_or("The reply is neither empty, nor success, nor XML")
}

/// The children of `<xml>` with their text; no document type passes.
pub(super) fn elements(body: &str) -> Option<BTreeMap<String, String>> {
    let mut reader = Reader::from_str(body);
    let mut found = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().ok()? {
            Xml::Start(start) => {
                path.push(String::from_utf8(start.name().as_ref().to_vec()).ok()?);
                text.clear();
            }
            Xml::Text(part) => text.push_str(&part.xml_content().ok()?),
            Xml::CData(part) => text.push_str(&part.decode().ok()?),
            Xml::GeneralRef(part) => text.push(entity(&part.decode().ok()?)?),
            Xml::End(_) => {
                let name = path.pop()?;
                if path.len() == 1 {
                    found.insert(name, std::mem::take(&mut text).trim().to_owned());
                } else if path.is_empty() {
                    return (name == "xml").then_some(found);
                }
            }
            Xml::Empty(_) | Xml::Comment(_) | Xml::Decl(_) => {}
            Xml::DocType(_) | Xml::PI(_) | Xml::Eof => return None,
        }
    }
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
