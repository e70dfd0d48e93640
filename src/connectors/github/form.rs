//! What an administrator fills in for GitHub, and where to find it over there.

use crate::connectors::{Field, Input, Text};

/// The fields.
pub static FIELDS: &[Field] = &[
    Field {
        key: "client_id",
        label: Text { en: "Client ID", zh: "Client ID" },
        help: Text {
            en: "On the OAuth app's page, begins with Ov23 or Iv.",
            zh: "见 OAuth App 页面，以 Ov23 或 Iv 开头。",
        },
        input: Input::Line,
        required: true,
        default: "",
    },
    Field {
        key: "client_secret",
        label: Text { en: "Client secret", zh: "Client secret" },
        help: Text {
            en: "GitHub shows it once, right after you generate it.", zh: "生成后 GitHub 只显示一次。"
        },
        input: Input::Secret,
        required: true,
        default: "",
    },
    Field {
        key: "base_url",
        label: Text { en: "Enterprise Server address", zh: "GitHub Enterprise 地址" },
        help: Text {
            en: "Leave empty for github.com. For your own server: https://github.example.com",
            zh: "使用 github.com 请留空；自建服务器填写如 https://github.example.com",
        },
        input: Input::Url,
        required: false,
        default: "",
    },
    Field {
        key: "organisations",
        label: Text { en: "Only members of", zh: "仅限组织成员" },
        help: Text {
            en: "One organisation a line, by numeric id (stays the same when it is renamed) or by name. Empty: everybody.",
            zh: "每行一个组织，可填数字 ID（改名后不变）或组织名；留空则不限制。",
        },
        input: Input::List,
        required: false,
        default: "",
    },
    Field {
        key: "trust_ghes_email",
        label: Text { en: "Trust the server's e-mail addresses", zh: "信任该服务器上的邮箱" },
        help: Text {
            en: "Only for Enterprise Server: primary addresses count as proven although the server does not verify them.",
            zh: "仅用于 Enterprise Server：即使服务器未验证，主邮箱也视为已证实。",
        },
        input: Input::Flag,
        required: false,
        default: "false",
    },
];

/// Where to click.
pub const GUIDE: Text = Text {
    en: "1. On GitHub open Settings → Developer settings → OAuth Apps → New OAuth App (for a company: the \
         organisation's Settings → Developer settings).\n\
         2. Application name: what people should read on GitHub's consent page. Homepage URL: your site.\n\
         3. Authorization callback URL: paste {callback_url} exactly.\n\
         4. Press Register application, copy the Client ID here.\n\
         5. Press Generate a new client secret and copy it here at once; GitHub shows it only this time.\n\
         6. To let in members of an organisation only, enter it below. An owner of that organisation may have to approve \
         the app under Third-party Access first.",
    zh: "1. 在 GitHub 打开 Settings → Developer settings → OAuth Apps → New OAuth App（公司使用时，从组织的 Settings → Developer settings 进入）。\n\
         2. Application name 填写用户在 GitHub 授权页上看到的名称；Homepage URL 填写贵站网址。\n\
         3. Authorization callback URL 原样粘贴 {callback_url}。\n\
         4. 点击 Register application，把 Client ID 复制到此处。\n\
         5. 点击 Generate a new client secret，立即复制到此处；GitHub 只显示这一次。\n\
         6. 如只允许某个组织的成员登录，在下方填写该组织；组织所有者可能需要先在 Third-party Access 中批准此应用。",
};

/// What the practice platform accepts.
pub static PRACTICE: &[(&str, &str)] = &[("client_id", "practice-github"), ("client_secret", "practice-secret")];
