//! Departments (§7.3): one level at a time.

use serde_json::{Value, json};

use super::super::super::platform::Platform;
use super::super::super::switches::Switch;
use super::super::company::{Department, ROOT};
use super::Answer;
use super::desk::{Desk, result};
use super::errors::Fault;

/// One level, without what lies outside of the contact scope.
pub(super) fn sub(desk: &mut Desk<'_>) -> Answer {
    let (id, _) = desk.department()?;
    let silent = desk.world.is_on(Platform::Dingtalk, Switch::ScopeOmits);
    if !desk.sees_department(id) && !silent {
        return Err(Fault::new(50_004, "企业部门不在授权范围"));
    }
    let company = desk.company()?;
    let seen = company.children(id).into_iter().filter(|child| desk.sees_department(*child));
    let rows = seen.filter_map(|child| Some((child, company.department(child)?)));
    result(json!(rows.map(|(child, department)| row(child, &department)).collect::<Vec<Value>>()))
}

fn row(id: u64, department: &Department) -> Value {
    json!({
        "dept_id": id, "name": department.name, "parent_id": department.parent,
        "create_dept_group": true, "auto_add_user": true,
    })
}

/// One level, whatever the contact scope.
pub(super) fn sub_ids(desk: &mut Desk<'_>) -> Answer {
    let (id, _) = desk.department()?;
    result(json!({"dept_id_list": desk.company()?.children(id)}))
}

pub(super) fn get(desk: &mut Desk<'_>) -> Answer {
    let (id, department) = desk.department()?;
    if !desk.sees_department(id) {
        return Err(Fault::new(50_004, "企业部门不在授权范围"));
    }
    let company = desk.company()?;
    let mut value = json!({
        "dept_id": id, "name": department.name, "order": department.order,
        "dept_manager_userid_list": department.managers,
        "member_count": company.count(desk.people(), id),
        "owning_member_count": company.members_in(desk.people(), id).len(),
        "hide_dept": false, "dept_permits": [], "user_permits": [], "outer_dept": false,
        "outer_permit_depts": [], "outer_permit_users": [], "from_union_org": department.from_union_org,
        "create_dept_group": true, "auto_add_user": true,
    });
    if let Value::Object(fields) = &mut value {
        // The root names no parent.
        if id != ROOT {
            fields.insert("parent_id".to_owned(), json!(department.parent));
        }
        if let Some(source) = &department.source_identifier {
            fields.insert("source_identifier".to_owned(), json!(source));
        }
    }
    result(value)
}

/// The department itself first, the root last.
pub(super) fn above(desk: &mut Desk<'_>) -> Answer {
    desk.number("dept_id")?;
    let (id, _) = desk.department()?;
    result(json!({"parent_id_list": desk.company()?.way_up(id)}))
}

pub(super) fn above_user(desk: &mut Desk<'_>) -> Answer {
    let member = desk.member().map_err(|_| Fault::new(33_012, "无效的USERID"))?;
    let company = desk.company()?;
    let ways = member.departments.iter().map(|id| json!({"parent_dept_id_list": company.way_up(*id)}));
    result(json!({"parent_list": ways.collect::<Vec<Value>>()}))
}
