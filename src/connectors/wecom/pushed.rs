//! What WeChat Work pushes: the address check and changes of the directory (upstreams/wecom.md §8).

use super::Wecom;
use super::member::{is_userid, key};
use crate::connectors::Trouble;
use crate::connectors::hook::{Answer, Heard, HookTurn, News, Push};
use crate::connectors::push::{Fields, wecom as envelope};

/// Hears one push.
///
/// # Errors
/// `Misconfigured` without token and key.
pub(super) fn hear(wecom: &Wecom, turn: &HookTurn, push: &Push) -> Result<Heard, Trouble> {
    let Some(channel) = &wecom.channel else {
        return Err(Trouble::Misconfigured("no callback token and EncodingAESKey are filled in".to_owned()));
    };
    if !push.is_post {
        let answer = match envelope::handshake(channel, &push.query, turn.now) {
            Ok(echo) => Answer::plain(&echo),
            Err(refused) => Answer::refused(403, &refused.to_string()),
        };
        return Ok(Heard { answer, news: Vec::new() });
    }
    let fields = match envelope::event(channel, &push.query, &push.body, turn.now) {
        Ok(fields) => fields,
        Err(refused) => return Ok(Heard { answer: Answer::refused(403, &refused.to_string()), news: Vec::new() }),
    };
    // Not remembered: what is heard twice is read again twice, which does no harm, and nothing is lost.
    Ok(Heard { answer: Answer::plain("success"), news: news(wecom, &fields) })
}

/// Hints, every one of them: what changed is read again (§8.5).
fn news(wecom: &Wecom, fields: &Fields) -> Vec<News> {
    if fields.get("Event") != Some("change_contact") {
        return Vec::new();
    }
    let person = fields.get("UserID").filter(|userid| is_userid(userid)).map(str::to_ascii_lowercase);
    let department = fields.get("Id").map(str::to_owned);
    match (fields.get("ChangeType").unwrap_or_default(), person, department) {
        ("create_user", Some(person), _) => vec![News::PersonChanged { person }],
        ("update_user", Some(person), _) => match fields.get("NewUserID").filter(|userid| is_userid(userid)) {
            Some(to) => {
                let (from, to) = (key(&wecom.corp.corpid, &person), key(&wecom.corp.corpid, to));
                let person = to.value.clone();
                vec![News::Renamed { from, to }, News::PersonChanged { person }]
            }
            None => vec![News::PersonChanged { person }],
        },
        ("delete_user", Some(person), _) => vec![News::Left { person }],
        ("create_party" | "update_party" | "delete_party", _, Some(department)) => {
            vec![News::DepartmentChanged { department }]
        }
        _ => Vec::new(),
    }
}
