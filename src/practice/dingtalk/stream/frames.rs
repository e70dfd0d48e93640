//! The frames of a Stream: JSON in text, data as a document inside a text (§10.1).

use serde_json::{Value, json};

use super::super::super::Practice;
use super::{Parcel, Sent};

/// A SYSTEM ping; `data` is what the application says back, and may be missing.
pub(in crate::practice::dingtalk) fn ping(practice: &Practice, data: Option<&str>) -> Sent {
    system(practice, "ping", data)
}

/// A SYSTEM disconnect: close, and come back with a new ticket.
pub(in crate::practice::dingtalk) fn disconnect(practice: &Practice) -> Sent {
    system(practice, "disconnect", Some(r#"{"reason":"connection is expired"}"#))
}

fn system(practice: &Practice, topic: &str, data: Option<&str>) -> Sent {
    let mut frame = json!({
        "specVersion": "1.0", "type": "SYSTEM",
        "headers": {
            "contentType": "application/json", "messageId": practice.random().alphanumeric(16),
            "time": (practice.now() * 1000).to_string(), "topic": topic,
        },
    });
    if let (Some(data), Value::Object(fields)) = (data, &mut frame) {
        fields.insert("data".to_owned(), json!(data));
    }
    Sent::Text(frame.to_string())
}

/// An event for a connection; every header is a text.
pub(super) fn event(parcel: &Parcel, connection: &str, now: i64) -> Sent {
    let event = &parcel.event;
    let frame = json!({
        "specVersion": "1.0", "type": "EVENT",
        "headers": {
            "appId": format!("app-{}", parcel.client_id), "connectionId": connection,
            "contentType": "application/json", "messageId": parcel.message_id,
            "time": (now * 1000).to_string(), "topic": "*",
            "eventId": event.id, "eventBornTime": event.born.to_string(), "eventCorpId": event.corp,
            "eventType": event.kind, "eventUnifiedAppId": format!("app-{}", parcel.client_id),
        },
        "data": event.data.to_string(),
    });
    Sent::Text(frame.to_string())
}

/// What an application said: the message it answers, and for an event its status.
pub(super) struct Heard {
    pub(super) message_id: String,
    pub(super) code: i64,
    pub(super) status: Option<String>,
}

pub(super) fn heard(text: &str) -> Option<Heard> {
    let frame: Value = serde_json::from_str(text).ok()?;
    let message_id = frame["headers"]["messageId"].as_str()?.to_owned();
    let data: Option<Value> = frame["data"].as_str().and_then(|data| serde_json::from_str(data).ok());
    let status = data.and_then(|data| data["status"].as_str().map(str::to_owned));
    Some(Heard { message_id, code: frame["code"].as_i64().unwrap_or_default(), status })
}
