//! `department/create`, `department/update`, `department/delete` by the contact-sync secret.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value};

use super::super::Practice;
use super::super::fields::Asked;
use super::corp::Corp;
use super::departments::{Department, above};
use super::directory::DEPARTMENT_LIMIT;
use super::fault::{Fault, fault};
use super::write_users::write;

/// Levels at most (§6.3).
const DEPTH: usize = 15;

pub(super) async fn create(State(practice): State<Practice>, asked: Asked) -> Response {
    write(&practice, &asked, "created", |corp, body| {
        let highest = corp.directory.departments.keys().next_back().copied().unwrap_or(1);
        let id = body.get("id").and_then(Value::as_u64).unwrap_or(highest + 1);
        if corp.directory.departments.contains_key(&id) {
            return Err(fault(60008));
        }
        if corp.directory.departments.len() >= DEPARTMENT_LIMIT {
            return Err(fault(60011));
        }
        put(corp, Department { id, ..Department::default() }, body)
    })
}

pub(super) async fn update(State(practice): State<Practice>, asked: Asked) -> Response {
    write(&practice, &asked, "updated", |corp, body| {
        let id = body.get("id").and_then(Value::as_u64).ok_or(fault(60003))?;
        let known = corp.directory.departments.get(&id).cloned().ok_or(fault(60003))?;
        put(corp, known, body)
    })
}

fn put(corp: &mut Corp, mut department: Department, body: &Map<String, Value>) -> Result<(), Fault> {
    if let Some(name) = body.get("name").and_then(Value::as_str) {
        name.clone_into(&mut department.name);
    }
    let number = |name: &str| body.get(name).and_then(Value::as_u64);
    department.parentid = number("parentid").unwrap_or(department.parentid);
    department.order = number("order").unwrap_or(department.order);
    let path = above(&corp.directory.departments, department.parentid);
    if department.id != 1 && (path.is_empty() || path.contains(&department.id) || path.len() >= DEPTH) {
        return Err(fault(60003));
    }
    corp.directory.departments.insert(department.id, department);
    Ok(())
}

pub(super) async fn delete(State(practice): State<Practice>, asked: Asked) -> Response {
    let id = asked.query.get("id").and_then(|id| id.parse::<u64>().ok());
    write(&practice, &asked, "deleted", |corp, _| {
        let id = id.filter(|id| corp.directory.departments.contains_key(id)).ok_or(fault(60003))?;
        if corp.directory.direct(id).next().is_some() {
            return Err(fault(60005));
        }
        if id == 1 || corp.directory.departments.values().any(|department| department.parentid == id) {
            return Err(fault(60006));
        }
        corp.directory.departments.remove(&id);
        Ok(())
    })
}
