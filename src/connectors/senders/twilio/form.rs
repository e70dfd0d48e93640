//! What is filled in for Twilio.

use super::super::super::{Field, Input, Text};
use super::super::text::{AUTOFILL, REGIONS, TEXT_EN, TEXT_ZH, line};

const NONE: Text = Text { en: "", zh: "" };

pub(super) static FIELDS: &[Field] = &[
    line(
        "account_sid",
        Text { en: "Account SID", zh: "Account SID" },
        Text { en: "Begins with AC.", zh: "以 AC 开头。" },
        true,
        "",
    ),
    line(
        "api_key_sid",
        Text { en: "API key SID", zh: "API Key SID" },
        Text {
            en: "Begins with SK; better than the account's own token. Empty: the secret below is the auth token.",
            zh: "以 SK 开头，比主账号令牌更安全。留空则下面填写的是 Auth Token。",
        },
        false,
        "",
    ),
    Field {
        key: "secret",
        label: Text { en: "API key secret or auth token", zh: "API Key Secret 或 Auth Token" },
        help: NONE,
        input: Input::Secret,
        required: true,
        default: "",
    },
    Field {
        key: "auth_token",
        label: Text { en: "Auth token, for delivery reports", zh: "用于送达回执的 Auth Token" },
        help: Text {
            en: "Only beside an API key: Twilio signs its reports with the account's auth token. Empty: none are asked for.",
            zh: "仅在使用 API Key 时填写：Twilio 用主账号的 Auth Token 给送达回执签名。留空则不请求回执。",
        },
        input: Input::Secret,
        required: false,
        default: "",
    },
    line(
        "from",
        Text { en: "Sender", zh: "发送方" },
        Text {
            en: "A number with + that you own, or a name of up to 11 characters.",
            zh: "账号拥有的、带 + 的号码，或不超过 11 个字符的名称。",
        },
        false,
        "",
    ),
    line(
        "messaging_service_sid",
        Text { en: "Messaging Service SID", zh: "Messaging Service SID" },
        Text { en: "Begins with MG; instead of a sender.", zh: "以 MG 开头，与发送方二选一。" },
        false,
        "",
    ),
    TEXT_ZH,
    TEXT_EN,
    AUTOFILL,
    REGIONS,
    line(
        "host",
        Text { en: "Host", zh: "接入点域名" },
        Text {
            en: "Another one only for accounts kept outside the United States, such as api.sydney.au1.twilio.com.",
            zh: "仅当账号数据在美国以外时需要修改，例如 api.sydney.au1.twilio.com。",
        },
        false,
        "api.twilio.com",
    ),
];

pub(super) const NOT_A_SID: Text =
    Text { en: "An account SID has letters and digits only.", zh: "Account SID 只含字母和数字。" };
pub(super) const ONE_OF_TWO: Text = Text {
    en: "Fill in either a sender or a Messaging Service SID.",
    zh: "发送方与 Messaging Service SID 请填写其中一项。",
};

pub(super) const GUIDE: Text = Text {
    en: "In the Twilio console, make a standard API key and buy a number or make a Messaging Service. Allow the \
         countries you need under Messaging, Geo permissions. A trial account reaches only numbers you verified.",
    zh: "在 Twilio 控制台创建 Standard API Key，购买号码或创建 Messaging Service，并在 Messaging 的 Geo permissions \
         中允许所需的国家和地区。试用账号只能发送到已验证的号码。",
};

pub(super) const PRACTICE: &[(&str, &str)] =
    &[("account_sid", "AC00000000000000000000000000000001"), ("secret", "practice-secret"), ("from", "+15005550006")];
