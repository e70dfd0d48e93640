//! Alibaba Cloud's `SendSms`: order of checks, bodies, limits.

use serde_json::{Value, json};

use super::site::{NOW, Reply, Site};
use super::sms_sign::Aliyun;

const SEND: [(&str, &str); 4] = [
    ("PhoneNumbers", "13800000001"),
    ("SignName", "Hufu"),
    ("TemplateCode", "SMS_100000001"),
    ("TemplateParam", "{\"code\":\"048213\"}"),
];

fn signer(nonce: &str) -> Aliyun<'_> {
    Aliyun { key: "practice-sms", secret: "practice-secret", nonce, date: "2025-06-15T15:06:40Z", action: "SendSms" }
}

fn with<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    SEND.into_iter()
        .filter(|(known, _)| *known != name)
        .chain([(name, value)].into_iter().filter(|(_, value)| !value.is_empty()))
        .collect()
}

async fn send(site: &Site, nonce: &str, pairs: &[(&str, &str)]) -> Reply {
    signer(nonce).send(site, pairs).await
}

#[tokio::test]
async fn a_message_arrives_on_the_phone_with_signature_and_code() {
    assert_eq!(NOW, 1_750_000_000, "the date above is this moment");
    let site = Site::new();
    let reply = send(&site, "n1", &SEND).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/json;charset=utf-8"));
    let body = reply.json();
    assert_eq!((&body["Code"], &body["Message"]), (&json!("OK"), &json!("OK")));
    assert!(body["BizId"].as_str().unwrap().ends_with("^0"));
    assert_eq!(reply.header("x-acs-request-id"), body["RequestId"]);
    let messages = site.get("/_control/phone/messages?person=xiaoman", &[]).await.json();
    assert_eq!(messages[0]["text"], "【Hufu】您的验证码为048213，五分钟内有效，请勿告知他人。");
    let sent = site.get("/_control/sms/sent", &[]).await.json();
    assert_eq!(sent[0]["to"], "+8613800000001");
    assert_eq!(sent[0]["parameters"]["TemplateParam"], "{\"code\":\"048213\"}");
}

#[tokio::test]
async fn every_spelling_of_a_number_reaches_the_same_phone() {
    let site = Site::new();
    site.json("PATCH", "/_control/sms/aliyun", json!({"limits": false})).await;
    for (at, number) in ["13800000001", "+8613800000001", "008613800000001", "8613800000001"].iter().enumerate() {
        let reply = send(&site, &format!("n{at}"), &with("PhoneNumbers", number)).await;
        assert_eq!(reply.json()["Code"], "OK", "{number}");
    }
    let sent = site.get("/_control/sms/sent", &[]).await.json();
    assert!(sent.as_array().unwrap().iter().all(|sent| sent["to"] == "+8613800000001"));
}

#[tokio::test]
async fn business_refusals_have_status_200_and_no_biz_id() {
    let site = Site::new();
    let cases = [
        ("SignName", "Nobody", "isv.SMS_SIGNATURE_ILLEGAL"),
        ("TemplateCode", "SMS_1", "isv.SMS_TEMPLATE_ILLEGAL"),
        ("TemplateParam", "", "isv.TEMPLATE_MISSING_PARAMETERS"),
        ("TemplateParam", "{\"other\":\"123456\"}", "isv.TEMPLATE_MISSING_PARAMETERS"),
        ("TemplateParam", "code=123456", "isv.INVALID_JSON_PARAM"),
        ("TemplateParam", "{\"code\":123456}", "isv.INVALID_JSON_PARAM"),
        ("TemplateParam", "{\"code\":\"12\"}", "isv.TEMPLATE_PARAMS_ILLEGAL"),
        ("TemplateParam", "{\"code\":\"https://x.example\"}", "isv.PARAM_NOT_SUPPORT_URL"),
        ("PhoneNumbers", "12000001234", "isv.MOBILE_NUMBER_ILLEGAL"),
        ("PhoneNumbers", "138000000012", "isv.MOBILE_NUMBER_ILLEGAL"),
    ];
    for (at, (name, value, code)) in cases.into_iter().enumerate() {
        let reply = send(&site, &format!("n{at}"), &with(name, value)).await;
        let body = reply.json();
        assert_eq!((reply.status.as_u16(), &body["Code"]), (200, &json!(code)), "{name}={value}");
        assert!(body.get("BizId").is_none() && body["Message"].as_str().is_some_and(|words| !words.is_empty()));
    }
    let many = vec!["13800000001"; 1001].join(",");
    assert_eq!(send(&site, "many", &with("PhoneNumbers", &many)).await.json()["Code"], "isv.MOBILE_COUNT_OVER_LIMIT");
    assert_eq!(site.get("/_control/sms/sent", &[]).await.json(), json!([]));
}

#[tokio::test]
async fn one_a_minute_five_an_hour_ten_a_day() {
    let site = Site::new();
    let mut minutes = 0_i64;
    let mut number = 0;
    let mut next = async |advance: i64| -> Value {
        site.clock.advance(advance * 60);
        minutes += advance;
        number += 1;
        let at = 15 * 60 + 6 + minutes;
        let date = format!("2025-06-15T{:02}:{:02}:40Z", at / 60, at % 60);
        let nonce = format!("n{number}");
        Aliyun { date: &date, ..signer(&nonce) }.send(&site, &SEND).await.json()
    };
    assert_eq!(next(0).await["Code"], "OK");
    let minute = next(0).await;
    assert_eq!(
        (minute["Code"].as_str().unwrap(), minute["Message"].as_str().unwrap()),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1")
    );
    for _ in 0..4 {
        assert_eq!(next(2).await["Code"], "OK");
    }
    assert_eq!(next(2).await["Message"], "触发小时级流控Permits:5");
    assert_eq!(next(61).await["Code"], "OK");
    for _ in 0..4 {
        assert_eq!(next(2).await["Code"], "OK");
    }
    assert_eq!(next(61).await["Message"], "触发天级流控Permits:10");
}

#[tokio::test]
async fn the_gateway_checks_action_key_time_nonce_signature_then_parameters() {
    let site = Site::new();
    let everything_wrong = Aliyun { key: "x", secret: "x", nonce: "n", date: "yesterday", action: "sendsms" };
    let told = async |signer: &Aliyun<'_>, pairs: &[(&str, &str)]| {
        let reply = signer.send(&site, pairs).await;
        (reply.status.as_u16(), reply.json()["Code"].as_str().unwrap().to_owned())
    };
    let code = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(told(&everything_wrong, &[]).await, code(404, "InvalidApi.NotFound"));
    let with_action = Aliyun { action: "SendSms", ..everything_wrong };
    assert_eq!(told(&with_action, &[]).await, code(404, "InvalidAccessKeyId.NotFound"));
    let with_key = Aliyun { key: "practice-sms", ..with_action };
    assert_eq!(told(&with_key, &[]).await, code(400, "InvalidTimeStamp.Format"));
    let local = Aliyun { date: "2025-06-15T23:06:40Z", ..with_key };
    assert_eq!(told(&local, &[]).await, code(400, "InvalidTimeStamp.Expired"));
    let in_time = Aliyun { date: "2025-06-15T15:06:40Z", ..local };
    assert_eq!(told(&in_time, &[]).await, code(400, "SignatureDoesNotMatch"));
    let secret = Aliyun { secret: "practice-secret", nonce: "n2", ..in_time };
    assert_eq!(told(&secret, &[]).await, code(400, "MissingPhoneNumbers"));
    assert_eq!(told(&secret, &[]).await, code(400, "SignatureNonceUsed"));
}

#[tokio::test]
async fn what_became_of_a_message_can_be_asked_by_number_and_day() {
    let site = Site::new();
    let id = send(&site, "n1", &SEND).await.json()["BizId"].as_str().unwrap().to_owned();
    site.json("PATCH", "/_control/sms/aliyun", json!({"limits": false, "drops": true})).await;
    assert_eq!(send(&site, "n2", &SEND).await.json()["Code"], "OK");
    let query = |nonce: &'static str| Aliyun { action: "QuerySendDetails", ..signer(nonce) };
    // Their day is Beijing's: it is 23:06 there.
    let asked = [("PhoneNumber", "13800000001"), ("SendDate", "20250615"), ("PageSize", "10"), ("CurrentPage", "1")];
    let body = query("n3").send(&site, &asked).await.json();
    assert_eq!((&body["Code"], &body["TotalCount"]), (&json!("OK"), &json!("2")), "a text: {body}");
    let states: Vec<_> = body["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["SendStatus"].clone())
        .collect();
    assert_eq!(states, [3, 2]);
    let one: Vec<_> = asked.into_iter().chain([("BizId", id.as_str())]).collect();
    assert_eq!(query("n4").send(&site, &one).await.json()["TotalCount"], "1");
    let other = asked.map(|(name, value)| (name, if name == "SendDate" { "20250616" } else { value }));
    assert_eq!(query("n5").send(&site, &other).await.json()["TotalCount"], "0");
    assert_eq!(query("n6").send(&site, &asked[..3]).await.json()["Code"], "MissingCurrentPage");
}

#[tokio::test]
async fn a_wrong_signature_is_told_with_the_text_the_server_signed() {
    let site = Site::new();
    let reply = Aliyun { secret: "wrong", ..signer("n1") }.send(&site, &SEND).await;
    let message = reply.json()["Message"].as_str().unwrap().to_owned();
    assert!(message.contains("server string to sign is:ACS3-HMAC-SHA256\n"), "{message}");
}

#[tokio::test]
async fn the_old_signature_without_a_format_is_answered_in_xml() {
    let site = Site::new();
    let fields = [
        ("Action", "SendSms"),
        ("Version", "2017-05-25"),
        ("AccessKeyId", "nobody"),
        ("Timestamp", "2025-06-15T15:06:40Z"),
        ("SignatureNonce", "n"),
        ("Signature", "x"),
    ];
    let reply = site.post("/dysmsapi.aliyuncs.com/", &fields, &[]).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (404, "text/xml;charset=utf-8"));
    assert!(reply.body.contains("<Error>") && reply.body.contains("<Code>InvalidAccessKeyId.NotFound</Code>"));
    let missing = site.post("/dysmsapi.aliyuncs.com/", &fields[..3], &[]).await;
    assert!(missing.body.contains("<Code>MissingTimestamp</Code>"), "{}", missing.body);
}

#[tokio::test]
async fn any_refusal_can_be_asked_for_and_counted() {
    let site = Site::new();
    let cases = [
        ("isv.OUT_OF_SERVICE", 200),
        ("isp.SYSTEM_ERROR", 200),
        ("Throttling.User", 400),
        ("ServiceUnavailable", 503),
        ("Forbidden.RAM", 403),
    ];
    for (at, (code, status)) in cases.into_iter().enumerate() {
        site.json("PATCH", "/_control/sms/aliyun", json!({"fail": {"code": code, "times": 1}})).await;
        let reply = send(&site, &format!("n{at}"), &SEND).await;
        assert_eq!((reply.status.as_u16(), reply.json()["Code"].clone()), (status, json!(code)));
        if code == "Throttling.User" {
            assert_eq!(reply.header("x-acs-retry-after"), "2000");
        }
    }
    assert_eq!(send(&site, "last", &SEND).await.json()["Code"], "OK");
}
