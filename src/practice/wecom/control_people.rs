//! `/_control/wecom/{corpid}/…`: what the administrator does with people and
//! departments; each change is told as an event.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::control::merge;
use super::super::{Practice, answer};
use super::control::{done, no_corp, wrong};
use super::corp::{Corp, with};
use super::departments::Department;
use super::directory::DEPARTMENT_LIMIT;
use super::events::{Change, tell};
use super::member::{Member, is_userid};
use super::outbox;

pub(super) fn routes() -> Router<Practice> {
    let corp = |rest: &str| format!("/_control/wecom/{{corpid}}{rest}");
    Router::new()
        .route(&corp("/generate"), post(generate))
        .route(&corp("/members/{userid}"), get(member).put(put_member).patch(patch_member).delete(leaves))
        .route(&corp("/members/{userid}/rename"), post(rename))
        .route(
            &corp("/departments/{id}"),
            get(department).put(put_department).patch(patch_department).delete(drop_department),
        )
}

/// Changes a company and pushes what it told.
fn changed(practice: &Practice, corpid: &str, work: impl FnOnce(&mut Corp) -> Result<(), &'static str>) -> Response {
    match with(practice, corpid, work) {
        None => no_corp(),
        Some(Err("No such one")) => wrong(StatusCode::NOT_FOUND, "No such one"),
        Some(Err(why)) => wrong(StatusCode::UNPROCESSABLE_ENTITY, why),
        Some(Ok(())) => {
            outbox::start(practice, corpid);
            done()
        }
    }
}

#[derive(Deserialize)]
struct Size {
    people: usize,
    departments: usize,
}

/// A large company, made by index; no events.
async fn generate(State(practice): State<Practice>, Path(corpid): Path<String>, Json(size): Json<Size>) -> Response {
    changed(&practice, &corpid, |corp| {
        corp.directory.generate(size.people, size.departments);
        Ok(())
    })
}

async fn member(State(practice): State<Practice>, Path((corpid, userid)): Path<(String, String)>) -> Response {
    match with(&practice, &corpid, |corp| corp.directory.member(&userid).map(|member| json!(member))) {
        Some(Some(member)) => answer::json(StatusCode::OK, &member),
        Some(None) => wrong(StatusCode::NOT_FOUND, "No such one"),
        None => no_corp(),
    }
}

async fn put_member(
    State(practice): State<Practice>,
    Path((corpid, userid)): Path<(String, String)>,
    Json(member): Json<Member>,
) -> Response {
    let now = practice.now();
    changed(&practice, &corpid, |corp| {
        let member = Member { userid, ..member };
        let before = corp.directory.member(&member.userid).cloned();
        check(corp, &member)?;
        if !corp.directory.put(member.clone()) {
            return Err("The directory is full");
        }
        match &before {
            Some(before) => tell(corp, &corpid, now, &Change::UpdateUser(before, &member)),
            None => tell(corp, &corpid, now, &Change::CreateUser(&member)),
        }
        Ok(())
    })
}

fn check(corp: &Corp, member: &Member) -> Result<(), &'static str> {
    if !is_userid(&member.userid) {
        return Err("A userid is 1 to 64 letters, digits and _ . @ -, and begins with a letter or digit");
    }
    if member.departments.is_empty() {
        return Err("Everybody is in a department");
    }
    let known = member.departments.iter().all(|place| corp.directory.departments.contains_key(&place.id));
    if known { Ok(()) } else { Err("No such department") }
}

/// Another name, department, status, ….
async fn patch_member(
    State(practice): State<Practice>,
    Path((corpid, userid)): Path<(String, String)>,
    Json(named): Json<Value>,
) -> Response {
    let now = practice.now();
    changed(&practice, &corpid, |corp| {
        let before = corp.directory.member(&userid).cloned().ok_or("No such one")?;
        let mut whole = json!(before);
        merge(&mut whole, named);
        let after: Member = serde_json::from_value(whole).map_err(|_| "That is no member")?;
        check(corp, &after)?;
        if after.key() != before.key() {
            return Err("Use rename for another userid");
        }
        corp.directory.put(after.clone());
        tell(corp, &corpid, now, &Change::UpdateUser(&before, &after));
        Ok(())
    })
}

/// Somebody leaves: they are no longer in the directory.
async fn leaves(State(practice): State<Practice>, Path((corpid, userid)): Path<(String, String)>) -> Response {
    let now = practice.now();
    changed(&practice, &corpid, |corp| {
        let gone = corp.directory.remove(&userid).ok_or("No such one")?;
        tell(corp, &corpid, now, &Change::DeleteUser(&gone.userid));
        Ok(())
    })
}

#[derive(Deserialize)]
struct Rename {
    userid: String,
}

/// Another userid; the event names both.
async fn rename(
    State(practice): State<Practice>,
    Path((corpid, userid)): Path<(String, String)>,
    Json(new): Json<Rename>,
) -> Response {
    let now = practice.now();
    changed(&practice, &corpid, |corp| {
        let before = corp.directory.member(&userid).cloned().ok_or("No such one")?;
        let after = Member { userid: new.userid, generated: false, ..before.clone() };
        check(corp, &after)?;
        if after.key() != before.key() && corp.directory.member(&after.userid).is_some() {
            return Err("This userid is taken");
        }
        corp.directory.remove(&before.userid);
        corp.directory.put(after.clone());
        tell(corp, &corpid, now, &Change::UpdateUser(&before, &after));
        Ok(())
    })
}

async fn department(State(practice): State<Practice>, Path((corpid, id)): Path<(String, u64)>) -> Response {
    match with(&practice, &corpid, |corp| corp.directory.departments.get(&id).map(|known| json!(known))) {
        Some(Some(department)) => answer::json(StatusCode::OK, &department),
        Some(None) => wrong(StatusCode::NOT_FOUND, "No such one"),
        None => no_corp(),
    }
}

async fn put_department(
    State(practice): State<Practice>,
    Path((corpid, id)): Path<(String, u64)>,
    Json(department): Json<Department>,
) -> Response {
    let now = practice.now();
    changed(&practice, &corpid, |corp| {
        let department = Department { id, ..department };
        if corp.directory.departments.len() >= DEPARTMENT_LIMIT {
            return Err("The directory is full");
        }
        match corp.directory.departments.insert(id, department.clone()) {
            Some(before) => tell(corp, &corpid, now, &Change::UpdateParty(&before, &department)),
            None => tell(corp, &corpid, now, &Change::CreateParty(&department)),
        }
        Ok(())
    })
}

/// Renamed, moved, or both.
async fn patch_department(
    State(practice): State<Practice>,
    Path((corpid, id)): Path<(String, u64)>,
    Json(named): Json<Value>,
) -> Response {
    let now = practice.now();
    changed(&practice, &corpid, |corp| {
        let before = corp.directory.departments.get(&id).cloned().ok_or("No such one")?;
        let mut whole = json!(before);
        merge(&mut whole, named);
        let after: Department = serde_json::from_value(whole).map_err(|_| "That is no department")?;
        let after = Department { id, ..after };
        corp.directory.departments.insert(id, after.clone());
        tell(corp, &corpid, now, &Change::UpdateParty(&before, &after));
        Ok(())
    })
}

/// Deleted; whoever is in it stays where they are, as a test may want.
async fn drop_department(State(practice): State<Practice>, Path((corpid, id)): Path<(String, u64)>) -> Response {
    let now = practice.now();
    changed(&practice, &corpid, |corp| {
        corp.directory.departments.remove(&id).ok_or("No such one")?;
        tell(corp, &corpid, now, &Change::DeleteParty(id));
        Ok(())
    })
}
