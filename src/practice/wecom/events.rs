//! What a company's changes look like as events (§8.5).

use std::collections::VecDeque;

use super::corp::Corp;
use super::departments::Department;
use super::member::Member;
use crate::base::clock::Seconds;

/// Events that wait to be pushed.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) waiting: VecDeque<Event>,
    /// One that will be overtaken.
    pub(super) held: Option<Event>,
    /// Somebody is pushing already.
    pub(super) running: bool,
}

/// An event, ready to be sealed.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) change: &'static str,
    pub(super) xml: String,
}

/// A change by the administrator.
pub(super) enum Change<'a> {
    CreateUser(&'a Member),
    /// Before and after.
    UpdateUser(&'a Member, &'a Member),
    DeleteUser(&'a str),
    CreateParty(&'a Department),
    UpdateParty(&'a Department, &'a Department),
    DeleteParty(u64),
}

/// Puts the event of a change into the queue; nothing, when the platform is silent about such a change.
pub(super) fn tell(corp: &mut Corp, corpid: &str, now: Seconds, change: &Change<'_>) {
    let quirks = corp.settings.quirks.clone();
    let Some((name, fields)) = fields(change, quirks.rich_events) else { return };
    let text =
        |name: &str, value: &str| format!("<{name}><![CDATA[{}]]></{name}>", value.replace("]]>", "]]]]><![CDATA[>"));
    let mut xml = format!("<xml>{}{}", text("ToUserName", corpid), text("FromUserName", "sys"));
    xml.extend(["<CreateTime>", &now.to_string(), "</CreateTime>", &text("MsgType", "event")]);
    xml.push_str(&text("Event", "change_contact"));
    xml.push_str(&text("ChangeType", name));
    for (field, value) in fields {
        let number = matches!(field, "Id" | "ParentId" | "Order" | "Status" | "Gender" | "MainDepartment");
        let element = if number { format!("<{field}>{value}</{field}>") } else { text(field, &value) };
        xml.push_str(&element);
    }
    xml.push_str("</xml>");
    let event = Event { change: name, xml };
    let queue = &mut corp.queue;
    if quirks.out_of_order && queue.held.is_none() {
        queue.held = Some(event);
        return;
    }
    for _ in 0..=u8::from(quirks.duplicate_events) {
        queue.waiting.push_back(event.clone());
    }
    queue.waiting.extend(queue.held.take());
}

type Fields = Vec<(&'static str, String)>;

fn fields(change: &Change<'_>, rich: bool) -> Option<(&'static str, Fields)> {
    Some(match change {
        Change::CreateUser(member) => ("create_user", user(member, rich)),
        Change::UpdateUser(before, after) => ("update_user", updated(before, after, rich)?),
        Change::DeleteUser(userid) => ("delete_user", vec![("UserID", (*userid).to_owned())]),
        Change::CreateParty(department) => ("create_party", party(department, rich, true)),
        Change::UpdateParty(before, after) => {
            // Renaming is silent nowadays.
            if before == after || (!rich && before.parentid == after.parentid) {
                return None;
            }
            ("update_party", party(after, rich, false))
        }
        Change::DeleteParty(id) => ("delete_party", vec![("Id", id.to_string())]),
    })
}

fn joined<T: ToString>(values: impl Iterator<Item = T>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join(",")
}

fn departments(member: &Member) -> (&'static str, String) {
    ("Department", joined(member.departments.iter().map(|place| place.id)))
}

fn user(member: &Member, rich: bool) -> Fields {
    let mut fields = vec![("UserID", member.userid.clone()), departments(member)];
    if rich {
        fields.extend(details(member));
    }
    fields
}

/// What the old form tells besides.
fn details(member: &Member) -> Fields {
    vec![
        ("Name", member.name.clone()),
        ("MainDepartment", member.main().to_string()),
        ("IsLeaderInDept", joined(member.departments.iter().map(|place| u8::from(place.leader)))),
        ("DirectLeader", member.direct_leader.join(",")),
        ("Position", member.position.clone()),
        ("Mobile", member.mobile.clone()),
        ("Gender", member.gender.clone()),
        ("Email", member.email.clone()),
        ("BizMail", member.biz_mail.clone()),
        ("Status", member.status.to_string()),
        ("Alias", member.alias.clone()),
        ("Telephone", member.telephone.clone()),
        ("Address", member.address.clone()),
    ]
}

/// Only what changed; nowadays only departments and the userid count.
fn updated(before: &Member, after: &Member, rich: bool) -> Option<Fields> {
    let mut fields = vec![("UserID", before.userid.clone())];
    if before.userid != after.userid {
        fields.push(("NewUserID", after.userid.clone()));
    }
    if departments(before) != departments(after) {
        fields.push(departments(after));
    }
    if rich {
        let earlier = details(before);
        fields.extend(details(after).into_iter().filter(|field| !earlier.contains(field)));
    }
    (fields.len() > 1).then_some(fields)
}

fn party(department: &Department, rich: bool, new: bool) -> Fields {
    let mut fields = vec![("Id", department.id.to_string())];
    if rich {
        fields.push(("Name", department.name.clone()));
    }
    fields.push(("ParentId", department.parentid.to_string()));
    if rich && new {
        fields.push(("Order", department.order.to_string()));
    }
    fields
}
