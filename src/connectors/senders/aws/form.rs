//! What is filled in for AWS SNS.

use super::super::super::{Field, Input, Text};
use super::super::text::{AUTOFILL, REGIONS, TEXT_EN, TEXT_ZH, line};

const NONE: Text = Text { en: "", zh: "" };

pub(super) static FIELDS: &[Field] = &[
    line(
        "region",
        Text { en: "Region", zh: "区域" },
        Text { en: "Such as us-east-1 or ap-southeast-1.", zh: "例如 us-east-1、ap-southeast-1。" },
        true,
        "",
    ),
    line(
        "access_key_id",
        Text { en: "Access key ID", zh: "Access key ID" },
        Text {
            en: "Of a user that may sns:Publish and nothing else.",
            zh: "建议使用只有 sns:Publish 权限的用户的密钥。",
        },
        true,
        "",
    ),
    Field {
        key: "secret_access_key",
        label: Text { en: "Secret access key", zh: "Secret access key" },
        help: NONE,
        input: Input::Secret,
        required: true,
        default: "",
    },
    line(
        "sender_id",
        Text { en: "Sender ID", zh: "发送方名称" },
        Text {
            en: "Up to 11 letters and digits; ignored in some countries.",
            zh: "不超过 11 个字母或数字，部分国家不显示。",
        },
        false,
        "",
    ),
    line(
        "origination_number",
        Text { en: "Origination number", zh: "发送号码" },
        Text { en: "A number with + that you own, if any.", zh: "账号拥有的、带 + 的号码，可不填。" },
        false,
        "",
    ),
    line(
        "max_price",
        Text { en: "Highest price", zh: "单条最高价" },
        Text {
            en: "US dollars a message, such as 0.50. Dearer ones are dropped without a word.",
            zh: "单位美元，例如 0.50。超过此价的短信会被静默丢弃。",
        },
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
        Text { en: "Empty: sns.{region}.amazonaws.com.", zh: "留空为 sns.{区域}.amazonaws.com。" },
        false,
        "",
    ),
];

pub(super) const NOT_A_REGION: Text = Text { en: "A region looks like us-east-1.", zh: "区域形如 us-east-1。" };

pub(super) const GUIDE: Text = Text {
    en: "Make an IAM user that may sns:Publish. Leave the SMS sandbox and raise the monthly spend limit (one dollar \
         for a new account) in the SNS console. SNS also says yes to messages that it then drops (opted out, sandbox, \
         budget): switch on delivery status logs in CloudWatch to see them.",
    zh: "创建只有 sns:Publish 权限的 IAM 用户；在 SNS 控制台申请移出短信沙盒，并调高每月消费上限（新账号仅 1 美元）。\
         被退订、处于沙盒或超出预算的短信，SNS 同样返回成功但并不发送，请开启 CloudWatch 的送达状态日志查看。",
};

pub(super) const PRACTICE: &[(&str, &str)] =
    &[("region", "us-east-1"), ("access_key_id", "practice-sms"), ("secret_access_key", "practice-secret")];
