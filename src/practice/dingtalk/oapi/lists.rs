//! The direct members of a department, page by page (§7.1).

use serde_json::{Value, json};

use super::super::company::Member;
use super::desk::{Desk, result};
use super::errors::Fault;
use super::{Answer, user};

const ORDERS: [&str; 5] = ["entry_asc", "entry_desc", "modify_asc", "modify_desc", "custom"];
/// Stated for `listsimple` and used for both (§16).
const LARGEST_PAGE: usize = 100;

/// `has_more` false comes without `next_cursor`.
struct Page {
    members: Vec<Member>,
    next: Option<usize>,
}

fn page(desk: &Desk<'_>) -> Result<(u64, Page), Fault> {
    let (id, _) = desk.department()?;
    if !desk.given.has("dept_id") {
        return Err(Fault::bad_parameter("dept_id"));
    }
    if !desk.sees_department(id) {
        return Err(Fault::new(50_004, "企业部门不在授权范围"));
    }
    let cursor = desk.number("cursor").map_err(|_| Fault::new(40_068, "不合法的偏移量"))?;
    let size = desk.number("size").map_err(|_| Fault::new(40_069, "不合法的分页大小"))?;
    let size = usize::try_from(size).ok().filter(|size| (1..=LARGEST_PAGE).contains(size));
    let size = size.ok_or_else(|| Fault::new(40_069, "不合法的分页大小"))?;
    let order = desk.given.text("order_field").unwrap_or_else(|| "custom".to_owned());
    if !ORDERS.contains(&order.as_str()) {
        return Err(Fault::new(40_035, "不合法的参数"));
    }
    let mut all: Vec<Member> = desk.company()?.members_in(desk.people(), id);
    all.retain(|member| !member.external);
    if order.ends_with("_desc") {
        all.reverse();
    }
    let from = usize::try_from(cursor).unwrap_or(usize::MAX).min(all.len());
    let to = (from + size).min(all.len());
    let next = (to < all.len()).then_some(to);
    Ok((id, Page { members: all.drain(from..to).collect(), next }))
}

fn answer(page: &Page, list: &[Value]) -> Answer {
    let mut value = json!({"has_more": page.next.is_some(), "list": list});
    if let (Some(next), Value::Object(members)) = (page.next, &mut value) {
        members.insert("next_cursor".to_owned(), json!(next));
    }
    result(value)
}

pub(super) fn list(desk: &mut Desk<'_>) -> Answer {
    let (id, page) = page(desk)?;
    let row = |member: &Member| {
        let mut fields = user::common(&desk.app, member, &desk.union_id(member)?);
        fields.insert("leader".into(), json!(member.leader_in.contains(&id)));
        fields.insert("dept_order".into(), json!(user::order(member)));
        Ok(Value::Object(fields))
    };
    let rows = page.members.iter().map(row).collect::<Result<Vec<_>, Fault>>()?;
    answer(&page, &rows)
}

pub(super) fn simple(desk: &mut Desk<'_>) -> Answer {
    let (_, page) = page(desk)?;
    let rows = page.members.iter().map(|member| json!({"userid": member.userid, "name": member.name}));
    answer(&page, &rows.collect::<Vec<_>>())
}

/// Everybody at once, whatever the contact scope.
pub(super) fn ids(desk: &mut Desk<'_>) -> Answer {
    desk.number("dept_id")?;
    let (id, _) = desk.department()?;
    let members = desk.company()?.members_in(desk.people(), id);
    let inside = members.iter().filter(|member| !member.external);
    result(json!({"userid_list": inside.map(|member| &member.userid).collect::<Vec<_>>()}))
}
