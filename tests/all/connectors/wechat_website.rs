//! The negative list of upstreams/wechat.md §13 for the website application.

use std::collections::BTreeMap;

use hufu::base::lang::Lang;
use hufu::base::secret::Secret;
use hufu::connectors::{FrameEnd, Identity, Key, Level, Reply, Step, Trouble, Turn};
use serde_json::{Value, json};

use super::turns::{CALLBACK, Told, callback, examine, open, sent_to, turn};
use crate::support::upstream::{Reply as Answer, Upstream};

const TOKEN: &str = "/api.weixin.qq.com/sns/oauth2/access_token";
const PROFILE: &str = "/api.weixin.qq.com/sns/userinfo";

pub fn settings() -> Value {
    json!({ "appid": "wx0000000000000001", "secret": "s3cret", "union_group": "main" })
}

pub fn token() -> Value {
    json!({
        "access_token": "96_aB3", "expires_in": 7200, "refresh_token": "96_Zx9", "openid": "oSimW1",
        "scope": "snsapi_login", "unionid": "oSimU1",
    })
}

fn profile() -> Value {
    json!({
        "openid": "oSimW1", "nickname": "小明", "sex": 0, "headimgurl": "https://thirdwx.qlogo.cn/mmopen/1/132",
        "privilege": [], "unionid": "oSimU1",
    })
}

async fn platform() -> Upstream {
    let upstream = Upstream::start().await;
    upstream.on(TOKEN, Answer::text(&token().to_string()));
    upstream.on(PROFILE, Answer::text(&profile().to_string()));
    upstream
}

async fn come_back(turn: &Turn, pairs: &[(&str, &str)]) -> Result<Identity, Trouble> {
    match open("wechat_website", &settings()).answer(turn, callback(pairs)).await? {
        Step::Known(identity) => Ok(*identity),
        other => panic!("{other:?}"),
    }
}

fn key(space: &str, value: &str) -> Key {
    Key { space: space.to_owned(), value: value.to_owned() }
}

#[tokio::test]
async fn the_browser_is_sent_to_the_qr_page_with_everything_it_needs() {
    let upstream = Upstream::start().await;
    let turn = turn(&upstream);
    let connector = open("wechat_website", &settings());
    let (address, sent) = sent_to(&*connector, &turn).await;
    assert_eq!(address, "https://open.weixin.qq.com/connect/qrconnect");
    let expected = [
        ("appid", "wx0000000000000001"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "snsapi_login"),
        ("state", &turn.state),
        ("lang", "en"),
    ];
    assert_eq!(sent, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    let Step::Go { url, frame: None, .. } = connector.begin(&turn).await.unwrap() else { panic!() };
    assert!(url.ends_with("#wechat_redirect"));
    let framed = Turn { frame: true, ..turn };
    let Step::Go { frame: Some(frame), .. } = connector.begin(&framed).await.unwrap() else { panic!() };
    assert!(frame.url.contains("self_redirect=true") && frame.ends == FrameEnd::Goes, "{frame:?}");
}

#[tokio::test]
async fn s177_a_person_is_known_by_openid_first_and_unionid_inside_the_declared_group() {
    let upstream = platform().await;
    let identity = come_back(&turn(&upstream), &[("code", "c1")]).await.unwrap();
    assert_eq!(identity.keys, [key("wechat:wx0000000000000001", "oSimW1"), key("wechat-union:main", "oSimU1")]);
    assert_eq!(identity.name.as_deref(), Some("小明"));
    assert!(identity.email.is_none() && identity.phone.is_none());
    let asked = &upstream.seen(TOKEN)[0];
    assert_eq!(asked.method, "GET");
    assert_eq!(asked.parameter("grant_type").as_deref(), Some("authorization_code"));
    // Without a declared group a unionid means nothing.
    let alone = json!({ "appid": "wx0000000000000001", "secret": "s" });
    let step = open("wechat_website", &alone).answer(&turn(&upstream), callback(&[("code", "c")])).await.unwrap();
    let Step::Known(identity) = step else { panic!() };
    assert_eq!(identity.keys.len(), 1);
}

#[tokio::test]
async fn no_code_an_empty_one_and_authdeny_are_the_person_s_no_and_ask_nobody() {
    let upstream = platform().await;
    let turn = turn(&upstream);
    for pairs in [&[("state", "s")][..], &[("code", "")], &[("code", "authdeny"), ("state", "")]] {
        assert!(matches!(come_back(&turn, pairs).await, Err(Trouble::Cancelled)), "{pairs:?}");
    }
    assert!(upstream.all().is_empty());
}

#[tokio::test]
async fn s177_failures_come_with_status_200_and_are_told_apart_by_their_number() {
    let upstream = platform().await;
    let turn = turn(&upstream);
    let cases: [(Value, Told); 8] = [
        (json!(40029), |t| matches!(t, Trouble::BadReply(_))),
        (json!("40163"), |t| matches!(t, Trouble::BadReply(_))),
        (json!(-1), |t| matches!(t, Trouble::TryLater { .. })),
        (json!(40125), |t| matches!(t, Trouble::Misconfigured(_))),
        (json!(40013), |t| matches!(t, Trouble::Misconfigured(_))),
        (json!(50002), |t| matches!(t, Trouble::NotAllowed(_))),
        (json!(45009), |t| matches!(t, Trouble::Unreachable(_))),
        (json!(true), |t| matches!(t, Trouble::BadReply(_))),
    ];
    for (code, expected) in cases {
        let body = json!({ "errcode": code, "errmsg": "invalid code, rid: 68d0a1b2-1f2e3d4c-5a6b7c8d" });
        upstream.on(TOKEN, Answer::text(&body.to_string()));
        let trouble = come_back(&turn, &[("code", "c")]).await.unwrap_err();
        assert!(expected(&trouble), "{code}: {trouble:?}");
        assert!(!trouble.to_string().contains("s3cret"));
    }
    assert!(upstream.seen(PROFILE).is_empty());
}

#[tokio::test]
async fn a_preview_s_made_up_person_is_never_looked_up() {
    let upstream = platform().await;
    let mut body = token();
    body["is_snapshotuser"] = json!(1);
    upstream.on(TOKEN, Answer::text(&body.to_string()));
    assert!(matches!(come_back(&turn(&upstream), &[("code", "c")]).await, Err(Trouble::Preview)));
}

#[tokio::test]
async fn answers_that_are_not_strict_json_are_read_and_others_are_refused() {
    let upstream = platform().await;
    let turn = turn(&upstream);
    let raw = b"{\"openid\":\"oSimW1\",\"nickname\":\"a\x08\xED\xA0\xBDb\\ud83d\",\"unionid\":\"oSimU1\"}".to_vec();
    upstream.on(PROFILE, Answer::new(200, raw).with("content-type", "text/plain"));
    let identity = come_back(&turn, &[("code", "c")]).await.unwrap();
    assert!(identity.name.unwrap().starts_with("a "));
    // errcode 0 beside a success, fields nobody knows, no privilege.
    let mut odd = token();
    odd["errcode"] = json!(0);
    odd["news"] = json!({ "x": [1] });
    upstream.on(TOKEN, Answer::text(&format!("\u{FEFF}{odd}")));
    assert!(come_back(&turn, &[("code", "c")]).await.is_ok());
    for (path, body) in [
        (PROFILE, json!({ "openid": "oSomebodyElse", "nickname": "x" }).to_string()),
        (TOKEN, "<html>".to_owned()),
        (TOKEN, "[]".to_owned()),
        (TOKEN, json!({ "access_token": "a" }).to_string()),
        (TOKEN, json!({ "access_token": "a", "openid": "with space" }).to_string()),
        (TOKEN, json!({ "openid": "o1" }).to_string()),
    ] {
        let upstream = platform().await;
        upstream.on(path, Answer::text(&body));
        let turn = super::turns::turn(&upstream);
        assert!(matches!(come_back(&turn, &[("code", "c")]).await, Err(Trouble::BadReply(_))), "{body}");
    }
}

#[tokio::test]
async fn an_empty_unionid_is_none_and_a_platform_in_trouble_is_named_as_that() {
    let upstream = platform().await;
    let mut body = token();
    body["unionid"] = json!("");
    upstream.on(TOKEN, Answer::text(&body.to_string()));
    upstream.on(PROFILE, Answer::text(&json!({ "openid": "oSimW1", "nickname": "", "unionid": "" }).to_string()));
    let identity = come_back(&turn(&upstream), &[("code", "c")]).await.unwrap();
    assert_eq!((identity.keys.len(), identity.name), (1, None));
    for (answer, unreachable) in [
        (Answer::new(502, "x"), true),
        (Answer::text("x").hanging(), true),
        (Answer::text("{").endless(), false),
        (Answer::new(302, "").with("location", "https://example.com"), false),
    ] {
        upstream.on(TOKEN, answer);
        let trouble = come_back(&turn(&upstream), &[("code", "c")]).await.unwrap_err();
        assert_eq!(matches!(trouble, Trouble::Unreachable(_)), unreachable, "{trouble:?}");
    }
}

#[tokio::test]
async fn an_application_of_ours_may_bring_the_code_itself_and_nothing_else() {
    let upstream = platform().await;
    let connector = open("wechat_website", &settings());
    let fields = |name: &str| Reply::Code(BTreeMap::from([(name.to_owned(), Secret::new("c"))]));
    assert!(matches!(connector.answer(&turn(&upstream), fields("code")).await, Ok(Step::Known(_))));
    // An openid in the request is no proof of anything (§13, case 20).
    assert!(matches!(connector.answer(&turn(&upstream), fields("openid")).await, Err(Trouble::BadReply(_))));
}

#[tokio::test]
async fn the_doctor_tells_a_wrong_secret_from_a_right_one() {
    let upstream = Upstream::start().await;
    let connector = open("wechat_website", &settings());
    for (code, level) in [(40029, Level::Ok), (40125, Level::Error), (40013, Level::Error), (-1, Level::Warning)] {
        upstream.on(TOKEN, Answer::json(&json!({ "errcode": code, "errmsg": "x" })));
        let findings = examine(&*connector, &upstream, Lang::Zh).await;
        assert_eq!(findings.iter().map(|finding| finding.level).max(), Some(level), "{code} {findings:?}");
        assert!(!findings.iter().any(|finding| finding.text.contains("s3cret")));
    }
}
