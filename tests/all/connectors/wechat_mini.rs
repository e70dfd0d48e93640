//! The negative list of upstreams/wechat.md §13 for mini programs.

use std::collections::BTreeMap;

use hufu::base::secret::Secret;
use hufu::connectors::{Identity, Picture, Reply, ScannedWith, Step, Trouble, Turn};
use serde_json::{Value, json};

use super::turns::{callback, open, turn};
use crate::support::upstream::{Reply as Answer, Upstream};

const SESSION: &str = "/api.weixin.qq.com/sns/jscode2session";
const STABLE: &str = "/api.weixin.qq.com/cgi-bin/stable_token";
const PHONE: &str = "/api.weixin.qq.com/wxa/business/getuserphonenumber";
const PICTURE: &str = "/api.weixin.qq.com/wxa/getwxacodeunlimit";
const APPID: &str = "wx0000000000000003";

fn settings() -> Value {
    json!({ "appid": APPID, "secret": "s3cret", "union_group": "main", "page": "pages/confirm/index" })
}

async fn platform() -> Upstream {
    let upstream = Upstream::start().await;
    let session =
        json!({ "session_key": "5tF5KuDigyB6e4m7SIMULA==", "openid": "oSimM1", "unionid": "oSimU1", "errcode": 0 });
    upstream.on(SESSION, Answer::text(&session.to_string()));
    upstream.on(STABLE, Answer::json(&json!({ "access_token": "app-token", "expires_in": 7200 })));
    upstream.on(PHONE, Answer::json(&phone(&json!("86"), APPID)));
    upstream
}

fn phone(country: &Value, appid: &str) -> Value {
    let info = json!({
        "phoneNumber": "13800000000", "purePhoneNumber": "13800000000", "countryCode": country,
        "watermark": { "timestamp": 1_760_000_000, "appid": appid },
    });
    json!({ "errcode": 0, "errmsg": "ok", "phone_info": info })
}

async fn code(turn: &Turn, pairs: &[(&str, &str)]) -> Result<Identity, Trouble> {
    let fields = pairs.iter().map(|(k, v)| ((*k).to_owned(), Secret::new(*v))).collect::<BTreeMap<_, _>>();
    match open("wechat_mini", &settings()).answer(turn, Reply::Code(fields)).await? {
        Step::Known(identity) => Ok(*identity),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_code_of_wx_login_says_who_and_the_session_key_stays_nowhere() {
    let upstream = platform().await;
    let identity = code(&turn(&upstream), &[("code", "wx")]).await.unwrap();
    let keys = identity.keys.iter().map(|key| (key.space.as_str(), key.value.as_str())).collect::<Vec<_>>();
    assert_eq!(keys, [("wechat:wx0000000000000003", "oSimM1"), ("wechat-union:main", "oSimU1")]);
    assert!(!serde_json::to_string(&identity).unwrap().contains("5tF5"));
    let seen = &upstream.seen(SESSION)[0];
    assert_eq!((seen.method.as_str(), seen.parameter("js_code").as_deref()), ("GET", Some("wx")));
}

#[tokio::test]
async fn forged_ids_callbacks_and_spent_codes_get_nobody_in() {
    let upstream = platform().await;
    let turn = turn(&upstream);
    assert!(matches!(code(&turn, &[("openid", "oSimM1")]).await, Err(Trouble::BadReply(_))));
    let connector = open("wechat_mini", &settings());
    assert!(matches!(connector.answer(&turn, callback(&[("code", "wx")])).await, Err(Trouble::BadReply(_))));
    for (number, refused) in [(40029, true), (40163, true), (40226, false), (45011, false)] {
        upstream.on(SESSION, Answer::json(&json!({ "errcode": number, "errmsg": "x" })));
        let trouble = code(&turn, &[("code", "wx")]).await.unwrap_err();
        assert_eq!(matches!(trouble, Trouble::BadReply(_)), refused, "{number} {trouble:?}");
    }
}

#[tokio::test]
async fn a_phone_number_is_the_same_person_s_and_of_this_application() {
    let upstream = platform().await;
    let turn = turn(&upstream);
    let with_phone = [("code", "wx"), ("phone_code", "ph")];
    for country in [json!("86"), json!(86)] {
        upstream.on(PHONE, Answer::json(&phone(&country, APPID)));
        let identity = code(&turn, &with_phone).await.unwrap();
        assert_eq!(identity.phone, Some(("+8613800000000".to_owned(), true)));
    }
    let sent: Value = serde_json::from_str(&upstream.seen(PHONE)[0].body).unwrap();
    assert_eq!(sent, json!({ "code": "ph", "openid": "oSimM1" }));
    assert_eq!(upstream.seen(PHONE)[0].parameter("access_token").as_deref(), Some("app-token"));
    upstream.on(PHONE, Answer::json(&phone(&json!("86"), "wx0000000000000009")));
    assert!(matches!(code(&turn, &with_phone).await, Err(Trouble::BadReply(_))));
    upstream.on(PHONE, Answer::json(&phone(&json!(""), APPID)));
    assert!(matches!(code(&turn, &with_phone).await, Err(Trouble::BadReply(_))));
}

#[tokio::test]
async fn the_picture_for_a_desk_is_told_from_an_error_by_its_content() {
    let upstream = platform().await;
    let turn = turn(&upstream);
    let connector = open("wechat_mini", &settings());
    upstream.on(PICTURE, Answer::new(200, [0xFF, 0xD8, 0xFF, 0xE0, 1]).with("content-type", "text/plain"));
    let Step::Scan(scan) = connector.begin(&turn).await.unwrap() else { panic!() };
    assert!(matches!(scan.picture, Picture::Image { media_type: "image/jpeg", .. }) && scan.app == ScannedWith::Wechat);
    let sent: Value = serde_json::from_str(&upstream.seen(PICTURE)[0].body).unwrap();
    assert_eq!((&sent["scene"], &sent["page"]), (&json!(turn.scene), &json!("pages/confirm/index")));
    assert!(turn.scene.len() <= 32);
    for (body, expected) in
        [("{\"errcode\":41030,\"errmsg\":\"invalid page\"}", "misconfigured"), ("GIF89a", "unusable")]
    {
        upstream.on(PICTURE, Answer::text(body));
        let trouble = connector.begin(&turn).await.unwrap_err().to_string();
        assert!(trouble.starts_with(expected), "{trouble}");
    }
}

#[tokio::test]
async fn a_token_the_platform_refuses_is_asked_for_once_more_and_no_oftener() {
    let upstream = platform().await;
    let turn = turn(&upstream);
    upstream.on(PICTURE, Answer::json(&json!({ "errcode": 40001, "errmsg": "not latest" })));
    assert!(matches!(open("wechat_mini", &settings()).begin(&turn).await, Err(Trouble::Misconfigured(_))));
    assert_eq!(upstream.seen(STABLE).len(), 2);
    // The same token came again: asking the call again would change nothing.
    assert_eq!(upstream.seen(PICTURE).len(), 1);
    for number in [40164, 40125, 40243] {
        upstream
            .on(STABLE, Answer::json(&json!({ "errcode": number, "errmsg": "invalid ip 1.2.3.4, not in whitelist" })));
        let trouble = open("wechat_mini", &settings()).begin(&turn).await.unwrap_err();
        assert!(matches!(trouble, Trouble::Misconfigured(_)) && !trouble.to_string().contains("s3cret"), "{trouble:?}");
    }
}
