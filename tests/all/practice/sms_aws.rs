//! Amazon SNS: XML, Signature Version 4, and messages that vanish in silence.

use serde_json::json;

use super::site::{Reply, Site};
use super::sms_sign::sns;

const DATE: &str = "20250615T150640Z";
const KEY: (&str, &str) = ("practice-sms", "practice-secret");

async fn publish(site: &Site, extra: &[(&str, &str)]) -> Reply {
    let mut form = vec![("Action", "Publish"), ("Version", "2010-03-31")];
    form.extend_from_slice(extra);
    sns(site, DATE, KEY, &form).await
}

#[tokio::test]
async fn a_message_is_published_with_its_sender_id() {
    let site = Site::new();
    let reply = publish(
        &site,
        &[
            ("PhoneNumber", "+8613800000001"),
            ("Message", "Your code is 123456 & more"),
            ("MessageAttributes.entry.1.Name", "AWS.SNS.SMS.SMSType"),
            ("MessageAttributes.entry.1.Value.DataType", "String"),
            ("MessageAttributes.entry.1.Value.StringValue", "Transactional"),
            ("MessageAttributes.entry.2.Name", "AWS.SNS.SMS.SenderID"),
            ("MessageAttributes.entry.2.Value.DataType", "String"),
            ("MessageAttributes.entry.2.Value.StringValue", "Example"),
        ],
    )
    .await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "text/xml"));
    assert!(reply.body.starts_with("<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">"));
    assert!(!reply.header("x-amzn-requestid").is_empty());
    let sent = site.get("/_control/sms/sent", &[]).await.json();
    assert_eq!((&sent[0]["from"], &sent[0]["text"]), (&json!("Example"), &json!("Your code is 123456 & more")));
    assert!(reply.body.contains(sent[0]["id"].as_str().unwrap()));
}

#[tokio::test]
async fn a_number_without_plus_a_missing_text_and_a_bad_sender_are_refused() {
    let site = Site::new();
    let cases: [&[(&str, &str)]; 4] = [
        &[("PhoneNumber", "13800000001"), ("Message", "x")],
        &[("PhoneNumber", "+166<"), ("Message", "x")],
        &[("PhoneNumber", "+8613800000001")],
        &[
            ("PhoneNumber", "+8613800000001"),
            ("Message", "x"),
            ("MessageAttributes.entry.1.Name", "AWS.SNS.SMS.SenderID"),
            ("MessageAttributes.entry.1.Value.StringValue", "123"),
        ],
    ];
    for form in cases {
        let reply = publish(&site, form).await;
        assert_eq!(reply.status, 400);
        assert!(reply.body.contains("<ErrorResponse xmlns=") && reply.body.contains("<Code>InvalidParameter</Code>"));
        assert!(!reply.body.contains("+166<"), "texts are escaped");
    }
}

#[tokio::test]
async fn opted_out_sandboxed_and_too_dear_messages_are_taken_and_dropped() {
    let site = Site::new();
    let form = [("PhoneNumber", "+8613800000001"), ("Message", "x")];
    let dear = [
        form[0],
        form[1],
        ("MessageAttributes.entry.1.Name", "AWS.SNS.SMS.MaxPrice"),
        ("MessageAttributes.entry.1.Value.StringValue", "0.001"),
    ];
    site.json("PATCH", "/_control/sms/aws", json!({"opted_out": ["+8613800000001"]})).await;
    assert_eq!(publish(&site, &form).await.status, 200);
    site.json("PATCH", "/_control/sms/aws", json!({"opted_out": [], "drops": true})).await;
    assert_eq!(publish(&site, &form).await.status, 200);
    site.json("PATCH", "/_control/sms/aws", json!({"drops": false})).await;
    assert_eq!(publish(&site, &dear).await.status, 200);
    let sent = site.get("/_control/sms/sent", &[]).await.json();
    assert_eq!(sent.as_array().unwrap().iter().filter(|sent| sent["delivered"] == false).count(), 3);
    assert_eq!(site.get("/_control/phone/messages?person=xiaoman", &[]).await.json(), json!([]));
}

#[tokio::test]
async fn twenty_a_second_and_not_one_more() {
    let site = Site::new();
    let form = [("PhoneNumber", "+8613800000001"), ("Message", "x")];
    for _ in 0..20 {
        assert_eq!(publish(&site, &form).await.status, 200);
    }
    assert!(publish(&site, &form).await.body.contains("<Code>Throttling</Code><Message>Rate exceeded</Message>"));
    site.clock.advance(1);
    assert_eq!(publish(&site, &form).await.status, 200);
}

#[tokio::test]
async fn the_front_door_has_words_for_every_wrong_signature() {
    let site = Site::new();
    let form = [("Action", "Publish"), ("PhoneNumber", "+8613800000001"), ("Message", "x")];
    let unsigned = site.post("/sns.us-east-1.amazonaws.com/", &form, &[]).await;
    assert!(unsigned.status == 403 && unsigned.body.contains("MissingAuthenticationToken"));
    let half =
        site.post("/sns.us-east-1.amazonaws.com/", &form, &[("authorization", "AWS4-HMAC-SHA256 Credential=x")]).await;
    assert!(half.status == 400 && half.body.contains("IncompleteSignature"));
    let unknown = sns(&site, DATE, ("nobody", "practice-secret"), &form).await;
    assert!(unknown.status == 403 && unknown.body.contains("InvalidClientTokenId"));
    let wrong = sns(&site, DATE, ("practice-sms", "wrong"), &form).await;
    assert!(wrong.status == 403 && wrong.body.contains("SignatureDoesNotMatch"));
    let old = sns(&site, "20250615T140000Z", KEY, &form).await;
    assert!(
        old.body.contains("Signature expired: 20250615T140000Z is now earlier than 20250615T150140Z"),
        "{}",
        old.body
    );
}

#[tokio::test]
async fn no_other_amazon_host_is_served() {
    let site = Site::new();
    for host in ["s3.us-east-1.amazonaws.com", "sns.a.b.amazonaws.com"] {
        assert_eq!(site.post(&format!("/{host}/"), &[], &[]).await.status, 404);
    }
}
