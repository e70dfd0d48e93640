//! The codes of SNS and of the door before it (sms.md §3.3).

use super::super::{Known, Why};

pub(super) static CODES: &[Known] = &[
    Known::plain("InvalidParameter.PhoneNumber", Why::BadNumber),
    Known::plain("InvalidParameter*", Why::Misconfigured),
    Known::plain("ParameterValueInvalid", Why::Misconfigured),
    Known::plain("ValidationError", Why::Misconfigured),
    Known::new(
        "AuthorizationError",
        Why::Misconfigured,
        "The key may not publish. Give its user sns:Publish.",
        "该密钥没有发布权限，请为用户授予 sns:Publish。",
    ),
    Known::new(
        "AccessDenied*",
        Why::Misconfigured,
        "The key may not publish. Give its user sns:Publish.",
        "该密钥没有发布权限，请为用户授予 sns:Publish。",
    ),
    Known::plain("InvalidSecurity", Why::Misconfigured),
    Known::new(
        "SignatureDoesNotMatch",
        Why::Misconfigured,
        "The secret access key is not right, or this server's clock is off.",
        "Secret access key 有误，或本服务器时钟不准。",
    ),
    Known::new(
        "InvalidClientTokenId",
        Why::Misconfigured,
        "AWS does not know this access key ID, or it is not one of this partition.",
        "AWS 找不到该 Access key ID，或它不属于该分区。",
    ),
    Known::plain("MissingAuthenticationToken", Why::Misconfigured),
    Known::plain("IncompleteSignature", Why::Misconfigured),
    Known::plain("ExpiredToken*", Why::Misconfigured),
    Known::plain("RequestExpired", Why::Misconfigured),
    Known::plain("Thrott*", Why::AccountLimit),
    Known::plain("OptedOut", Why::OptedOut),
    Known::plain("UserError", Why::Refused),
    Known::plain("InternalError*", Why::Unreachable),
    Known::plain("InternalFailure", Why::Unreachable),
    Known::plain("ServiceUnavailable", Why::Unreachable),
];
