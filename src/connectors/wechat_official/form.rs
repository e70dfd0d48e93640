//! What an administrator fills in for an official account, and where to find it.

use crate::connectors::wechat::{APPID, SECRET, UNION_GROUP};
use crate::connectors::{Field, Input, Text};

/// The fields.
pub static FIELDS: &[Field] = &[
    APPID,
    SECRET,
    UNION_GROUP,
    Field {
        key: "token",
        label: Text { en: "Server token", zh: "服务器 Token" },
        help: Text {
            en: "The Token of the server configuration. Empty: people sign in inside WeChat only, no QR code on a desk.",
            zh: "“服务器配置”中的 Token。留空则只能在微信内登录，电脑上不显示二维码。",
        },
        input: Input::Secret,
        required: false,
        default: "",
    },
    Field {
        key: "encoding_aes_key",
        label: Text { en: "EncodingAESKey", zh: "EncodingAESKey" },
        help: Text {
            en: "43 characters; choose the secure mode (安全模式) with it. Empty: plain mode, in which messages are not sealed.",
            zh: "43 位字符，请同时选择“安全模式”。留空为明文模式，消息不加密。",
        },
        input: Input::Secret,
        required: false,
        default: "",
    },
    Field {
        key: "scan_approves",
        label: Text { en: "Scanning signs in at once", zh: "扫码即登录" },
        help: Text {
            en: "Off: the person confirms on the phone, so that nobody is signed in by a picture sent to them. Leave it off.",
            zh: "关闭时需在手机上确认，防止他人转发二维码骗取登录。建议保持关闭。",
        },
        input: Input::Flag,
        required: false,
        default: "false",
    },
    Field {
        key: "forward_url",
        label: Text { en: "Pass other events on to", zh: "其他事件转发到" },
        help: Text {
            en: "An account has one server address. If a system of yours had it before, enter its address: everything that is \
                 not a sign-in goes there unchanged, and its answer back to WeChat.",
            zh: "每个账号只有一个服务器地址。如原先由贵方系统使用，请填写其地址：与登录无关的消息会原样转发，并把回复交还微信。",
        },
        input: Input::Url,
        required: false,
        default: "",
    },
    Field {
        key: "token_mode",
        label: Text { en: "How the access token is fetched", zh: "access_token 获取方式" },
        help: Text {
            en: "Stable does not disturb other systems that use the same account.",
            zh: "稳定版不影响使用同一账号的其他系统。",
        },
        input: Input::Choice(&[
            ("stable", Text { en: "Stable (recommended)", zh: "稳定版（推荐）" }),
            ("legacy", Text { en: "Classic", zh: "普通版" }),
        ]),
        required: false,
        default: "stable",
    },
];

/// Where to click.
pub const GUIDE: Text = Text {
    en: "You need a verified service account (服务号).\n\
         1. On mp.weixin.qq.com under Settings → Function settings → 网页授权域名, enter {host}. \
         WeChat shows a file MP_verify_….txt: store it with `hufu org verification-file` (or on this page), then press save.\n\
         2. Under Development → Basic configuration copy AppID and AppSecret here, and add this server's address to the IP list.\n\
         3. For the QR code on a desk: choose a Token and an EncodingAESKey, fill them in here and save first; then enter \
         {hook_url} as URL over there, with the same Token and key, secure mode, and press submit: WeChat asks us at once.\n\
         4. If a website application or a mini program is bound to the same Open Platform account, give all of them the same \
         name under Open Platform account.",
    zh: "需要已认证的服务号。\n\
         1. 在 mp.weixin.qq.com 的“设置 → 功能设置 → 网页授权域名”填写 {host}。微信会给出 MP_verify_….txt 文件：先用命令 `hufu org verification-file`（或在本页）保存，再点击保存。\n\
         2. 在“开发 → 基本配置”复制 AppID 与 AppSecret，并把本服务器出口 IP 加入 IP 白名单。\n\
         3. 如需在电脑上扫码：自定 Token 和 EncodingAESKey，先填在此处并保存；再到平台的服务器配置中把 URL 填为 {hook_url}，填写相同的 Token 和密钥，选择安全模式并提交，微信会立即验证。\n\
         4. 如有网站应用或小程序绑定在同一开放平台账号下，请为它们填写相同的“开放平台账号”名称。",
};

/// What the practice platform accepts.
pub static PRACTICE: &[(&str, &str)] = &[
    ("appid", "wxpracticeofficial0"),
    ("secret", "practice-secret"),
    ("union_group", "practice"),
    ("token", "practicetoken"),
    ("encoding_aes_key", "practicePRACTICEpracticePRACTICEpracticeAES"),
];

/// The subject of the lines about pushes.
pub const PUSH: Text = Text { en: "Server configuration", zh: "服务器配置" };
/// No pushes.
pub const NO_PUSH: Text = Text {
    en: "No server token is filled in: people can sign in inside WeChat, but there is no QR code on a desk",
    zh: "未填写服务器 Token：可在微信内登录，但电脑上没有二维码",
};
/// Pushes that are not sealed.
pub const PLAIN_MODE: Text = Text {
    en: "Messages come in plain mode, which proves little about who sent them. Fill in an EncodingAESKey and choose the secure mode",
    zh: "消息为明文模式，难以证明来源。请填写 EncodingAESKey 并选择安全模式",
};
