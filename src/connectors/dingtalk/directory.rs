//! The company's tree and its people, as far as the application's scope goes (upstreams/dingtalk.md §7, §12.2).

use serde_json::{Value, json};

use super::Dingtalk;
use super::api::{Answered, Way};
use super::member::{is_active, number};
use crate::connectors::Trouble;
use crate::connectors::answer::{Object, number_of, text_of, truth_of};
use crate::connectors::directory::{Roster, RosterDepartment, RosterPerson, Wanted};

/// People a page: the most that the platform gives.
const PAGE: i64 = 100;

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

/// What the application may see: whole branches and single people (§7.3).
async fn roots(dingtalk: &Dingtalk, way: Way<'_>) -> Result<Roster, Trouble> {
    let answer = dingtalk.app.old(way, "/auth/scopes", &Value::Null).await?;
    if answer.code != 0 {
        return Err(answer.trouble());
    }
    let scopes = answer.object.get("auth_org_scopes").and_then(Value::as_object);
    let list = |key: &str| ids(scopes.and_then(|scopes| scopes.get(key)));
    let mut roster = Roster { singles: list("authed_user"), ..Roster::default() };
    for department in list("authed_dept") {
        let one = one_department(dingtalk, way, &department).await?;
        // What is above a visible branch can't be seen: the branch stands at the top.
        roster.departments.extend(one.departments.into_iter().map(|root| RosterDepartment { parent: None, ..root }));
        roster.failed.extend(one.failed);
        roster.failed.extend(one.gone.into_iter().map(|id| format!("{id}: in the scope, and not there")));
    }
    Ok(roster)
}

async fn under(dingtalk: &Dingtalk, way: Way<'_>, department: &str) -> Result<Roster, Trouble> {
    let body = json!({ "dept_id": id_of(department)? });
    let answer = dingtalk.app.old(way, "/topapi/v2/department/listsub", &body).await?;
    if let Some(roster) = unread(&answer, department)? {
        return Ok(roster);
    }
    let result = answer.result()?;
    let list = result.as_array().map(Vec::as_slice).unwrap_or_default();
    let departments = list.iter().filter_map(Value::as_object).filter_map(|item| {
        let found = department_of(item)?;
        Some(RosterDepartment { parent: found.parent.or_else(|| Some(department.to_owned())), ..found })
    });
    Ok(Roster { departments: departments.collect(), ..Roster::default() })
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
    let list = result.get("list").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let people = list.iter().filter_map(Value::as_object).filter_map(|record| person(dingtalk, record, department));
    // The last page is told by `has_more`, never by its length (§7.1).
    let next = truth_of(result.get("has_more")).then(|| result.get("next_cursor").and_then(text_of));
    let mut roster = Roster { people: people.collect(), ..Roster::default() };
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
    let people = result.as_object().and_then(|record| person(dingtalk, record, "")).into_iter().collect();
    Ok(Roster { people, ..Roster::default() })
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
    let departments = result.as_object().and_then(department_of).into_iter().collect();
    Ok(Roster { departments, ..Roster::default() })
}

/// What is outside of the scope is skipped and told; any other refusal ends the pass.
fn unread(answer: &Answered, what: &str) -> Result<Option<Roster>, Trouble> {
    match answer.code {
        0 => Ok(None),
        50002 | 50004 | 43007 | 60003 | 60019 => {
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
