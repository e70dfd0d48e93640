//! What is filled in for Alibaba Cloud.

use super::super::super::{Field, Input, Text};
use super::super::text::{REGIONS, line};

const NONE: Text = Text { en: "", zh: "" };

pub(super) static FIELDS: &[Field] = &[
    line("access_key_id", Text { en: "AccessKey ID", zh: "AccessKey ID" }, KEY, true, ""),
    Field {
        key: "access_key_secret",
        label: Text { en: "AccessKey secret", zh: "AccessKey Secret" },
        help: NONE,
        input: Input::Secret,
        required: true,
        default: "",
    },
    line(
        "sign_name",
        Text { en: "Signature", zh: "短信签名" },
        Text { en: "The approved one, without 【】.", zh: "填写已审核通过的签名，不含【】。" },
        true,
        "",
    ),
    line(
        "template_code",
        Text { en: "Template code", zh: "模板 CODE" },
        Text { en: "Such as SMS_153055065.", zh: "形如 SMS_153055065。" },
        true,
        "",
    ),
    Field {
        key: "template_params",
        label: Text { en: "Template variables", zh: "模板变量" },
        help: Text {
            en: "One a line, name=value; {code}, {minutes} and {product} are filled in. Exactly the variables of the template.",
            zh: "每行一个，变量名=值，可用 {code}、{minutes}、{product}；须与模板中的变量一致。",
        },
        input: Input::Lines,
        required: false,
        default: "code={code}",
    },
    line(
        "template_code_abroad",
        Text { en: "Template code for abroad", zh: "国际/港澳台模板 CODE" },
        Text {
            en: "Empty: numbers outside the mainland are not sent to.", zh: "留空则不向中国大陆以外的号码发送。"
        },
        false,
        "",
    ),
    REGIONS,
    line(
        "host",
        Text { en: "Endpoint", zh: "接入点域名" },
        Text {
            en: "Another one only for regions outside the mainland.", zh: "仅在使用中国大陆以外地域时需要修改。"
        },
        false,
        "dysmsapi.aliyuncs.com",
    ),
];

const KEY: Text = Text {
    en: "Of a RAM user that has AliyunDysmsFullAccess only.",
    zh: "建议使用只授予 AliyunDysmsFullAccess 权限的 RAM 用户的 AccessKey。",
};

pub(super) const GUIDE: Text = Text {
    en: "In the SMS console, have a signature and a verification-code template approved. Make a RAM user with \
         programmatic access, give it AliyunDysmsFullAccess, and fill in its AccessKey here. Limits for each number \
         (by default one a minute, five an hour, ten a day) are set in the console as well.",
    zh: "在短信服务控制台申请签名和验证码模板并等待审核通过；在访问控制（RAM）中创建仅编程访问的用户，授予 \
         AliyunDysmsFullAccess 权限，将其 AccessKey 填在这里。每个号码的频率限制（默认每分钟 1 条、每小时 5 条、\
         每天 10 条）也在该控制台设置。",
};

pub(super) const PRACTICE: &[(&str, &str)] = &[
    ("access_key_id", "practice-sms"),
    ("access_key_secret", "practice-secret"),
    ("sign_name", "Hufu"),
    ("template_code", "SMS_100000001"),
];
