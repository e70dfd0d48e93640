//! WeChat, from the reference of `upstreams/wechat`: website applications,
//! official accounts and mini programs on open.weixin.qq.com,
//! api.weixin.qq.com and mp.weixin.qq.com.
//!
//! It knows WeChat's documents and the practice world; it must not know how an
//! application keeps its people.

pub(super) mod apps;

use super::Practice;
use super::phone::Scan;
use super::phone::acts::{Act, Cannot};

/// Somebody points a phone at an official account's scene or a mini program's code.
pub(super) async fn pointed_at(practice: &Practice, person: &str, scan: &Scan, act: Act) -> Result<(), Cannot> {
    let _ = (practice, person, scan, act);
    std::future::ready(Err(Cannot::NoCode)).await
}
