//! `GET /auth/scopes` (§7.3): where every sync begins. Its members stand at the top, not in `result`.

use serde_json::json;

use super::Answer;
use super::desk::Desk;

#[expect(clippy::unnecessary_wraps, reason = "one of many interfaces, most of which can refuse")]
pub(super) fn scopes(desk: &mut Desk<'_>) -> Answer {
    let mut fields = vec!["userid", "unionid", "name", "avatar", "title", "job_number", "dept_id_list"];
    fields.extend(desk.app.fields.iter().map(String::as_str));
    Ok(json!({
        "auth_org_scopes": {"authed_user": desk.app.scope_users, "authed_dept": desk.app.scope_departments},
        "auth_user_field": fields,
        "condition_field": [],
    }))
}
