//! The codes of Dysmsapi and of the gateway before it (sms.md §1.3, §1.4).

use super::super::{Known, Why};

/// Answers of the SMS product, all with HTTP 200.
pub(super) static BUSINESS: &[Known] = &[
    Known::new(
        "isv.BUSINESS_LIMIT_CONTROL",
        Why::TooOften,
        "This number got too many messages: by default one a minute, five an hour, ten a day for one signature. The limits are set in the SMS console.",
        "该号码触发流控：默认同一签名每分钟 1 条、每小时 5 条、每天 10 条，可在短信服务控制台调整。",
    ),
    Known::plain("isv.MOBILE_NUMBER_ILLEGAL", Why::BadNumber),
    Known::plain("isv.MOBILE_COUNT_OVER_LIMIT", Why::BadNumber),
    Known::new(
        "isv.SMS_SIGNATURE*",
        Why::Misconfigured,
        "The signature is unknown, not approved, or of another scene. Compare it with the SMS console, without 【】.",
        "短信签名不存在、未审核通过或场景不符，请与控制台核对，且不要包含【】。",
    ),
    Known::new(
        "isv.SMS_SIGN_ILLEGAL",
        Why::Misconfigured,
        "The signature is not allowed. Compare it with the SMS console, without 【】.",
        "短信签名不合法，请与控制台核对，且不要包含【】。",
    ),
    Known::new(
        "isv.SIGN_STATE_ILLEGAL",
        Why::Misconfigured,
        "The signature is not approved or was blocked. Look at its state in the SMS console.",
        "短信签名未通过审核或已被停用，请在控制台查看其状态。",
    ),
    Known::new(
        "isv.SMS_TEMPLATE_ILLEGAL",
        Why::Misconfigured,
        "The template code is not one of this account, or its variables differ. Check code and variables.",
        "该账号下没有这个模板，或模板变量不匹配，请核对模板 CODE 和变量。",
    ),
    Known::new(
        "isv.TEMPLATE_*",
        Why::Misconfigured,
        "The template's variables and the ones filled in here differ, or a value does not fit its type.",
        "模板变量与此处填写的不一致，或变量值不符合其类型。",
    ),
    Known::new(
        "isv.INVALID_JSON_PARAM",
        Why::Misconfigured,
        "The template's variables can't be read. Check them, one name=value a line.",
        "模板变量格式有误，请按每行“变量名=值”检查。",
    ),
    Known::new(
        "isv.PARAM_*",
        Why::Misconfigured,
        "A variable is too long or holds a web address, which is not allowed.",
        "变量过长或包含网址，不被允许。",
    ),
    Known::plain("isv.BLACK_KEY_CONTROL_LIMIT", Why::Refused),
    Known::plain("isv.SMS_CONTENT_ILLEGAL", Why::Refused),
    Known::plain("isv.INVALID_PARAMETERS", Why::Misconfigured),
    Known::plain("isv.EXTEND_CODE_ERROR", Why::Misconfigured),
    Known::new(
        "isv.DOMESTIC_NUMBER_NOT_SUPPORTED",
        Why::NotServed,
        "A template for abroad was used for a mainland number. Fill in a mainland template.",
        "国际模板不支持中国大陆号码，请填写国内模板。",
    ),
    Known::new(
        "isv.DENY_IP_RANGE",
        Why::Misconfigured,
        "This server's address is not among the allowed ones. Add it in the SMS console.",
        "本服务器的 IP 不在允许范围内，请在控制台添加。",
    ),
    Known::new(
        "isv.DAY_LIMIT_CONTROL",
        Why::AccountLimit,
        "The account's limit for the day is reached. Raise it in the SMS console.",
        "账号当日发送量已达上限，请在控制台调高。",
    ),
    Known::new(
        "isv.MONTH_LIMIT_CONTROL",
        Why::AccountLimit,
        "The account's limit for the month is reached. Raise it in the SMS console.",
        "账号当月发送量已达上限，请在控制台调高。",
    ),
    Known::new(
        "isv.AMOUNT_NOT_ENOUGH",
        Why::AccountLimit,
        "The account's balance is used up. Top it up.",
        "账号余额不足，请充值。",
    ),
    Known::new(
        "isv.OUT_OF_SERVICE",
        Why::AccountLimit,
        "The service is stopped, mostly because of a debt. Look at the account.",
        "业务已停机，通常因欠费所致，请查看账号。",
    ),
    Known::new(
        "isv.PRODUCT_UN*",
        Why::Misconfigured,
        "The SMS service is not switched on for this account.",
        "该账号尚未开通短信服务。",
    ),
    Known::plain("isv.ACCOUNT_*", Why::Misconfigured),
    Known::new(
        "isp.RAM_PERMISSION_DENY",
        Why::Misconfigured,
        "The key may not send messages. Give its RAM user AliyunDysmsFullAccess.",
        "该密钥没有发送短信的权限，请为 RAM 用户授予 AliyunDysmsFullAccess。",
    ),
    Known::plain("isp.SYSTEM_ERROR", Why::Unreachable),
    Known::plain("isv.SYSTEM_ERROR", Why::Unreachable),
];

/// Answers of the gateway.
pub(super) static GATEWAY: &[Known] = &[
    Known::new(
        "SignatureDoesNotMatch",
        Why::Misconfigured,
        "The AccessKey secret is not the one that belongs to the AccessKey ID. Fill it in again.",
        "AccessKey Secret 与 AccessKey ID 不匹配，请重新填写。",
    ),
    Known::new(
        "InvalidAccessKeyId*",
        Why::Misconfigured,
        "The AccessKey ID does not exist or is switched off. Look at it in the RAM console.",
        "AccessKey ID 不存在或已禁用，请在 RAM 控制台查看。",
    ),
    Known::new(
        "InvalidTimeStamp*",
        Why::Misconfigured,
        "This server's clock is off by more than fifteen minutes. Set it.",
        "本服务器时钟偏差超过 15 分钟，请校准。",
    ),
    Known::new(
        "IllegalTimestamp",
        Why::Misconfigured,
        "This server's clock is off by more than fifteen minutes. Set it.",
        "本服务器时钟偏差超过 15 分钟，请校准。",
    ),
    Known::plain("SignatureNonceUsed", Why::Refused),
    Known::plain("Missing*", Why::Misconfigured),
    Known::new(
        "InvalidProduct.NotFound",
        Why::Misconfigured,
        "This endpoint does not know the SMS service. Check the host.",
        "该接入点没有短信服务，请检查域名。",
    ),
    Known::plain("InvalidApi.NotFound", Why::Misconfigured),
    Known::plain("InvalidAction.NotFound", Why::Misconfigured),
    Known::plain("InvalidVersion*", Why::Misconfigured),
    Known::plain("InvalidProtocol.NeedSsl", Why::Misconfigured),
    Known::plain("Throttling*", Why::AccountLimit),
    Known::plain("ServiceUnavailable*", Why::Unreachable),
    Known::plain("InternalError*", Why::Unreachable),
    Known::new(
        "NoPermission*",
        Why::Misconfigured,
        "The key may not send messages. Give its RAM user AliyunDysmsFullAccess.",
        "该密钥没有发送短信的权限，请为 RAM 用户授予 AliyunDysmsFullAccess。",
    ),
    Known::new(
        "Forbidden*",
        Why::Misconfigured,
        "The key may not send messages. Give its RAM user AliyunDysmsFullAccess.",
        "该密钥没有发送短信的权限，请为 RAM 用户授予 AliyunDysmsFullAccess。",
    ),
];
