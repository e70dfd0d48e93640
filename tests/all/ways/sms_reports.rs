//! What a provider tells of a message after it took it: signed, or it changes nothing.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use hufu::admin::Actor;
use hufu::store::senders::SenderRow;
use hufu::store::sent_messages::{Fate, SentMessage};
use serde_json::{Value, json};

use super::place::{DESK, Place};
use super::sms::code;
use super::visit::Visit;
use crate::support::http::Answer;

const TOKEN: &str = "practice-secret";

/// A place whose codes go by the practice Twilio.
async fn places() -> Vec<(&'static str, Place, SenderRow)> {
    let mut places = Vec::new();
    for (store, place) in Place::both(&["sms"]).await {
        let sender = place.server.app.admin.add_practice_sender(&Actor::set_up(), "twilio").await.unwrap();
        places.push((store, place, sender));
    }
    places
}

/// What is remembered of this sender's messages, newest first, once `enough` says so.
async fn remembered(place: &Place, sender: &SenderRow, enough: impl Fn(&SentMessage) -> bool) -> Vec<SentMessage> {
    for _ in 0..200 {
        let sent = place.server.app.store.sent_by(&sender.id, i64::MAX, 50).await.unwrap();
        if sent.first().is_some_and(&enough) {
            return sent;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to that: {:?}", place.server.app.store.sent_by(&sender.id, i64::MAX, 50).await);
}

#[tokio::test]
async fn a_delivered_message_and_a_typed_code_are_remembered() {
    for (store, place, sender) in places().await {
        let application = place.application().await;
        let visit = Visit::begin(&place, &application, DESK).await;
        visit.with("sms-practice", &[]).await;
        visit.post("answer/sms-practice", &[("phone", "13800000001")]).await;
        let sent = remembered(&place, &sender, |sent| sent.fate == Fate::Delivered).await;
        assert!(!sent[0].typed && sent[0].message_id.starts_with("SM"), "{store}: {sent:?}");
        visit.post("answer/sms-practice", &[("code", &code(&place, "+8613800000001").await)]).await;
        let sent = remembered(&place, &sender, |sent| sent.typed).await;
        assert_eq!((sent.len(), sent[0].fate), (1, Fate::Delivered), "{store}");
        assert!(place.deliveries().await.is_empty(), "{store}: what arrives is no news");
    }
}

#[tokio::test]
async fn a_message_that_was_taken_and_never_arrived_is_told_with_what_to_do() {
    for (store, place, sender) in places().await {
        place.control("PATCH", "/sms/twilio", json!({ "drops": true })).await;
        let application = place.application().await;
        let visit = Visit::begin(&place, &application, DESK).await;
        visit.with("sms-practice", &[]).await;
        visit.post("answer/sms-practice", &[("phone", "13800000001")]).await;
        let sent = remembered(&place, &sender, |sent| sent.fate == Fate::Failed).await;
        assert_eq!(sent[0].fate_code, "30007", "{store}");
        let told = place.deliveries().await;
        assert_eq!(told.len(), 1, "{store}: {told:?}");
        assert!(told[0].contains("30007") && told[0].contains("filtered") && told[0].contains("运营商"), "{told:?}");
        assert!(!told[0].contains("13800000001"), "{store}: {told:?}");
    }
}

#[tokio::test]
async fn a_provider_that_tells_nothing_is_asked_for_codes_that_nobody_types() {
    for (store, place) in Place::both(&["sms"]).await {
        let sender = place.server.app.admin.add_practice_sender(&Actor::set_up(), "aliyun").await.unwrap();
        let application = place.application().await;
        let senders = place.server.app.login.senders();
        for (number, drops, fate, code) in
            [("13800000001", false, Fate::Delivered, ""), ("13800000002", true, Fate::Failed, "SIGN_NOT_REGISTERED")]
        {
            place.control("PATCH", "/sms/aliyun", json!({ "drops": drops })).await;
            let visit = Visit::begin(&place, &application, DESK).await;
            visit.with("sms-practice", &[]).await;
            visit.post("answer/sms-practice", &[("phone", number)]).await;
            senders.watch().await.unwrap();
            let sent = remembered(&place, &sender, |_| true).await;
            assert_eq!(sent[0].fate, Fate::Unknown, "{store}: it may still be typed");
            assert!(!sent[0].number.is_empty() && !sent[0].number.contains(number), "{store}: sealed");
            place.server.clock.advance(300);
            senders.watch().await.unwrap();
            let sent = remembered(&place, &sender, |_| true).await;
            assert_eq!((sent[0].fate, sent[0].fate_code.as_str()), (fate, code), "{store}");
            assert!(sent[0].number.is_empty(), "{store}: it is not needed any more");
        }
        let told = place.deliveries().await;
        assert_eq!(told.len(), 1, "{store}: {told:?}");
        assert!(told[0].contains("SIGN_NOT_REGISTERED"), "{store}: {told:?}");
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_asked_three_times_and_then_the_number_goes() {
    let place = Place::with(&["sms"]).await;
    let sender = place.server.app.admin.add_practice_sender(&Actor::set_up(), "aliyun").await.unwrap();
    let application = place.application().await;
    let visit = Visit::begin(&place, &application, DESK).await;
    visit.with("sms-practice", &[]).await;
    visit.post("answer/sms-practice", &[("phone", "13800000001")]).await;
    place.control("PATCH", "/sms/aliyun", json!({ "fail": { "code": "isp.RAM_PERMISSION_DENY" } })).await;
    for (later, goes) in [(300, false), (1500, false), (19_800, true)] {
        place.server.clock.advance(later);
        place.server.app.login.senders().watch().await.unwrap();
        let sent = remembered(&place, &sender, |_| true).await;
        assert_eq!((sent[0].fate, sent[0].number.is_empty(), sent[0].ask_at == 0), (Fate::Unknown, goes, goes));
    }
}

impl Place {
    /// Details of the messages that will not arrive, as the audit has them.
    async fn deliveries(&self) -> Vec<String> {
        let rows = self.server.app.store.audit(None, 100).await.unwrap();
        rows.into_iter().filter(|row| row.action == "sms.delivery").map(|row| row.detail).collect()
    }

    /// A report of this status, signed with `token` for `address`.
    async fn report(&self, (path, address): (&str, &str), token: &str, fields: &[(&str, &str)]) -> Answer {
        let mut sorted = fields.to_vec();
        sorted.sort_unstable();
        let text = sorted.iter().fold(address.to_owned(), |text, (name, value)| text + name + value);
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
        let signature = base64::engine::general_purpose::STANDARD.encode(hmac::sign(&key, text.as_bytes()));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        let headers = [("content-type", kind), ("x-twilio-signature", signature.as_str())];
        self.server.browser().send("POST".parse().unwrap(), path, &headers, Some(body)).await
    }

    async fn remember(&self, sender: &SenderRow, message_id: &str) {
        let sent = SentMessage {
            id: message_id.to_lowercase(),
            sender_id: sender.id.clone(),
            message_id: message_id.to_owned(),
            sent_at: self.server.clock.now(),
            code: "c".to_owned(),
            typed: false,
            fate: Fate::Unknown,
            fate_code: String::new(),
            number: String::new(),
            ask_at: 0,
        };
        let insert = self.server.app.store.write(move |tx| {
            let sent = sent.clone();
            Box::pin(async move { tx.insert_sent_message(&sent).await })
        });
        assert!(insert.await.unwrap());
    }
}

#[tokio::test]
async fn a_report_counts_only_as_signed_for_our_own_address_and_once() {
    for (store, place, sender) in places().await {
        place.remember(&sender, "SM1").await;
        let path = "/hook/sms/twilio-practice";
        let own = format!("{}{path}", place.server.issuer);
        let failed = [("MessageSid", "SM1"), ("MessageStatus", "undelivered"), ("ErrorCode", "30034")];
        let answers = [
            place.report((path, &own), "another-token", &failed).await,
            place.report((path, "https://elsewhere.example/hook/sms/twilio-practice"), TOKEN, &failed).await,
            place
                .report(("/hook/sms/nobody", &format!("{}/hook/sms/nobody", place.server.issuer)), TOKEN, &failed)
                .await,
            place.server.browser().send("POST".parse().unwrap(), path, &[], Some(String::new())).await,
        ];
        for answer in answers {
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (403, ""), "{store}");
        }
        let unknown = [("MessageSid", "SM2"), ("MessageStatus", "failed"), ("ErrorCode", "30034")];
        assert_eq!(place.report((path, &own), TOKEN, &unknown).await.status, 204, "{store}");
        let on_its_way = [("MessageSid", "SM1"), ("MessageStatus", "sent")];
        assert_eq!(place.report((path, &own), TOKEN, &on_its_way).await.status, 204, "{store}");
        assert_eq!(remembered(&place, &sender, |_| true).await[0].fate, Fate::Unknown, "{store}");
        assert!(place.deliveries().await.is_empty(), "{store}");
        for status in [&failed[..], &failed[..], &[("MessageSid", "SM1"), ("MessageStatus", "delivered")][..]] {
            assert_eq!(place.report((path, &own), TOKEN, status).await.status, 204, "{store}");
        }
        let sent = remembered(&place, &sender, |_| true).await;
        assert_eq!(
            (sent[0].fate, sent[0].fate_code.as_str()),
            (Fate::Failed, "30034"),
            "{store}: the first word stands"
        );
        let told = place.deliveries().await;
        assert_eq!(told.len(), 1, "{store}: {told:?}");
        let detail: Value = serde_json::from_str(&told[0]).unwrap();
        assert!(detail["advice"]["en"].as_str().unwrap().contains("10DLC"), "{store}: {detail}");
    }
}
