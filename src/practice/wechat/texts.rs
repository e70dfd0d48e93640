//! What WeChat's practice pages say, in both languages.

use super::super::texts::Texts;

/// The sentences of one language.
pub(super) struct Words {
    pub(super) scan: &'static str,
    pub(super) waiting: &'static str,
    pub(super) scanned: &'static str,
    pub(super) refused: &'static str,
    pub(super) expired: &'static str,
    pub(super) again: &'static str,
    pub(super) open_phone: &'static str,
    pub(super) fast: &'static str,
    pub(super) fast_do: &'static str,
    pub(super) stopped: &'static str,
    pub(super) stopped_because: &'static str,
    pub(super) denied: &'static str,
    pub(super) denied_because: &'static str,
}

impl Words {
    pub(super) fn of(texts: &Texts) -> &'static Self {
        if texts.lang == "en" { &EN } else { &ZH }
    }
}

static EN: Words = Words {
    scan: "Sign in with WeChat",
    waiting: "Scan this code with the practice phone.",
    scanned: "Scanned. Confirm on the phone.",
    refused: "You refused on the phone. Reload the page to try again.",
    expired: "The code has expired. Reload the page for a new one.",
    again: "I have confirmed, go on",
    open_phone: "Open the practice phone",
    fast: "Or use the WeChat on this computer",
    fast_do: "Sign in without scanning",
    stopped: "WeChat shows this page",
    stopped_because: "The application is never called back. What WeChat says to it:",
    denied: "You did not allow it",
    denied_because: "WeChat stays on this page; the application hears nothing.",
};

static ZH: Words = Words {
    scan: "微信登录",
    waiting: "请用练习手机扫描这个二维码。",
    scanned: "已扫描，请在手机上确认。",
    refused: "你在手机上取消了登录，刷新页面可以重试。",
    expired: "二维码已过期，刷新页面换一个新的。",
    again: "已经确认，继续",
    open_phone: "打开练习手机",
    fast: "或者使用这台电脑上的微信",
    fast_do: "不扫码直接登录",
    stopped: "微信会显示这个页面",
    stopped_because: "应用不会收到任何回调。微信给出的提示：",
    denied: "你没有同意授权",
    denied_because: "微信停留在这个页面，应用不会收到消息。",
};
