//! What an event of DingTalk means, whichever way it came (upstreams/dingtalk.md §10.3).

use serde_json::Value;

use super::directory::ids;
use crate::connectors::answer::Object;
use crate::connectors::hook::News;

/// Hints, every one of them: what changed is read again.
pub(super) fn news(kind: &str, data: &Object) -> Vec<News> {
    // Older payloads write the names with a capital.
    let list = |key: &str| {
        let found = data.iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(key));
        ids(found.map(|(_, value)| value))
    };
    match kind {
        "user_add_org" | "user_modify_org" | "user_active_org" => {
            list("userid").into_iter().map(|person| News::PersonChanged { person }).collect()
        }
        "user_leave_org" => list("userid").into_iter().map(|person| News::Left { person }).collect(),
        "org_dept_create" | "org_dept_modify" | "org_dept_remove" => {
            list("deptid").into_iter().map(|department| News::DepartmentChanged { department }).collect()
        }
        "label_user_change" => list("useridlist").into_iter().map(|person| News::PersonChanged { person }).collect(),
        // What concerns nobody here is acknowledged all the same.
        _ => Vec::new(),
    }
}

/// The object inside a text, or the object itself.
pub(super) fn data(value: Option<&Value>) -> Object {
    match value {
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(Value::Object(object)) => object,
            _ => Object::new(),
        },
        Some(Value::Object(object)) => object.clone(),
        _ => Object::new(),
    }
}
