//! Lists of people: `user/simplelist`, `user/list`, `user/list_id` (§6.3).

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::corp::{Corp, with};
use super::departments;
use super::fault::{Fault, fault};
use super::gate::{Call, serve};
use super::member::Member;
use super::range::Sight;
use super::user_api::{posted, shown};

pub(super) async fn simple(State(practice): State<Practice>, asked: Asked) -> Response {
    list(&practice, &asked, |_, sight, member| {
        let seen = member.departments.iter().filter(|place| sight.department(place.id));
        json!({"userid": member.userid, "name": member.name, "department": seen.map(|place| place.id).collect::<Vec<_>>()})
    })
}

pub(super) async fn full(State(practice): State<Practice>, asked: Asked) -> Response {
    list(&practice, &asked, shown)
}

/// The direct members of a department; with the old `fetch_child=1`, also of those below.
fn list(practice: &Practice, asked: &Asked, show: impl Fn(&Corp, &Sight<'_>, &Member) -> Value) -> Response {
    let is_full = asked.path.ends_with("/user/list");
    serve(practice, asked, Call::Data, |caller| {
        let empty = |errcode| fault(errcode).with_list("userlist");
        let id = asked.query.get("department_id").and_then(|id| id.parse().ok()).ok_or(empty(40058))?;
        let read = |corp: &mut Corp| {
            let sight = Sight::of(corp, &caller.holder);
            if is_full && sight.ids_only() {
                return Err(empty(48002));
            }
            if !corp.directory.departments.contains_key(&id) {
                return Err(empty(60003));
            }
            if !sight.department(id) {
                return Err(empty(60011));
            }
            let deep = asked.query.get("fetch_child") == Some("1");
            let from = if deep { departments::below(&corp.directory.departments, id) } else { vec![id] };
            let mut seen = std::collections::BTreeSet::new();
            let members =
                from.iter().flat_map(|id| corp.directory.direct(*id)).filter(|member| seen.insert(member.key()));
            let users: Vec<Value> = members.map(|member| show(corp, &sight, member)).collect();
            Ok(json!({"userlist": users}))
        };
        with(practice, &caller.corpid, read).unwrap_or(Err(empty(40014)))
    })
}

/// Ids only, one row per member and department; contact-sync secret only.
pub(super) async fn ids(State(practice): State<Practice>, asked: Asked) -> Response {
    serve(&practice, &asked, Call::Data, |caller| {
        let body = posted(&asked)?;
        let limit = body.get("limit").map_or(Some(10_000), Value::as_u64).ok_or(fault(40058))?;
        let cursor = match body.get("cursor").and_then(Value::as_str).filter(|cursor| !cursor.is_empty()) {
            Some(text) => Some(read_cursor(text).ok_or(fault(40058))?),
            None => None,
        };
        let limit = usize::try_from(limit).ok().filter(|limit| (1..=10_000).contains(limit)).ok_or(fault(40058))?;
        let read = |corp: &mut Corp| {
            if !Sight::of(corp, &caller.holder).is_contact() {
                return Err(fault(48002));
            }
            let mut rows = corp.directory.rows(cursor.as_ref(), limit + 1);
            let more = rows.len() > limit;
            rows.truncate(limit);
            let next = rows.last().filter(|_| more).map(|(member, id)| write_cursor(&member.key(), *id));
            let shown: Vec<Value> =
                rows.iter().map(|(member, id)| json!({"userid": member.userid, "department": id})).collect();
            Ok::<Value, Fault>(json!({"next_cursor": next.unwrap_or_default(), "dept_user": shown}))
        };
        with(&practice, &caller.corpid, read).unwrap_or(Err(fault(40014)))
    })
}

fn write_cursor(key: &str, department: u64) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("{department}/{key}"))
}

fn read_cursor(text: &str) -> Option<(String, u64)> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (department, key) = text.split_once('/')?;
    Some((key.to_owned(), department.parse().ok()?))
}
