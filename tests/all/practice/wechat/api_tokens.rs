//! The application's own tokens: `/cgi-bin/token`, `/cgi-bin/stable_token`, and what they open.

use serde_json::{Value, json};

use super::super::site::{Reply, Site};
use super::{MINI, OFFICIAL, SECRET, WEBSITE, api, api_post, cgi_token, errcode, known_as, set_app};

async fn opens(site: &Site, token: &str) -> i64 {
    let openid = known_as(site, OFFICIAL, "amara").await["openid"].as_str().unwrap().to_owned();
    let reply = api(site, "/cgi-bin/user/info", &[("access_token", token), ("openid", &openid)]).await;
    reply.json().get("errcode").map_or(0, |_| errcode(&reply))
}

async fn stable(site: &Site, force: bool) -> Reply {
    let body = json!({"grant_type": "client_credential", "appid": OFFICIAL, "secret": SECRET, "force_refresh": force});
    site.json("POST", "/api.weixin.qq.com/cgi-bin/stable_token", body).await
}

fn token_in(reply: &Reply) -> String {
    reply.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

#[tokio::test]
async fn a_token_is_answered_as_json_with_an_odd_parameter() {
    let site = Site::new();
    let query = [("grant_type", "client_credential"), ("appid", OFFICIAL), ("secret", SECRET)];
    let reply = api(&site, "/cgi-bin/token", &query).await;
    assert_eq!(reply.header("content-type"), "application/json; encoding=utf-8");
    assert_eq!(reply.json()["expires_in"], 7200);
    assert_eq!(reply.json().as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn a_new_token_ends_the_one_before_it_after_five_minutes() {
    let site = Site::new();
    let first = cgi_token(&site, OFFICIAL).await;
    let second = cgi_token(&site, OFFICIAL).await;
    assert_ne!(first, second);
    site.clock.advance(299);
    assert_eq!((opens(&site, &first).await, opens(&site, &second).await), (0, 0));
    site.clock.advance(1);
    assert_eq!((opens(&site, &first).await, opens(&site, &second).await), (40001, 0));
    site.clock.advance(7_200);
    assert_eq!(opens(&site, &second).await, 42001);
    site.switch("wechat", &["short_overlap"]).await;
    let third = cgi_token(&site, OFFICIAL).await;
    cgi_token(&site, OFFICIAL).await;
    assert_eq!(opens(&site, &third).await, 40001);
}

#[tokio::test]
async fn tokens_ask_for_the_secret_the_grant_type_and_a_listed_address() {
    let site = Site::new();
    for (appid, secret, grant, expected) in [
        (OFFICIAL, "wrong", "client_credential", 40125),
        ("wx0000000000000000", SECRET, "client_credential", 40013),
        (WEBSITE, SECRET, "client_credential", 40013),
        (OFFICIAL, SECRET, "authorization_code", 40002),
        (OFFICIAL, "", "client_credential", 41004),
        ("", SECRET, "client_credential", 41002),
    ] {
        let query = [("grant_type", grant), ("appid", appid), ("secret", secret)];
        assert_eq!(errcode(&api(&site, "/cgi-bin/token", &query).await), expected, "{appid} {secret} {grant}");
    }
    set_app(&site, OFFICIAL, json!({"wechat": {"ip_whitelist": ["192.168.1.7"]}})).await;
    let query = [("grant_type", "client_credential"), ("appid", OFFICIAL), ("secret", SECRET)];
    let reply = api(&site, "/cgi-bin/token", &query).await;
    assert_eq!(errcode(&reply), 40164);
    assert!(reply.body.contains("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist"), "{}", reply.body);
    assert_eq!(errcode(&stable(&site, false).await), 40164);
    set_app(&site, OFFICIAL, json!({"wechat": {"ip_whitelist": ["127.0.0.1"]}})).await;
    cgi_token(&site, OFFICIAL).await;
}

#[tokio::test]
async fn quotas_are_counted_and_cleared() {
    let site = Site::new();
    site.json("PUT", "/_control/wechat/settings", json!({"quotas": {"token": 2, "sns": 1}})).await;
    cgi_token(&site, OFFICIAL).await;
    let token = cgi_token(&site, OFFICIAL).await;
    let query = [("grant_type", "client_credential"), ("appid", OFFICIAL), ("secret", SECRET)];
    assert_eq!(errcode(&api(&site, "/cgi-bin/token", &query).await), 45009);
    assert_eq!(errcode(&api_post(&site, "/cgi-bin/clear_quota", &token, json!({"appid": OFFICIAL})).await), 0);
    cgi_token(&site, OFFICIAL).await;
    site.clock.advance(86_400);
    cgi_token(&site, OFFICIAL).await;
    super::redeem(&site, WEBSITE, "x").await;
    assert_eq!(errcode(&super::redeem(&site, WEBSITE, "x").await), 45009, "per minute");
    site.clock.advance(60);
    assert_eq!(errcode(&super::redeem(&site, WEBSITE, "x").await), 40029);
}

#[tokio::test]
async fn a_stable_token_stays_the_same_until_five_minutes_before_its_end() {
    let site = Site::new();
    let first = token_in(&stable(&site, false).await);
    site.clock.advance(6_000);
    let again = stable(&site, false).await;
    assert_eq!((token_in(&again), &again.json()["expires_in"]), (first.clone(), &json!(1_200)));
    site.clock.advance(900);
    let renewed = stable(&site, false).await;
    assert_ne!(token_in(&renewed), first);
    assert_eq!(renewed.json()["expires_in"], 7200);
    assert_eq!((opens(&site, &first).await, opens(&site, &token_in(&renewed)).await), (0, 0), "both work meanwhile");
    site.clock.advance(300);
    assert_eq!(opens(&site, &first).await, 42001);
}

#[tokio::test]
async fn forcing_ends_the_last_one_but_not_twice_in_thirty_seconds() {
    let site = Site::new();
    let first = token_in(&stable(&site, false).await);
    let forced = token_in(&stable(&site, true).await);
    assert_ne!(forced, first);
    assert_eq!((opens(&site, &first).await, opens(&site, &forced).await), (40001, 0));
    site.clock.advance(29);
    assert_eq!(token_in(&stable(&site, true).await), forced, "too soon: nothing is refreshed");
    for _ in 0..19 {
        site.clock.advance(30);
        stable(&site, true).await;
    }
    site.clock.advance(30);
    assert_eq!(errcode(&stable(&site, true).await), 45009, "twenty times a day");
}

#[tokio::test]
async fn the_two_kinds_of_token_do_not_know_each_other() {
    let site = Site::new();
    let stable_one = token_in(&stable(&site, false).await);
    cgi_token(&site, OFFICIAL).await;
    let legacy = cgi_token(&site, OFFICIAL).await;
    stable(&site, true).await;
    site.clock.advance(400);
    assert_eq!((opens(&site, &legacy).await, opens(&site, &stable_one).await), (0, 40001));
}

#[tokio::test]
async fn a_stable_token_is_posted_as_json() {
    let site = Site::new();
    let path = "/api.weixin.qq.com/cgi-bin/stable_token";
    assert_eq!(errcode(&site.get(path, &[]).await), 43002);
    assert_eq!(errcode(&site.post(path, &[], &[]).await), 44002);
    assert_eq!(errcode(&site.post(path, &[("appid", OFFICIAL)], &[]).await), 47001);
    assert_eq!(errcode(&site.json("POST", path, json!([1])).await), 47001);
    assert_eq!(errcode(&site.json("POST", path, json!({"appid": OFFICIAL})).await), 41004);
}

#[tokio::test]
async fn apis_look_at_the_token_and_its_kind_of_application() {
    let site = Site::new();
    let path = "/cgi-bin/qrcode/create";
    let body = || json!({"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "x"}}});
    let bare = site.json("POST", &format!("/api.weixin.qq.com{path}"), body()).await;
    assert_eq!(errcode(&bare), 41001);
    assert_eq!(errcode(&api_post(&site, path, "wrong", body()).await), 40001);
    let mini = cgi_token(&site, MINI).await;
    assert_eq!(errcode(&api_post(&site, path, &mini, body()).await), 48001);
    let official = cgi_token(&site, OFFICIAL).await;
    assert_eq!(errcode(&api_post(&site, "/wxa/getwxacodeunlimit", &official, json!({"scene": "x"})).await), 48001);
    set_app(&site, OFFICIAL, json!({"wechat": {"verified": false}})).await;
    assert_eq!(errcode(&api_post(&site, path, &official, body()).await), 48001, "not verified");
    set_app(&site, OFFICIAL, json!({"wechat": {"verified": true, "banned": true}})).await;
    assert_eq!(errcode(&api_post(&site, path, &official, body()).await), 48004);
}

#[tokio::test]
async fn faults_meet_an_endpoint_as_often_as_asked() {
    let site = Site::new();
    let query = [("grant_type", "client_credential"), ("appid", OFFICIAL), ("secret", SECRET)];
    let ask = async |trouble: Value| {
        let trouble = json!({"trouble": {"kind": trouble, "path": "/cgi-bin/token", "times": 1}});
        assert_eq!(site.json("PUT", "/_control/switches/wechat", trouble).await.status, 204);
        api(&site, "/cgi-bin/token", &query).await
    };
    let busy = ask(json!({"errcode": {"errcode": -1, "errmsg": "system error"}})).await;
    assert_eq!(errcode(&busy), -1);
    assert!(api(&site, "/cgi-bin/token", &query).await.json()["access_token"].is_string(), "once only");
    let gateway = ask(json!("html502")).await;
    assert_eq!((gateway.status.as_u16(), gateway.header("content-type")), (502, "text/html; charset=utf-8"));
    assert_eq!(ask(json!("empty")).await.body, "");
    let cut = ask(json!("truncated")).await.body;
    assert!(cut.starts_with('{') && serde_json::from_str::<Value>(&cut).is_err());
}

#[tokio::test]
async fn a_connection_can_break_after_the_code_was_spent() {
    let site = Site::new();
    let code = super::website_code(&site, "amara").await;
    let trouble = json!({"trouble": {"kind": "reset_after", "path": "/sns/oauth2", "times": 1}});
    site.json("PUT", "/_control/switches/wechat", trouble).await;
    let query = [("appid", WEBSITE), ("secret", SECRET), ("code", &*code), ("grant_type", "authorization_code")];
    let path = format!("/api.weixin.qq.com/sns/oauth2/access_token?{}", super::super::site::encode(&query));
    let request = http::Request::get(&path).body(axum::body::Body::empty()).unwrap();
    assert!(site.broken(request).await, "the body breaks off");
    assert_eq!(errcode(&super::redeem(&site, WEBSITE, &code).await), 40163);
}
