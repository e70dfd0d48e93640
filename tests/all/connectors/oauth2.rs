//! Platforms that speak some OAuth 2, each in its own way (upstreams §5), and platforms that fail (R19 to R21).

use std::time::{Duration, Instant};

use hufu::connectors::Trouble;
use serde_json::{Value, json};

use super::turns::{open, reason, sent_to, sign_in, turn, wrong};
use crate::support::upstream::{Reply, Upstream};

const TOKEN: &str = "/oauth.example.net/token";
const USERINFO: &str = "/oauth.example.net/userinfo";

fn settings(changes: &Value) -> Value {
    let mut settings = json!({
        "authorization_url": "https://oauth.example.net/authorize?fixed=1", "token_url": "https://oauth.example.net/token",
        "userinfo_url": "https://oauth.example.net/userinfo", "client_id": "app", "client_secret": "s",
    });
    for (key, value) in changes.as_object().unwrap() {
        settings[key] = value.clone();
    }
    settings
}

async fn platform(person: &Value) -> Upstream {
    let upstream = Upstream::start().await;
    upstream.on(TOKEN, Reply::json(&json!({ "access_token": "t" })));
    upstream.on(USERINFO, Reply::json(person));
    upstream
}

#[tokio::test]
async fn names_separators_and_extra_parameters_follow_the_platform() {
    let upstream = platform(&json!({ "id": 1 })).await;
    let changes = json!({ "client_id_name": "appid", "scopes": "a b", "scope_separator": "comma", "pkce": false,
        "authorize_parameters": "display=mobile", "headers": "X-App: hufu" });
    let connector = open("oauth2", &settings(&changes));
    let (_, sent) = sent_to(&*connector, &turn(&upstream)).await;
    assert_eq!((sent["appid"].as_str(), sent["scope"].as_str(), sent["fixed"].as_str()), ("app", "a,b", "1"));
    assert!(!sent.contains_key("client_id") && !sent.contains_key("code_challenge") && sent["display"] == "mobile");
    sign_in(&*connector, &turn(&upstream)).await.unwrap();
    let token = &upstream.seen(TOKEN)[0];
    assert_eq!((token.field("appid").as_deref(), token.field("client_id")), (Some("app"), None));
    assert_eq!((token.header("x-app"), token.field("code_verifier")), ("hufu", None));
    assert_eq!(upstream.seen(USERINFO)[0].header("x-app"), "hufu");
}

#[tokio::test]
async fn the_token_goes_where_the_platform_wants_it() {
    let upstream = platform(&json!({ "id": 1 })).await;
    for (index, place) in ["header", "query", "form"].into_iter().enumerate() {
        sign_in(&*open("oauth2", &settings(&json!({ "userinfo_token": place }))), &turn(&upstream)).await.unwrap();
        let seen = &upstream.seen(USERINFO)[index];
        assert_eq!(seen.header("authorization") == "Bearer t", place == "header");
        assert_eq!(seen.parameter("access_token").is_some(), place == "query");
        assert_eq!((seen.field("access_token").is_some(), seen.method == "POST"), (place == "form", place == "form"));
    }
}

#[tokio::test]
async fn token_answers_in_every_shape_are_read() {
    let upstream = platform(&json!({ "id": 1 })).await;
    for body in [
        "access_token=t&expires_in=7776000&refresh_token=r",
        "callback( {\"access_token\":\"t\"} );",
        "\u{FEFF}{\"access_token\":\"t\",\"expires_in\":\"7200\",\"scope\":\"a,b\",\"uid\":\"1\"}",
        "{\"access_token\":\"t\",\"token_type\":\"BEARER\",\"expires_in\":1.5,\"scope\":[\"a\"]}",
    ] {
        upstream.on(TOKEN, Reply::text(body).with("content-type", "text/html"));
        let result = sign_in(&*open("oauth2", &settings(&json!({}))), &turn(&upstream)).await;
        assert!(result.is_ok(), "{body}: {result:?}");
    }
}

#[tokio::test]
async fn r20_unusable_answers_are_refused_without_a_stumble() {
    let deep = format!("{}{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    for body in [
        b"<html>".to_vec(),
        b"{\"access_token\":\"t\"".to_vec(),
        b"{\"access_token\":\"t\",\"access_token\":\"u\"}".to_vec(),
        b"access_token=t&access_token=u".to_vec(),
        b"{\"access_token\":5}".to_vec(),
        b"{\"access_token\":\"\"}".to_vec(),
        b"{\"access_token\":\"a\\r\\nb\"}".to_vec(),
        b"{\"access_token\":\"t\",\"token_type\":\"mac\"}".to_vec(),
        b"{\"error\":100020,\"error_description\":\"code is reused error\"}".to_vec(),
        b"callback( {\"error\":100020} );".to_vec(),
        b"[1]".to_vec(),
        b"".to_vec(),
        b"{\"access_token\":\"\xff\xfe\"}".to_vec(),
        deep.into_bytes(),
    ] {
        let upstream = platform(&json!({ "id": 1 })).await;
        let text = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        upstream.on(TOKEN, Reply::new(200, body));
        let result = sign_in(&*open("oauth2", &settings(&json!({}))), &turn(&upstream)).await;
        assert!(matches!(result, Err(Trouble::BadReply(_))), "{text}: {result:?}");
    }
}

#[tokio::test]
async fn r19_r20_r21_a_failing_platform_is_an_answer_within_the_limit() {
    let upstream = platform(&json!({ "id": 1 })).await;
    let connector = open("oauth2", &settings(&json!({})));
    let inside = format!("{}/secret", upstream.origin());
    for path in [TOKEN, USERINFO] {
        upstream.on(TOKEN, Reply::json(&json!({ "access_token": "t" })));
        for (what, reply) in [
            ("500", Reply::new(500, "<html>oh</html>")),
            ("html", Reply::text("<html>")),
            ("truncated", Reply::text("{\"access_token\":\"t\",\"id\":1")),
            ("huge", Reply::new(200, vec![b' '; 300 * 1024])),
            ("redirect", Reply::new(302, "").with("location", &inside)),
        ] {
            upstream.on(path, reply);
            let result = sign_in(&*connector, &turn(&upstream)).await;
            assert!(matches!(result, Err(Trouble::BadReply(_))), "{path} {what}: {result:?}");
        }
        upstream.on(path, Reply::new(429, "").with("retry-after", "9"));
        assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::TryLater { until: Some(_) })));
        upstream.on(path, Reply::text("").hanging());
        let started = Instant::now();
        assert!(matches!(sign_in(&*connector, &turn(&upstream)).await, Err(Trouble::Unreachable(_))));
        assert!(started.elapsed() < Duration::from_secs(6));
    }
    assert!(upstream.seen("/secret").is_empty());
}

#[tokio::test]
async fn a_subject_is_a_text_or_a_whole_number_and_nothing_else() {
    for (id, expected) in [
        (json!("abc"), Some("abc")),
        (json!(9_007_199_254_740_993_u64), Some("9007199254740993")),
        (json!(u64::MAX), Some("18446744073709551615")),
        (json!(null), None),
        (json!(""), None),
        (json!(" "), None),
        (json!(true), None),
        (json!(1.5), None),
        (json!(1e30), None),
        (json!({}), None),
        (json!([1]), None),
    ] {
        let upstream = platform(&json!({ "id": id })).await;
        let result = sign_in(&*open("oauth2", &settings(&json!({}))), &turn(&upstream)).await;
        match expected {
            Some(expected) => assert_eq!(result.unwrap().keys[0].value, expected),
            None => assert!(reason(result).contains("id is no text")),
        }
    }
}

#[tokio::test]
async fn envelope_success_and_map_find_the_person() {
    let good = json!({ "code": 0, "data": { "open_id": "ou_1", "en_name": "Lei", "mail": "a@b.cn", "avatar_url": "http://x" } });
    let changes = json!({ "envelope": "data", "success_path": "code", "success_value": "0", "subject_path": "open_id",
        "claim_map": "name = en_name\nemail=mail\npicture=avatar_url" });
    let upstream = platform(&good).await;
    let identity = sign_in(&*open("oauth2", &settings(&changes)), &turn(&upstream)).await.unwrap();
    assert_eq!((identity.keys[0].space.as_str(), identity.keys[0].value.as_str()), ("conn:01conn", "ou_1"));
    assert_eq!((identity.name.as_deref(), identity.email), (Some("Lei"), Some(("a@b.cn".to_owned(), false))));
    assert_eq!(identity.avatar, None, "only https pictures are kept");
    for bad in [
        json!({ "code": 20005, "data": { "open_id": "ou_1" } }),
        json!({ "data": { "open_id": "ou_1" } }),
        json!({ "code": 0 }),
    ] {
        let upstream = platform(&bad).await;
        assert!(sign_in(&*open("oauth2", &settings(&changes)), &turn(&upstream)).await.is_err(), "{bad}");
    }
    let upstream = platform(&json!({ "id": 1, "error": "expired" })).await;
    assert!(reason(sign_in(&*open("oauth2", &settings(&json!({}))), &turn(&upstream)).await).contains("expired"));
}

#[test]
fn settings_that_cannot_be_are_named() {
    let bad = json!({ "client_id_name": "client_secret", "headers": "Authorization: x", "success_path": "code",
        "userinfo_token": "cookie", "token_url": "https://a@b/", "authorize_parameters": "redirect_uri=x" });
    let mut fields = wrong("oauth2", &settings(&bad));
    fields.sort();
    let expected =
        ["authorize_parameters", "client_id_name", "headers", "success_value", "token_url", "userinfo_token"];
    assert_eq!(fields, expected);
}
