//! What WeCom's practice pages say, in both languages.

use super::super::texts::Texts;

/// The sentences of one language.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) scan: &'static str,
    pub(super) scanned: &'static str,
    pub(super) open_phone: &'static str,
    pub(super) desktop: &'static str,
    pub(super) cancel: &'static str,
    pub(super) stopped: &'static str,
    pub(super) parameters: &'static str,
    pub(super) domain: &'static str,
    pub(super) open_in_client: &'static str,
    pub(super) state: &'static str,
    pub(super) no_permission: &'static str,
    pub(super) cancelled: &'static str,
}

impl Words {
    pub(super) fn of(texts: &Texts) -> &'static Self {
        if texts.lang == "en" { &EN } else { &ZH }
    }
}

static EN: Words = Words {
    title: "Sign in with WeCom",
    scan: "Scan this code with the practice phone.",
    scanned: "Scanned. Confirm on the phone.",
    open_phone: "Open the practice phone",
    desktop: "Or sign in with one press, as the desktop client does",
    cancel: "Do not sign in",
    stopped: "WeCom does not go on",
    parameters: "A parameter is missing or wrong: the corporation, the application or the address to return to.",
    domain: "The address to return to is not on a domain that the application trusts.",
    open_in_client: "This page opens inside the WeCom client only.",
    state: "The state parameter may hold 128 letters and digits at most, and nothing else.",
    no_permission: "You are not among the people who may use this application.",
    cancelled: "You did not sign in. You can close this page.",
};

static ZH: Words = Words {
    title: "企业微信登录",
    scan: "请用练习手机扫描二维码。",
    scanned: "已扫码，请在手机上确认。",
    open_phone: "打开练习手机",
    desktop: "也可以像电脑客户端那样一键登录",
    cancel: "不登录",
    stopped: "企业微信无法继续",
    parameters: "缺少参数或参数有误：企业、应用或回调地址。",
    domain: "回调地址不在应用的可信域名下。",
    open_in_client: "这个页面只能在企业微信客户端里打开。",
    state: "state 参数最多 128 个字母或数字，不能有其他字符。",
    no_permission: "你不在这个应用的可见范围内。",
    cancelled: "你没有登录，可以关闭这个页面了。",
};
