//! What an administrator fills in for a mini program, and where to find it.

use crate::connectors::wechat::{APPID, SECRET, UNION_GROUP};
use crate::connectors::{Field, Input, Text};

/// The fields.
pub static FIELDS: &[Field] = &[
    APPID,
    SECRET,
    UNION_GROUP,
    Field {
        key: "page",
        label: Text { en: "Page that confirms", zh: "确认登录的页面" },
        help: Text {
            en: "The page of your mini program that confirms a sign-in on a desk, such as pages/confirm/index. \
                 Empty: no code is shown on a desk.",
            zh: "小程序中用于确认电脑登录的页面，如 pages/confirm/index。留空则电脑上不显示小程序码。",
        },
        input: Input::Line,
        required: false,
        default: "",
    },
    Field {
        key: "version",
        label: Text { en: "Version that opens", zh: "打开的版本" },
        help: Text {
            en: "Which version of the mini program the code opens.", zh: "扫码后打开小程序的哪个版本。"
        },
        input: Input::Choice(&[
            ("release", Text { en: "Released", zh: "正式版" }),
            ("trial", Text { en: "Trial", zh: "体验版" }),
            ("develop", Text { en: "Development", zh: "开发版" }),
        ]),
        required: false,
        default: "release",
    },
    Field {
        key: "trust_phone",
        label: Text { en: "WeChat's phone numbers count as proven", zh: "微信提供的手机号视为已证实" },
        help: Text {
            en: "WeChat checked the number some time ago, not now.",
            zh: "微信曾验证过该号码，但不保证实时有效。",
        },
        input: Input::Flag,
        required: false,
        default: "true",
    },
];

/// Where to click.
pub const GUIDE: Text = Text {
    en: "1. On mp.weixin.qq.com, in your mini program under Development → Development settings, copy the AppID here; generate \
         the AppSecret and copy it here at once.\n\
         2. Under 服务器域名 (server domains) add {host} to the request domains.\n\
         3. Make an application of the type native in Hufu, marked first-party, and call POST /authorize-challenge from the \
         mini program with the code of wx.login: docs/authorization-challenge.md has the whole example.\n\
         4. To confirm sign-ins on a desk with the mini program, enter the page that does it below.\n\
         5. If the mini program is bound to an Open Platform account together with other apps, give all of them the same name.",
    zh: "1. 在 mp.weixin.qq.com 进入小程序，在“开发管理 → 开发设置”复制 AppID；生成 AppSecret 并立即复制到此处。\n\
         2. 在“服务器域名”的 request 合法域名中加入 {host}。\n\
         3. 在 Hufu 新建一个“原生”类型的自有应用，在小程序中用 wx.login 的 code 调用 POST /authorize-challenge，完整示例见 docs/authorization-challenge.md。\n\
         4. 如需用小程序确认电脑上的登录，请在下方填写确认页面。\n\
         5. 如小程序与其他应用绑定在同一开放平台账号下，请填写相同名称。",
};

/// What the practice platform accepts.
pub static PRACTICE: &[(&str, &str)] = &[
    ("appid", "wxpracticemini0000"),
    ("secret", "practice-secret"),
    ("union_group", "practice"),
    ("page", "pages/confirm/index"),
];

/// A page with a slash in front, or a query.
pub const NOT_A_PAGE: Text = Text {
    en: "is a path without a leading slash and without a query",
    zh: "应为不以斜杠开头、不带参数的路径",
};
/// The subject of the lines about the code on a desk.
pub const DESK: Text = Text { en: "Code on a desk", zh: "电脑上的小程序码" };
