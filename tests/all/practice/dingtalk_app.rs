//! An application's own tokens, what stands before every call, and the codes of the old interface (§4 to §6; §14, 8).

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::dingtalk::{API, CLIENT, OAPI, SECRET, app_token, control, minted, old, old_with};
use super::site::{CALLBACK, NOW, Reply, Site, encode};

async fn count(site: &Site, token: &str) -> Value {
    old_with(site, "/topapi/user/count", token, json!({"only_active": false})).await
}

#[tokio::test]
async fn asking_again_gives_the_same_token_for_longer() {
    let site = Site::new();
    let first = app_token(&site).await;
    site.clock.advance(7000);
    assert_eq!(app_token(&site).await, first);
    site.clock.advance(7000);
    assert_eq!(count(&site, &first).await["errcode"], 0, "it lives on");
    site.clock.advance(7200);
    assert_eq!(count(&site, &first).await["sub_code"], "42001");
    assert_ne!(app_token(&site).await, first);
}

#[tokio::test]
async fn four_ways_to_the_token_and_their_refusals() {
    let site = Site::new();
    let token = app_token(&site).await;
    let new =
        site.json("POST", &format!("{API}/oauth2/accessToken"), json!({"appKey": CLIENT, "appSecret": SECRET})).await;
    assert_eq!(new.json(), json!({"accessToken": token, "expireIn": 7200}));
    let body = json!({"client_id": CLIENT, "client_secret": SECRET, "grant_type": "client_credentials"});
    let corp = site.json("POST", &format!("{API}/oauth2/dingpractice/token"), body.clone()).await;
    assert_eq!(corp.json(), json!({"access_token": token, "expires_in": 7200}));
    let refused = |reply: Reply| (reply.status.as_u16(), reply.json()["code"].as_str().unwrap_or_default().to_owned());
    let other = site.json("POST", &format!("{API}/oauth2/dingother/token"), body.clone()).await;
    assert_eq!(refused(other), (401, "unauthorized.client".to_owned()));
    let bogus = site.json("POST", &format!("{API}/oauth2/dingbogus/token"), body.clone()).await;
    assert_eq!(refused(bogus), (500, "unknownError".to_owned()));
    let wrong = json!({"client_id": CLIENT, "client_secret": "wrong", "grant_type": "client_credentials"});
    let wrong = site.json("POST", &format!("{API}/oauth2/dingpractice/token"), wrong).await;
    assert_eq!(refused(wrong), (400, "invalid.client".to_owned()));
    let grant = json!({"client_id": CLIENT, "client_secret": SECRET, "grant_type": "password"});
    let grant = site.json("POST", &format!("{API}/oauth2/dingpractice/token"), grant).await;
    assert_eq!(refused(grant), (400, "unsupported.grant.type".to_owned()));
    let wrong =
        site.json("POST", &format!("{API}/oauth2/accessToken"), json!({"appKey": CLIENT, "appSecret": "x"})).await;
    assert_eq!(refused(wrong), (400, "invalidClientIdOrSecret".to_owned()));
    let wrong = site.get(&format!("{OAPI}/gettoken?appkey={CLIENT}&appsecret=x"), &[]).await;
    assert_eq!(wrong.json()["errcode"], 40096);
    let in_body = site.json("POST", &format!("{OAPI}/gettoken"), json!({"appkey": CLIENT, "appsecret": SECRET})).await;
    assert_eq!(in_body.json()["errcode"], 40035, "a body is not read");
}

#[tokio::test]
async fn a_third_party_application_gets_a_new_token_each_time() {
    let site = Site::new();
    let settings = json!({"third_party": true, "authorised": ["dingpractice"]});
    control(&site, "PATCH", &format!("apps/{CLIENT}"), settings).await;
    let body = json!({"suiteKey": CLIENT, "suiteSecret": SECRET, "authCorpId": "dingpractice", "suiteTicket": "practice-suite-ticket"});
    let path = format!("{API}/oauth2/corpAccessToken");
    let first = site.json("POST", &path, body.clone()).await.json();
    let second = site.json("POST", &path, body.clone()).await.json();
    assert_ne!(first["accessToken"], second["accessToken"]);
    assert_eq!(count(&site, second["accessToken"].as_str().unwrap()).await["errcode"], 0);
    for (name, code) in
        [("suiteSecret", "invalidSuiteKey"), ("suiteTicket", "invalidSuiteTicket"), ("authCorpId", "invalidAuthInfo")]
    {
        let mut wrong = body.clone();
        wrong[name] = json!("wrong");
        assert_eq!(site.json("POST", &path, wrong).await.json()["code"], code);
    }
}

#[tokio::test]
async fn tokens_can_end_early() {
    let site = Site::new();
    let token = app_token(&site).await;
    control(&site, "POST", "tokens/expire", json!({})).await;
    assert_eq!(count(&site, &token).await["sub_code"], "42001");
    assert_eq!(count(&site, &app_token(&site).await).await["errcode"], 0);
    let missing = site.json("POST", &format!("{OAPI}/topapi/user/count"), json!({})).await.json();
    assert_eq!((&missing["sub_code"], &missing["sub_msg"]), (&json!("40000"), &json!("access_token is blank")));
}

#[tokio::test]
async fn permission_points_addresses_and_disabled_applications() {
    let site = Site::new();
    let token = app_token(&site).await;
    let app = format!("apps/{CLIENT}");
    control(&site, "PATCH", &app, json!({"permissions": []})).await;
    let refused = count(&site, &token).await;
    assert_eq!(refused["errcode"], 60011);
    assert!(refused["errmsg"].as_str().unwrap().contains("requiredScopes=[qyapi_get_member]"));
    control(&site, "PATCH", &app, json!({"ip_whitelist": ["203.0.113.7"]})).await;
    let refused = count(&site, &token).await;
    assert_eq!(refused["errcode"], 60020);
    let words = refused["errmsg"].as_str().unwrap();
    assert!(words.contains("request ip=127.0.0.1") && words.contains(CLIENT), "{words}");
    control(&site, "PATCH", &app, json!({"disabled": true})).await;
    assert_eq!(count(&site, &token).await["errcode"], 50003);
}

#[tokio::test]
async fn errors_are_wrapped_or_bare_and_numbers_may_be_texts() {
    let site = Site::new();
    site.switch("dingtalk", &["wrap_errors"]).await;
    let wrapped = old(&site, "/topapi/v2/user/get", json!({"userid": "nobody"})).await;
    assert_eq!((&wrapped["errcode"], &wrapped["sub_code"]), (&json!(88), &json!("60121")));
    site.switch("dingtalk", &["bare_errors"]).await;
    assert_eq!(count(&site, "none").await["errcode"], 40014);
    site.switch("dingtalk", &["stringly"]).await;
    let texts = old(&site, "/topapi/v2/user/get", json!({"userid": "manager4220"})).await;
    assert_eq!((&texts["errcode"], &texts["result"]["active"]), (&json!("0"), &json!("true")));
    assert_eq!(texts["result"]["dept_id_list"], "[440001]");
}

#[tokio::test]
async fn the_code_from_inside_dingtalk_names_the_member_once() {
    let site = Site::new();
    let code = minted(&site, json!({"kind": "in_app", "person": "amara"})).await;
    let answer = old(&site, "/topapi/v2/user/getuserinfo", json!({"code": code})).await;
    let result = &answer["result"];
    assert_eq!((&result["userid"], &result["name"]), (&json!("0156"), &json!("Amara Okafor")));
    assert_eq!((&result["sys"], &result["sys_level"]), (&json!(true), &json!(1)));
    assert!(
        result["unionid"].is_string() && result["device_id"].is_string() && result["associated_unionid"].is_string()
    );
    let again = old(&site, "/topapi/v2/user/getuserinfo", json!({"code": code})).await;
    assert_eq!(again["errcode"], 40078);
    let late = minted(&site, json!({"kind": "in_app", "person": "amara"})).await;
    site.clock.advance(300);
    assert_eq!(old(&site, "/topapi/v2/user/getuserinfo", json!({"code": late})).await["errcode"], 40078);
    let elsewhere = minted(&site, json!({"kind": "in_app", "person": "amara", "corp_id": "dingother"})).await;
    assert_eq!(old(&site, "/topapi/v2/user/getuserinfo", json!({"code": elsewhere})).await["errcode"], 40078);
    let code = minted(&site, json!({"kind": "in_app", "person": "amara"})).await;
    let token = app_token(&site).await;
    let spelt = site.get(&format!("{OAPI}/user/getuserinfo?access_token={token}&code={code}"), &[]).await;
    assert_eq!(spelt.json()["userid"], "0156", "the old spelling");
}

fn signature(secret: &str, timestamp: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, timestamp.as_bytes()))
}

#[tokio::test]
async fn the_legacy_page_gives_a_code_that_is_redeemed_with_a_signature() {
    // The documents' own example (§4).
    assert_eq!(signature("testappSecret", "1546084445901"), "HCbG3xNE3vzhO+u7qCUL1jS5hsu2n5r2cFhnTrtyDAE=");
    let site = Site::new();
    let query = [
        ("appid", CLIENT),
        ("response_type", "code"),
        ("scope", "snsapi_login"),
        ("state", "s1"),
        ("redirect_uri", CALLBACK),
    ];
    let reply = site.allow("/oapi.dingtalk.com/connect/qrconnect", &query, "xiaoman").await;
    assert_eq!(reply.status, StatusCode::FOUND, "{}", reply.body);
    assert_eq!((reply.sent("state").unwrap().as_str(), reply.sent("authCode")), ("s1", None));
    let code = reply.sent("code").unwrap();
    let now = (NOW * 1000).to_string();
    let ask = async |timestamp: &str, key: &str, signature: &str, code: &str| {
        let query = encode(&[("accessKey", key), ("timestamp", timestamp), ("signature", signature)]);
        let path = format!("{OAPI}/sns/getuserinfo_bycode?{query}");
        site.json("POST", &path, json!({"tmp_auth_code": code})).await.json()
    };
    let good = signature(SECRET, &now);
    assert_eq!(ask("soon", CLIENT, &good, &code).await["errcode"], 853_001);
    let old = ((NOW - 61) * 1000).to_string();
    assert_eq!(ask(&old, CLIENT, &signature(SECRET, &old), &code).await["errcode"], 853_002);
    assert_eq!(ask(&now, "nobody", &good, &code).await["errcode"], 853_003);
    assert_eq!(ask(&now, CLIENT, &signature("wrong", &now), &code).await["errcode"], 853_004);
    let answer = ask(&now, CLIENT, &good, &code).await;
    assert_eq!(answer["user_info"]["nick"], "林小满");
    assert!(answer["user_info"]["unionid"].is_string() && answer["user_info"]["openid"].is_string());
    assert_eq!(ask(&now, CLIENT, &good, &code).await["errcode"], 40_078);
}
