//! Whose phone this browser is, and inside which application it pretends to be.
//!
//! A browser can't change its User-Agent, so opening a link "inside" WeChat is a
//! cookie on the practice origin: the platforms' own pages then take the browser
//! for theirs. Tests may send the real User-Agent instead.

use super::super::Practice;
use super::super::consent;
use super::super::fields::Asked;
use super::super::platform::Platform;

/// Names the person whose phone it is.
pub(in crate::practice) const PHONE: &str = "practice_phone";
/// `wechat`, `wechat:{appid}` (from that account's chat), `dingtalk`, `wecom`.
pub(in crate::practice) const INSIDE: &str = "practice_inside";

/// The phone's owner, or who last signed in at the platform in this browser.
pub(in crate::practice) fn person(practice: &Practice, asked: &Asked, platform: Platform) -> Option<String> {
    let named = cookie(asked, PHONE).filter(|key| practice.world().person(key).is_some());
    named.map(str::to_owned).or_else(|| Some(consent::signed_in(practice, asked, platform)?.person))
}

/// The application this browser is inside of, if any.
pub(in crate::practice) fn inside(asked: &Asked) -> Option<&str> {
    cookie(asked, INSIDE).filter(|place| !place.is_empty())
}

/// A cookie's value.
pub(in crate::practice) fn cookie<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.header("cookie")?.split("; ").find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}
