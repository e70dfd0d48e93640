//! `/sns/userinfo`, with the nicknames that no strict reader takes.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use super::super::site::{Site, encode};
use super::{OFFICIAL, WEBSITE, api, errcode, inside_code, redeem, website_code};

async fn tokens(site: &Site, person: &str) -> (String, String) {
    let answer = redeem(site, WEBSITE, &website_code(site, person).await).await.json();
    (answer["access_token"].as_str().unwrap().to_owned(), answer["openid"].as_str().unwrap().to_owned())
}

async fn profile(site: &Site, person: &str) -> Value {
    let (token, openid) = tokens(site, person).await;
    api(site, "/sns/userinfo", &[("access_token", &token), ("openid", &openid)]).await.json()
}

async fn bytes(site: &Site, person: &str) -> Vec<u8> {
    let (token, openid) = tokens(site, person).await;
    let path = format!("/api.weixin.qq.com/sns/userinfo?{}", encode(&[("access_token", &token), ("openid", &openid)]));
    site.bytes(Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_profile_has_the_documented_fields_and_nobodys_sex_or_region() {
    let site = Site::new();
    let (token, openid) = tokens(&site, "xiaoman").await;
    let reply = api(&site, "/sns/userinfo", &[("access_token", &token), ("openid", &openid), ("lang", "en")]).await;
    assert_eq!(reply.header("content-type"), "text/plain");
    assert!(reply.body.contains("\"headimgurl\":\"https:\\/\\/thirdwx.qlogo.cn\\/mmopen"), "{}", reply.body);
    let profile = reply.json();
    assert_eq!((&profile["nickname"], &profile["openid"]), (&json!("小满"), &json!(openid)));
    assert_eq!(profile["sex"], 0);
    for gone in ["province", "city", "country", "language"] {
        assert_eq!(profile[gone], "", "{gone}");
    }
    assert_eq!(profile["privilege"], json!([]));
    assert!(profile["unionid"].is_string());
    let picture = profile["headimgurl"].as_str().unwrap().replace("https:/", "");
    assert_eq!(site.get(&picture, &[]).await.header("content-type"), "image/jpeg");
}

#[tokio::test]
async fn nicknames_are_empty_hold_emoji_control_characters_and_half_an_emoji() {
    let site = Site::new();
    let nameless = profile(&site, "nameless").await;
    assert_eq!((&nameless["nickname"], &nameless["headimgurl"]), (&json!(""), &json!("")));
    assert!(profile(&site, "fox").await["nickname"].as_str().unwrap().contains('🦊'));

    let control = bytes(&site, "invited").await;
    assert!(control.windows(12).any(|part| part == b"Dario Conti\x08"), "a raw 0x08");
    assert!(serde_json::from_slice::<Value>(&control).is_err());
    let surrogate = bytes(&site, "unproven").await;
    assert!(surrogate.windows(3).any(|part| part == [0xED, 0xA0, 0xBD]));
    assert!(std::str::from_utf8(&surrogate).is_err());
    let mended: Value = serde_json::from_str(&String::from_utf8_lossy(&surrogate)).unwrap();
    assert!(mended["nickname"].as_str().unwrap().starts_with("Cleo Marsh"));
}

#[tokio::test]
async fn a_nickname_can_be_changed() {
    let site = Site::new();
    super::set_person(&site, "amara", json!({"wechat": {"nickname": "<script>阿玛拉"}})).await;
    assert_eq!(profile(&site, "amara").await["nickname"], "<script>阿玛拉");
}

#[tokio::test]
async fn the_token_must_be_known_alive_and_of_that_openid() {
    let site = Site::new();
    let (token, openid) = tokens(&site, "amara").await;
    let ask = async |query: &[(&str, &str)]| errcode(&api(&site, "/sns/userinfo", query).await);
    assert_eq!(ask(&[("openid", &openid)]).await, 41001);
    assert_eq!(ask(&[("access_token", "wrong"), ("openid", &openid)]).await, 40001);
    assert_eq!(ask(&[("access_token", &token), ("openid", "oOther")]).await, 40003);
    assert_eq!(ask(&[("access_token", &token)]).await, 41009);
    site.clock.advance(7_200);
    assert_eq!(ask(&[("access_token", &token), ("openid", &openid)]).await, 42001);
}

#[tokio::test]
async fn the_openid_can_be_left_out_where_switched_so() {
    let site = Site::new();
    let (token, _) = tokens(&site, "amara").await;
    site.switch("wechat", &["userinfo_without_openid"]).await;
    assert!(api(&site, "/sns/userinfo", &[("access_token", &token)]).await.json()["nickname"].is_string());
}

#[tokio::test]
async fn answers_can_lie_and_wear_odd_clothes() {
    let site = Site::new();
    let (token, openid) = tokens(&site, "amara").await;
    let ask = async |switches: &[&str]| {
        site.switch("wechat", switches).await;
        api(&site, "/sns/userinfo", &[("access_token", &token), ("openid", &openid)]).await
    };
    assert_ne!(ask(&["foreign_openid"]).await.json()["openid"], json!(openid));
    assert!(ask(&["no_privilege"]).await.json().get("privilege").is_none());
    assert_eq!(ask(&["empty_unionid"]).await.json()["unionid"], "");
    assert!(ask(&["unknown_fields"]).await.json()["some_new_field"].is_object());
    assert!(ask(&["plain_bom"]).await.body.starts_with('\u{FEFF}'));
    site.switch("wechat", &["errcode_text"]).await;
    assert_eq!(redeem(&site, WEBSITE, "wrong").await.json()["errcode"], "40029");
}

#[tokio::test]
async fn a_unionid_can_be_missing_come_later_and_change() {
    let site = Site::new();
    super::set_person(&site, "amara", json!({"wechat": {"unionid_withheld": true}})).await;
    assert!(profile(&site, "amara").await.get("unionid").is_none());
    super::set_person(&site, "amara", json!({"wechat": {"unionid_withheld": false}})).await;
    let first = profile(&site, "amara").await["unionid"].clone();
    assert!(first.is_string());
    super::set_person(&site, "amara", json!({"wechat": {"unionid_turn": 1}})).await;
    assert_ne!(profile(&site, "amara").await["unionid"], first);
}

#[tokio::test]
async fn snapshot_visitors_are_virtual_and_share_a_unionid() {
    let site = Site::new();
    site.switch("wechat", &["snapshot"]).await;
    let mut visits = Vec::new();
    for person in ["amara", "xiaoman"] {
        // No question is asked: the page opened by itself.
        let code = inside_code(&site, "snsapi_userinfo", person).await;
        visits.push(redeem(&site, OFFICIAL, &code).await.json());
    }
    let base = redeem(&site, OFFICIAL, &inside_code(&site, "snsapi_base", "amara").await).await.json();
    assert!(base.get("is_snapshotuser").is_none());
    assert!(visits.iter().all(|visit| visit["is_snapshotuser"] == json!(1)));
    assert_ne!(visits[0]["openid"], visits[1]["openid"]);
    assert_ne!(visits[0]["openid"], base["openid"]);
    assert_eq!(visits[0]["unionid"], visits[1]["unionid"]);
    let query = [
        ("access_token", visits[0]["access_token"].as_str().unwrap()),
        ("openid", visits[0]["openid"].as_str().unwrap()),
    ];
    assert_eq!(errcode(&api(&site, "/sns/userinfo", &query).await), 48001);
    site.switch("wechat", &["snapshot_profile"]).await;
    assert_eq!(api(&site, "/sns/userinfo", &query).await.json()["nickname"], "微信用户");
}

#[tokio::test]
async fn avatars_are_pictures() {
    let site = Site::new();
    let picture = site.bytes(Request::get("/thirdwx.qlogo.cn/mmopen/vi_32/abc/132").body(Body::empty()).unwrap()).await;
    assert!(picture.starts_with(&[0xFF, 0xD8, 0xFF]) && picture.ends_with(&[0xFF, 0xD9]));
    let other = site.bytes(Request::get("/thirdwx.qlogo.cn/mmopen/vi_32/def/132").body(Body::empty()).unwrap()).await;
    assert_ne!(picture, other);
}
