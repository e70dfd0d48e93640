//! Twilio's `Messages`: 201, magic numbers, signed callbacks.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::listener::Listener;
use super::site::{Reply, Site};

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const PATH: &str = "/api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json";

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

async fn send(site: &Site, fields: &[(&str, &str)]) -> Reply {
    site.post(PATH, fields, &[("authorization", &basic(ACCOUNT, "practice-secret"))]).await
}

#[tokio::test]
async fn a_message_is_created_with_201_and_arrives() {
    let site = Site::new();
    let reply =
        send(&site, &[("To", "+8613800000002"), ("From", "+15005550006"), ("Body", "123456 is your code")]).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let body = reply.json();
    assert_eq!(
        (&body["status"], &body["num_segments"], &body["error_code"]),
        (&json!("queued"), &json!("1"), &json!(null))
    );
    assert_eq!(body["date_created"], "Sun, 15 Jun 2025 15:06:40 +0000");
    let id = body["sid"].as_str().unwrap();
    assert!(id.starts_with("SM") && id.len() == 34);
    let messages = site.get("/_control/phone/messages?person=amara", &[]).await.json();
    assert_eq!(messages[0]["text"], "123456 is your code");
    let path = PATH.replace(".json", &format!("/{id}.json"));
    let read = site.get(&path, &[("authorization", &basic(ACCOUNT, "practice-secret"))]).await;
    assert_eq!(read.json()["status"], "delivered");
}

#[tokio::test]
async fn a_pool_is_accepted_before_it_has_a_number() {
    let site = Site::new();
    let reply = send(&site, &[("To", "+8613800000002"), ("MessagingServiceSid", "MG1"), ("Body", "x")]).await;
    let body = reply.json();
    assert_eq!(
        (&body["status"], &body["from"], &body["num_segments"]),
        (&json!("accepted"), &json!(null), &json!("0"))
    );
}

#[tokio::test]
async fn both_kinds_of_credentials_open_the_own_account_only() {
    let site = Site::new();
    let fields = [("To", "+8613800000002"), ("From", "+15005550006"), ("Body", "x")];
    let key = basic("SK00000000000000000000000000000001", "practice-secret");
    assert_eq!(site.post(PATH, &fields, &[("authorization", &key)]).await.status, 201);
    let other = PATH.replace("0001/", "0002/");
    let reply = site.post(&other, &fields, &[("authorization", &key)]).await;
    assert_eq!((reply.status.as_u16(), reply.json()["code"].clone()), (404, json!(20404)));
    for wrong in [basic(ACCOUNT, "wrong"), "Bearer x".to_owned()] {
        let reply = site.post(PATH, &fields, &[("authorization", &wrong)]).await;
        assert_eq!((reply.status.as_u16(), reply.json()["code"].clone()), (401, json!(20003)));
        assert_eq!(reply.header("www-authenticate"), "Basic realm=\"Twilio API\"");
    }
}

#[tokio::test]
async fn the_magic_numbers_answer_as_the_page_says() {
    let site = Site::new();
    for (from, code) in [("+15005550001", 21212), ("+15005550007", 21606), ("+15005550008", 21611)] {
        let reply = send(&site, &[("To", "+8613800000002"), ("From", from), ("Body", "x")]).await;
        assert_eq!((reply.status.as_u16(), reply.json()["code"].clone()), (400, json!(code)), "From {from}");
    }
    let to = [
        ("+15005550001", 21211),
        ("+15005550002", 21612),
        ("+15005550003", 21408),
        ("+15005550004", 21610),
        ("+15005550009", 21614),
    ];
    for (to, code) in to {
        let reply = send(&site, &[("To", to), ("From", "+15005550006"), ("Body", "x")]).await;
        let body = reply.json();
        assert_eq!(
            (reply.status.as_u16(), &body["code"], &body["status"]),
            (400, &json!(code), &json!(400)),
            "To {to}"
        );
        assert_eq!(body["more_info"], format!("https://www.twilio.com/docs/errors/{code}"));
    }
}

#[tokio::test]
async fn what_is_missing_or_too_long_is_named() {
    let site = Site::new();
    let long = "x".repeat(1601);
    let cases: [(&[(&str, &str)], u32); 5] = [
        (&[("From", "+15005550006"), ("Body", "x")], 21604),
        (&[("To", "+8613800000002"), ("From", "+15005550006")], 21602),
        (&[("To", "+8613800000002"), ("Body", "x")], 21603),
        (&[("To", "+1415"), ("From", "+15005550006"), ("Body", "x")], 21211),
        (&[("To", "+8613800000002"), ("From", "+15005550006"), ("Body", &long)], 21617),
    ];
    for (fields, code) in cases {
        assert_eq!(send(&site, fields).await.json()["code"], code);
    }
    // A JSON body is not read at all.
    let headers = [("authorization", basic(ACCOUNT, "practice-secret"))];
    let reply = site.json_with("POST", PATH, &headers, json!({"To": "+8613800000002", "Body": "x"})).await;
    assert_eq!(reply.json()["code"], 21604);
}

#[tokio::test]
async fn stop_and_the_newer_error_shape() {
    let site = Site::new();
    let stop = json!({"opted_out": ["+8613800000002"], "problem_json": true});
    site.json("PATCH", "/_control/sms/twilio", stop).await;
    let reply = send(&site, &[("To", "+8613800000002"), ("From", "+15005550006"), ("Body", "x")]).await;
    assert_eq!(
        (reply.header("content-type"), reply.json()["code"].clone()),
        ("application/problem+json", json!(21610))
    );
    site.json("PATCH", "/_control/sms/twilio", json!({"fail": {"code": "20429"}, "opted_out": []})).await;
    let reply = send(&site, &[("To", "+8613800000002"), ("From", "+15005550006"), ("Body", "x")]).await;
    assert_eq!(reply.status, 429);
}

#[tokio::test]
async fn the_callbacks_come_in_order_and_signed_with_the_accounts_token() {
    let mut listener = Listener::start("").await;
    let site = Site::new();
    let address = format!("{}/hooks/twilio?tenant=a%20b", listener.origin);
    let reply =
        send(&site, &[("To", "+8613800000002"), ("From", "+15005550006"), ("Body", "x"), ("StatusCallback", &address)])
            .await;
    for status in ["queued", "sent", "delivered"] {
        let heard = listener.next().await;
        let mut fields: Vec<(String, String)> = form_urlencoded::parse(heard.body.as_bytes()).into_owned().collect();
        assert!(fields.contains(&("MessageStatus".to_owned(), status.to_owned())));
        assert!(fields.contains(&("MessageSid".to_owned(), reply.json()["sid"].as_str().unwrap().to_owned())));
        fields.sort();
        let text = fields.iter().fold(address.clone(), |text, (name, value)| text + name + value);
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"practice-secret");
        assert_eq!(heard.header("x-twilio-signature"), STANDARD.encode(hmac::sign(&key, text.as_bytes())));
    }
}
