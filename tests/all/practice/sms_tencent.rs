//! Tencent Cloud SMS: HTTP 200 always, and two places for a fault.

use serde_json::{Value, json};

use super::site::{NOW, Site};
use super::sms_sign::tencent;

const KEY: (&str, &str) = ("2025-06-15", "practice-secret");

fn body() -> Value {
    json!({"PhoneNumberSet": ["+8613800000001"], "SmsSdkAppId": "1400000001", "SignName": "Hufu",
           "TemplateId": "1000001", "TemplateParamSet": ["048213", "5"], "SessionContext": "s1"})
}

async fn send(site: &Site, body: &Value) -> Value {
    let reply = tencent(site, site.clock.now(), KEY, body).await;
    assert_eq!(reply.status, 200);
    reply.json()["Response"].clone()
}

fn with(name: &str, value: Value) -> Value {
    let mut body = body();
    body[name] = value;
    body
}

#[tokio::test]
async fn a_message_is_sent_and_every_number_has_its_entry_in_order() {
    let site = Site::new();
    let response = send(&site, &with("PhoneNumberSet", json!(["13800000001", "+8613800000002", "nonsense"]))).await;
    let set = response["SendStatusSet"].as_array().unwrap();
    let told: Vec<(&str, &str)> =
        set.iter().map(|entry| (entry["PhoneNumber"].as_str().unwrap(), entry["Code"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [
            ("+8613800000001", "Ok"),
            ("+8613800000002", "Ok"),
            ("nonsense", "InvalidParameterValue.IncorrectPhoneNumber")
        ]
    );
    assert_eq!(
        (&set[0]["Message"], &set[0]["Fee"], &set[0]["SessionContext"], &set[0]["IsoCode"]),
        (&json!("send success"), &json!(1), &json!("s1"), &json!("CN"))
    );
    assert!(response.get("Error").is_none() && response["RequestId"].is_string());
    let messages = site.get("/_control/phone/messages?person=xiaoman", &[]).await.json();
    assert_eq!(messages[0]["text"], "【Hufu】048213为您的验证码，请于5分钟内填写，请勿告知他人。");
}

#[tokio::test]
async fn faults_of_a_message_stand_beside_the_number() {
    let site = Site::new();
    let cases = [
        ("SignName", json!("Nobody"), "FailedOperation.SignatureIncorrectOrUnapproved"),
        ("SignName", json!(""), "FailedOperation.MissingSignature"),
        ("TemplateId", json!("9"), "FailedOperation.TemplateIncorrectOrUnapproved"),
        ("TemplateParamSet", json!(["048213"]), "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"),
        ("TemplateParamSet", json!(["abc", "5"]), "InvalidParameterValue.TemplateParameterFormatError"),
        ("TemplateParamSet", json!(["https://x", "5"]), "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"),
    ];
    for (name, value, code) in cases {
        let response = send(&site, &with(name, value)).await;
        assert_eq!(response["SendStatusSet"][0]["Code"], code);
        assert_eq!(
            (&response["SendStatusSet"][0]["SerialNo"], &response["SendStatusSet"][0]["Fee"]),
            (&json!(""), &json!(0))
        );
    }
}

#[tokio::test]
async fn faults_of_the_request_stand_on_top() {
    let site = Site::new();
    let cases = [
        (with("PhoneNumberSet", json!([])), "MissingParameter.EmptyPhoneNumberSet"),
        (with("SmsSdkAppId", json!("1")), "InvalidParameterValue.SdkAppIdNotExist"),
        (
            with("PhoneNumberSet", json!(["+8613800000001", "+12025550104"])),
            "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
        ),
        (with("PhoneNumberSet", json!([13_800_000_001_u64])), "InvalidParameter"),
    ];
    for (body, code) in cases {
        let response = send(&site, &body).await;
        assert_eq!(response["Error"]["Code"], code);
        assert!(response.get("SendStatusSet").is_none());
    }
}

#[tokio::test]
async fn the_same_text_waits_thirty_seconds_and_ten_a_day_are_enough() {
    let site = Site::new();
    let code = |response: &Value| response["SendStatusSet"][0]["Code"].as_str().unwrap().to_owned();
    assert_eq!(code(&send(&site, &body()).await), "Ok");
    assert_eq!(code(&send(&site, &body()).await), "LimitExceeded.PhoneNumberThirtySecondLimit");
    for number in 0..9 {
        let other = with("TemplateParamSet", json!([format!("{number}"), "5"]));
        assert_eq!(code(&send(&site, &other).await), "Ok");
    }
    site.clock.advance(31);
    assert_eq!(code(&send(&site, &body()).await), "LimitExceeded.PhoneNumberDailyLimit");
}

#[tokio::test]
async fn signatures_are_held_against_the_day_in_utc() {
    let site = Site::new();
    let told = async |at: i64, day: &str, secret: &str| {
        tencent(&site, at, (day, secret), &body()).await.json()["Response"]["Error"]["Code"].clone()
    };
    assert_eq!(told(NOW, "2025-06-16", "practice-secret").await, "AuthFailure.SignatureFailure");
    assert_eq!(told(NOW, "2025-06-15", "wrong").await, "AuthFailure.SignatureFailure");
    assert_eq!(told(NOW - 301, "2025-06-15", "practice-secret").await, "AuthFailure.SignatureExpire");
    assert_eq!(told(NOW, "2025-06-15", "practice-secret").await, Value::Null);
    let bare = site.json("POST", "/sms.tencentcloudapi.com/", body()).await;
    assert_eq!(
        (bare.status.as_u16(), bare.json()["Response"]["Error"]["Code"].clone()),
        (200, json!("MissingParameter"))
    );
}

#[tokio::test]
async fn any_refusal_can_be_asked_for_in_its_own_place() {
    let site = Site::new();
    for (code, top) in [
        ("LimitExceeded.DailyLimit", false),
        ("FailedOperation.InsufficientBalanceInSmsPackage", false),
        ("InternalError.OtherError", true),
        ("UnauthorizedOperation.SdkAppIdIsDisabled", true),
    ] {
        site.json("PATCH", "/_control/sms/tencent", json!({"fail": {"code": code, "times": 1}})).await;
        let response = send(&site, &body()).await;
        let found = if top { &response["Error"]["Code"] } else { &response["SendStatusSet"][0]["Code"] };
        assert_eq!(*found, code);
    }
    site.json("PATCH", "/_control/sms/tencent", json!({"opted_out": ["+8613800000001"]})).await;
    assert_eq!(send(&site, &body()).await["SendStatusSet"][0]["Code"], "FailedOperation.PhoneNumberInBlacklist");
}
