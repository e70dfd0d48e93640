//! The encrypted push (§10.2; §14, 12), read and answered by code of the test's own.

use aws_lc_rs::cipher::{
    AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::iv::FixedLength;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::dingtalk::{CLIENT, OAPI, app_token, control, old};
use super::listener::{Heard, Listener};
use super::site::{NOW, Site};

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// The key's 32 bytes: the spare bits of the last character are put to zero by hand.
fn bytes_of(key: &str) -> [u8; 32] {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let last = ALPHABET.iter().position(|byte| *byte == key.as_bytes()[42]).unwrap();
    let even = format!("{}{}=", &key[..42], char::from(ALPHABET[last & !3]));
    STANDARD.decode(even).unwrap().try_into().unwrap()
}

fn vector(key: [u8; 32]) -> FixedLength<16> {
    FixedLength::from(<[u8; 16]>::try_from(&key[..16]).unwrap())
}

/// The message and the owner.
fn opened(key: &str, encrypt: &str) -> (String, String) {
    let key = bytes_of(key);
    let mut bytes = STANDARD.decode(encrypt).unwrap();
    let cipher = DecryptingKey::cbc(UnboundCipherKey::new(&AES_256, &key).unwrap()).unwrap();
    let plain = cipher.decrypt(&mut bytes, DecryptionContext::Iv128(vector(key))).unwrap();
    assert_eq!(plain.len() % 32, 0, "padded to 32 bytes");
    let pad = usize::from(*plain.last().unwrap());
    assert!((1..=32).contains(&pad) && plain[plain.len() - pad..].iter().all(|byte| usize::from(*byte) == pad));
    let plain = &plain[16..plain.len() - pad];
    let length = u32::from_be_bytes(plain[..4].try_into().unwrap()) as usize;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&plain[4..4 + length]), text(&plain[4 + length..]))
}

fn signed(token: &str, timestamp: &str, nonce: &str, encrypt: &str) -> String {
    let mut parts = [token, timestamp, nonce, encrypt];
    parts.sort_unstable();
    let sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, parts.concat().as_bytes());
    sum.as_ref().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A good answer: the word, for that owner.
fn answer(token: &str, key: &str, owner: &str, word: &str) -> String {
    let bytes = bytes_of(key);
    let mut plain = b"0123456789abcdef".to_vec();
    plain.extend(u32::try_from(word.len()).unwrap().to_be_bytes());
    plain.extend(word.as_bytes());
    plain.extend(owner.as_bytes());
    let pad = 32 - plain.len() % 32;
    plain.extend(vec![u8::try_from(pad).unwrap(); pad]);
    let cipher = EncryptingKey::cbc(UnboundCipherKey::new(&AES_256, &bytes).unwrap()).unwrap();
    cipher.less_safe_encrypt(&mut plain, EncryptionContext::Iv128(vector(bytes))).unwrap();
    let encrypt = STANDARD.encode(plain);
    let signature = signed(token, "1700000000000", "nonce01", &encrypt);
    json!({"msg_signature": signature, "timeStamp": "1700000000000", "nonce": "nonce01", "encrypt": encrypt})
        .to_string()
}

/// What a push says, after its signature was held against our own.
fn read(heard: &Heard, token: &str, key: &str) -> (Value, String) {
    let body: Value = serde_json::from_str(&heard.body).unwrap();
    let encrypt = body["encrypt"].as_str().unwrap();
    let signature = signed(token, &heard.parameter("timestamp"), &heard.parameter("nonce"), encrypt);
    assert_eq!((heard.parameter("msg_signature"), heard.parameter("signature")), (signature.clone(), signature));
    let (message, owner) = opened(key, encrypt);
    (serde_json::from_str(&message).unwrap(), owner)
}

async fn subscribed(site: &Site, listener: &mut Listener) {
    listener.answer_with(|_| (200, answer("tok123", KEY, CLIENT, "success")));
    let form = json!({"url": format!("{}/hook/dingtalk?x=1", listener.origin), "token": "tok123", "aes_key": KEY});
    control(site, "POST", &format!("apps/{CLIENT}/subscribe"), form).await;
    let (message, owner) = read(&listener.next().await, "tok123", KEY);
    assert_eq!((message, owner.as_str()), (json!({"EventType": "check_url"}), CLIENT));
}

#[test]
fn this_tests_own_code_reads_the_documents_examples() {
    let encrypt = "YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA==";
    let opened_official = opened("1234567890123456789012345678901234567890123", encrypt);
    assert_eq!(opened_official, ("success".to_owned(), "dingsnotzck6pm5veliw".to_owned()));
    let signature = signed("123456", "1614767836", "A7Co0cJLMzIDtMMI", encrypt);
    assert_eq!(signature, "9a95a004dd16f5c307e849b994173f76aa26e5eb");
    let own: Value = serde_json::from_str(&answer("tok123", KEY, "dingtestappkey01", "success")).unwrap();
    let expected = "Q3stYC6hdFzMh9T8HCvyDE7Jp4b7XAYSu7Dc3ZKxh/tCyZQegAZv8g+MVbPLE7aG3uMy6I4s7hR/pi8wnpvgLw==";
    assert_eq!(
        (&own["encrypt"], &own["msg_signature"]),
        (&json!(expected), &json!("109d0f310df37b45843c4ddc7d8ceb1903483d3e"))
    );
}

#[tokio::test]
async fn an_address_is_saved_only_after_it_answered_the_check() {
    let site = Site::new();
    let mut listener = Listener::start("success").await;
    let path = format!("/_control/dingtalk/apps/{CLIENT}/subscribe");
    let form = json!({"url": format!("{}/hook", listener.origin), "token": "tok123", "aes_key": KEY});
    let refused = site.json("POST", &path, form.clone()).await;
    assert_eq!(refused.status, StatusCode::BAD_GATEWAY, "an unencrypted success fails");
    for (bad, why) in [
        (answer("other", KEY, CLIENT, "success"), "msg_signature"),
        (answer("tok123", KEY, "dingother", "success"), "900010"),
        (answer("tok123", KEY, CLIENT, "failure"), "success"),
    ] {
        listener.answer_with(move |_| (200, bad.clone()));
        let refused = site.json("POST", &path, form.clone()).await;
        assert!(refused.status == StatusCode::BAD_GATEWAY && refused.body.contains(why), "{}", refused.body);
    }
    listener.answer_with(|_| (302, String::new()));
    assert_eq!(site.json("POST", &path, form).await.status, StatusCode::BAD_GATEWAY, "no redirects");
    let app = site.get(&format!("/_control/dingtalk/apps/{CLIENT}"), &[]).await.json();
    assert_eq!(app["events"], "stream", "nothing was saved");
    let elsewhere = json!({"url": "http://203.0.113.9/hook", "token": "tok123", "aes_key": KEY});
    assert_eq!(site.json("POST", &path, elsewhere).await.status, StatusCode::BAD_GATEWAY, "this machine only");
    while !listener.is_silent().await {}
    subscribed(&site, &mut listener).await;
}

#[tokio::test]
async fn an_event_is_a_flat_object_under_the_seal() {
    let site = Site::new();
    let mut listener = Listener::start("").await;
    subscribed(&site, &mut listener).await;
    control(&site, "DELETE", "companies/dingpractice/members/0156", json!({"also": ["cleo-5"]})).await;
    let heard = listener.next().await;
    assert_eq!((heard.path.as_str(), heard.parameter("x").as_str()), ("/hook/dingtalk", "1"));
    let (event, _) = read(&heard, "tok123", KEY);
    assert_eq!((&event["EventType"], &event["CorpId"]), (&json!("user_leave_org"), &json!("dingpractice")));
    assert_eq!((&event["EventTime"], &event["userId"]), (&json!(NOW * 1000), &json!(["0156", "cleo-5"])));
    assert!(event["eventId"].is_string() && event["BizId"].is_string());
    assert!(listener.is_silent().await, "taken, so never again");
    // The message is padded to 32 bytes whatever its length.
    for length in 0..33 {
        control(&site, "POST", "events", json!({"type": "x", "data": {"fill": "x".repeat(length)}})).await;
        read(&listener.next().await, "tok123", KEY);
    }
}

#[tokio::test]
async fn a_push_that_nobody_takes_comes_twice_more_and_then_stands_in_the_list() {
    let site = Site::new();
    let mut listener = Listener::start("").await;
    subscribed(&site, &mut listener).await;
    control(&site, "PATCH", &format!("apps/{CLIENT}"), json!({"retry_milliseconds": [20, 40]})).await;
    listener.answer_with(|_| (200, "success".to_owned()));
    control(&site, "DELETE", "companies/dingpractice/members/0156", json!({})).await;
    let mut nonces = Vec::new();
    for _ in 0..3 {
        let heard = listener.next().await;
        nonces.push(read(&heard, "tok123", KEY).0["eventId"].clone());
    }
    assert!(nonces.iter().all(|id| *id == nonces[0]), "the same event each time");
    assert!(listener.is_silent().await);
    let list = "/call_back/get_call_back_failed_result";
    assert_eq!(old(&site, list, json!({})).await["failed_list"], json!([]), "it shows up minutes later");
    site.clock.advance(180);
    let failed = old(&site, list, json!({})).await;
    assert_eq!(
        (&failed["has_more"], &failed["failed_list"][0]["call_back_tag"]),
        (&json!(false), &json!("user_leave_org"))
    );
    assert_eq!(failed["failed_list"][0]["user_leave_org"]["userid"], json!(["0156"]));
    assert_eq!(old(&site, list, json!({})).await["failed_list"], json!([]), "reading clears");
}

#[tokio::test]
async fn registering_by_the_interface_makes_the_company_the_owner() {
    let site = Site::new();
    let mut listener = Listener::start("").await;
    listener.answer_with(|_| (200, answer("token123", KEY, "dingpractice", "success")));
    let url = format!("{}/push", listener.origin);
    let wish = json!({"call_back_tag": ["user_leave_org"], "token": "token123", "aes_key": KEY, "url": url});
    let register = "/call_back/register_call_back";
    assert_eq!(old(&site, register, wish.clone()).await["errcode"], 0);
    assert_eq!(read(&listener.next().await, "token123", KEY).1, "dingpractice");
    assert_eq!(old(&site, register, wish.clone()).await["errcode"], 71006);
    let token = app_token(&site).await;
    let known = site.get(&format!("{OAPI}/call_back/get_call_back?access_token={token}"), &[]).await.json();
    assert_eq!((&known["url"], &known["call_back_tag"]), (&json!(url), &json!(["user_leave_org"])));
    control(&site, "POST", "events", json!({"type": "user_add_org", "data": {}})).await;
    assert!(listener.is_silent().await, "not among the tags");
    control(&site, "POST", "events", json!({"type": "user_leave_org", "data": {}})).await;
    assert_eq!(read(&listener.next().await, "token123", KEY).0["EventType"], "user_leave_org");
    listener.answer_with(|_| (500, String::new()));
    assert_eq!(old(&site, "/call_back/update_call_back", wish).await["errcode"], 71012);
    assert_eq!(old(&site, "/call_back/delete_call_back", json!({})).await["errcode"], 0);
    assert_eq!(old(&site, "/call_back/get_call_back", json!({})).await["errcode"], 71007);
}
