//! `user/create`, `user/update`, `user/delete`: the contact-sync secret writes,
//! and is not told of its own changes (§8.5).

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::corp::{Corp, with};
use super::fault::{Fault, fault};
use super::gate::{Call, serve};
use super::member::{Member, Place, is_userid};
use super::range::Sight;
use super::user_api::posted;

const DEPARTMENTS_AT_MOST: usize = 100;

pub(super) async fn create(State(practice): State<Practice>, asked: Asked) -> Response {
    write(&practice, &asked, "created", |corp, body| {
        let userid = text(body, "userid").filter(|userid| is_userid(userid)).ok_or(fault(40003))?;
        if corp.directory.member(&userid).is_some() {
            return Err(fault(60102));
        }
        let member = changed(corp, Member { userid, status: 4, ..Member::default() }, body)?;
        corp.directory.put(member);
        Ok(())
    })
}

pub(super) async fn update(State(practice): State<Practice>, asked: Asked) -> Response {
    write(&practice, &asked, "updated", |corp, body| {
        let userid = text(body, "userid").ok_or(fault(41009))?;
        let known = corp.directory.member(&userid).cloned().ok_or(fault(60111))?;
        let mut member = changed(corp, known.clone(), body)?;
        if let Some(new) = text(body, "new_userid") {
            // Once, and only one that the system had made (§2).
            if !known.generated {
                return Err(fault(301_036));
            }
            if !is_userid(&new) {
                return Err(fault(40003));
            }
            if corp.directory.member(&new).is_some() {
                return Err(fault(60102));
            }
            (member.userid, member.generated) = (new, false);
        }
        corp.directory.remove(&userid);
        corp.directory.put(member);
        Ok(())
    })
}

pub(super) async fn delete(State(practice): State<Practice>, asked: Asked) -> Response {
    let userid = asked.query.get("userid").map(str::to_owned);
    write(&practice, &asked, "deleted", |corp, _| {
        let userid = userid.as_deref().ok_or(fault(41009))?;
        corp.directory.remove(userid).map(|_| ()).ok_or(fault(60111))
    })
}

/// Lets the contact-sync secret write, and answers with its own word for done.
pub(super) fn write(
    practice: &Practice,
    asked: &Asked,
    done: &str,
    work: impl FnOnce(&mut Corp, &Map<String, Value>) -> Result<(), Fault>,
) -> Response {
    serve(practice, asked, Call::Data, |caller| {
        let body = if asked.method == http::Method::POST { posted(asked)? } else { Map::new() };
        let act = |corp: &mut Corp| {
            if Sight::of(corp, &caller.holder).is_contact() { work(corp, &body) } else { Err(fault(48002)) }
        };
        with(practice, &caller.corpid, act).unwrap_or(Err(fault(40014)))?;
        Ok(json!({"errmsg": done}))
    })
}

fn text(body: &Map<String, Value>, name: &str) -> Option<String> {
    body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn changed(corp: &Corp, mut member: Member, body: &Map<String, Value>) -> Result<Member, Fault> {
    let set = |name: &str, field: &mut String| {
        if let Some(value) = body.get(name).and_then(Value::as_str) {
            value.clone_into(field);
        }
    };
    set("name", &mut member.name);
    set("position", &mut member.position);
    set("mobile", &mut member.mobile);
    set("email", &mut member.email);
    set("biz_mail", &mut member.biz_mail);
    set("alias", &mut member.alias);
    if let Some(enable) = body.get("enable").and_then(Value::as_u64) {
        member.status = if enable == 0 { 2 } else { 1 };
    }
    if let Some(ids) = body.get("department").and_then(Value::as_array) {
        let leads = body.get("is_leader_in_dept").and_then(Value::as_array);
        let orders = body.get("order").and_then(Value::as_array);
        let at = |list: Option<&Vec<Value>>, at: usize| list.and_then(|list| list.get(at)?.as_u64()).unwrap_or(0);
        let place = |(index, id): (usize, &Value)| {
            let id = id.as_u64()?;
            Some(Place { id, order: at(orders, index), leader: at(leads, index) == 1 })
        };
        let places: Option<Vec<Place>> = ids.iter().enumerate().map(place).collect();
        member.departments = places.filter(|places| !places.is_empty()).ok_or(fault(60123))?;
    }
    if member.departments.len() > DEPARTMENTS_AT_MOST {
        return Err(fault(60110));
    }
    let known = member.departments.iter().all(|place| corp.directory.departments.contains_key(&place.id));
    let taken = !member.mobile.is_empty()
        && corp.directory.members().any(|other| other.mobile == member.mobile && other.key() != member.key());
    match (known, taken) {
        (false, _) => Err(fault(60123)),
        (_, true) => Err(fault(60104)),
        _ => Ok(member),
    }
}
