//! Codes with a scene, and the pictures of them.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use serde_json::{Value, json};

use super::super::site::{Reply, Site, encode};
use super::{MINI, OFFICIAL, api_post, cgi_token, errcode};

fn text_scene(text: &str) -> Value {
    json!({"expire_seconds": 300, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": text}}})
}

async fn create(site: &Site, body: Value) -> Reply {
    let token = cgi_token(site, OFFICIAL).await;
    api_post(site, "/cgi-bin/qrcode/create", &token, body).await
}

async fn show(site: &Site, ticket: &str) -> Reply {
    site.get(&format!("/mp.weixin.qq.com/cgi-bin/showqrcode?{}", encode(&[("ticket", ticket)])), &[]).await
}

/// The size that a baseline JPEG's frame header says.
fn side(jpeg: &[u8]) -> u16 {
    let at = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    u16::from_be_bytes([jpeg[at + 5], jpeg[at + 6]])
}

#[tokio::test]
async fn a_scene_gives_a_ticket_and_the_text_for_ones_own_picture() {
    let site = Site::new();
    let reply = create(&site, text_scene("lg_7QmZt3kX9vB2nR5cW8yL1p")).await;
    assert!(reply.body.contains("\"url\":\"http:\\/\\/weixin.qq.com\\/q\\/02"), "{}", reply.body);
    let answer = reply.json();
    assert_eq!(answer["expire_seconds"], 300);
    let ticket = answer["ticket"].as_str().unwrap();
    assert!(ticket.starts_with("gQ") && ticket.ends_with("==") && STANDARD.decode(ticket).is_ok(), "{ticket}");
    let scans = site.get("/_control/phone/scans?platform=wechat", &[]).await.json();
    assert_eq!((&scans[0]["content"], &scans[0]["kind"]), (&answer["url"], &json!("official_scene")));
}

#[tokio::test]
async fn lifetimes_are_a_minute_by_default_and_thirty_days_at_most() {
    let site = Site::new();
    let scene = json!({"scene": {"scene_str": "x"}});
    let plain = create(&site, json!({"action_name": "QR_STR_SCENE", "action_info": scene})).await;
    assert_eq!(plain.json()["expire_seconds"], 60);
    let long = json!({"expire_seconds": 9_999_999, "action_name": "QR_STR_SCENE", "action_info": scene});
    assert_eq!(create(&site, long).await.json()["expire_seconds"], 2_592_000);
    let permanent = create(&site, json!({"action_name": "QR_LIMIT_STR_SCENE", "action_info": scene})).await;
    assert!(permanent.json().get("expire_seconds").is_none());
}

#[tokio::test]
async fn actions_and_scenes_are_checked() {
    let site = Site::new();
    for (action, scene) in [
        ("QR_OTHER", json!({"scene_str": "x"})),
        ("QR_STR_SCENE", json!({"scene_str": ""})),
        ("QR_STR_SCENE", json!({"scene_str": "x".repeat(65)})),
        ("QR_STR_SCENE", json!({"scene_id": 7})),
        ("QR_SCENE", json!({"scene_id": 0})),
        ("QR_SCENE", json!({"scene_id": 4_294_967_296_u64})),
        ("QR_LIMIT_SCENE", json!({"scene_id": 100_001})),
    ] {
        let body = json!({"action_name": action, "action_info": {"scene": scene}});
        assert_eq!(errcode(&create(&site, body).await), 40053, "{action} {scene}");
    }
    for (action, scene) in
        [("QR_STR_SCENE", json!({"scene_str": "x".repeat(64)})), ("QR_SCENE", json!({"scene_id": 4_294_967_295_u64}))]
    {
        let body = json!({"action_name": action, "action_info": {"scene": scene}});
        assert!(create(&site, body).await.json()["ticket"].is_string());
    }
}

#[tokio::test]
async fn scenes_run_out() {
    let site = Site::new();
    site.json("PUT", "/_control/wechat/settings", json!({"quotas": {"scene": 1, "permanent": 0}})).await;
    let permanent = json!({"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "x"}}});
    assert_eq!(errcode(&create(&site, permanent).await), 45029);
    assert_eq!(errcode(&create(&site, text_scene("x")).await), 45009);
}

#[tokio::test]
async fn the_picture_is_a_jpeg_for_a_living_ticket_and_404_otherwise() {
    let site = Site::new();
    let answer = create(&site, text_scene("x")).await.json();
    let ticket = answer["ticket"].as_str().unwrap();
    let path = format!("/mp.weixin.qq.com/cgi-bin/showqrcode?{}", encode(&[("ticket", ticket)]));
    let jpeg = site.bytes(Request::get(&path).body(Body::empty()).unwrap()).await;
    assert!(jpeg.starts_with(&[0xFF, 0xD8, 0xFF]) && jpeg.ends_with(&[0xFF, 0xD9]));
    assert!(side(&jpeg) >= 280);
    assert_eq!(show(&site, ticket).await.header("content-type"), "image/jpeg");
    assert_eq!(show(&site, "gQwrong==").await.status, 404);
    assert_eq!(show(&site, "").await.status, 404);
    site.clock.advance(300);
    assert_eq!(show(&site, ticket).await.status, 404);
}

#[tokio::test]
async fn a_picture_holds_the_shades_of_its_code() {
    let site = Site::new();
    let answer = create(&site, text_scene("x")).await.json();
    let path =
        format!("/mp.weixin.qq.com/cgi-bin/showqrcode?{}", encode(&[("ticket", answer["ticket"].as_str().unwrap())]));
    let jpeg = site.bytes(Request::get(&path).body(Body::empty()).unwrap()).await;
    let shades = super::receiver::jpeg_blocks(&jpeg);
    let code = qrcode::QrCode::new(answer["url"].as_str().unwrap()).unwrap();
    let side = (code.width() + 8) * (shades.len().isqrt() / (code.width() + 8));
    assert_eq!(shades.len(), side * side);
    let scale = side / (code.width() + 8);
    for (at, dark) in shades.iter().enumerate() {
        let (x, y) = ((at % side) / scale, (at / side) / scale);
        let inside = (4..code.width() + 4).contains(&x) && (4..code.width() + 4).contains(&y);
        let expected = inside && code[(x - 4, y - 4)] == qrcode::Color::Dark;
        assert_eq!(*dark, expected, "block {x},{y}");
    }
}

#[tokio::test]
async fn a_mini_programs_code_is_raw_picture_or_json() {
    let site = Site::new();
    let token = cgi_token(&site, MINI).await;
    let path = "/wxa/getwxacodeunlimit";
    let good = json!({"scene": "q7mZt3kX9vB2nR5cW8yL1p", "page": "pages/confirm/index", "width": 430});
    let reply = api_post(&site, path, &token, good).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "image/jpeg"));
    for (body, expected) in [
        (json!({"scene": ""}), 40169),
        (json!({"scene": "x".repeat(33)}), 40169),
        (json!({"scene": "a%20b"}), 40129),
        (json!({"scene": "a&b"}), 40129),
        (json!({"scene": "ok", "page": "pages/unknown/index"}), 41030),
        (json!({"scene": "ok", "page": "/pages/confirm/index", "check_path": false}), 41030),
    ] {
        let reply = api_post(&site, path, &token, body.clone()).await;
        assert_eq!(errcode(&reply), expected, "{body}");
        assert!(reply.body.starts_with('{'));
    }
    let unreleased = json!({"scene": "ok", "page": "pages/unknown/index", "check_path": false});
    assert_eq!(api_post(&site, path, &token, unreleased).await.header("content-type"), "image/jpeg");
}
