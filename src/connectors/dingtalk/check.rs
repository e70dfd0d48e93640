//! The live checks for DingTalk: credentials, membership look-ups, directory.

use serde_json::{Value, json};

use super::api::Way;
use super::{Dingtalk, form};
use crate::connectors::doctor::Report;
use crate::connectors::{Check, Finding, Trouble};

/// Runs them.
pub(super) async fn run(dingtalk: &Dingtalk, check: &Check) -> Vec<Finding> {
    let mut report = Report::new(check);
    let way = Way { outbound: &check.outbound, tokens: &*check.tokens };
    match dingtalk.app.token(way).await {
        Ok(_) => report.ok(form::TOKEN, form::ACCEPTED),
        Err(trouble) => {
            match &trouble {
                Trouble::Misconfigured(_) | Trouble::BadReply(_) => {
                    report.error(form::TOKEN, form::REFUSED, &trouble.to_string());
                }
                _ => report.unreached("https://api.dingtalk.com", &trouble),
            }
            return report.finish();
        }
    }
    // Somebody who can't exist: with the permission they are not found, without it the question is refused.
    let nobody = json!({ "unionid": "hufu-doctor-no-such-person" });
    match dingtalk.app.old(way, "/topapi/user/getbyunionid", &nobody).await {
        Ok(answer) if matches!(answer.code, 0 | 60121 | 33012 | 400_002 | 40035) => {
            report.ok(form::MEMBERS, form::MEMBERS_READ);
        }
        Ok(answer) => report.error(form::MEMBERS, form::MEMBERS_UNREAD, &answer.trouble().to_string()),
        Err(trouble) => report.unreached("https://oapi.dingtalk.com", &trouble),
    }
    match dingtalk.app.old(way, "/auth/scopes", &Value::Null).await {
        Ok(answer) if answer.code == 0 => report.ok(form::DIRECTORY, form::DIRECTORY_READ),
        Ok(answer) => report.warning(form::DIRECTORY, form::DIRECTORY_UNREAD, &answer.trouble().to_string()),
        Err(trouble) => report.unreached("https://oapi.dingtalk.com", &trouble),
    }
    report.finish()
}
