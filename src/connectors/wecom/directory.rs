//! The company's tree and its people, as far as the application may see them (upstreams/wecom.md §6, §9).

use serde_json::Value;

use super::Wecom;
use super::api::{Answered, Way};
use super::member::{departments, is_userid, key, number};
use crate::connectors::Trouble;
use crate::connectors::answer::{Object, number_of, text_of};
use crate::connectors::directory::{OddRecord, Roster, RosterDepartment, RosterPerson, Wanted};

/// Reads one part.
pub(super) async fn read(wecom: &Wecom, way: Way<'_>, wanted: Wanted) -> Result<Roster, Trouble> {
    match wanted {
        Wanted::Roots => roots(wecom, way).await,
        // The roots were the whole tree.
        Wanted::Under(_) => Ok(Roster::default()),
        Wanted::PeopleIn { department, .. } => people(wecom, way, &department).await,
        Wanted::Person(person) => one_person(wecom, way, &person).await,
        Wanted::Department(department) => one_department(wecom, way, &department).await,
    }
}

/// The whole visible tree in one answer, and the members who are allowed one by one.
async fn roots(wecom: &Wecom, way: Way<'_>) -> Result<Roster, Trouble> {
    let tree = wecom.corp.ask(way, "/cgi-bin/department/list", &[], None).await?.success()?;
    let mut roster = Roster { whole_tree: true, ..Roster::default() };
    let found = records((&tree, "department"), "the tree", &mut roster, department);
    let known = |id: &String| found.iter().any(|other| other.id == *id);
    // Outside of the visible range a parent is missing: its children stand at the top (§6.3).
    roster.departments = found
        .iter()
        .map(|item| RosterDepartment { parent: item.parent.clone().filter(known), ..item.clone() })
        .collect();
    let agent = wecom.corp.ask(way, "/cgi-bin/agent/get", &[("agentid", &wecom.corp.agentid)], None).await?;
    match agent.code {
        0 => {
            let allowed = agent.object.get("allow_userinfos").and_then(Value::as_object);
            let userid = |user: &Object| user.get("userid").and_then(text_of);
            // None are allowed one by one where the field is missing; in a list that is there each has an id.
            if let Some(allowed) = allowed.filter(|allowed| allowed.contains_key("user")) {
                roster.singles = records((allowed, "user"), "the application", &mut roster, userid);
            }
        }
        _ => roster.failed.push(agent.trouble().to_string()),
    }
    Ok(roster)
}

async fn people(wecom: &Wecom, way: Way<'_>, department: &str) -> Result<Roster, Trouble> {
    let answer = wecom.corp.ask(way, "/cgi-bin/user/list", &[("department_id", department)], None).await?;
    // An empty list stands beside an error too: without this look a sync would remove everybody (§6.3).
    if let Some(roster) = unread(&answer, department)? {
        return Ok(roster);
    }
    let mut roster = Roster::default();
    let of = format!("department {department}");
    roster.people = records((&answer.object, "userlist"), &of, &mut roster, |record| person(wecom, record));
    Ok(roster)
}

async fn one_person(wecom: &Wecom, way: Way<'_>, id: &str) -> Result<Roster, Trouble> {
    let answer = wecom.corp.ask(way, "/cgi-bin/user/get", &[("userid", id)], None).await?;
    if matches!(answer.code, 60111 | 46004) {
        return Ok(Roster { gone: vec![id.to_ascii_lowercase()], ..Roster::default() });
    }
    if let Some(roster) = unread(&answer, id)? {
        return Ok(roster);
    }
    // Somebody who left by themselves may still be listed (§6.2).
    if answer.object.get("status").and_then(number_of) == Some(5) {
        return Ok(Roster { gone: vec![id.to_ascii_lowercase()], ..Roster::default() });
    }
    match person(wecom, &answer.object) {
        Some(person) => Ok(Roster { people: vec![person], ..Roster::default() }),
        None => Ok(Roster { odd: vec![odd(&format!("member {id}"), Some(&answer.object))], ..Roster::default() }),
    }
}

async fn one_department(wecom: &Wecom, way: Way<'_>, id: &str) -> Result<Roster, Trouble> {
    let answer = wecom.corp.ask(way, "/cgi-bin/department/get", &[("id", id)], None).await?;
    if matches!(answer.code, 60003 | 60123) {
        return Ok(Roster { gone: vec![id.to_owned()], ..Roster::default() });
    }
    if let Some(roster) = unread(&answer, id)? {
        return Ok(roster);
    }
    // An object here, where the list has an array under the same name (§6.3).
    let found = answer.object.get("department").and_then(Value::as_object).and_then(department);
    Ok(Roster { departments: found.into_iter().collect(), ..Roster::default() })
}

/// What is not ours to see is skipped and told; any other refusal ends the pass.
fn unread(answer: &Answered, what: &str) -> Result<Option<Roster>, Trouble> {
    match answer.code {
        0 => Ok(None),
        60011 | 60003 | 60123 => {
            let failed = vec![format!("{what}: {}", answer.trouble())];
            Ok(Some(Roster { failed, ..Roster::default() }))
        }
        _ => Err(answer.trouble()),
    }
}

/// The records of a list. A missing list is no empty one: the part could not be read. A record without a usable id is
/// somebody who is there: told, and left alone.
fn records<T>(
    (object, key): (&Object, &str),
    of: &str,
    roster: &mut Roster,
    read: impl Fn(&Object) -> Option<T>,
) -> Vec<T> {
    let Some(list) = object.get(key).and_then(Value::as_array) else {
        roster.failed.push(format!("{of}: no {key}"));
        return Vec::new();
    };
    let mut found = Vec::with_capacity(list.len());
    for record in list {
        match record.as_object().and_then(&read) {
            Some(one) => found.push(one),
            None => roster.odd.push(odd(of, record.as_object())),
        }
    }
    found
}

/// No key: whose it is can only be told by a usable userid.
fn odd(of: &str, record: Option<&Object>) -> OddRecord {
    let word = |key: &str| record.and_then(|record| record.get(key)).and_then(text_of);
    OddRecord::new(of, None, (word("userid").or_else(|| word("id")), word("name")))
}

fn department(item: &Object) -> Option<RosterDepartment> {
    let id = item.get("id").and_then(text_of)?;
    let parent = item.get("parentid").and_then(text_of).filter(|parent| parent != "0" && *parent != id);
    let name = item.get("name").and_then(text_of).unwrap_or_else(|| id.clone());
    // A bigger number stands further in front.
    let position = -item.get("order").and_then(number_of).unwrap_or_default();
    Some(RosterDepartment { id, parent, name, position })
}

fn person(wecom: &Wecom, record: &Object) -> Option<RosterPerson> {
    let userid = record.get("userid").and_then(text_of).filter(|userid| is_userid(userid))?;
    let status = record.get("status").and_then(number_of);
    let in_departments = departments(record);
    let leads = record.get("is_leader_in_dept").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    // Side by side, but after the visible range was cut out they may differ in length (§9).
    let leads = in_departments.iter().zip(leads).filter(|(_, leads)| number_of(leads) == Some(1));
    let word = |key: &str| record.get(key).and_then(text_of);
    Some(RosterPerson {
        id: userid.to_ascii_lowercase(),
        keys: vec![key(&wecom.corp.corpid, &userid)],
        name: word("name").unwrap_or_else(|| userid.clone()),
        email: word("biz_mail").or_else(|| word("email")),
        phone: word("mobile").and_then(|mobile| number(&mobile)),
        title: word("position"),
        leads: leads.map(|(department, _)| department.clone()).collect(),
        departments: in_departments,
        // 4 has not opened WeChat Work yet, and may by signing in here; 2 is disabled, 5 has left.
        active: !matches!(status, Some(2 | 5)),
    })
}
