//! Finding members: by unionId, by number, all administrators, how many (§7.1).

use serde_json::json;

use super::Answer;
use super::desk::{Desk, result};
use super::errors::Fault;

/// `contact_type` 1 is an external contact.
pub(super) fn by_union_id(desk: &mut Desk<'_>) -> Answer {
    let union_id = desk.text("unionid")?;
    let found = desk.world.dingtalk.by_union_id(&desk.world.people, (&desk.corp, &desk.app), &union_id);
    let member = found.ok_or_else(Fault::no_user)?;
    result(json!({"contact_type": i32::from(member.external), "userid": member.userid}))
}

pub(super) fn by_mobile(desk: &mut Desk<'_>) -> Answer {
    let mobile = desk.text("mobile")?;
    let company = desk.company()?;
    let has = |userid: &String| {
        let member = company.member(desk.people(), userid).filter(|member| !member.external);
        member.and_then(|member| member.mobile_parts()).is_some_and(|(country, number)| {
            number == mobile || format!("{country}-{number}") == mobile || format!("+{country}-{number}") == mobile
        })
    };
    let found = match company.crowd.as_ref().and_then(|crowd| crowd.userid_of_mobile(&mobile)) {
        Some(userid) => Some(userid).filter(has),
        None => company.written_userids(desk.people()).find(has),
    };
    let userid = found.ok_or_else(|| Fault::new(40_104, "不合法的手机号，或者该手机号不在企业中"))?;
    result(json!({"userid": userid}))
}

pub(super) fn count(desk: &mut Desk<'_>) -> Answer {
    let company = desk.company()?;
    let only_active = desk.given.is_true("only_active");
    let counts = |userid: &String| {
        company.member(desk.people(), userid).is_some_and(|it| !it.external && (it.active || !only_active))
    };
    result(json!({"count": company.userids(desk.people()).filter(counts).count()}))
}

pub(super) fn administrators(desk: &mut Desk<'_>) -> Answer {
    let company = desk.company()?;
    let members = company.written_userids(desk.people()).filter_map(|userid| company.member(desk.people(), &userid));
    let admins = members.filter(|member| member.admin);
    result(json!(admins.map(|it| json!({"userid": it.userid, "sys_level": it.level()})).collect::<Vec<_>>()))
}
