//! `GET /v1.0/contact/empLeaveRecords` (§7.4): who left, and how.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::super::Practice;
use super::super::super::world::World;
use super::super::call::Call;
use super::super::company::Member;
use super::{Answer, Problem};
use crate::base::clock::Seconds;

const LARGEST_PAGE: usize = 50;
const LONGEST: i64 = 365 * 86_400;

pub(super) fn records(practice: &Practice, world: &mut World, call: &Call) -> Answer {
    let (client_id, corp) = super::application(practice, world, call, "Contact.Common.Read")?;
    let bad = || Problem::new(400, "invalidParameter.param.invalid", "参数不合法");
    if world.dingtalk.app(&client_id).third_party {
        return Err(bad());
    }
    let from = moment(call.query.get("startTime")).ok_or_else(bad)?;
    let to = match call.query.get("endTime") {
        Some(text) => moment(Some(text)).ok_or_else(bad)?,
        None => practice.now(),
    };
    let size: usize = call.query.get("maxResults").and_then(|text| text.parse().ok()).ok_or_else(bad)?;
    let begin: usize = call.query.get("nextToken").and_then(|text| text.parse().ok()).ok_or_else(bad)?;
    if from > to || to - from > LONGEST || !(1..=LARGEST_PAGE).contains(&size) {
        return Err(bad());
    }
    let company = world.dingtalk.companies.get(&corp).ok_or_else(bad)?;
    let all = company.left_between(from, to);
    let rows = all.iter().skip(begin).take(size).map(|(userid, left)| {
        let number = Member { mobile: left.mobile.clone(), ..Member::default() }.mobile_parts().unwrap_or_default();
        json!({
            "userId": userid, "name": left.name, "stateCode": number.0, "mobile": number.1,
            "leaveTime": written(left.at), "leaveReason": left.reason,
        })
    });
    let rows: Vec<Value> = rows.collect();
    let next = begin + rows.len();
    let mut answer = json!({"records": rows});
    if let (true, Value::Object(fields)) = (next < all.len(), &mut answer) {
        fields.insert("nextToken".to_owned(), json!(next.to_string()));
    }
    Ok(answer)
}

/// ISO 8601 with Z.
fn moment(text: Option<&str>) -> Option<Seconds> {
    let text = text?.strip_suffix('Z').map(|front| format!("{front}Z"))?;
    OffsetDateTime::parse(&text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

fn written(at: Seconds) -> String {
    OffsetDateTime::from_unix_timestamp(at).ok().and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}
