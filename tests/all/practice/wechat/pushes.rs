//! Pushes to the server address: their shapes, signatures, repeats and answers.

use serde_json::{Value, json};

use super::super::site::Site;
use super::receiver::{AES_KEY, decrypt, element, encrypt, signature, unwrapped};
use super::{OFFICIAL, api_post, cgi_token, does, known_as, set_app};
use crate::support::upstream::{Reply, Seen, Upstream};

const HOOK: &str = "/hook";
const TOKEN: &str = "practicetoken";
const ACCOUNT: &str = "gh_9b1c0f3e5a77";

/// A practice world that pushes to a listener of ours.
async fn with_hook(app: Value) -> (Site, Upstream) {
    let site = Site::new();
    let upstream = Upstream::start().await;
    upstream.on(HOOK, Reply::text("success"));
    set_app(&site, OFFICIAL, json!({"hook": format!("{}{HOOK}", upstream.origin()), "wechat": app})).await;
    (site, upstream)
}

fn last(upstream: &Upstream) -> Seen {
    upstream.seen(HOOK).last().expect("something was pushed").clone()
}

/// The message of a push, its signatures checked.
fn message(seen: &Seen) -> String {
    let part = |name: &str| seen.parameter(name).unwrap_or_else(|| panic!("no {name}"));
    let (timestamp, nonce) = (part("timestamp"), part("nonce"));
    assert_eq!(part("signature"), signature(vec![TOKEN, &timestamp, &nonce]));
    let sealed = element(&seen.body, "Encrypt").unwrap();
    assert_eq!(part("msg_signature"), signature(vec![TOKEN, &timestamp, &nonce, &sealed]));
    assert_eq!(part("encrypt_type"), "aes");
    let (message, receiver) = unwrapped(&decrypt(AES_KEY, &sealed));
    assert_eq!(receiver, OFFICIAL);
    message
}

async fn openid(site: &Site, person: &str) -> String {
    known_as(site, OFFICIAL, person).await["openid"].as_str().unwrap().to_owned()
}

/// A scene as an application orders it; gives the id at the phone and the ticket.
async fn scene(site: &Site, text: &str) -> (String, String) {
    let token = cgi_token(site, OFFICIAL).await;
    let body =
        json!({"expire_seconds": 120, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": text}}});
    let answer = api_post(site, "/cgi-bin/qrcode/create", &token, body).await.json();
    let key = answer["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    (key, answer["ticket"].as_str().unwrap().to_owned())
}

async fn at_phone(site: &Site, id: &str, person: &str, act: &str) -> u16 {
    site.json("POST", &format!("/_control/phone/scans/{id}/{act}"), json!({"person": person})).await.status.as_u16()
}

async fn messages(site: &Site, person: &str) -> Vec<Value> {
    site.get(&format!("/_control/phone/messages?person={person}"), &[]).await.json().as_array().unwrap().clone()
}

#[tokio::test]
async fn a_follower_who_scans_is_told_with_the_bare_scene() {
    let (site, upstream) = with_hook(json!({})).await;
    does(&site, OFFICIAL, "amara", "follow", json!({})).await;
    let (id, ticket) = scene(&site, "lg_7Qm").await;
    assert_eq!(at_phone(&site, &id, "amara", "scan").await, 204);
    let seen = last(&upstream);
    let openid = openid(&site, "amara").await;
    assert_eq!((seen.method.as_str(), seen.header("content-type")), ("POST", "text/xml"));
    assert_eq!(seen.parameter("openid").as_deref(), Some(&*openid));
    assert_eq!(element(&seen.body, "ToUserName").as_deref(), Some(ACCOUNT));
    assert!(element(&seen.body, "FromUserName").is_none(), "secure mode hides the rest");
    let expected = format!(
        "<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[lg_7Qm]]></EventKey><Ticket><![CDATA[{ticket}]]></Ticket></xml>",
        super::super::site::NOW
    );
    assert_eq!(message(&seen), expected);
}

#[tokio::test]
async fn whoever_does_not_follow_is_told_of_only_after_following() {
    let (site, upstream) = with_hook(json!({})).await;
    let (id, ticket) = scene(&site, "qrscene_odd").await;
    assert_eq!(at_phone(&site, &id, "amara", "scan").await, 204);
    assert!(upstream.seen(HOOK).is_empty(), "a scan alone tells the account nothing");
    assert_eq!(at_phone(&site, &id, "amara", "confirm").await, 204);
    let followed = message(&last(&upstream));
    assert_eq!(element(&followed, "Event").as_deref(), Some("subscribe"));
    assert_eq!(element(&followed, "EventKey").as_deref(), Some("qrscene_qrscene_odd"));
    assert_eq!(element(&followed, "Ticket"), Some(ticket));
    does(&site, OFFICIAL, "amara", "unfollow", json!({})).await;
    assert_eq!(element(&message(&last(&upstream)), "Event").as_deref(), Some("unsubscribe"));
    at_phone(&site, &id, "amara", "scan").await;
    at_phone(&site, &id, "amara", "confirm").await;
    assert_eq!(element(&message(&last(&upstream)), "Event").as_deref(), Some("subscribe"), "again after leaving");
}

#[tokio::test]
async fn a_plain_follow_has_no_scene_and_an_expired_one_no_event() {
    let (site, upstream) = with_hook(json!({})).await;
    let (id, _) = scene(&site, "lg_late").await;
    at_phone(&site, &id, "amara", "scan").await;
    site.clock.advance(120);
    assert_eq!(at_phone(&site, &id, "amara", "confirm").await, 410);
    assert_eq!(at_phone(&site, &id, "xiaoman", "scan").await, 410);
    assert!(upstream.seen(HOOK).is_empty());
    does(&site, OFFICIAL, "amara", "follow", json!({})).await;
    let followed = message(&last(&upstream));
    assert_eq!((element(&followed, "EventKey").as_deref(), element(&followed, "Ticket")), (Some(""), None));
}

#[tokio::test]
async fn marketing_scenes_and_words_come_to_the_same_address() {
    let (site, upstream) = with_hook(json!({})).await;
    does(&site, OFFICIAL, "amara", "marketing", json!({"scene": "spring-sale"})).await;
    assert_eq!(element(&message(&last(&upstream)), "EventKey").as_deref(), Some("qrscene_spring-sale"));
    does(&site, OFFICIAL, "amara", "marketing", json!({"scene": "spring-sale"})).await;
    assert_eq!(element(&message(&last(&upstream)), "EventKey").as_deref(), Some("spring-sale"));
    does(&site, OFFICIAL, "amara", "say", json!({"text": "a ]]> b"})).await;
    let said = message(&last(&upstream));
    assert_eq!(element(&said, "MsgType").as_deref(), Some("text"));
    assert!(said.contains("<Content><![CDATA[a ]]]]><![CDATA[> b]]></Content><MsgId>"), "{said}");
}

#[tokio::test]
async fn plain_compatible_and_json_are_other_clothes_of_it() {
    let (site, upstream) = with_hook(json!({"push_mode": "plain"})).await;
    does(&site, OFFICIAL, "amara", "follow", json!({})).await;
    let plain = last(&upstream);
    assert_eq!(element(&plain.body, "Event").as_deref(), Some("subscribe"));
    assert_eq!((plain.parameter("msg_signature"), plain.parameter("encrypt_type")), (None, None));

    set_app(&site, OFFICIAL, json!({"wechat": {"push_mode": "compatible"}})).await;
    does(&site, OFFICIAL, "amara", "unfollow", json!({})).await;
    let both = last(&upstream);
    assert_eq!(element(&both.body, "Event").as_deref(), Some("unsubscribe"));
    assert_eq!(element(&message(&both), "Event").as_deref(), Some("unsubscribe"));

    set_app(&site, OFFICIAL, json!({"wechat": {"push_mode": "secure", "push_format": "json"}})).await;
    does(&site, OFFICIAL, "amara", "follow", json!({})).await;
    let seen = last(&upstream);
    assert_eq!(seen.header("content-type"), "application/json");
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!((body["ToUserName"].as_str(), body.as_object().unwrap().len()), (Some(ACCOUNT), 2));
    let (inner, _) = unwrapped(&decrypt(AES_KEY, body["Encrypt"].as_str().unwrap()));
    assert_eq!(serde_json::from_str::<Value>(&inner).unwrap()["Event"], "subscribe");
}

fn reply_xml(openid: &str, content: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[{openid}]]></ToUserName><FromUserName><![CDATA[{ACCOUNT}]]></FromUserName><CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content></xml>"
    )
}

fn sealed_reply(message: &str, receiver: &str, token: &str) -> String {
    let sealed = encrypt(AES_KEY, b"fedcba9876543210", message, receiver);
    let signed = signature(vec![token, "5", "n", &sealed]);
    format!(
        "<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signed}]]></MsgSignature><TimeStamp>5</TimeStamp><Nonce><![CDATA[n]]></Nonce></xml>"
    )
}

#[tokio::test]
async fn a_passive_reply_appears_on_the_phone_with_its_link() {
    let (site, upstream) = with_hook(json!({"push_mode": "plain"})).await;
    let openid = openid(&site, "amara").await;
    let words = "Sign in: <a href=\"https://login.example.com/confirm/x?a=1&b=2\">here</a>";
    upstream.on(HOOK, Reply::text(&reply_xml(&openid, words)));
    let outcome = does(&site, OFFICIAL, "amara", "follow", json!({})).await.json();
    assert_eq!(outcome, json!({"is": "replied", "text": words}));
    let message = messages(&site, "amara").await[0].clone();
    assert_eq!((&message["platform"], &message["from"]), (&json!("wechat"), &json!("Hufu")));
    assert_eq!(message["links"], json!(["https://login.example.com/confirm/x?a=1&b=2"]));

    set_app(&site, OFFICIAL, json!({"wechat": {"push_mode": "secure"}})).await;
    upstream.on(HOOK, Reply::text(&sealed_reply(&reply_xml(&openid, "安全"), OFFICIAL, TOKEN)));
    let outcome = does(&site, OFFICIAL, "amara", "say", json!({"text": "hi"})).await.json();
    assert_eq!(outcome, json!({"is": "replied", "text": "安全"}));
}

#[tokio::test]
async fn anything_else_than_silence_or_a_valid_reply_is_an_account_out_of_order() {
    let (site, upstream) = with_hook(json!({})).await;
    let openid = openid(&site, "amara").await;
    let good = reply_xml(&openid, "hello");
    let bomb = format!("<!DOCTYPE xml [<!ENTITY a \"b\">]>{good}");
    for (body, status) in [
        (json!({"ok": true}).to_string(), 200),
        ("<html>hello</html>".to_owned(), 200),
        ("\"success\"".to_owned(), 200),
        (good.clone(), 200),
        (sealed_reply(&good, OFFICIAL, "othertoken"), 200),
        (sealed_reply(&good, "wx0000000000000000", TOKEN), 200),
        (sealed_reply(&bomb, OFFICIAL, TOKEN), 200),
        (sealed_reply(&reply_xml("oSomebodyElse", "hello"), OFFICIAL, TOKEN), 200),
        ("success".to_owned(), 404),
    ] {
        upstream.on(HOOK, Reply::new(status, body.clone()));
        let outcome = does(&site, OFFICIAL, "amara", "say", json!({"text": "hi"})).await.json();
        assert_eq!(outcome["is"], "unavailable", "{body}");
    }
    assert_eq!(messages(&site, "amara").await.len(), 9, "each one shows in the chat");
    for silent in ["", "success"] {
        upstream.on(HOOK, Reply::text(silent));
        let outcome = does(&site, OFFICIAL, "amara", "say", json!({"text": "hi"})).await.json();
        assert_eq!(outcome["is"], "silent");
    }
}

#[tokio::test]
async fn a_push_without_an_answer_in_time_is_repeated_three_times() {
    let (site, upstream) = with_hook(json!({"push_milliseconds": 150})).await;
    upstream.on(HOOK, Reply::text("late").hanging());
    let outcome = does(&site, OFFICIAL, "amara", "follow", json!({})).await.json();
    assert_eq!(outcome["is"], "unavailable");
    let all = upstream.seen(HOOK);
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|seen| (&seen.query, &seen.body) == (&all[0].query, &all[0].body)), "identical");
    site.switch("wechat", &["push_renewed"]).await;
    does(&site, OFFICIAL, "amara", "unfollow", json!({})).await;
    let renewed = &upstream.seen(HOOK)[4..];
    assert_ne!(renewed[0].body, renewed[1].body);
    assert_eq!(message(&renewed[0]), message(&renewed[1]), "the same message inside");
    set_app(&site, OFFICIAL, json!({"wechat": {"push_retries": 2}})).await;
    does(&site, OFFICIAL, "amara", "follow", json!({})).await;
    assert_eq!(upstream.seen(HOOK).len(), 4 + 4 + 3);
    let deliveries = site.get("/_control/wechat/deliveries", &[]).await.json();
    assert_eq!(deliveries[0]["attempts"].as_array().unwrap().len(), 4);
    assert_eq!(deliveries[0]["attempts"][0]["status"], 0);
}

#[tokio::test]
async fn a_recorded_push_can_be_sent_again_to_the_letter() {
    let (site, upstream) = with_hook(json!({})).await;
    does(&site, OFFICIAL, "amara", "follow", json!({})).await;
    site.clock.advance(600);
    let again = site.json("POST", "/_control/wechat/deliveries/1/again", json!({})).await.json();
    assert_eq!(again["status"], 200);
    let all = upstream.seen(HOOK);
    assert_eq!((all.len(), &all[0].query, &all[0].body), (2, &all[1].query, &all[1].body));
}

#[tokio::test]
async fn pushes_can_be_forged_on_demand() {
    let (site, upstream) = with_hook(json!({})).await;
    let push = async |switch: &str| {
        site.switch("wechat", &[switch]).await;
        does(&site, OFFICIAL, "amara", "say", json!({"text": "hi"})).await;
        last(&upstream)
    };
    let signed = |seen: &Seen| {
        let part = |name: &str| seen.parameter(name).unwrap();
        let sealed = element(&seen.body, "Encrypt").unwrap();
        let (timestamp, nonce) = (part("timestamp"), part("nonce"));
        (
            part("signature") == signature(vec![TOKEN, &timestamp, &nonce]),
            part("msg_signature") == signature(vec![TOKEN, &timestamp, &nonce, &sealed]),
        )
    };
    let plain = |seen: &Seen| decrypt(AES_KEY, &element(&seen.body, "Encrypt").unwrap());
    assert_eq!(signed(&push("push_bad_signature").await), (false, true));
    assert_eq!(signed(&push("push_bad_msg_signature").await), (true, false));
    assert_eq!(unwrapped(&plain(&push("push_foreign_appid").await)).1, "wx0000000000000000");
    assert_eq!(plain(&push("push_pad_zero").await).last(), Some(&0));
    assert_eq!(plain(&push("push_pad_huge").await).last(), Some(&33));
    assert_eq!(plain(&push("push_giant_length").await)[16..20], [0xFF; 4]);
    assert_ne!(plain(&push("push_truncated").await).len() % 32, 0);
    assert!(unwrapped(&plain(&push("push_doctype").await)).0.starts_with("<!DOCTYPE xml [<!ENTITY"));
    let old = push("push_old_timestamp").await;
    assert_eq!(old.parameter("timestamp").unwrap(), (super::super::site::NOW - 3600).to_string());
    assert_eq!(signed(&old), (true, true));
}

#[tokio::test]
async fn privacy_events_name_the_person_apart_from_the_sender() {
    let (site, upstream) = with_hook(json!({})).await;
    let code = super::inside_code(&site, "snsapi_userinfo", "amara").await;
    let tokens = super::redeem(&site, OFFICIAL, &code).await.json();
    let details = json!({"event": "user_authorization_revoke", "revoke_info": "205"});
    does(&site, OFFICIAL, "amara", "privacy", details.clone()).await;
    let event = message(&last(&upstream));
    let known = known_as(&site, OFFICIAL, "amara").await;
    assert_ne!(element(&event, "FromUserName"), known["openid"].as_str().map(str::to_owned));
    assert_eq!(element(&event, "OpenID"), known["openid"].as_str().map(str::to_owned));
    assert_eq!(element(&event, "UnionID"), known["unionid"].as_str().map(str::to_owned));
    assert_eq!(element(&event, "AppID").as_deref(), Some(OFFICIAL));
    assert_eq!(element(&event, "RevokeInfo").as_deref(), Some("205"));
    let query =
        [("access_token", tokens["access_token"].as_str().unwrap()), ("openid", tokens["openid"].as_str().unwrap())];
    assert_eq!(super::errcode(&super::api(&site, "/sns/userinfo", &query).await), 50001);

    set_app(&site, OFFICIAL, json!({"wechat": {"push_mode": "plain", "push_format": "json"}})).await;
    site.switch("wechat", &["spaced_keys"]).await;
    does(&site, OFFICIAL, "amara", "privacy", details).await;
    let body: Value = serde_json::from_str(&last(&upstream).body).unwrap();
    assert_eq!(body[" OpenID"], known["openid"]);
}

#[tokio::test]
async fn the_handshake_wants_the_echostr_byte_for_byte() {
    let (site, upstream) = with_hook(json!({})).await;
    let path = format!("/_control/wechat/{OFFICIAL}/handshake");
    let refused = site.json("POST", &path, json!({})).await.json();
    assert_eq!((&refused["accepted"], &refused["body"]), (&json!(false), &json!("success")));
    let seen = last(&upstream);
    let part = |name: &str| seen.parameter(name).unwrap();
    assert_eq!(seen.method, "GET");
    assert_eq!(part("signature"), signature(vec![TOKEN, &part("timestamp"), &part("nonce")]));
    assert!(!part("echostr").is_empty());
    site.json("POST", &path, json!({"bad_signature": true})).await;
    let seen = last(&upstream);
    let part = |name: &str| seen.parameter(name).unwrap();
    assert_ne!(part("signature"), signature(vec![TOKEN, &part("timestamp"), &part("nonce")]));

    let echo = axum::Router::new().route(
        HOOK,
        axum::routing::get(async |query: axum::extract::RawQuery| {
            let query = query.0.unwrap_or_default();
            let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "echostr");
            found.map(|(_, value)| value.into_owned()).unwrap_or_default()
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, echo).await.unwrap() });
    set_app(&site, OFFICIAL, json!({"hook": format!("http://{address}{HOOK}")})).await;
    assert_eq!(site.json("POST", &path, json!({})).await.json()["accepted"], true);
    server.abort();
}

#[tokio::test]
async fn nobody_beyond_this_machine_is_reached() {
    let site = Site::new();
    set_app(&site, OFFICIAL, json!({"hook": "http://192.0.2.1/hook", "wechat": {"push_retries": 0}})).await;
    let outcome = does(&site, OFFICIAL, "amara", "follow", json!({})).await.json();
    assert_eq!(outcome["is"], "unavailable");
}
