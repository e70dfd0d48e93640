//! What became of a message: `QuerySendDetails` (sms.md §1.7).

use http::Response;
use serde_json::{Map, Value};
use time::{OffsetDateTime, UtcOffset};

use super::super::super::answer;
use super::super::report::{Arrival, Asked};
use super::super::trouble::told;
use super::super::{SendTrouble, Why};
use super::codes;
use crate::base::clock::Seconds;

/// The parameters that ask for one message.
pub(super) fn query(asked: &Asked) -> Vec<(String, String)> {
    let to = asked.to.mainland().unwrap_or_else(|| asked.to.digits());
    [
        ("PhoneNumber", to.to_owned()),
        ("BizId", asked.message_id.clone()),
        ("SendDate", day(asked.sent_at)),
        ("PageSize", "10".to_owned()),
        ("CurrentPage", "1".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// `20250615`, by the provider's calendar, which is China's.
fn day(at: Seconds) -> String {
    let offset = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    let moment = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(offset);
    format!("{:04}{:02}{:02}", moment.year(), u8::from(moment.month()), moment.day())
}

/// The end of the message, as far as there is one: every part of it delivered, or one that failed.
pub(super) fn read(asked: &Asked, answer: &Response<Vec<u8>>) -> Result<Option<Arrival>, SendTrouble> {
    let Ok(body) = answer::object(answer.body()) else { return Err(SendTrouble::of_status(answer.status())) };
    let text =
        |of: &Map<String, Value>, name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let code = text(&body, "Code");
    if code != "OK" {
        return Err(told(&[codes::BUSINESS, codes::GATEWAY], &code, "", Why::Refused));
    }
    let parts = body.get("SmsSendDetailDTOs").and_then(|list| list.get("SmsSendDetailDTO")).and_then(Value::as_array);
    let parts: Vec<&Map<String, Value>> = parts.into_iter().flatten().filter_map(Value::as_object).collect();
    let status = |part: &Map<String, Value>| part.get("SendStatus").and_then(Value::as_i64);
    let end = |outcome| Some(Arrival { message_id: asked.message_id.clone(), outcome });
    if let Some(failed) = parts.iter().find(|part| status(part) == Some(2)) {
        return Ok(end(Err(told(&[codes::BUSINESS], &text(failed, "ErrCode"), "", Why::Refused))));
    }
    let arrived = !parts.is_empty() && parts.iter().all(|part| status(part) == Some(3));
    Ok(if arrived { end(Ok(())) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_chinas() {
        // 2025-06-15T16:00:00Z is midnight in Beijing.
        assert_eq!((day(1_750_003_199), day(1_750_003_200)), ("20250615".to_owned(), "20250616".to_owned()));
    }
}
