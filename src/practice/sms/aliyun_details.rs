//! Alibaba's `QuerySendDetails` (§1.7): what became of messages to a number on a day.

use serde_json::{Map, Value, json};
use time::{OffsetDateTime, UtcOffset};

use super::super::Practice;
use super::aliyun::Fault;
use super::aliyun_rules::Refused;
use super::raw::value;
use super::settings::House;
use super::state::Sent;
use super::{aliyun_gate, numbers};
use crate::base::clock::Seconds;

/// The messages of a page, and how many there are in all.
pub(super) fn details(practice: &Practice, parameters: &[(String, String)]) -> Result<Map<String, Value>, Fault> {
    let wanted = ["PhoneNumber", "SendDate", "PageSize", "CurrentPage"];
    if let Some(name) = wanted.into_iter().find(|name| value(parameters, name).is_none()) {
        return Err(aliyun_gate::missing(name));
    }
    let field = |name| value(parameters, name).unwrap_or_default();
    let illegal = |code: &str| Fault::Product(Refused { code: code.to_owned(), message: "参数异常".to_owned() });
    let to = numbers::chinese(field("PhoneNumber")).ok_or_else(|| illegal("isv.MOBILE_NUMBER_ILLEGAL"))?;
    let number = |text: &str| text.parse::<usize>().map_err(|_| illegal("isv.INVALID_PARAMETERS"));
    let (size, page) = (number(field("PageSize"))?, number(field("CurrentPage"))?);
    if !(1..=50).contains(&size) || page == 0 {
        return Err(illegal("isv.INVALID_PARAMETERS"));
    }
    let world = practice.world();
    let asked = value(parameters, "BizId");
    let is_meant = |sent: &&Sent| {
        sent.house == House::Aliyun
            && sent.to == to
            && beijing(sent.at).replace('-', "").starts_with(field("SendDate"))
            && asked.is_none_or(|id| id == sent.id)
    };
    let all: Vec<Value> = world.sms.sent.iter().filter(is_meant).map(shown).collect();
    let shown: Vec<&Value> = all.iter().skip((page - 1) * size).take(size).collect();
    let mut body = Map::new();
    body.insert("TotalCount".to_owned(), json!(all.len().to_string()));
    body.insert("SmsSendDetailDTOs".to_owned(), json!({ "SmsSendDetailDTO": shown }));
    Ok(body)
}

fn shown(sent: &Sent) -> Value {
    let (status, code) = if sent.delivered { (3, "DELIVERED") } else { (2, "SIGN_NOT_REGISTERED") };
    let bare = sent.to.strip_prefix("+86").unwrap_or(sent.to.trim_start_matches('+'));
    json!({
        "PhoneNum": bare, "SendStatus": status, "ErrCode": code, "TemplateCode": sent.parameters["TemplateCode"],
        "Content": sent.text, "SendDate": beijing(sent.at), "ReceiveDate": beijing(sent.at), "OutId": "",
    })
}

/// The house's clock is China's: `2025-06-15 23:06:40`.
fn beijing(at: Seconds) -> String {
    let offset = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    let moment = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(offset);
    let (date, time) = (moment.date(), moment.time());
    format!("{date} {:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}
