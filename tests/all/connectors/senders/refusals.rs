//! What providers refuse, in their own words, and what we make of it.

use hufu::connectors::senders::{Why, kind};
use serde_json::json;

use super::{ALIYUN, SNS, TENCENT, TWILIO, answered};
use crate::support::upstream::Reply;

fn aliyun(code: &str) -> Reply {
    Reply::json(&json!({ "Message": "触发分钟级流控Permits:1", "RequestId": "D1A6", "Code": code }))
}

fn tencent(code: &str) -> Reply {
    Reply::json(&json!({ "Response": { "Error": { "Code": code, "Message": "no" }, "RequestId": "r" } }))
}

fn twilio(status: u16, code: i64) -> Reply {
    Reply::json(&json!({ "code": code, "message": "The 'To' number +8613900001234 is not valid.", "status": status }))
        .status(status)
}

fn sns(status: u16, code: &str, text: &str) -> Reply {
    let body = format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{text}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    Reply::new(status, body).with("content-type", "text/xml")
}

/// Asks with this answer scripted, and checks kind and code, that there is a sentence, and that nothing was repeated.
async fn refused(id: &str, path: &str, reply: Reply, expected: (Why, &str)) {
    let (outcome, asked) = answered(id, path, reply).await;
    let trouble = outcome.expect_err(expected.1);
    assert_eq!((trouble.why, trouble.code.as_str()), expected, "{id}: {trouble}");
    assert_eq!(asked, 1, "{id} {}: asked again", expected.1);
    assert!(!trouble.detail.contains("13900001234") && !trouble.detail.contains("123456"), "{trouble}");
    let advice = kind(id).unwrap().advice(&trouble);
    assert!(!advice.en.is_empty() && !advice.zh.is_empty() && advice.en.ends_with('.') && advice.zh.ends_with('。'));
}

#[tokio::test]
async fn alibaba_says_no_with_http_200() {
    for (code, why) in [
        ("isv.BUSINESS_LIMIT_CONTROL", Why::TooOften),
        ("isv.MOBILE_NUMBER_ILLEGAL", Why::BadNumber),
        ("isv.SMS_SIGNATURE_ILLEGAL", Why::Misconfigured),
        ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", Why::Misconfigured),
        ("isv.SMS_TEMPLATE_ILLEGAL", Why::Misconfigured),
        ("isv.TEMPLATE_MISSING_PARAMETERS", Why::Misconfigured),
        ("isv.INVALID_JSON_PARAM", Why::Misconfigured),
        ("isv.PARAM_NOT_SUPPORT_URL", Why::Misconfigured),
        ("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", Why::NotServed),
        ("isv.DAY_LIMIT_CONTROL", Why::AccountLimit),
        ("isv.AMOUNT_NOT_ENOUGH", Why::AccountLimit),
        ("isv.ACCOUNT_NOT_EXISTS", Why::Misconfigured),
        ("isp.RAM_PERMISSION_DENY", Why::Misconfigured),
        ("isp.SYSTEM_ERROR", Why::Unreachable),
        ("isv.SOMETHING_NEW", Why::Refused),
    ] {
        refused("aliyun", ALIYUN, aliyun(code), (why, code)).await;
    }
}

#[tokio::test]
async fn alibabas_gateway_says_no_in_json_and_in_xml() {
    let json = |status: u16, code: &str| {
        let text = "server string to sign is:POST&%2F&13900001234%26123456";
        Reply::json(&json!({ "RequestId": "r", "HostId": "h", "Code": code, "Message": text })).status(status)
    };
    for (status, code, why) in [
        (400, "SignatureDoesNotMatch", Why::Misconfigured),
        (404, "InvalidAccessKeyId.NotFound", Why::Misconfigured),
        (400, "InvalidTimeStamp.Expired", Why::Misconfigured),
        (400, "MissingPhoneNumbers", Why::Misconfigured),
        (404, "InvalidProduct.NotFound", Why::Misconfigured),
        (400, "Throttling.User", Why::AccountLimit),
        (503, "ServiceUnavailable", Why::Unreachable),
        (403, "Forbidden.RAM", Why::Misconfigured),
    ] {
        refused("aliyun", ALIYUN, json(status, code), (why, code)).await;
    }
    let xml = "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>r</RequestId><HostId>h</HostId><Code>SignatureNonceUsed</Code><Message>Specified signature nonce was used already.</Message></Error>";
    refused("aliyun", ALIYUN, Reply::new(400, xml), (Why::Refused, "SignatureNonceUsed")).await;
    let throttled = Reply::new(429, "").with("x-acs-retry-after", "1000");
    refused("aliyun", ALIYUN, throttled, (Why::AccountLimit, "Throttling")).await;
}

#[tokio::test]
async fn tencent_says_no_for_the_whole_and_for_one_number() {
    for (code, why) in [
        ("AuthFailure.SignatureFailure", Why::Misconfigured),
        ("AuthFailure.SignatureExpire", Why::Misconfigured),
        ("UnauthorizedOperation.RequestIpNotInWhitelist", Why::Misconfigured),
        ("InvalidParameterValue.SdkAppIdNotExist", Why::Misconfigured),
        ("RequestLimitExceeded", Why::AccountLimit),
        ("InternalError.Timeout", Why::Unreachable),
        ("Something.New", Why::Refused),
    ] {
        refused("tencent", TENCENT, tencent(code), (why, code)).await;
    }
    for (code, why) in [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", Why::TooOften),
        ("LimitExceeded.AppDailyLimit", Why::AccountLimit),
        ("LimitExceeded.AppCountryOrRegionInBlacklist", Why::NotServed),
        ("FailedOperation.PhoneNumberInBlacklist", Why::OptedOut),
        ("InvalidParameterValue.IncorrectPhoneNumber", Why::BadNumber),
        ("FailedOperation.InsufficientBalanceInSmsPackage", Why::AccountLimit),
        ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", Why::Misconfigured),
        ("UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone", Why::NotServed),
    ] {
        let one = json!({ "SerialNo": "", "PhoneNumber": "+8613900001234", "Fee": 0, "Code": code, "Message": "of +8613900001234" });
        let body = json!({ "Response": { "SendStatusSet": [one], "RequestId": "r" } });
        refused("tencent", TENCENT, Reply::json(&body), (why, code)).await;
    }
}

#[tokio::test]
async fn twilio_says_no_with_a_number() {
    for (status, code, why) in [
        (401, 20003, Why::Misconfigured),
        (404, 20404, Why::Misconfigured),
        (429, 20429, Why::AccountLimit),
        (400, 21211, Why::BadNumber),
        (400, 21614, Why::BadNumber),
        (400, 21606, Why::Misconfigured),
        (400, 21408, Why::NotServed),
        (400, 21610, Why::OptedOut),
        (400, 21611, Why::AccountLimit),
        (400, 21612, Why::NotServed),
        (400, 29999, Why::Refused),
    ] {
        refused("twilio", TWILIO, twilio(status, code), (why, &code.to_string())).await;
    }
    let problem = json!({ "type": "https://x", "title": "Bad", "status": 400, "code": 21211, "detail": "bad" });
    refused("twilio", TWILIO, Reply::json(&problem).status(400), (Why::BadNumber, "21211")).await;
}

#[tokio::test]
async fn sns_says_no_in_xml_of_several_shapes() {
    let number = "Invalid parameter: PhoneNumber Reason: +166 is not valid to publish to";
    refused("aws", SNS, sns(400, "InvalidParameter", number), (Why::BadNumber, "InvalidParameter.PhoneNumber")).await;
    let text = "Invalid parameter: Message too long <![CDATA[<b>]]> &amp; so on";
    refused("aws", SNS, sns(400, "InvalidParameter", text), (Why::Misconfigured, "InvalidParameter")).await;
    for (status, code, why) in [
        (403, "AuthorizationError", Why::Misconfigured),
        (403, "SignatureDoesNotMatch", Why::Misconfigured),
        (403, "InvalidClientTokenId", Why::Misconfigured),
        (403, "ExpiredToken", Why::Misconfigured),
        (400, "Throttling", Why::AccountLimit),
        (429, "Throttled", Why::AccountLimit),
        (400, "OptedOut", Why::OptedOut),
        (500, "InternalError", Why::Unreachable),
        (503, "ServiceUnavailable", Why::Unreachable),
        (400, "SomethingNew", Why::Refused),
    ] {
        refused("aws", SNS, sns(status, code, "no"), (why, code)).await;
    }
    let nested =
        "<ErrorResponse><Errors><Error><Code>AccessDenied</Code><Message>no</Message></Error></Errors></ErrorResponse>";
    refused(
        "aws",
        SNS,
        Reply::new(403, nested).with("content-type", "text/html"),
        (Why::Misconfigured, "AccessDenied"),
    )
    .await;
}

#[test]
fn every_code_has_a_sentence_in_both_languages_and_the_first_that_fits_is_reached() {
    for kind in hufu::connectors::senders::kinds() {
        let known = kind.codes.iter().flat_map(|table| table.iter()).collect::<Vec<_>>();
        for (at, entry) in known.iter().enumerate() {
            assert!(entry.advice.en.ends_with('.') && entry.advice.zh.ends_with('。'), "{}", entry.code);
            let hidden = known[..at].iter().any(|before| {
                let same = before.code == entry.code;
                same || before.code.strip_suffix('*').is_some_and(|start| entry.code.starts_with(start))
            });
            assert!(!hidden, "{}: {} is never reached", kind.id, entry.code);
        }
        assert!(!kind.guide.zh.is_empty() && !kind.guide.en.is_empty());
    }
}
