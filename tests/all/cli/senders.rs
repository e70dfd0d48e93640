//! `hufu sender …`.

use serde_json::Value;

use hufu::store::sent_messages::{Fate, SentMessage};
use hufu::store::{Location, Store};

use super::Place;
use crate::store::make::sent_message;

fn order(listed: &Value) -> Vec<&str> {
    listed.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

fn with_two() -> Place {
    let place = Place::new();
    let add = ["sender", "add", "aliyun", "main", "--field", "access_key_id=LTAI5t", "--field", "sign_name=Hufu"];
    let add = [&add[..], &["--field", "template_code=SMS_1"]].concat();
    let made = place.json_of(&add, "the-secret\n");
    assert_eq!((&made["name"], &made["practice"]), (&"main".into(), &false.into()));
    place.json(&["sender", "add", "log", "spare", "--field", "development=true"]);
    place
}

#[test]
fn senders_are_listed_moved_switched_changed_and_deleted() {
    let place = with_two();
    assert_eq!(order(&place.json(&["sender", "list"])), ["main", "spare"]);
    assert_eq!(order(&place.json(&["sender", "up", "spare"])), ["spare", "main"]);
    assert_eq!(order(&place.json(&["sender", "up", "spare"])), ["spare", "main"]);
    assert_eq!(order(&place.json(&["sender", "down", "spare"])), ["main", "spare"]);
    assert_eq!(place.json(&["sender", "disable", "main"])["enabled"], false);
    assert_eq!(place.json(&["sender", "enable", "main"])["enabled"], true);
    place.json(&["sender", "set", "main", "--field", "template_code=SMS_2"]);
    place.json_of(&["sender", "set", "main", "--secret", "access_key_secret"], "another\n");
    assert!(place.refused(&["sender", "set", "main", "--field", "colour=red"]).starts_with("colour: "));
    assert!(place.refused(&["sender", "set", "main", "--field", "sign_name="]).starts_with("sign_name: "));
    assert!(place.refused(&["sender", "add", "pigeon", "x"]).contains("there is no kind"));
    assert!(place.refused(&["sender", "add", "log", "Main"]).starts_with("name: "));
    assert!(place.refused(&["sender", "add", "log", "main"]).contains("taken"));
    place.json(&["sender", "delete", "main"]);
    assert_eq!(order(&place.json(&["sender", "list"])), ["spare"]);
    let bytes = std::fs::read(place.store()).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("the-secret"), "secrets are sealed");
}

#[test]
fn a_test_message_is_taken_or_says_what_to_do() {
    let place = with_two();
    assert_eq!(place.json(&["sender", "test", "spare", "+8613800000000"])["taken"], true);
    place.json(&["sender", "set", "spare", "--field", "development=false"]);
    let said = place.refused(&["sender", "test", "spare", "+8613800000000"]);
    assert!(said.contains("log.not_development") && said.contains("Add a real provider"), "{said}");
    assert!(place.refused(&["sender", "test", "spare", "12345"]).starts_with("number: "));
    assert!(place.refused(&["sender", "test", "nobody", "+8613800000000"]).contains("no sender named nobody"));
    assert!(place.refused(&["sender", "practice", "aliyun"]).contains("practice platforms are off"));
}

#[test]
fn every_kind_is_listed_with_its_fields() {
    let place = Place::new();
    let kinds = place.json(&["sender", "kinds"]);
    let ids: Vec<&str> = kinds.as_array().unwrap().iter().map(|kind| kind["kind"].as_str().unwrap()).collect();
    assert_eq!(ids, ["aliyun", "tencent", "twilio", "aws", "log"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_whose_codes_nobody_types_is_shown_in_the_list_and_by_the_doctor() {
    let place = with_two();
    let store = Store::open(&Location::Sqlite(place.store())).await.unwrap();
    let sender = store.senders().await.unwrap().into_iter().find(|row| row.name == "main").unwrap().id;
    let id = sender.clone();
    let sent = store.write(move |tx| {
        let sender = id.clone();
        Box::pin(async move {
            for one in 0..20 {
                let id = format!("m{one}");
                let sent = SentMessage {
                    sender_id: sender.clone(),
                    sent_at: 1_790_000_000,
                    fate: Fate::Failed,
                    ..sent_message(&id, "main")
                };
                assert!(tx.insert_sent_message(&sent).await?);
            }
            tx.set_untyped_since(&sender, 1).await
        })
    });
    assert!(sent.await.unwrap());
    drop(store);
    let listed = place.json(&["sender", "list"]);
    assert_eq!(listed[0]["codes"], serde_json::json!({ "taken": 20, "typed": 0, "failed": 20 }), "{listed}");
    let warning = listed[0]["warning"].as_str().unwrap();
    assert!(warning.contains("20 messages") && warning.contains("hufu sender test"), "{warning}");
    assert!(listed[1]["warning"].is_null(), "{listed}");
    let found: Value = serde_json::from_str(&place.run(&["doctor", "--json"]).out).unwrap();
    let row = found.as_array().unwrap().iter().find(|row| row["what"] == "sender main").unwrap();
    assert_eq!((&row["level"], row["text"].as_str().unwrap()), (&"warning".into(), warning));
}
