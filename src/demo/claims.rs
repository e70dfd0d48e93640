//! Claims as rows of a table: the name, the value in words, and what it is for.

use serde_json::{Map, Value};

use super::texts::Texts;
use crate::base::clock::Seconds;

/// A claim, explained.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) meaning: &'static str,
}

/// All claims in the order in which they came.
pub(super) fn rows(claims: &Map<String, Value>, texts: &'static Texts, now: Seconds) -> Vec<Row> {
    let row = |(name, value): (&String, &Value)| Row {
        name: name.clone(),
        value: in_words(name, value, texts, now),
        meaning: texts.claim(name),
    };
    claims.iter().map(row).collect()
}

fn in_words(name: &str, value: &Value, texts: &Texts, now: Seconds) -> String {
    match (name, value) {
        ("iat" | "exp" | "nbf" | "auth_time" | "updated_at", Value::Number(number)) => {
            let at = number.as_i64().unwrap_or_default();
            format!("{} ({})", moment(at), distance(at - now, texts))
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(true)) => texts.yes.to_owned(),
        (_, Value::Bool(false)) => texts.no.to_owned(),
        (_, Value::Array(items)) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        (_, other) => other.to_string(),
    }
}

/// `2026-01-31 08:30:00 UTC`.
pub(super) fn moment(at: Seconds) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    time::OffsetDateTime::from_unix_timestamp(at)
        .ok()
        .and_then(|moment| moment.format(&format).ok())
        .unwrap_or_else(|| at.to_string())
}

/// `in 5 min`, `3 h ago`.
pub(super) fn distance(seconds: Seconds, texts: &Texts) -> String {
    let size = seconds.unsigned_abs();
    let (count, unit) = match size {
        0..120 => (size, texts.seconds),
        120..7200 => (size / 60, texts.minutes),
        7200..172_800 => (size / 3600, texts.hours),
        _ => (size / 86_400, texts.days),
    };
    let (before, after) = if seconds >= 0 { texts.ahead } else { texts.ago };
    format!("{before}{count} {unit}{after}")
}
