//! Whole sends through the way out: settings in, the recorded request out.

use hufu::base::lang::Lang;
use hufu::base::phone::Phone;
use hufu::base::secret::Secret;
use hufu::connectors::senders::kind;
use serde_json::{Value, json};

use super::{ALIYUN, SNS, TENCENT, TWILIO, message, open, sending};
use crate::support::upstream::{Reply, Upstream};

/// The authorization header of a recorded request.
fn recorded(group: &str, case: &str) -> String {
    let all: Value = serde_json::from_str(include_str!("../../../vectors/sms-golden-vectors.json")).unwrap();
    let cases = all[group].as_array().unwrap();
    let case = cases.iter().find(|one| one["case"] == case).unwrap();
    let headers = case["request"]["headers"].as_array().unwrap();
    let header = headers.iter().find(|header| header[0] == "Authorization").unwrap();
    header[1].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn alibaba_gets_the_recorded_request() {
    let upstream = Upstream::start().await;
    upstream.on(ALIYUN, Reply::json(&json!({ "Message": "OK", "RequestId": "r", "Code": "OK", "BizId": "607300^0" })));
    let account =
        [("access_key_id", "LTAI5tGoldenVector00000A"), ("access_key_secret", "GoldenSecretGoldenSecretGold01")];
    let ascii = [("sign_name", "Example"), ("template_code", "SMS_153055065")];
    let sender = open("aliyun", &[account, ascii].concat());
    let receipt = sender.send(&sending(upstream.origin()), &message("+8613900001234")).await.unwrap();
    assert_eq!(receipt.message_id, "607300^0");
    let seen = upstream.seen(ALIYUN);
    assert_eq!(seen[0].header("authorization"), recorded("alibaba_v3_minimal_headers", "ascii_post_query"));
    assert_eq!(seen[0].parameter("PhoneNumbers").as_deref(), Some("13900001234"));

    let chinese = [
        ("sign_name", "阿里云短信测试"),
        ("template_code", "SMS_154950909"),
        ("template_params", "code={code}\nproduct={product}"),
    ];
    let mut message = message("+8613900001234");
    (message.code, message.product) = (Secret::new("048213"), "统一登录平台".to_owned());
    open("aliyun", &[account.as_slice(), &chinese].concat()).send(&sending(upstream.origin()), &message).await.unwrap();
    let seen = upstream.seen(ALIYUN);
    assert_eq!(seen[1].header("authorization"), recorded("alibaba_v3_minimal_headers", "chinese_post_query"));
}

#[tokio::test]
async fn tencent_gets_the_recorded_request() {
    let upstream = Upstream::start().await;
    let sent = json!({ "Response": { "SendStatusSet": [{ "SerialNo": "5000:1", "Code": "Ok" }], "RequestId": "r" } });
    upstream.on(TENCENT, Reply::json(&sent));
    let sender = open(
        "tencent",
        &[
            ("secret_id", "AKIDGoldenVectorSecretId000000000000"),
            ("secret_key", "GoldenVectorSecretKey00000000000"),
            ("sdk_app_id", "1400006666"),
            ("template_id", "1110"),
            ("sign_name", "Example"),
            ("template_params", "{code}\n{minutes}"),
        ],
    );
    let receipt = sender.send(&sending(upstream.origin()), &message("+8613900001234")).await.unwrap();
    assert_eq!(receipt.message_id, "5000:1");
    let seen = upstream.seen(TENCENT);
    assert_eq!(seen[0].header("authorization"), recorded("tencent_sms_raw_utf8", "ascii_compact_plain_ct"));
}

#[tokio::test]
async fn sns_gets_a_transactional_message_with_the_line_that_phones_read() {
    let upstream = Upstream::start().await;
    let body = r#"<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>94f20ce6</MessageId></PublishResult><ResponseMetadata><RequestId>f1</RequestId></ResponseMetadata></PublishResponse>"#;
    upstream.on(SNS, Reply::text(body).with("content-type", "text/xml"));
    let sender = open("aws", &[("text_en", "{code} is your Example code."), ("sender_id", "Example")]);
    let mut message = message("+14155550123");
    message.host = "login.example.com".to_owned();
    let receipt = sender.send(&sending(upstream.origin()), &message).await.unwrap();
    assert_eq!(receipt.message_id, "94f20ce6");
    let seen = &upstream.seen(SNS)[0];
    assert_eq!(seen.field("Message").as_deref(), Some("123456 is your Example code.\n\n@login.example.com #123456"));
    assert_eq!(seen.field("PhoneNumber").as_deref(), Some("+14155550123"));
    assert_eq!(seen.field("MessageAttributes.entry.1.Value.StringValue").as_deref(), Some("Example"));
    assert_eq!(seen.field("MessageAttributes.entry.2.Value.StringValue").as_deref(), Some("Transactional"));
    assert!(seen.header("authorization").contains("SignedHeaders=content-type;host;x-amz-date, Signature="));
}

#[tokio::test]
async fn twilio_gets_sender_or_service_text_and_life() {
    let upstream = Upstream::start().await;
    let taken = json!({ "sid": "SM1", "status": "queued", "error_code": null, "error_message": null, "price": null });
    upstream.on(TWILIO, Reply::json(&taken).status(201));
    let text =
        [("text_en", "Your code is {code}"), ("text_zh", "【统一登录】您的验证码是 {code}，{minutes}分钟内有效。")];
    let receipt = open("twilio", &text).send(&sending(upstream.origin()), &message("+14155550123")).await.unwrap();
    assert_eq!(receipt.message_id, "SM1");
    let mut chinese = message("+8613900001234");
    (chinese.lang, chinese.code) = (Lang::Zh, Secret::new("048213"));
    let service = [("from", ""), ("messaging_service_sid", "MGbbbb"), ("api_key_sid", "SK1111")];
    open("twilio", &[text.as_slice(), &service].concat()).send(&sending(upstream.origin()), &chinese).await.unwrap();
    let seen = upstream.seen(TWILIO);
    assert_eq!(seen[0].field("Body").as_deref(), Some("Your code is 123456"));
    assert_eq!(seen[0].field("From").as_deref(), Some("+15005550006"));
    assert_eq!(seen[0].field("ValidityPeriod").as_deref(), Some("300"));
    assert_eq!(seen[1].field("MessagingServiceSid").as_deref(), Some("MGbbbb"));
    assert_eq!(seen[1].field("From"), None);
    assert_eq!(seen[1].field("Body").as_deref(), Some("【统一登录】您的验证码是 048213，5分钟内有效。"));
    // An API key signs in, the account stays in the path.
    assert_eq!(seen[1].header("authorization"), "Basic U0sxMTExOnByYWN0aWNlLXNlY3JldA==");
}

#[tokio::test]
async fn numbers_from_abroad_get_the_template_for_abroad_or_none() {
    let upstream = Upstream::start().await;
    upstream.on(ALIYUN, Reply::json(&json!({ "Code": "OK", "BizId": "1^0" })));
    let hong_kong = message("+85261234567");
    let sender = open("aliyun", &[("template_code_abroad", "SMS_000000002")]);
    sender.send(&sending(upstream.origin()), &hong_kong).await.unwrap();
    let seen = &upstream.seen(ALIYUN)[0];
    assert_eq!(seen.parameter("PhoneNumbers").as_deref(), Some("85261234567"));
    assert_eq!(seen.parameter("TemplateCode").as_deref(), Some("SMS_000000002"));
    for id in ["aliyun", "tencent"] {
        let template = if id == "aliyun" { "template_code_abroad" } else { "template_id_abroad" };
        let sender = open(id, &[(template, "")]);
        assert!(!sender.serves(&hong_kong.to) && sender.serves(&Phone::parse("+8613900001234", "CN").unwrap()), "{id}");
    }
}

#[test]
fn a_sender_is_only_for_the_countries_named() {
    let open = |regions: Value| {
        let settings =
            json!({ "region": "us-east-1", "access_key_id": "a", "secret_access_key": "b", "regions": regions });
        (kind("aws").unwrap().open)(&settings).unwrap_or_else(|wrong| panic!("{wrong:?}"))
    };
    let serves = |regions: Value, to: &str| open(regions).serves(&Phone::parse(to, "CN").unwrap());
    assert!(serves(json!([]), "+8613900001234"));
    assert!(serves(json!(["us"]), "+14155550123"));
    assert!(!serves(json!(["US"]), "+16135550123"), "Canada shares +1");
    assert!(!serves(json!(["US", "HK"]), "+8613900001234"));
}

#[test]
fn settings_that_can_not_be_are_named() {
    let wrong = |id: &str, settings: Value| {
        let Err(wrong) = (kind(id).unwrap().open)(&settings) else { return Vec::new() };
        wrong.into_iter().map(|wrong| wrong.field).collect::<Vec<_>>()
    };
    let twilio = json!({ "account_sid": "AC/../x", "secret": "s", "host": "api.twilio.com/x", "from": "", "messaging_service_sid": "" });
    assert_eq!(wrong("twilio", twilio), ["host", "account_sid", "from"]);
    let aws = json!({ "region": "us-east-1.evil.example#", "access_key_id": "a", "secret_access_key": "b" });
    assert_eq!(wrong("aws", aws), ["host", "region"]);
    assert_eq!(wrong("aliyun", json!({})), ["access_key_id", "access_key_secret", "sign_name", "template_code"]);
    assert_eq!(wrong("log", json!({ "x": 1 })), ["x"]);
}
