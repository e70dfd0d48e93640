//! What an administrator fills in for DingTalk, and where to find it.

use crate::connectors::{Field, Input, Text};

/// The fields.
pub static FIELDS: &[Field] = &[
    Field {
        key: "corp_id",
        label: Text { en: "CorpId", zh: "CorpId" },
        help: Text {
            en: "On the front page of the developer console; begins with ding.",
            zh: "见开发者后台首页，以 ding 开头。",
        },
        input: Input::Line,
        required: true,
        default: "",
    },
    Field {
        key: "app_key",
        label: Text { en: "Client ID (AppKey)", zh: "Client ID（AppKey）" },
        help: Text { en: "Under Credentials of the application.", zh: "见应用的“凭证与基础信息”。" },
        input: Input::Line,
        required: true,
        default: "",
    },
    Field {
        key: "app_secret",
        label: Text { en: "Client Secret (AppSecret)", zh: "Client Secret（AppSecret）" },
        help: Text { en: "Beside the Client ID.", zh: "与 Client ID 在同一页面。" },
        input: Input::Secret,
        required: true,
        default: "",
    },
    Field {
        key: "agent_id",
        label: Text { en: "AgentId", zh: "AgentId" },
        help: Text {
            en: "A number beside the Client ID; applications may ask for it.",
            zh: "与 Client ID 同页的数字，供应用查询。",
        },
        input: Input::Line,
        required: false,
        default: "",
    },
    Field {
        key: "members_only",
        label: Text { en: "Only members of the company", zh: "仅限企业成员" },
        help: Text {
            en: "Asked of DingTalk at each sign-in; external contacts are no members. Leave it on.",
            zh: "每次登录都会向钉钉核实，外部联系人不算成员。建议保持开启。",
        },
        input: Input::Flag,
        required: false,
        default: "true",
    },
    Field {
        key: "company_accounts",
        label: Text { en: "Company accounts only", zh: "仅限专属账号" },
        help: Text {
            en: "Shows the page for accounts that the company itself manages (专属账号).",
            zh: "登录页直接显示本企业的专属账号登录。",
        },
        input: Input::Flag,
        required: false,
        default: "false",
    },
    Field {
        key: "events",
        label: Text { en: "Changes of the directory", zh: "通讯录变更事件" },
        help: Text {
            en: "Stream needs nothing but a tick over there; push needs token and aes_key below. Off: changes come with the \
                 next synchronisation.",
            zh: "Stream 模式无需公网地址，只需在平台勾选；HTTP 推送需填写下方 Token 与 aes_key；关闭则在下次同步时生效。",
        },
        input: Input::Choice(&[
            ("stream", Text { en: "Stream", zh: "Stream 模式" }),
            ("push", Text { en: "HTTP push", zh: "HTTP 推送" }),
            ("off", Text { en: "Off", zh: "关闭" }),
        ]),
        required: false,
        default: "off",
    },
    Field {
        key: "token",
        label: Text { en: "Push token", zh: "推送 Token" },
        help: Text { en: "Only for HTTP push.", zh: "仅用于 HTTP 推送。" },
        input: Input::Secret,
        required: false,
        default: "",
    },
    Field {
        key: "aes_key",
        label: Text { en: "Push aes_key", zh: "推送 aes_key" },
        help: Text { en: "43 characters; only for HTTP push.", zh: "43 位字符，仅用于 HTTP 推送。" },
        input: Input::Secret,
        required: false,
        default: "",
    },
];

/// Where to click.
pub const GUIDE: Text = Text {
    en: "1. On open-dev.dingtalk.com create an internal application (企业内部应用); copy Client ID, Client Secret and AgentId, and \
         the CorpId from the front page.\n\
         2. Under 安全设置 add {callback_url} as redirect URL, and this server's address to the list of outgoing addresses.\n\
         3. Under 权限管理 ask for Contact.User.Read (and Contact.User.mobile if you want the number), and for the directory \
         qyapi_get_member, qyapi_get_department_list and qyapi_get_department_member.\n\
         4. For changes at once: under 事件订阅 choose Stream and tick the events of the directory; or HTTP push with \
         {hook_url}, after token and aes_key were saved here.\n\
         5. Under 版本管理 publish a version with the visible range you want: before that the Client ID is refused.",
    zh: "1. 在 open-dev.dingtalk.com 新建“企业内部应用”，复制 Client ID、Client Secret 和 AgentId，并从首页复制 CorpId。\n\
         2. 在“安全设置”添加重定向 URL {callback_url}，并加入本服务器出口 IP。\n\
         3. 在“权限管理”申请 Contact.User.Read（如需手机号再加 Contact.User.mobile），通讯录需要 qyapi_get_member、qyapi_get_department_list 和 qyapi_get_department_member。\n\
         4. 如需变更即时生效：在“事件订阅”选择 Stream 模式并勾选通讯录事件；或先在此处保存 Token 与 aes_key，再以 {hook_url} 配置 HTTP 推送。\n\
         5. 在“版本管理与发布”发布一个版本并设置可见范围，发布前 Client ID 会被拒绝。",
};

/// What the practice platform accepts.
pub static PRACTICE: &[(&str, &str)] = &[
    ("corp_id", "dingpractice"),
    ("app_key", "practice-dingtalk"),
    ("app_secret", "practice-secret"),
    ("agent_id", "1001"),
    ("events", "stream"),
];

/// A company id of the wrong shape.
pub const NOT_A_CORP_ID: Text = Text {
    en: "is no CorpId: it begins with ding, letters and digits only",
    zh: "不是 CorpId：应以 ding 开头，只含字母和数字",
};
/// Push without its secrets.
pub const PUSH_NEEDS: Text = Text {
    en: "HTTP push needs a token and an aes_key of 43 characters",
    zh: "HTTP 推送需要 Token 和 43 位 aes_key",
};
/// Subject: the credentials.
pub const TOKEN: Text = Text { en: "Client ID and Client Secret", zh: "Client ID 与 Client Secret" };
/// Subject: the directory.
pub const DIRECTORY: Text = Text { en: "Directory", zh: "通讯录" };
/// Subject: a member.
pub const MEMBERS: Text = Text { en: "Membership", zh: "成员核实" };
/// They are right.
pub const ACCEPTED: Text = Text { en: "DingTalk accepts them.", zh: "钉钉已接受。" };
/// They are not.
pub const REFUSED: Text = Text {
    en: "DingTalk refuses them. Copy them again, and publish a version of the application",
    zh: "钉钉拒绝，请重新复制，并确认应用已发布版本",
};
/// Members can be looked up.
pub const MEMBERS_READ: Text = Text { en: "Members can be looked up.", zh: "可以核实成员身份。" };
/// They can't.
pub const MEMBERS_UNREAD: Text = Text {
    en: "Members can't be looked up, so nobody gets in. Ask for the permission in DingTalk's words, and check the address list",
    zh: "无法核实成员身份，所有人都无法登录。请按钉钉的提示申请权限，并检查出口 IP",
};
/// The scope is readable.
pub const DIRECTORY_READ: Text =
    Text { en: "The application's scope can be read.", zh: "可读取应用的通讯录授权范围。" };
/// It is not.
pub const DIRECTORY_UNREAD: Text =
    Text { en: "The application's scope can't be read", zh: "无法读取应用的通讯录授权范围" };
