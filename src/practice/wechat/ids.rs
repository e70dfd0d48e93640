//! The ids WeChat derives: an openid per person and appid, a unionid per person and Open Platform account.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::super::clients::Client;
use super::super::people::Person;

/// 28 characters that begin with `o` (§1.2).
fn derived(parts: &[&str]) -> String {
    let text = URL_SAFE_NO_PAD.encode(Sha256::digest(parts.join("\0")));
    format!("o{}", text.get(..27).unwrap_or(&text))
}

/// The same person has another openid under every appid.
pub(super) fn openid(appid: &str, person: &str) -> String {
    derived(&["openid", appid, person])
}

/// The unionid that answers tell, if the application is bound and nothing withholds it.
pub(super) fn unionid(client: &Client, person: &Person) -> Option<String> {
    let account = client.wechat.as_ref()?.open_account.as_deref()?;
    let told = !person.wechat.unionid_withheld;
    told.then(|| derived(&["unionid", account, &person.key, &person.wechat.unionid_turn.to_string()]))
}

/// A virtual openid, one for each visit in snapshot mode (§4.4).
pub(super) fn snapshot_openid(visit: &str) -> String {
    derived(&["snapshot", visit])
}

/// The virtual unionid that all visitors in snapshot mode share (§4.4).
pub(super) fn snapshot_unionid() -> String {
    derived(&["snapshot unionid"])
}
