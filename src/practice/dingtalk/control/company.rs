//! What an administrator of a company does; the events that DingTalk would send follow.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::super::Practice;
use super::super::company::{Department, Member, Put};
use super::super::events::{announce, departments, people};
use super::{Quiet, done, full, given, missing, wrong};

/// A company's own data.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Named {
    name: Option<String>,
    org_code: Option<String>,
}

/// Makes a company or renames one.
pub(super) async fn write(
    State(practice): State<Practice>,
    Path(corp): Path<String>,
    Query(quiet): Query<Quiet>,
    Json(named): Json<Named>,
) -> Response {
    let mut world = practice.world();
    let Some(company) = world.dingtalk.company_mut(&corp) else { return full() };
    if let Some(name) = named.name {
        company.name = name;
    }
    if let Some(code) = named.org_code {
        company.org_code = code;
    }
    if !quiet.silent {
        announce(&practice, &mut world, &corp, ("org_change", json!({})));
    }
    done()
}

pub(super) async fn dissolve(
    State(practice): State<Practice>,
    Path(corp): Path<String>,
    Query(quiet): Query<Quiet>,
) -> Response {
    let mut world = practice.world();
    let Some(company) = world.dingtalk.companies.get_mut(&corp) else { return missing("company") };
    company.dissolved = true;
    if !quiet.silent {
        announce(&practice, &mut world, &corp, ("org_remove", json!({})));
    }
    done()
}

/// Somebody joins, comes back or is changed: the whole of what is written down of them.
pub(super) async fn put_member(
    State(practice): State<Practice>,
    Path((corp, userid)): Path<(String, String)>,
    Query(quiet): Query<Quiet>,
    Json(member): Json<Member>,
) -> Response {
    let mut guard = practice.world();
    let world = &mut *guard;
    let Some(company) = world.dingtalk.company_mut(&corp) else { return full() };
    let who = std::slice::from_ref(&userid);
    let event = match company.put_member(&mut world.people, &userid, member) {
        Put::Added => people(&practice, "user_add_org", who),
        Put::Changed => {
            let (kind, mut data) = people(&practice, "user_modify_org", who);
            if let Value::Object(fields) = &mut data {
                fields.insert("diffInfo".to_owned(), json!({"prev": {}, "curr": {}, "userid": userid}));
            }
            (kind, data)
        }
        Put::Full => return full(),
    };
    if !quiet.silent {
        announce(&practice, world, &corp, event);
    }
    done()
}

/// How somebody leaves.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Leaving {
    /// `oapi`, `cancel`, `leave`, `delete` or `unknown`; `delete` when absent.
    reason: Option<String>,
    /// More people who leave in the same event.
    also: Vec<String>,
}

pub(super) async fn leave(
    State(practice): State<Practice>,
    Path((corp, userid)): Path<(String, String)>,
    Query(quiet): Query<Quiet>,
    body: Option<Json<Leaving>>,
) -> Response {
    let leaving = given(body);
    let mut guard = practice.world();
    let world = &mut *guard;
    let Some(company) = world.dingtalk.companies.get_mut(&corp) else { return missing("company") };
    let reason = leaving.reason.unwrap_or_else(|| "delete".to_owned());
    if !["oapi", "cancel", "leave", "delete", "unknown"].contains(&reason.as_str()) {
        return wrong(StatusCode::BAD_REQUEST, "The reason is one of oapi, cancel, leave, delete, unknown");
    }
    let mut gone: Vec<String> = std::iter::once(userid).chain(leaving.also).collect();
    gone.retain(|userid| company.leave(&mut world.people, userid, (&reason, practice.now())));
    if gone.is_empty() {
        return missing("member");
    }
    if !quiet.silent {
        announce(&practice, world, &corp, people(&practice, "user_leave_org", &gone));
    }
    done()
}

/// Makes a department, or writes the whole of it anew.
pub(super) async fn put_department(
    State(practice): State<Practice>,
    Path((corp, id)): Path<(String, u64)>,
    Query(quiet): Query<Quiet>,
    Json(department): Json<Department>,
) -> Response {
    written(&practice, (&corp, id), department, quiet)
}

fn written(practice: &Practice, (corp, id): (&str, u64), department: Department, quiet: Quiet) -> Response {
    let mut world = practice.world();
    let Some(company) = world.dingtalk.company_mut(corp) else { return full() };
    let kind = match company.put_department(id, department) {
        Put::Added => "org_dept_create",
        Put::Changed => "org_dept_modify",
        Put::Full => return full(),
    };
    if !quiet.silent {
        announce(practice, &mut world, corp, departments(kind, &[id]));
    }
    done()
}

/// Renames or moves: changes what the body names.
pub(super) async fn patch_department(
    State(practice): State<Practice>,
    Path((corp, id)): Path<(String, u64)>,
    Query(quiet): Query<Quiet>,
    Json(named): Json<serde_json::Map<String, Value>>,
) -> Response {
    let known = practice.world().dingtalk.companies.get(&corp).and_then(|company| company.department(id));
    let Some(known) = known else { return missing("department") };
    let Value::Object(mut whole) = json!(known) else { return done() };
    whole.extend(named);
    match serde_json::from_value::<Department>(Value::Object(whole)) {
        Ok(department) => written(&practice, (&corp, id), department, quiet),
        Err(error) => wrong(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

/// Takes a department away with all below it.
pub(super) async fn remove_department(
    State(practice): State<Practice>,
    Path((corp, id)): Path<(String, u64)>,
    Query(quiet): Query<Quiet>,
) -> Response {
    let mut guard = practice.world();
    let world = &mut *guard;
    let Some(company) = world.dingtalk.companies.get_mut(&corp) else { return missing("company") };
    let gone = company.remove_department(&world.people, id);
    if gone.is_empty() {
        return missing("department");
    }
    if !quiet.silent {
        announce(&practice, world, &corp, departments("org_dept_remove", &gone));
    }
    done()
}
