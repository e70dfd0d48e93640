//! What an administrator fills in for WeChat Work, and where to find it.

use crate::connectors::{Field, Input, Text};

/// The fields.
pub static FIELDS: &[Field] = &[
    Field {
        key: "corpid",
        label: Text { en: "CorpId", zh: "企业 ID（CorpId）" },
        help: Text {
            en: "Under My company, at the bottom; begins with ww.", zh: "见“我的企业”页面底部，以 ww 开头。"
        },
        input: Input::Line,
        required: true,
        default: "",
    },
    Field {
        key: "agentid",
        label: Text { en: "AgentId", zh: "AgentId" },
        help: Text { en: "The number on the application's page.", zh: "应用详情页上的数字。" },
        input: Input::Line,
        required: true,
        default: "",
    },
    Field {
        key: "secret",
        label: Text { en: "Secret", zh: "Secret" },
        help: Text {
            en: "The application's secret (not the one of contact synchronisation); WeChat Work sends it to the app on your phone.",
            zh: "应用的 Secret（不是通讯录同步的 Secret）；点击查看后会发送到手机端企业微信。",
        },
        input: Input::Secret,
        required: true,
        default: "",
    },
    Field {
        key: "scope",
        label: Text { en: "Inside WeChat Work, ask for", zh: "在企业微信内获取" },
        help: Text {
            en: "The private details need the AgentId and a tick for each field on the application's page; people may decline.",
            zh: "获取敏感信息需在应用中勾选相应字段，成员可拒绝。",
        },
        input: Input::Choice(&[
            ("base", Text { en: "Who it is, silently", zh: "仅身份（静默）" }),
            ("private", Text { en: "Also phone, e-mail and picture", zh: "另取手机、邮箱和头像" }),
        ]),
        required: false,
        default: "base",
    },
    Field {
        key: "require_visible",
        label: Text { en: "Only members in the visible range", zh: "仅限可见范围内的成员" },
        help: Text {
            en: "WeChat Work lets members sign in who are outside of the application's visible range; this refuses them.",
            zh: "企业微信允许可见范围之外的成员登录，开启后将拒绝他们。",
        },
        input: Input::Flag,
        required: false,
        default: "false",
    },
    Field {
        key: "linked_corps",
        label: Text { en: "Linked companies let in", zh: "允许的互联企业" },
        help: Text {
            en: "One CorpId a line. Empty: members of this company only.",
            zh: "每行一个 CorpId；留空则仅限本企业成员。",
        },
        input: Input::List,
        required: false,
        default: "",
    },
    Field {
        key: "token",
        label: Text { en: "Callback token", zh: "回调 Token" },
        help: Text {
            en: "Of the receive-event server of contact synchronisation, so that changes arrive at once. Empty: changes come \
                 with the next synchronisation.",
            zh: "“通讯录同步”的接收事件服务器 Token，填写后变更即时生效；留空则在下次同步时生效。",
        },
        input: Input::Secret,
        required: false,
        default: "",
    },
    Field {
        key: "encoding_aes_key",
        label: Text { en: "EncodingAESKey", zh: "EncodingAESKey" },
        help: Text { en: "43 characters, beside the token.", zh: "43 位字符，与 Token 在同一页面。" },
        input: Input::Secret,
        required: false,
        default: "",
    },
];

/// Where to click.
pub const GUIDE: Text = Text {
    en: "1. On work.weixin.qq.com under My company copy the CorpId. Under Applications create one of your own (自建应用), set its \
         visible range, and copy AgentId and Secret.\n\
         2. On the application's page under 网页授权及JS-SDK enter {host} as trusted domain. WeChat Work \
         shows a file WW_verify_….txt: store it with `hufu org verification-file`, then press verify.\n\
         3. Under 企业微信授权登录 → Web网页 enter the same host name again: it is a setting of its own.\n\
         4. Under 企业可信IP enter the address of this server. The doctor below shows it when WeChat Work refuses it.\n\
         5. For changes at once: under Management tools → 通讯录同步 → 接收事件服务器 choose Token and EncodingAESKey, fill them in \
         here and save first, then enter {hook_url} over there: WeChat Work asks us at once.",
    zh: "1. 在 work.weixin.qq.com 的“我的企业”复制企业 ID；在“应用管理”新建自建应用，设置可见范围，复制 AgentId 与 Secret。\n\
         2. 在应用的“网页授权及JS-SDK”把 {host} 设为可信域名。企业微信会给出 WW_verify_….txt 文件：先用命令 `hufu org verification-file` 保存，再点击验证。\n\
         3. 在“企业微信授权登录 → Web网页”再次填写同一域名，这是另一项设置。\n\
         4. 在“企业可信IP”填写本服务器出口 IP；如被拒绝，下方的检查会显示该 IP。\n\
         5. 如需变更即时生效：在“管理工具 → 通讯录同步 → 接收事件服务器”设定 Token 和 EncodingAESKey，先填在此处并保存，再到平台填写 {hook_url}，企业微信会立即验证。",
};

/// What the practice platform accepts.
pub static PRACTICE: &[(&str, &str)] = &[
    ("corpid", "wwpractice00000000"),
    ("agentid", "1000002"),
    ("secret", "practice-secret"),
    ("token", "practicetoken"),
    ("encoding_aes_key", "practicePRACTICEpracticePRACTICEpracticeAES"),
];

/// A company id of the wrong shape.
pub const NOT_A_CORPID: Text = Text {
    en: "is no CorpId: it begins with ww or wx, letters and digits only",
    zh: "不是企业 ID：应以 ww 或 wx 开头，只含字母和数字",
};
/// An application number that is none.
pub const NOT_AN_AGENTID: Text = Text { en: "is a number", zh: "应为数字" };
/// One of two that belong together.
pub const BOTH: Text =
    Text { en: "token and EncodingAESKey belong together", zh: "Token 与 EncodingAESKey 须同时填写" };
/// Subject: the token.
pub const TOKEN: Text = Text { en: "CorpId and Secret", zh: "企业 ID 与 Secret" };
/// Subject: the application.
pub const AGENT: Text = Text { en: "Application", zh: "应用" };
/// Subject: the directory.
pub const DIRECTORY: Text = Text { en: "Directory", zh: "通讯录" };
/// They are right.
pub const ACCEPTED: Text = Text { en: "WeChat Work accepts them.", zh: "企业微信已接受。" };
/// They are not.
pub const REFUSED: Text = Text {
    en: "WeChat Work refuses them. Copy CorpId and Secret again",
    zh: "企业微信拒绝，请重新复制企业 ID 与 Secret",
};
/// The address is not on the list.
pub const NOT_ON_LIST: Text = Text {
    en: "This server's address is not among the trusted ones. Enter the address from WeChat Work's words under 企业可信IP",
    zh: "本服务器出口 IP 不在企业可信 IP 中，请将下述地址加入“企业可信IP”",
};
/// The application answers.
pub const AGENT_FOUND: Text = Text { en: "The AgentId belongs to this secret.", zh: "AgentId 与 Secret 匹配。" };
/// It does not.
pub const AGENT_UNREAD: Text = Text { en: "The application can't be read", zh: "无法读取应用信息" };
/// Another domain.
pub const OTHER_DOMAIN: Text = Text {
    en: "The trusted domain over there is not the host name of our callback address",
    zh: "平台上的可信域名与本系统回调地址的域名不一致",
};
/// The tree is readable.
pub const DIRECTORY_READ: Text =
    Text { en: "The departments in the visible range can be read.", zh: "可读取可见范围内的部门。" };
/// It is not.
pub const DIRECTORY_UNREAD: Text = Text { en: "The departments can't be read", zh: "无法读取部门" };
