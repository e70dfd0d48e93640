//! What the live checks of the three connectors have in common: is the secret right?

use super::error::read;
use super::{App, address};
use crate::connectors::answer::text_of;
use crate::connectors::doctor::{REACH, Report};
use crate::connectors::wire::quoted;
use crate::connectors::{Check, Text, Trouble};

/// A call that is refused for its code when appid and secret are right, and for them when they are not.
pub async fn secret(report: &mut Report, check: &Check, app: &App, mini: bool) {
    let (path, name) = if mini { ("/sns/jscode2session", "js_code") } else { ("/sns/oauth2/access_token", "code") };
    let query = [
        ("appid", app.appid.as_str()),
        ("secret", app.secret.expose()),
        (name, "hufu-doctor-no-such-code"),
        ("grant_type", "authorization_code"),
    ];
    let Ok(url) = address(path, &query) else { return };
    let Some(answer) = reach(report, check, &url, path).await else { return };
    match read(&answer, path) {
        Ok((40029 | 40163 | 41008, _)) => report.ok(SECRET, ACCEPTED),
        Ok((40013 | 41002, _)) => report.error(SECRET, UNKNOWN_APPID, &app.appid),
        Ok((40125 | 40001 | 41004, _)) => report.error(SECRET, WRONG_SECRET, ""),
        Ok((40243, _)) => report.error(SECRET, FROZEN, ""),
        Ok((code, object)) => {
            let words = object.get("errmsg").and_then(text_of).unwrap_or_default();
            report.warning(SECRET, UNCLEAR, &quoted(&format!("{code} {words}")));
        }
        Err(trouble) => report.warning(SECRET, UNCLEAR, &trouble.to_string()),
    }
}

/// Asks without ever showing the address, which holds the secret.
async fn reach(report: &mut Report, check: &Check, url: &str, path: &str) -> Option<http::Response<Vec<u8>>> {
    let request = http::Request::get(url).body(Vec::new()).ok()?;
    match check.outbound.send(request).await {
        Ok(answer) => {
            report.ok(REACH, REACHED);
            Some(answer)
        }
        Err(error) => {
            report.unreached(&format!("{}{path}", super::API), &Trouble::from(error));
            None
        }
    }
}

/// The callback's host as the platform wants it: https, no port (upstreams/wechat.md §3.1, §4.1).
pub fn callback_host(report: &mut Report, check: &Check) {
    let url = url::Url::parse(&check.callback_url).ok();
    let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
    if url.as_ref().is_some_and(|url| url.port().is_some()) {
        report.warning(CALLBACK, HAS_PORT, host);
    } else {
        report.ok(CALLBACK, ENTER_HOST);
    }
}

/// What a trouble with the app-level token says to the administrator; a 40164 names the address to allow.
pub fn token(report: &mut Report, subject: Text, outcome: Result<(), Trouble>) {
    match outcome {
        Ok(()) => report.ok(subject, TOKEN),
        Err(Trouble::Misconfigured(detail)) if detail.contains("40164") => report.error(subject, NOT_ON_LIST, &detail),
        Err(trouble) => report.error(subject, NO_TOKEN, &trouble.to_string()),
    }
}

const SECRET: Text = Text { en: "AppID and AppSecret", zh: "AppID 与 AppSecret" };
const CALLBACK: Text = Text { en: "Callback domain", zh: "回调域名" };
const REACHED: Text = Text { en: "api.weixin.qq.com answers.", zh: "api.weixin.qq.com 可以访问。" };
const ACCEPTED: Text = Text { en: "WeChat accepts them.", zh: "微信已接受。" };
const UNKNOWN_APPID: Text =
    Text { en: "WeChat does not know this AppID. Copy it again", zh: "微信不认识此 AppID，请重新复制" };
const WRONG_SECRET: Text = Text {
    en: "WeChat does not accept the AppSecret. Generate a new one on the platform and fill it in here",
    zh: "微信不接受此 AppSecret，请在平台上重置后填入",
};
const FROZEN: Text = Text {
    en: "The AppSecret is frozen. Unfreeze it on the platform",
    zh: "AppSecret 已被冻结，请在平台上解冻",
};
const UNCLEAR: Text =
    Text { en: "WeChat's answer does not tell whether they are right", zh: "微信的回答无法判断是否正确" };
const HAS_PORT: Text = Text {
    en: "WeChat takes no port in the callback address: serve Hufu at the default port",
    zh: "微信的回调地址不支持端口号，请以默认端口提供服务",
};
const ENTER_HOST: Text = Text {
    en: "Enter the bare host name of this address on the platform, without https and without a path.",
    zh: "请在平台上填写此地址的域名，不带 https，也不带路径。",
};
const TOKEN: Text = Text { en: "WeChat gave a token for the application.", zh: "已取得应用的 access_token。" };
const NOT_ON_LIST: Text = Text {
    en: "This server's address is not on the account's IP list. Add the address from WeChat's words",
    zh: "本服务器的出口 IP 不在公众平台的 IP 白名单中，请加入下述地址",
};
const NO_TOKEN: Text =
    Text { en: "WeChat gave no token for the application", zh: "未能取得应用的 access_token" };
