//! `/topapi/v2/user/get`, with the fields of §7.2; what is not there or not granted is left out.

use serde_json::{Map, Value, json};

use super::super::apps::App;
use super::super::company::Member;
use super::Answer;
use super::desk::{Desk, result};
use super::errors::Fault;

pub(super) fn get(desk: &mut Desk<'_>) -> Answer {
    let member = desk.member()?;
    if !desk.sees(&member) {
        return Err(Fault::new(50_002, "企业员工不在授权范围"));
    }
    let mut fields = common(&desk.app, &member, &desk.union_id(&member)?);
    let leads = |id: &u64| member.leader_in.contains(id);
    let each = |fill: &dyn Fn(&u64) -> Value| member.departments.iter().map(fill).collect::<Vec<Value>>();
    fields.insert("leader_in_dept".into(), json!(each(&|id| json!({"dept_id": id, "leader": leads(id)}))));
    fields.insert("dept_order_list".into(), json!(each(&|id| json!({"dept_id": id, "order": order(&member)}))));
    fields.insert("real_authed".into(), json!(true));
    fields.insert("senior".into(), json!(member.senior));
    if !member.roles.is_empty() {
        fields.insert("role_list".into(), json!(member.roles));
    }
    if let Some(manager) = &member.manager_userid {
        fields.insert("manager_userid".into(), json!(manager));
    }
    result(Value::Object(fields))
}

/// What `user/get` and `user/list` both tell.
pub(super) fn common(app: &App, member: &Member, union_id: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("userid", json!(member.userid));
    put("unionid", json!(union_id));
    put("name", json!(member.name.as_deref().unwrap_or_default()));
    if !app.third_party
        && app.fields.contains("mobile")
        && let Some((country, number)) = member.mobile_parts()
    {
        put("state_code", json!(country));
        put("mobile", json!(number));
    }
    put("hide_mobile", json!(member.hide_mobile));
    let personal = !app.third_party && app.fields.contains("email");
    let optional = [
        ("avatar", &member.avatar, true),
        ("email", &member.email, personal),
        ("work_place", &member.work_place, personal),
        ("remark", &member.remark, personal),
        ("extension", &member.extension, personal),
        ("org_email", &member.org_email, true),
        ("telephone", &member.telephone, true),
        ("job_number", &member.job_number, true),
        ("title", &member.title, true),
    ];
    for (name, value, granted) in optional {
        if let Some(value) = value.as_ref().filter(|value| granted && !value.is_empty()) {
            put(name, json!(value));
        }
    }
    if let Some(moment) = member.hired_date {
        put("hired_date", json!(moment));
    }
    put("dept_id_list", json!(member.departments));
    put("active", json!(member.active));
    put("admin", json!(member.admin));
    put("boss", json!(member.boss));
    put("exclusive_account", json!(member.exclusive));
    fields
}

/// A number for the order within a department; any steady one does.
pub(super) fn order(member: &Member) -> u64 {
    member.userid.bytes().fold(176_000_000, |sum, byte| sum * 3 % 1_000_003 + u64::from(byte))
}
