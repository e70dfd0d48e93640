//! Events by HTTP push: sealed JSON, and a sealed answer within a second and a half (upstreams/dingtalk.md §10.2).

use serde_json::Value;

use super::{Dingtalk, event};
use crate::connectors::Trouble;
use crate::connectors::answer::text_of;
use crate::connectors::hook::{Answer, Heard, HookTurn, Push};
use crate::connectors::push::dingtalk as envelope;

/// Hears one push.
///
/// # Errors
/// `Misconfigured` without token and key.
pub(super) fn hear(dingtalk: &Dingtalk, turn: &HookTurn, push: &Push) -> Result<Heard, Trouble> {
    let Some(channel) = &dingtalk.channel else {
        return Err(Trouble::Misconfigured("no push token and aes_key are filled in".to_owned()));
    };
    let pushed = match envelope::event(channel, &push.query, &push.body, turn.now) {
        Ok(pushed) => pushed,
        Err(refused) => return Ok(Heard { answer: Answer::refused(403, &refused.to_string()), news: Vec::new() }),
    };
    let body = envelope::success(channel, turn.now, &turn.random)
        .map_err(|refused| Trouble::Misconfigured(refused.to_string()))?;
    let answer = Answer { status: 200, media_type: "application/json; charset=utf-8", body: body.into_bytes() };
    let Value::Object(pushed) = pushed else { return Ok(Heard { answer, news: Vec::new() }) };
    let word = |key: &str| pushed.get(key).and_then(text_of).unwrap_or_default();
    // An event of another company is none of ours (§15, case 13).
    let ours = word("CorpId").is_empty() || word("CorpId") == dingtalk.corp_id;
    let news = if ours { event::news(&word("EventType"), &pushed) } else { Vec::new() };
    // Not remembered: what is heard twice is read again twice, which does no harm, and nothing is lost.
    Ok(Heard { answer, news })
}
