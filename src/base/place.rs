//! Where a page is being looked at, as far as a `User-Agent` tells. A hint for
//! what to offer first, never a reason to trust anybody (upstreams/wechat.md §8).

use serde::{Deserialize, Serialize};

/// The kind of program that shows the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// WeChat's own browser on a phone.
    WechatPhone,
    /// WeChat's own browser on a computer.
    WechatDesk,
    /// Inside DingTalk.
    Dingtalk,
    /// Inside WeChat Work (企业微信).
    Wecom,
    /// Another browser on a phone.
    Phone,
    /// A browser on a computer, and everything that is not told apart.
    #[default]
    Desk,
}

impl Place {
    /// Reads a `User-Agent`.
    #[must_use]
    pub fn of_agent(agent: &str) -> Self {
        let agent = agent.to_ascii_lowercase();
        let has = |mark: &str| agent.contains(mark);
        // WeChat Work says MicroMessenger too, so it is asked first.
        if has("wxwork") {
            Self::Wecom
        } else if has("micromessenger") && (has("windowswechat") || has("macwechat")) {
            Self::WechatDesk
        } else if has("micromessenger") {
            Self::WechatPhone
        } else if has("dingtalk") {
            Self::Dingtalk
        } else if has("iphone") || has("android") || has("harmonyos") || has("mobile") {
            Self::Phone
        } else {
            Self::Desk
        }
    }

    /// Inside WeChat, wherever it runs.
    #[must_use]
    pub const fn is_wechat(self) -> bool {
        matches!(self, Self::WechatPhone | Self::WechatDesk)
    }

    /// On a screen that a phone can be held up to.
    #[must_use]
    pub const fn is_desk(self) -> bool {
        matches!(self, Self::Desk | Self::WechatDesk)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn each_platform_s_own_browser_is_told_apart() {
        let cases = [
            ("Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.59(0x18003b2e) NetType/4G", Place::WechatPhone),
            (
                "Mozilla/5.0 (Windows NT 10.0) MicroMessenger/7.0.20.1781 NetType/WIFI WindowsWechat(0x63090621)",
                Place::WechatDesk,
            ),
            ("Mozilla/5.0 (iPhone) wxwork/3.1.16 MicroMessenger/7.0.1", Place::Wecom),
            ("Mozilla/5.0 (Linux; Android 13) AliApp(DingTalk/7.0.45)", Place::Dingtalk),
            ("Mozilla/5.0 (Linux; Android 14) Chrome/126 Mobile Safari/537.36", Place::Phone),
            ("Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0", Place::Desk),
            ("", Place::Desk),
        ];
        for (agent, place) in cases {
            assert_eq!(Place::of_agent(agent), place, "{agent}");
        }
    }
}
