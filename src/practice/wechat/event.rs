//! Messages that WeChat pushes, as XML with CDATA or as JSON (§5.6, §5.10).

use serde_json::{Map, Value, json};

use super::apps::PushFormat;
use crate::base::clock::Seconds;

/// Ordered members of a message.
#[derive(Clone, Debug)]
pub(super) struct Event(Vec<(&'static str, Member)>);

#[derive(Clone, Debug)]
enum Member {
    Text(String),
    Number(i64),
}

impl Event {
    /// The beginning that all have in common.
    pub(super) fn new(to: &str, from: &str, at: Seconds, kind: &'static str) -> Self {
        Self(vec![
            ("ToUserName", Member::Text(to.to_owned())),
            ("FromUserName", Member::Text(from.to_owned())),
            ("CreateTime", Member::Number(at)),
            ("MsgType", Member::Text(kind.to_owned())),
        ])
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, text: &str) -> Self {
        self.0.push((name, Member::Text(text.to_owned())));
        self
    }

    #[must_use]
    pub(super) fn with_number(mut self, name: &'static str, number: i64) -> Self {
        self.0.push((name, Member::Number(number)));
        self
    }

    /// What it is, for the record: `subscribe`, `SCAN`, `text`.
    pub(super) fn name(&self) -> &str {
        let text = |wanted: &str| {
            self.0.iter().find_map(|(name, member)| match member {
                Member::Text(text) if *name == wanted => Some(text.as_str()),
                _ => None,
            })
        };
        text("Event").or_else(|| text("MsgType")).unwrap_or_default()
    }

    /// The members alone, in the format; `spaced` puts a blank before JSON keys.
    pub(super) fn members(&self, format: PushFormat, spaced: bool) -> String {
        match format {
            PushFormat::Xml => self.0.iter().map(|(name, member)| element(name, member)).collect(),
            PushFormat::Json => Value::Object(self.object(spaced)).to_string(),
        }
    }

    /// As a whole body.
    pub(super) fn body(&self, format: PushFormat, spaced: bool) -> String {
        let members = self.members(format, spaced);
        if format == PushFormat::Xml { format!("<xml>{members}</xml>") } else { members }
    }

    /// The members with the encrypted text beside them (compatible mode).
    pub(super) fn beside(&self, format: PushFormat, sealed: &str) -> String {
        match format {
            PushFormat::Xml => {
                format!("<xml>{}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>", self.members(format, false))
            }
            PushFormat::Json => {
                let mut object = self.object(false);
                object.insert("Encrypt".to_owned(), json!(sealed));
                Value::Object(object).to_string()
            }
        }
    }

    fn object(&self, spaced: bool) -> Map<String, Value> {
        let blank = if spaced { " " } else { "" };
        let value = |member: &Member| match member {
            Member::Text(text) => json!(text),
            Member::Number(number) => json!(number),
        };
        self.0.iter().map(|(name, member)| (format!("{blank}{name}"), value(member))).collect()
    }
}

fn element(name: &str, member: &Member) -> String {
    match member {
        Member::Number(number) => format!("<{name}>{number}</{name}>"),
        Member::Text(text) => {
            let safe = text.replace("]]>", "]]]]><![CDATA[>");
            format!("<{name}><![CDATA[{safe}]]></{name}>")
        }
    }
}

/// An encrypted message alone (secure mode).
pub(super) fn envelope(format: PushFormat, to: &str, sealed: &str) -> String {
    match format {
        PushFormat::Xml => {
            format!("<xml><ToUserName><![CDATA[{to}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>")
        }
        PushFormat::Json => json!({"ToUserName": to, "Encrypt": sealed}).to_string(),
    }
}
