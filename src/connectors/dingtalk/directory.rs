//! The company's tree and its people, as far as the application's scope goes (upstreams/dingtalk.md §7, §12.2).

use serde_json::{Value, json};

use super::Dingtalk;
use super::api::{Answered, Way};
use super::member::{is_active, number};
use crate::connectors::Trouble;
use crate::connectors::answer::{Object, number_of, text_of, truth_of};
use crate::connectors::directory::{OddRecord, Roster, RosterDepartment, RosterPerson, Wanted};

/// The company itself, as a department.
const ROOT: i64 = 1;
/// People a page: the most that the platform gives.
const PAGE: i64 = 100;

/// What the platform says of something outside of the scope.
const OUTSIDE: [i64; 5] = [50_002, 50_004, 43_007, 60_003, 60_019];

/// Reads one part.
pub(super) async fn read(dingtalk: &Dingtalk, way: Way<'_>, wanted: Wanted) -> Result<Roster, Trouble> {
    match wanted {
        Wanted::Roots => roots(dingtalk, way).await,
        Wanted::Under(department) => under(dingtalk, way, &department).await,
        Wanted::PeopleIn { department, cursor } => people(dingtalk, way, (&department, cursor)).await,
        Wanted::Person(person) => one_person(dingtalk, way, &person).await,
        Wanted::Department(department) => one_department(dingtalk, way, &department).await,
    }
}

/// What the application may see: whole branches and single people (§7.3). A hundred branches are asked for one by one,
/// at the caller's pace. Where no branches are named it is the whole company, or none of it (§12.2).
async fn roots(dingtalk: &Dingtalk, way: Way<'_>) -> Result<Roster, Trouble> {
    let answer = dingtalk.app.old(way, "/auth/scopes", &Value::Null).await?;
    if answer.code != 0 {
        return Err(answer.trouble());
    }
    let scopes = answer.object.get("auth_org_scopes").and_then(Value::as_object);
    let list = |key: &str| scopes.and_then(|scopes| scopes.get(key)).filter(|list| !list.is_null());
    let mut roster =
        Roster { singles: ids(list("authed_user")), branches: ids(list("authed_dept")), ..Roster::default() };
    // Who is missing from the single people is asked for before they go; a missing tree would be everybody.
    if list("authed_dept").is_none() {
        if sees_the_root(dingtalk, way).await? {
            roster.branches = vec![ROOT.to_string()];
        } else if list("authed_user").is_none() {
            roster.failed.push("/auth/scopes: neither authed_dept nor authed_user".to_owned());
        }
    }
    Ok(roster)
}

/// Whether the application may see the whole company.
async fn sees_the_root(dingtalk: &Dingtalk, way: Way<'_>) -> Result<bool, Trouble> {
    let answer = dingtalk.app.old(way, "/topapi/v2/department/get", &json!({ "dept_id": ROOT })).await?;
    match answer.code {
        0 => Ok(true),
        code if OUTSIDE.contains(&code) => Ok(false),
        _ => Err(answer.trouble()),
    }
}

async fn under(dingtalk: &Dingtalk, way: Way<'_>, department: &str) -> Result<Roster, Trouble> {
    let body = json!({ "dept_id": id_of(department)? });
    let answer = dingtalk.app.old(way, "/topapi/v2/department/listsub", &body).await?;
    if let Some(roster) = unread(&answer, department)? {
        return Ok(roster);
    }
    let result = answer.result()?;
    let mut roster = Roster::default();
    roster.departments = records(dingtalk, Some(&result), (department, "departments"), &mut roster, department_of);
    for found in &mut roster.departments {
        found.parent.get_or_insert_with(|| department.to_owned());
    }
    Ok(roster)
}

async fn people(
    dingtalk: &Dingtalk,
    way: Way<'_>,
    (department, cursor): (&str, Option<String>),
) -> Result<Roster, Trouble> {
    let cursor = cursor.map_or(Ok(0), |cursor| id_of(&cursor))?;
    let body = json!({ "dept_id": id_of(department)?, "cursor": cursor, "size": PAGE });
    let answer = dingtalk.app.old(way, "/topapi/v2/user/list", &body).await?;
    if let Some(roster) = unread(&answer, department)? {
        return Ok(roster);
    }
    let result = answer.result()?;
    let mut roster = Roster::default();
    let known = |record: &Object| person(dingtalk, record, department);
    roster.people = records(dingtalk, result.get("list"), (department, "people"), &mut roster, known);
    // The last page is told by `has_more`, never by its length (§7.1).
    let next = truth_of(result.get("has_more")).then(|| result.get("next_cursor").and_then(text_of));
    match next {
        Some(None) => roster.failed.push(format!("{department}: more people, and no cursor to ask for them")),
        Some(next) => roster.next = next,
        None => {}
    }
    Ok(roster)
}

async fn one_person(dingtalk: &Dingtalk, way: Way<'_>, id: &str) -> Result<Roster, Trouble> {
    let answer = dingtalk.app.old(way, "/topapi/v2/user/get", &json!({ "userid": id })).await?;
    if matches!(answer.code, 60121 | 33012) {
        return Ok(Roster { gone: vec![id.to_owned()], ..Roster::default() });
    }
    if let Some(roster) = unread(&answer, id)? {
        return Ok(roster);
    }
    let result = answer.result()?;
    let mut roster = Roster::default();
    let known = |record: &Object| person(dingtalk, record, "");
    roster.people = records(dingtalk, Some(&result), (id, "people"), &mut roster, known);
    Ok(roster)
}

async fn one_department(dingtalk: &Dingtalk, way: Way<'_>, id: &str) -> Result<Roster, Trouble> {
    let answer = dingtalk.app.old(way, "/topapi/v2/department/get", &json!({ "dept_id": id_of(id)? })).await?;
    if answer.code == 60003 {
        return Ok(Roster { gone: vec![id.to_owned()], ..Roster::default() });
    }
    if let Some(roster) = unread(&answer, id)? {
        return Ok(roster);
    }
    let result = answer.result()?;
    let mut roster = Roster::default();
    roster.departments = records(dingtalk, Some(&result), (id, "departments"), &mut roster, department_of);
    Ok(roster)
}

/// The records of a list, or one alone as some samples have it (§7). A missing list is no empty one: the part could
/// not be read. A record without a usable id is somebody who is there: told, and left alone.
fn records<T>(
    dingtalk: &Dingtalk,
    list: Option<&Value>,
    (of, what): (&str, &str),
    roster: &mut Roster,
    read: impl Fn(&Object) -> Option<T>,
) -> Vec<T> {
    let list = match list {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => {
            roster.failed.push(format!("{of}: no list of {what}"));
            return Vec::new();
        }
    };
    let mut found = Vec::with_capacity(list.len());
    for record in list {
        match record.as_object().and_then(&read) {
            Some(one) => found.push(one),
            None => roster.odd.push(odd(dingtalk, (of, what), record.as_object())),
        }
    }
    found
}

/// Somebody without a userid may have a unionId, by which they are known here.
fn odd(dingtalk: &Dingtalk, (of, what): (&str, &str), record: Option<&Object>) -> OddRecord {
    let word = |key: &str| record.and_then(|record| record.get(key)).and_then(text_of);
    let key =
        word("unionid").filter(|unionid| dingtalk.identity(unionid).is_ok()).map(|unionid| dingtalk.key(&unionid));
    let id = word("userid").or_else(|| word("dept_id"));
    OddRecord::new(&format!("{what} of {of}"), key, (id, word("name")))
}

/// What is outside of the scope is skipped and told; any other refusal ends the pass.
fn unread(answer: &Answered, what: &str) -> Result<Option<Roster>, Trouble> {
    match answer.code {
        0 => Ok(None),
        code if OUTSIDE.contains(&code) => {
            let failed = vec![format!("{what}: {}", answer.trouble())];
            Ok(Some(Roster { failed, ..Roster::default() }))
        }
        _ => Err(answer.trouble()),
    }
}

/// Ids have 64 bits and go as numbers.
fn id_of(text: &str) -> Result<i64, Trouble> {
    text.parse().map_err(|_| Trouble::BadReply("an id that is no number".to_owned()))
}

fn department_of(item: &Object) -> Option<RosterDepartment> {
    let id = item.get("dept_id").and_then(text_of)?;
    let parent = item.get("parent_id").and_then(text_of).filter(|parent| parent != "0" && *parent != id);
    let name = item.get("name").and_then(text_of).unwrap_or_else(|| id.clone());
    Some(RosterDepartment { id, parent, name, position: item.get("order").and_then(number_of).unwrap_or_default() })
}

fn person(dingtalk: &Dingtalk, record: &Object, department: &str) -> Option<RosterPerson> {
    let word = |key: &str| record.get(key).and_then(text_of);
    let id = word("userid")?;
    let unionid = word("unionid").filter(|unionid| dingtalk.identity(unionid).is_ok());
    let mut departments = ids(record.get("dept_id_list"));
    if departments.is_empty() && !department.is_empty() {
        departments.push(department.to_owned());
    }
    Some(RosterPerson {
        keys: unionid.map(|unionid| dingtalk.key(&unionid)).into_iter().collect(),
        name: word("name").unwrap_or_else(|| id.clone()),
        email: word("org_email").or_else(|| word("email")),
        phone: number(record, "state_code"),
        title: word("title"),
        leads: leads(record, department),
        active: is_active(record),
        departments,
        id,
    })
}

/// A page says it of the department that was asked for, a record of all (§7.2).
fn leads(record: &Object, department: &str) -> Vec<String> {
    if truth_of(record.get("leader")) && !department.is_empty() {
        return vec![department.to_owned()];
    }
    let list = record.get("leader_in_dept").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let leads = list.iter().filter(|item| truth_of(item.get("leader")));
    leads.filter_map(|item| item.get("dept_id").and_then(text_of)).collect()
}

/// A list of ids: an array, one alone, or `"[2,3,4]"` as some samples have it (§7).
pub(super) fn ids(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(text_of).collect(),
        Some(Value::String(text)) if text.trim().starts_with('[') => {
            let inner = text.trim().trim_matches(['[', ']']);
            inner.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()
        }
        Some(other) => text_of(other).into_iter().collect(),
        None => Vec::new(),
    }
}
