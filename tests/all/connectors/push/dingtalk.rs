//! The examples of dingtalk.md §10.2, two of them DingTalk's own.

use hufu::base::random::Random;
use hufu::connectors::push::{Channel, Refused, dingtalk, sealed, signature};
use serde_json::{Value, json};

use super::{HEAD, KEY, channel, query};

fn example(channel: &Channel, encrypt: &str, timestamp: &str, nonce: &str, sign: &str) -> Result<Value, Refused> {
    let body = json!({ "encrypt": encrypt }).to_string();
    let now = timestamp[..10].parse().unwrap();
    let asked = query(&[("signature", sign), ("timestamp", timestamp), ("nonce", nonce)]);
    let answer = dingtalk::event(channel, &asked, body.as_bytes(), now);
    let asked = query(&[("msg_signature", sign), ("signature", "x"), ("timestamp", timestamp), ("nonce", nonce)]);
    assert_eq!(dingtalk::event(channel, &asked, body.as_bytes(), now), answer, "both names of the parameter");
    answer
}

#[test]
fn the_official_examples_open() {
    let owner = channel("123456", Some("1234567890123456789012345678901234567890123"), "dingsnotzck6pm5veliw");
    let encrypt = "YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA==";
    let key = owner.key.as_ref().unwrap();
    assert_eq!(sealed::open(key, encrypt, &owner.receivers), Ok("success".to_owned()));
    assert_eq!(sealed::seal_after(key, "success", "dingsnotzck6pm5veliw", "dICkEDLj0eb6yAbc").unwrap(), encrypt);
    let sign = "9a95a004dd16f5c307e849b994173f76aa26e5eb";
    assert!(signature::matches(&owner.token, "1614767836", "A7Co0cJLMzIDtMMI", Some(encrypt), sign));

    let suite = channel("123456", Some("4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij"), "suite4xxxxxxxxxxxxxxx");
    let event = example(
        &suite,
        "1a3NBxmCFwkCJvfoQ7WhJHB+iX3qHPsc9JbaDznE1i03peOk1LaOQoRz3+nlyGNhwmwJ3vDMG+OzrHMeiZI7gTRWVdUBmfxjZ8Ej23JVYa9VrYeJ5as7XM/ZpulX8NEQis44w53h1qAgnC3PRzM7Zc/D6Ibr0rgUathB6zRHP8PYrfgnNOS9PhSBdHlegK+AGGanfwjXuQ9+0pZcy0w9lQ==",
        "1445827045067",
        "nEXhMP4r",
        "5a65ceeef9aab2d149439f82dc191dd6c5cbe2c0",
    )
    .unwrap();
    assert_eq!(event["EventType"], "check_create_suite_url");
    assert_eq!(event["Random"], "LPIdSnlF");
}

#[test]
fn our_own_examples_open_and_seal_to_the_same_bytes() {
    let channel = channel("tok123", Some(KEY), "dingtestappkey01");
    let key = channel.key.as_ref().unwrap();
    let full = "A".repeat(28);
    for (message, encrypt, sign) in [
        (
            r#"{"EventType":"check_url"}"#,
            "Q3stYC6hdFzMh9T8HCvyDLV8JeomtQuxZLosYEI28mjzSD5UpK2hp0QUc4H6M/N5pGoixjHYd6lZ70tx6ST3IA==",
            "a546cd92c02d1655c8364339001cb42ad8262654",
        ),
        (
            "success",
            "Q3stYC6hdFzMh9T8HCvyDE7Jp4b7XAYSu7Dc3ZKxh/tCyZQegAZv8g+MVbPLE7aG3uMy6I4s7hR/pi8wnpvgLw==",
            "109d0f310df37b45843c4ddc7d8ceb1903483d3e",
        ),
        (
            full.as_str(),
            "Q3stYC6hdFzMh9T8HCvyDPYNwiU+VzAwmhmsIAq0GjjmWyRQeJ7LGQCTabw1+3qwiABkYHROukISXfc//zZgAwcg05blHYI+cED8gyqpNWgFT2VeS6NxMrte8J0BnjNL",
            "f483bbe0a44ba51bea3be85c954fd7ac1c92ee0e",
        ),
    ] {
        assert_eq!(sealed::open(key, encrypt, &channel.receivers), Ok(message.to_owned()));
        assert_eq!(sealed::seal_after(key, message, "dingtestappkey01", HEAD).unwrap(), encrypt);
        assert_eq!(signature::sign(&channel.token, "1700000000000", "nonce01", Some(encrypt)), sign);
        let read = example(&channel, encrypt, "1700000000000", "nonce01", sign);
        match message {
            r#"{"EventType":"check_url"}"# => assert_eq!(read, Ok(json!({ "EventType": "check_url" }))),
            _ => assert!(matches!(read, Err(Refused::Shape(_))), "{message} is no event"),
        }
    }
}

#[test]
fn success_is_sealed_and_signed_under_its_own_time_and_nonce() {
    let channel = channel("tok123", Some(KEY), "dingtestappkey01");
    let reply = dingtalk::success(&channel, 1_700_000_000, &Random::seeded(1)).unwrap();
    let reply: Value = serde_json::from_str(&reply).unwrap();
    let text = |name: &str| reply[name].as_str().unwrap().to_owned();
    let (encrypt, time, nonce) = (text("encrypt"), text("timeStamp"), text("nonce"));
    assert_eq!(time, "1700000000");
    let sign = signature::sign(&channel.token, &time, &nonce, Some(&encrypt));
    assert_eq!(text("msg_signature"), sign);
    let opened = sealed::open(channel.key.as_ref().unwrap(), &encrypt, &channel.receivers);
    assert_eq!(opened, Ok("success".to_owned()));
    let next = dingtalk::success(&channel, 1_700_000_000, &Random::seeded(2)).unwrap();
    assert!(!next.contains(&encrypt), "each answer is sealed afresh");
}
