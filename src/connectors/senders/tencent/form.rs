//! What is filled in for Tencent Cloud.

use super::super::super::{Field, Input, Text};
use super::super::text::{REGIONS, line};

const NONE: Text = Text { en: "", zh: "" };

pub(super) static FIELDS: &[Field] = &[
    line(
        "secret_id",
        Text { en: "SecretId", zh: "SecretId" },
        Text {
            en: "Of a sub-account that has QcloudSMSFullAccess only.",
            zh: "建议使用只授予 QcloudSMSFullAccess 权限的子账号密钥。",
        },
        true,
        "",
    ),
    Field {
        key: "secret_key",
        label: Text { en: "SecretKey", zh: "SecretKey" },
        help: NONE,
        input: Input::Secret,
        required: true,
        default: "",
    },
    line(
        "sdk_app_id",
        Text { en: "SmsSdkAppId", zh: "短信应用 SDK AppID" },
        Text { en: "Such as 1400006666.", zh: "形如 1400006666。" },
        true,
        "",
    ),
    line(
        "sign_name",
        Text { en: "Signature", zh: "短信签名" },
        Text { en: "The approved one, without 【】.", zh: "填写已审核通过的签名内容，不含【】。" },
        true,
        "",
    ),
    line("template_id", Text { en: "Template ID", zh: "正文模板 ID" }, NONE, true, ""),
    Field {
        key: "template_params",
        label: Text { en: "Template variables", zh: "模板变量" },
        help: Text {
            en: "One a line, in the order of {1}, {2}, …; {code}, {minutes} and {product} are filled in. Exactly as many as the template has.",
            zh: "每行一个，依次对应模板中的 {1}、{2}……，可用 {code}、{minutes}、{product}；个数须与模板一致。",
        },
        input: Input::Lines,
        required: false,
        default: "{code}",
    },
    line(
        "template_id_abroad",
        Text { en: "Template ID for abroad", zh: "国际/港澳台模板 ID" },
        Text {
            en: "Empty: numbers outside the mainland are not sent to.", zh: "留空则不向中国大陆以外的号码发送。"
        },
        false,
        "",
    ),
    REGIONS,
    line("region", Text { en: "Region", zh: "地域" }, NONE, false, "ap-guangzhou"),
    line("host", Text { en: "Endpoint", zh: "接入点域名" }, NONE, false, "sms.tencentcloudapi.com"),
];

pub(super) const GUIDE: Text = Text {
    en: "In the SMS console, make an application and have a signature and a verification-code template approved. Make \
         a sub-account with QcloudSMSFullAccess in CAM and fill in its key here.",
    zh: "在短信控制台创建应用，申请签名和验证码正文模板并等待审核通过；在访问管理（CAM）中创建子账号，授予 \
         QcloudSMSFullAccess 权限，将其密钥填在这里。",
};

pub(super) const PRACTICE: &[(&str, &str)] = &[
    ("secret_id", "practice-sms"),
    ("secret_key", "practice-secret"),
    ("sdk_app_id", "1400000001"),
    ("sign_name", "Hufu"),
    ("template_id", "1000001"),
    ("template_params", "{code}\n{minutes}"),
];
