//! Requests that the houses' own programs made, byte for byte, and what one wrong byte does.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use super::site::{Reply, Site};

const CLOCK: i64 = 1_748_766_600;

fn vectors() -> Vec<Value> {
    serde_json::from_str(include_str!("sms_golden.json")).unwrap()
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap_or_default()
}

/// The practice host that stands for the one of the vector.
fn path_host(vector: &Value) -> &str {
    match text(vector, "house") {
        "aliyun" => "dysmsapi.aliyuncs.com",
        "twilio" => "api.twilio.com",
        _ => text(vector, "host"),
    }
}

async fn site_for(vector: &Value) -> Site {
    let site = Site::at(CLOCK);
    let mut known = json!({"credentials": [{
        "id": vector["key"], "secret": vector["secret"], "token": vector["token"],
    }]});
    if text(vector, "house") == "twilio" {
        let account = text(vector, "target").split('/').nth(3).unwrap();
        known["account"] = json!(account);
        known["senders"] = json!(["+15005550006", "Example"]);
    }
    let path = format!("/_control/sms/{}", text(vector, "house"));
    assert_eq!(site.json("PATCH", &path, known).await.status, 204);
    site
}

/// Replays a request; `change` may spoil it first.
async fn replay(site: &Site, vector: &Value, change: impl FnOnce(&mut Request<Vec<u8>>)) -> Reply {
    let mut builder = Request::builder().method(text(vector, "method")).uri(format!(
        "/{}{}",
        path_host(vector),
        text(vector, "target")
    ));
    for header in vector["headers"].as_array().unwrap() {
        builder = builder.header(header[0].as_str().unwrap(), header[1].as_str().unwrap());
    }
    let mut request = builder.body(text(vector, "body").as_bytes().to_vec()).unwrap();
    change(&mut request);
    site.send(request.map(Body::from)).await
}

/// Whether the house took the signature; what it says of the message is another matter.
fn signed(vector: &Value, reply: &Reply) -> bool {
    match text(vector, "house") {
        "aliyun" => reply.status == 200,
        "aws" => reply.status == 200 || reply.body.contains("<Code>InvalidParameter</Code>"),
        "tencent" => !reply.body.contains("AuthFailure"),
        _ => reply.status != 401,
    }
}

#[tokio::test]
async fn every_request_of_the_official_programs_is_accepted() {
    for vector in vectors() {
        let site = site_for(&vector).await;
        let reply = replay(&site, &vector, |_| {}).await;
        assert!(signed(&vector, &reply), "{} {}: {} {}", vector["group"], vector["case"], reply.status, reply.body);
    }
}

#[tokio::test]
async fn one_other_byte_in_the_body_or_the_query_is_refused() {
    for vector in vectors().iter().filter(|vector| text(vector, "house") != "twilio") {
        let site = site_for(vector).await;
        let reply = replay(&site, vector, |request| {
            if request.body().is_empty() {
                let spoiled = request.uri().to_string().replacen('1', "2", 2);
                *request.uri_mut() = spoiled.parse().unwrap();
            } else {
                let last = request.body().iter().rposition(u8::is_ascii_alphanumeric).unwrap();
                let byte = &mut request.body_mut()[last];
                *byte = if *byte == b'7' { b'8' } else { b'7' };
            }
        })
        .await;
        assert!(!signed(vector, &reply), "{} {}", vector["group"], vector["case"]);
    }
}

#[tokio::test]
async fn one_other_byte_in_any_signed_header_is_refused() {
    for vector in vectors().iter().filter(|vector| vector["house"] != "twilio") {
        let authorization = vector["headers"]
            .as_array()
            .unwrap()
            .iter()
            .find(|header| header[0].as_str().unwrap().eq_ignore_ascii_case("authorization"));
        // The old signature of Alibaba signs no header.
        let Some(authorization) = authorization.and_then(|header| header[1].as_str()) else { continue };
        let names = authorization.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap();
        for name in names.split(';').filter(|name| *name != "host").chain(["authorization"]) {
            let site = site_for(vector).await;
            let reply = replay(&site, vector, |request| {
                let value = request.headers()[name].to_str().unwrap().to_owned();
                let spoiled = if value.ends_with('0') { "1" } else { "0" };
                let value = format!("{}{spoiled}", &value[..value.len() - 1]);
                request.headers_mut().insert(http::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
            })
            .await;
            assert!(!signed(vector, &reply), "{} {} {name}", vector["group"], vector["case"]);
        }
    }
}

#[tokio::test]
async fn another_secret_an_unknown_key_and_another_method_are_refused() {
    for vector in vectors() {
        let site = site_for(&vector).await;
        let path = format!("/_control/sms/{}", text(&vector, "house"));
        let key = json!({"credentials": [{"id": vector["key"], "secret": "other", "token": vector["token"]}]});
        site.json("PATCH", &path, key).await;
        let reply = replay(&site, &vector, |_| {}).await;
        assert!(!signed(&vector, &reply), "another secret: {} {}", vector["group"], vector["case"]);
        site.json("PATCH", &path, json!({"credentials": []})).await;
        let reply = replay(&site, &vector, |_| {}).await;
        assert!(!signed(&vector, &reply), "no such key: {} {}", vector["group"], vector["case"]);
        if text(&vector, "house") == "aliyun" {
            let site = site_for(&vector).await;
            let other = if text(&vector, "method") == "POST" { "GET" } else { "POST" };
            let reply = replay(&site, &vector, |request| *request.method_mut() = other.parse().unwrap()).await;
            assert!(!signed(&vector, &reply), "{other}: {}", vector["case"]);
        }
    }
}

#[tokio::test]
async fn a_late_clock_is_refused_by_each_houses_own_measure() {
    for (house, allowed) in [("aliyun", 900), ("aws", 300), ("tencent", 300)] {
        let vectors = vectors();
        let vector = vectors.iter().find(|vector| vector["house"] == house).unwrap();
        let site = site_for(vector).await;
        site.clock.advance(allowed);
        assert!(signed(vector, &replay(&site, vector, |_| {}).await), "{house} within {allowed}");
        let site = site_for(vector).await;
        site.clock.advance(allowed + 1);
        assert!(!signed(vector, &replay(&site, vector, |_| {}).await), "{house} after {allowed}");
        let site = site_for(vector).await;
        site.clock.advance(-allowed - 1);
        assert!(!signed(vector, &replay(&site, vector, |_| {}).await), "{house} before {allowed}");
    }
}

#[tokio::test]
async fn alibaba_wants_the_content_hash_and_takes_a_nonce_once() {
    let vectors = vectors();
    for group in ["alibaba_v3_sdk", "alibaba_v3_minimal_headers"] {
        let vector = vectors.iter().find(|vector| vector["group"] == group).unwrap();
        let site = site_for(vector).await;
        let without = replay(&site, vector, |request| {
            request.headers_mut().remove("x-acs-content-sha256");
        })
        .await;
        assert!(!signed(vector, &without), "{group}");
    }
    for group in ["alibaba_v3_sdk", "alibaba_v1_sdk_tea", "alibaba_v1_sdk_core"] {
        let vector = vectors.iter().find(|vector| vector["group"] == group).unwrap();
        let site = site_for(vector).await;
        assert!(signed(vector, &replay(&site, vector, |_| {}).await));
        let again = replay(&site, vector, |_| {}).await;
        assert_eq!(again.status, 400, "{group}");
        assert!(again.body.contains("SignatureNonceUsed"), "{}", again.body);
    }
}
