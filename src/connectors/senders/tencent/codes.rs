//! Tencent's codes, of the whole request and of a single number alike (sms.md §4.2).

use super::super::{Known, Why};

pub(super) static CODES: &[Known] = &[
    Known::plain("InvalidParameterValue.IncorrectPhoneNumber", Why::BadNumber),
    Known::plain("FailedOperation.PhoneNumberInBlacklist", Why::OptedOut),
    Known::new(
        "LimitExceeded.PhoneNumber*",
        Why::TooOften,
        "This number got too many messages. The limits for each number are set in the SMS console.",
        "该号码触发频率限制，可在短信控制台调整单个号码的频率限制。",
    ),
    Known::new(
        "LimitExceeded.DeliveryFrequencyLimit",
        Why::TooOften,
        "This number got too many messages. The limits for each number are set in the SMS console.",
        "该号码触发频率限制，可在短信控制台调整单个号码的频率限制。",
    ),
    Known::new(
        "LimitExceeded.AppCountryOrRegionInBlacklist",
        Why::NotServed,
        "That country is switched off for the application. Look at the international settings in the SMS console.",
        "该国家或地区已被限制发送，请查看短信控制台的国际短信设置。",
    ),
    Known::new(
        "LimitExceeded.*",
        Why::AccountLimit,
        "A daily limit of the application is reached. Raise it in the SMS console.",
        "应用的日发送量已达上限，请在短信控制台调高。",
    ),
    Known::plain("RequestLimitExceeded*", Why::AccountLimit),
    Known::new(
        "FailedOperation.InsufficientBalanceInSmsPackage",
        Why::AccountLimit,
        "The package of messages is used up. Buy another one.",
        "短信套餐包余量不足，请购买套餐包。",
    ),
    Known::new(
        "FailedOperation.SignatureIncorrectOrUnapproved",
        Why::Misconfigured,
        "The signature is wrong or not approved. Compare it with the SMS console, without 【】.",
        "签名有误或未审核通过，请与控制台核对，且不要包含【】。",
    ),
    Known::new(
        "FailedOperation.MissingSignature",
        Why::Misconfigured,
        "The signature is missing. Fill it in.",
        "缺少签名，请填写。",
    ),
    Known::new(
        "FailedOperation.Template*",
        Why::Misconfigured,
        "The template is not approved, or its variables and the ones filled in here differ in number or kind.",
        "模板未审核通过，或变量个数、类型与模板不一致。",
    ),
    Known::plain("FailedOperation.ContainSensitiveWord", Why::Refused),
    Known::new(
        "InvalidParameterValue.SdkAppIdNotExist",
        Why::Misconfigured,
        "There is no such SmsSdkAppId. It begins with 14 and stands in the SMS console.",
        "SDK AppID 不存在，请在短信控制台查看（以 14 开头）。",
    ),
    Known::new(
        "InvalidParameterValue.TemplateParameter*",
        Why::Misconfigured,
        "A variable does not fit: templates for codes take up to six digits and nothing else.",
        "变量不符合要求：验证码模板的变量只能是不超过 6 位的数字。",
    ),
    Known::plain("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", Why::Misconfigured),
    Known::new(
        "UnauthorizedOperation.RequestIpNotInWhitelist",
        Why::Misconfigured,
        "This server's address is not among the allowed ones. Add it in the SMS console.",
        "本服务器的 IP 不在白名单内，请在短信控制台添加。",
    ),
    Known::new(
        "UnauthorizedOperation.ServiceSuspendDueToArrears",
        Why::AccountLimit,
        "The service is stopped because of a debt. Look at the account.",
        "因欠费停止服务，请查看账号。",
    ),
    Known::plain("UnauthorizedOperation*", Why::Misconfigured),
    Known::new(
        "UnsupportedOperation.*",
        Why::NotServed,
        "Template and number do not belong together: one is of the mainland, the other is not.",
        "模板与号码不匹配：国内模板不能发往境外号码，国际模板不能发往国内号码。",
    ),
    Known::new(
        "AuthFailure.SignatureExpire",
        Why::Misconfigured,
        "This server's clock is off by more than five minutes. Set it.",
        "本服务器时钟偏差超过 5 分钟，请校准。",
    ),
    Known::new(
        "AuthFailure.*",
        Why::Misconfigured,
        "SecretId or SecretKey is not right, or the sub-account may not send. Fill them in again.",
        "SecretId 或 SecretKey 有误，或子账号没有权限，请重新填写。",
    ),
    Known::plain("InternalError*", Why::Unreachable),
    Known::plain("ResourceUnavailable*", Why::Unreachable),
    Known::plain("InvalidAction*", Why::Misconfigured),
    Known::plain("NoSuchVersion*", Why::Misconfigured),
    Known::plain("MissingParameter*", Why::Misconfigured),
    Known::plain("UnsupportedProtocol*", Why::Misconfigured),
    Known::plain("InvalidParameter*", Why::Misconfigured),
];
