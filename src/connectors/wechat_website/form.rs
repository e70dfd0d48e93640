//! What an administrator fills in for a WeChat website application, and where to find it.

use crate::connectors::wechat::{APPID, SECRET, UNION_GROUP};
use crate::connectors::{Field, Text};

/// The fields.
pub static FIELDS: &[Field] = &[APPID, SECRET, UNION_GROUP];

/// Where to click.
pub const GUIDE: Text = Text {
    en: "1. Open open.weixin.qq.com, sign in to your Open Platform account (verified as a developer) and create a \
         website application (网站应用); WeChat reviews it.\n\
         2. In the application under Development → 授权回调域, enter {host}: the host name only, no https, no path, \
         no port.\n\
         3. Copy the AppID here. Generate the AppSecret and copy it here at once; it is shown only this time.\n\
         4. If an official account or a mini program is bound to the same Open Platform account, give all of them the same \
         name under Open Platform account below, before people sign in: one person is then recognised through each.",
    zh: "1. 打开 open.weixin.qq.com，登录已完成开发者认证的开放平台账号，创建“网站应用”并等待审核。\n\
         2. 在应用的“开发信息 → 授权回调域”中填写 {host}：只填域名，不带 https、路径和端口。\n\
         3. 把 AppID 复制到此处；生成 AppSecret 并立即复制，平台只显示这一次。\n\
         4. 如有服务号或小程序绑定在同一开放平台账号下，请在用户登录之前，为它们在下方“开放平台账号”中填写相同名称，同一用户即可互通识别。",
};

/// What the practice platform accepts.
pub static PRACTICE: &[(&str, &str)] =
    &[("appid", "wxpracticewebsite0"), ("secret", "practice-secret"), ("union_group", "practice")];
