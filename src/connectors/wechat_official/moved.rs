//! Followers of an account that was migrated to this one have other openids here; for
//! fifteen days the platform converts them (upstreams/wechat.md §1.2).

use serde_json::{Value, json};

use super::WechatOfficial;
use crate::connectors::answer::text_of;
use crate::connectors::directory::RosterTurn;
use crate::connectors::moving::Moving;
use crate::connectors::wechat::app_call::Ask;
use crate::connectors::wechat::{is_openid, missing};
use crate::connectors::{Key, Trouble};

/// The key space of an official account.
pub(super) fn space(appid: &str) -> String {
    format!("wechat:{appid}")
}

/// Asks about one page of openids.
///
/// # Errors
/// By `errcode`: 48001 where nobody was migrated from there, or too long ago.
pub(super) async fn ask(
    official: &WechatOfficial,
    turn: &RosterTurn,
    moving: &Moving,
    openids: &[String],
) -> Result<Vec<(Key, Key)>, Trouble> {
    let body = json!({ "from_appid": moving.account, "openid_list": openids });
    let call = official.call(&turn.outbound, &*turn.tokens);
    let answer = call.object("/cgi-bin/changeopenid", &Ask::Post(&body)).await?;
    let Some(Value::Array(results)) = answer.get("result_list") else { return Err(missing("result_list")) };
    Ok(results.iter().filter_map(|result| pair(official, moving, result, openids)).collect())
}

/// One result, where it is about somebody we asked for and says who they are now.
fn pair(official: &WechatOfficial, moving: &Moving, result: &Value, asked: &[String]) -> Option<(Key, Key)> {
    let word = |name: &str| result.get(name).and_then(text_of);
    let (old, new) = (word("ori_openid")?, word("new_openid")?);
    // `err_msg` is for people; a new openid is only there where it went well.
    let fits = asked.contains(&old) && is_openid(&new);
    fits.then(|| (Key { space: space(&moving.application), value: old }, official.app.key(&new)))
}
