//! The negative list of upstreams/wechat.md §13 for official accounts.

use std::sync::Arc;

use hufu::base::place::Place;
use hufu::connectors::directory::RosterTurn;
use hufu::connectors::hook::{Heard, HookTurn, News, Push};
use hufu::connectors::moving::Moving;
use hufu::connectors::{Connector, Identity, Picture, Step, Trouble, Turn};
use serde_json::{Value, json};

use super::hearing::{KEY, OneScene, SCENE, TOKEN, address_check, hook_turn, plain_push, sealed_push, signature};
use super::turns::{NOW, callback, open, turn};
use crate::support::upstream::{Reply as Answer, Upstream};

const APPID: &str = "wx0000000000000002";
const EXCHANGE: &str = "/api.weixin.qq.com/sns/oauth2/access_token";
const INFO: &str = "/api.weixin.qq.com/cgi-bin/user/info";
const CREATE: &str = "/api.weixin.qq.com/cgi-bin/qrcode/create";

fn settings() -> Value {
    json!({ "appid": APPID, "secret": "s3cret", "union_group": "main", "token": TOKEN, "encoding_aes_key": KEY })
}

fn plain_settings() -> Value {
    json!({ "appid": APPID, "secret": "s3cret", "token": TOKEN })
}

async fn platform() -> Upstream {
    let upstream = Upstream::start().await;
    let token = json!({ "access_token": "app-token", "expires_in": 7200 });
    upstream.on("/api.weixin.qq.com/cgi-bin/stable_token", Answer::json(&token));
    let granted = json!({ "access_token": "96", "openid": "oSimO1", "scope": "snsapi_base" });
    upstream.on(EXCHANGE, Answer::text(&granted.to_string()));
    upstream.on(INFO, Answer::json(&json!({ "subscribe": 1, "openid": "oSimO1", "unionid": "oSimU1" })));
    upstream
}

fn event(event: &str, key: &str, from: &str, at: i64) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_3f]]></ToUserName><FromUserName><![CDATA[{from}]]></FromUserName><CreateTime>{at}\
         </CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event><EventKey><![CDATA[{key}]]>\
         </EventKey></xml>"
    )
}

async fn hear(connector: &dyn Connector, turn: &HookTurn, push: Push) -> Heard {
    connector.hook(turn, push).await.unwrap()
}

fn seen(heard: &Heard) -> Vec<(String, Identity, bool)> {
    let seen = heard.news.iter().map(|news| match news {
        News::Seen { scene, identity, approved } => (scene.clone(), (**identity).clone(), *approved),
        other => panic!("{other:?}"),
    });
    seen.collect()
}

#[tokio::test]
async fn inside_wechat_the_order_of_the_parameters_and_the_fragment_are_theirs() {
    let upstream = Upstream::start().await;
    let connector = open("wechat_official", &settings());
    let inside = Turn { place: Place::WechatPhone, silent: true, ..turn(&upstream) };
    let Step::Go { url, memo, .. } = connector.begin(&inside).await.unwrap() else { panic!() };
    let names = url::Url::parse(&url).unwrap().query_pairs().map(|(k, _)| k.into_owned()).collect::<Vec<_>>();
    assert_eq!(names, ["appid", "redirect_uri", "response_type", "scope", "state"]);
    assert!(url.contains("scope=snsapi_base&") && url.ends_with("#wechat_redirect") && memo.is_some());
    let tapped = Turn { silent: false, prompt_login: true, ..inside };
    let Step::Go { url, memo: None, .. } = connector.begin(&tapped).await.unwrap() else { panic!() };
    assert!(url.contains("scope=snsapi_userinfo&") && url.contains("forcePopup=true#"));
}

#[tokio::test]
async fn s177_a_silent_sign_in_brings_a_follower_s_unionid_and_says_that_it_was_silent() {
    let upstream = platform().await;
    let connector = open("wechat_official", &settings());
    let back = Turn { place: Place::WechatPhone, memo: Some("silent".to_owned()), ..turn(&upstream) };
    let Step::Known(identity) = connector.answer(&back, callback(&[("code", "c")])).await.unwrap() else { panic!() };
    assert!(identity.silent && identity.keys.len() == 2 && identity.name.is_none());
    // Not a follower, or no answer at all: the openid is enough.
    for answer in [Answer::json(&json!({ "subscribe": 0, "openid": "oSimO1", "unionid": "x" })), Answer::new(500, "")] {
        upstream.on(INFO, answer);
        let step = connector.answer(&back, callback(&[("code", "c")])).await.unwrap();
        let Step::Known(identity) = step else { panic!() };
        assert_eq!(identity.keys.len(), 1);
    }
    // A base token is never shown to the profile, which would refuse it.
    assert!(upstream.seen("/api.weixin.qq.com/sns/userinfo").is_empty());
}

#[tokio::test]
async fn on_a_desk_a_code_with_our_scene_is_made_and_drawn_here() {
    let upstream = platform().await;
    let url = "http://weixin.qq.com/q/02SIMULATEDkey";
    upstream.on(CREATE, Answer::json(&json!({ "ticket": "gQ==", "expire_seconds": 120, "url": url })));
    let connector = open("wechat_official", &settings());
    let Step::Scan(scan) = connector.begin(&turn(&upstream)).await.unwrap() else { panic!() };
    assert!(matches!(scan.picture, Picture::Text(text) if text == url) && scan.lifetime == 120);
    let sent: Value = serde_json::from_str(&upstream.seen(CREATE)[0].body).unwrap();
    assert_eq!(sent["action_name"], "QR_STR_SCENE");
    assert_eq!(sent["expire_seconds"], 120, "not longer than the scene lives here (row 93)");
    let scene = sent["action_info"]["scene"]["scene_str"].as_str().unwrap().to_owned();
    assert!(scene.starts_with("hufu_") && scene.len() <= 64, "{scene}");
    // The quota is used up: another way in, not an error of ours.
    upstream.on(CREATE, Answer::json(&json!({ "errcode": 45009, "errmsg": "reach max api daily quota limit" })));
    assert!(matches!(connector.begin(&turn(&upstream)).await, Err(Trouble::Unreachable(_))));
    let without_pushes = open("wechat_official", &json!({ "appid": APPID, "secret": "s" }));
    assert!(matches!(without_pushes.begin(&turn(&upstream)).await, Err(Trouble::Misconfigured(_))));
}

#[tokio::test]
async fn the_address_check_is_echoed_only_under_the_right_token() {
    let upstream = platform().await;
    let (connector, turn) = (open("wechat_official", &settings()), hook_turn(&upstream));
    let now = NOW.to_string();
    let right = signature(&[TOKEN, &now, "n"]);
    let ask = |signature: &str| {
        address_check(&[("signature", signature), ("timestamp", &now), ("nonce", "n"), ("echostr", "echo-1")])
    };
    let heard = hear(&*connector, &turn, ask(&right)).await;
    assert_eq!((heard.answer.status, heard.answer.body.as_slice()), (200, &b"echo-1"[..]));
    let heard = hear(&*connector, &turn, ask(&signature(&["other", &now, "n"]))).await;
    assert!(heard.answer.status == 403 && !heard.answer.body.ends_with(b"echo-1"));
}

#[tokio::test]
async fn a_scan_and_a_follow_are_heard_once_and_answered_with_the_page_to_say_yes() {
    let upstream = platform().await;
    let (connector, turn) = (open("wechat_official", &settings()), hook_turn(&upstream));
    let ours = format!("hufu_{SCENE}");
    let scan = event("SCAN", &ours, "oSimO1", NOW);
    let heard = hear(&*connector, &turn, sealed_push(&scan, APPID, "n1")).await;
    let [(scene, identity, approved)] = &seen(&heard)[..] else { panic!("{heard:?}") };
    assert_eq!((scene.as_str(), *approved, identity.keys.len()), (SCENE, false, 2));
    let reply = String::from_utf8(heard.answer.body).unwrap();
    assert!(reply.contains("<Encrypt>") && !reply.contains("/confirm/"));
    // The same event again, under another nonce: told again, and the scene, which moves once, bears it.
    let again = hear(&*connector, &turn, sealed_push(&scan, APPID, "n2")).await;
    assert!(seen(&again).len() == 1 && again.answer.status == 200 && !again.answer.body.is_empty());
    let follow = event("subscribe", &format!("qrscene_{ours}"), "oSimO2", NOW + 1);
    assert_eq!(seen(&hear(&*connector, &turn, sealed_push(&follow, APPID, "n3")).await).len(), 1);
}

#[tokio::test]
async fn s93_where_more_than_a_sign_in_hangs_on_it_scanning_is_not_saying_yes() {
    let upstream = platform().await;
    let mut settings = plain_settings();
    settings["scan_approves"] = json!(true);
    let (connector, ours) = (open("wechat_official", &settings), format!("hufu_{SCENE}"));
    for must_ask in [false, true] {
        let turn = HookTurn { confirm: Arc::new(OneScene(must_ask)), ..hook_turn(&upstream) };
        let heard = hear(&*connector, &turn, plain_push(&event("SCAN", &ours, "oSimO1", NOW), "n")).await;
        assert_eq!(seen(&heard)[0].2, !must_ask);
        assert_eq!(String::from_utf8_lossy(&heard.answer.body).contains("/confirm/"), must_ask);
    }
}

#[tokio::test]
async fn what_is_not_ours_is_no_sign_in() {
    let upstream = platform().await;
    let (connector, turn) = (open("wechat_official", &settings()), hook_turn(&upstream));
    let ours = format!("hufu_{SCENE}");
    let strange = [
        ("SCAN", "shop_42".to_owned()),
        ("subscribe", String::new()),
        ("subscribe", ours.clone()),
        ("SCAN", format!("qrscene_{ours}")),
        ("subscribe", format!("qrscene_qrscene_{ours}")),
        ("CLICK", ours.clone()),
        ("SCAN", "hufu_short".to_owned()),
    ];
    for (index, (kind, key)) in strange.iter().enumerate() {
        let push = sealed_push(&event(kind, key, "oSimO1", NOW), APPID, &format!("n{index}"));
        let heard = hear(&*connector, &turn, push).await;
        assert!(heard.news.is_empty() && heard.answer.body == b"success", "{kind} {key} {heard:?}");
    }
}

#[tokio::test]
async fn pushes_that_do_not_prove_themselves_are_refused_and_tell_nothing() {
    let upstream = platform().await;
    let (connector, turn) = (open("wechat_official", &settings()), hook_turn(&upstream));
    let scan = event("SCAN", &format!("hufu_{SCENE}"), "oSimO1", NOW);
    let mut tampered = sealed_push(&scan, APPID, "n");
    tampered.body = sealed_push(&event("SCAN", "hufu_x", "oEvil", NOW), APPID, "other").body;
    let old = HookTurn { now: NOW + 3600, ..hook_turn(&upstream) };
    let entity = "<!DOCTYPE x [<!ENTITY e \"x\">]><xml><Event>&e;</Event></xml>";
    for (turn, push) in [
        (&turn, plain_push(&scan, "n")),
        (&turn, sealed_push(&scan, "wx0000000000000009", "n")),
        (&turn, tampered),
        (&old, sealed_push(&scan, APPID, "n")),
        (&turn, sealed_push(entity, APPID, "n")),
    ] {
        let heard = hear(&*connector, turn, push).await;
        assert!(heard.news.is_empty() && heard.answer.status == 403, "{heard:?}");
    }
}

#[tokio::test]
async fn in_plain_mode_a_nonce_serves_one_body_only() {
    let upstream = platform().await;
    let (connector, turn) = (open("wechat_official", &plain_settings()), hook_turn(&upstream));
    let ours = format!("hufu_{SCENE}");
    let first = hear(&*connector, &turn, plain_push(&event("SCAN", &ours, "oSimO1", NOW), "n")).await;
    assert!(seen(&first).len() == 1 && String::from_utf8_lossy(&first.answer.body).contains("/confirm/t0ken"));
    let again = hear(&*connector, &turn, plain_push(&event("SCAN", &ours, "oSimO1", NOW), "n")).await;
    assert!(seen(&again).len() == 1 && again.answer.status == 200);
    let forgery = || hear(&*connector, &turn, plain_push(&event("SCAN", &ours, "oEvil", NOW), "n"));
    // However often it is sent, one after the other or at once.
    for forged in [forgery().await, forgery().await, forgery().await] {
        assert!(forged.news.is_empty() && forged.answer.status == 403, "{forged:?}");
    }
    let (one, other) = tokio::join!(forgery(), forgery());
    assert_eq!((one.answer.status, other.answer.status), (403, 403));
}

#[tokio::test]
async fn the_signature_of_an_address_check_signs_no_event_in_plain_mode() {
    let upstream = platform().await;
    let (connector, turn) = (open("wechat_official", &plain_settings()), hook_turn(&upstream));
    let mut forged = plain_push(&event("SCAN", &format!("hufu_{SCENE}"), "oEvil", NOW), "n");
    let mut check = Push { is_post: false, body: Vec::new(), ..forged.clone() };
    check.query.insert("echostr".to_owned(), "echo-1".to_owned());
    for _ in 0..2 {
        assert_eq!(hear(&*connector, &turn, check.clone()).await.answer.body, b"echo-1");
    }
    for _ in 0..2 {
        assert_eq!(hear(&*connector, &turn, forged.clone()).await.answer.status, 403);
        forged.query.insert("echostr".to_owned(), "echo-1".to_owned());
    }
}

#[tokio::test]
async fn a_sender_that_can_be_no_openid_signs_nobody_in() {
    let upstream = platform().await;
    let (connector, turn) = (open("wechat_official", &settings()), hook_turn(&upstream));
    let long = "o".repeat(129);
    for (index, from) in ["", " ", "o Sim", "小明", long.as_str()].iter().enumerate() {
        let push = sealed_push(&event("SCAN", &format!("hufu_{SCENE}"), from, NOW), APPID, &format!("n{index}"));
        let heard = hear(&*connector, &turn, push).await;
        assert!(heard.news.is_empty() && heard.answer.body == b"success", "{from}: {heard:?}");
    }
}

#[tokio::test]
async fn withdrawals_name_the_person_in_openid_and_others_events_go_on() {
    let upstream = platform().await;
    let mut settings = settings();
    settings["forward_url"] = json!("https://shop.example.com/wechat");
    upstream.on("/shop.example.com/wechat", Answer::text("<xml>thanks</xml>"));
    let (connector, turn) = (open("wechat_official", &settings), hook_turn(&upstream));
    let withdrawn = format!(
        "<xml><FromUserName>gh_platform</FromUserName><CreateTime>{NOW}</CreateTime><Event>user_authorization_cancellation\
         </Event><OpenID>oSimO1</OpenID><AppID>{APPID}</AppID><RevokeInfo>301</RevokeInfo></xml>"
    );
    let heard = hear(&*connector, &turn, sealed_push(&withdrawn, APPID, "n1")).await;
    let [News::Revoked { key, closed: true, .. }] = &heard.news[..] else { panic!("{heard:?}") };
    assert_eq!((key.space.as_str(), key.value.as_str()), ("wechat:wx0000000000000002", "oSimO1"));
    let heard = hear(&*connector, &turn, sealed_push(&event("CLICK", "menu", "oSimO1", NOW), APPID, "n2")).await;
    assert_eq!(heard.answer.body, b"<xml>thanks</xml>");
    let passed = &upstream.seen("/shop.example.com/wechat")[0];
    assert!(passed.body.contains("<Encrypt>") && passed.parameter("msg_signature").is_some());
    upstream.on("/shop.example.com/wechat", Answer::new(500, "x"));
    let heard = hear(&*connector, &turn, sealed_push(&event("CLICK", "menu", "oSimO1", NOW), APPID, "n3")).await;
    assert_eq!(heard.answer.body, b"success");
}

#[tokio::test]
async fn openids_after_a_migration_are_asked_for_by_the_page_and_only_answers_to_the_question_count() {
    let upstream = platform().await;
    let change = "/api.weixin.qq.com/cgi-bin/changeopenid";
    let results = json!([
        { "ori_openid": "o1", "new_openid": "n1", "err_msg": "ok" },
        { "ori_openid": "o2", "err_msg": "ori_openid error" },
        { "ori_openid": "o9", "new_openid": "n9", "err_msg": "ok" },
        { "ori_openid": "o3", "new_openid": "n 3", "err_msg": "ok" },
    ]);
    upstream.on(change, Answer::json(&json!({ "errcode": 0, "errmsg": "ok", "result_list": results })));
    let connector = open("wechat_official", &settings());
    let here = turn(&upstream);
    let turn = RosterTurn { connector: here.connector, outbound: here.outbound, now: NOW, tokens: here.tokens };
    let moving = Moving { account: "gh_1".to_owned(), application: "wx0000000000000001".to_owned() };
    let asked = ["o1", "o2", "o3"].map(str::to_owned);
    let told = connector.moved(&turn, &moving, &asked).await.unwrap();
    let keys: Vec<_> = told.iter().map(|(from, to)| [&from.space, &from.value, &to.space, &to.value]).collect();
    assert_eq!(keys, [["wechat:wx0000000000000001", "o1", "wechat:wx0000000000000002", "n1"]]);
    let sent: Value = serde_json::from_str(&upstream.seen(change)[0].body).unwrap();
    assert_eq!(sent, json!({ "from_appid": "gh_1", "openid_list": asked }));
    assert_eq!(connector.left_space("wx0000000000000001").as_deref(), Some("wechat:wx0000000000000001"));
    assert!(connector.left_space(APPID).is_none() && connector.left_space("not one").is_none());
    assert!(open("wechat_website", &json!({ "appid": APPID, "secret": "s" })).left_space("wx1").is_none());
}
