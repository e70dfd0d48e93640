//! `department/list`, `department/simplelist`, `department/get` (§6.3).

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::corp::{Corp, with};
use super::departments::{self, Department};
use super::fault::{Fault, fault};
use super::gate::{Call, Caller, serve};
use super::range::Sight;

pub(super) async fn list(State(practice): State<Practice>, asked: Asked) -> Response {
    serve(&practice, &asked, Call::Data, |caller| {
        let refused = |refused: Fault| refused.with_list("department");
        let read = |corp: &Corp, sight: &Sight<'_>, department: &Department| shown(corp, sight, department);
        if reads_ids_only(&practice, caller) {
            return Err(refused(fault(48002)));
        }
        let departments = visible(&practice, &asked, caller, read).map_err(refused)?;
        Ok(json!({"department": departments}))
    })
}

pub(super) async fn simple(State(practice): State<Practice>, asked: Asked) -> Response {
    serve(&practice, &asked, Call::Data, |caller| {
        let read = |_: &Corp, _: &Sight<'_>, department: &Department| json!({"id": department.id, "parentid": department.parentid, "order": department.order});
        let departments =
            visible(&practice, &asked, caller, read).map_err(|refused| refused.with_list("department_id"))?;
        Ok(json!({"department_id": departments}))
    })
}

/// An object, where `list` has an array under the same name.
pub(super) async fn get(State(practice): State<Practice>, asked: Asked) -> Response {
    serve(&practice, &asked, Call::Data, |caller| {
        let id: u64 = asked.query.get("id").and_then(|id| id.parse().ok()).ok_or(fault(40058))?;
        if reads_ids_only(&practice, caller) {
            return Err(fault(48002));
        }
        let read = |corp: &mut Corp| {
            let sight = Sight::of(corp, &caller.holder);
            let department = corp.directory.departments.get(&id).ok_or(fault(60003))?;
            if sight.department(id) {
                Ok(json!({"department": shown(corp, &sight, department)}))
            } else {
                Err(fault(60011))
            }
        };
        with(&practice, &caller.corpid, read).unwrap_or(Err(fault(40014)))
    })
}

fn reads_ids_only(practice: &Practice, caller: &Caller) -> bool {
    with(practice, &caller.corpid, |corp| Sight::of(corp, &caller.holder).ids_only()).unwrap_or(false)
}

/// The subtree under `id`, itself included; without `id`, everything that is
/// visible. A subtree whose parent is not visible stands without it.
fn visible(
    practice: &Practice,
    asked: &Asked,
    caller: &Caller,
    show: impl Fn(&Corp, &Sight<'_>, &Department) -> Value,
) -> Result<Vec<Value>, Fault> {
    let id = asked.query.get("id").map(str::parse::<u64>).transpose().map_err(|_| fault(40058))?;
    let read = |corp: &mut Corp| {
        let sight = Sight::of(corp, &caller.holder);
        let all = &corp.directory.departments;
        let wanted: Vec<u64> = match id {
            Some(id) if !all.contains_key(&id) => return Err(fault(60003)),
            Some(id) if !sight.department(id) => return Err(fault(60011)),
            Some(id) => departments::below(all, id),
            None => all.keys().copied().filter(|id| sight.department(*id)).collect(),
        };
        let found = wanted.iter().filter_map(|id| all.get(id));
        Ok(found.map(|department| show(corp, &sight, department)).collect())
    };
    with(practice, &caller.corpid, read).unwrap_or(Err(fault(40014)))
}

fn shown(corp: &Corp, sight: &Sight<'_>, department: &Department) -> Value {
    let leads = |member: &&super::member::Member| {
        member.departments.iter().any(|place| place.id == department.id && place.leader) && sight.member(member)
    };
    let leaders: Vec<&str> =
        corp.directory.direct(department.id).filter(leads).map(|member| member.userid.as_str()).collect();
    let mut answer = json!({"id": department.id, "name": department.name});
    if let Some(english) = &department.name_en {
        answer["name_en"] = json!(english);
    }
    answer["department_leader"] = json!(leaders);
    answer["parentid"] = json!(department.parentid);
    answer["order"] = json!(department.order);
    answer
}
