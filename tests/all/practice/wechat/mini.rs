//! A mini program's server calls.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::site::{Reply, Site};
use super::{MINI, SECRET, api, api_post, cgi_token, does, errcode, known_as, set_person};

async fn code(site: &Site, person: &str, kind: &str) -> String {
    does(site, MINI, person, kind, json!({})).await.json()["code"].as_str().unwrap().to_owned()
}

async fn session(site: &Site, code: &str) -> Reply {
    let query = [("appid", MINI), ("secret", SECRET), ("js_code", code), ("grant_type", "authorization_code")];
    api(site, "/sns/jscode2session", &query).await
}

#[tokio::test]
async fn a_login_code_opens_a_session() {
    let site = Site::new();
    let reply = session(&site, &code(&site, "amara", "login-code").await).await;
    assert_eq!(reply.header("content-type"), "text/plain");
    let opened = reply.json();
    let known = known_as(&site, MINI, "amara").await;
    assert_eq!((&opened["openid"], &opened["unionid"]), (&known["openid"], &known["unionid"]));
    assert_eq!(STANDARD.decode(opened["session_key"].as_str().unwrap()).unwrap().len(), 16);
    assert!(opened.get("errcode").is_none());
    site.switch("wechat", &["errcode_zero"]).await;
    let opened = session(&site, &code(&site, "amara", "login-code").await).await.json();
    assert_eq!((&opened["errcode"], opened["openid"].is_string()), (&json!(0), true));
}

#[tokio::test]
async fn a_login_code_is_good_once_for_five_minutes() {
    let site = Site::new();
    let once = code(&site, "amara", "login-code").await;
    assert!(session(&site, &once).await.json()["openid"].is_string());
    assert_eq!(errcode(&session(&site, &once).await), 40163);
    let late = code(&site, "amara", "login-code").await;
    site.clock.advance(300);
    assert_eq!(errcode(&session(&site, &late).await), 40029);
    assert_eq!(errcode(&session(&site, "wrong").await), 40029);
    let named_wrong = [("appid", MINI), ("secret", SECRET), ("code", &*once), ("grant_type", "authorization_code")];
    assert_eq!(errcode(&api(&site, "/sns/jscode2session", &named_wrong).await), 41008, "it is called js_code");
}

#[tokio::test]
async fn risky_people_and_busy_ones_are_stopped() {
    let site = Site::new();
    assert_eq!(errcode(&session(&site, &code(&site, "verbose", "login-code").await).await), 40226);
    for _ in 0..100 {
        let code = code(&site, "amara", "login-code").await;
        assert!(session(&site, &code).await.json()["openid"].is_string());
    }
    assert_eq!(errcode(&session(&site, &code(&site, "amara", "login-code").await).await), 45011);
    assert!(session(&site, &code(&site, "xiaoman", "login-code").await).await.json()["openid"].is_string());
    site.clock.advance(60);
    assert!(session(&site, &code(&site, "amara", "login-code").await).await.json()["openid"].is_string());
}

async fn number(site: &Site, body: Value) -> Reply {
    let token = cgi_token(site, MINI).await;
    api_post(site, "/wxa/business/getuserphonenumber", &token, body).await
}

#[tokio::test]
async fn a_phone_code_gives_the_number_once() {
    let site = Site::new();
    let text = code(&site, "xiaoman", "phone-code").await;
    let reply = number(&site, json!({"code": text})).await;
    assert_eq!(reply.header("content-type"), "application/json; encoding=utf-8");
    let told = reply.json();
    assert_eq!((&told["errcode"], &told["errmsg"]), (&json!(0), &json!("ok")));
    let expected = json!({
        "phoneNumber": "13800000001", "purePhoneNumber": "13800000001", "countryCode": "86",
        "watermark": {"timestamp": super::super::site::NOW, "appid": MINI},
    });
    assert_eq!(told["phone_info"], expected);
    assert_eq!(errcode(&number(&site, json!({"code": text})).await), 40029);
    let login = code(&site, "xiaoman", "login-code").await;
    assert_eq!(errcode(&number(&site, json!({"code": login})).await), 40029, "a login code is another thing");
    assert_eq!(errcode(&number(&site, json!({})).await), 40029);
}

#[tokio::test]
async fn a_named_openid_must_be_the_codes() {
    let site = Site::new();
    let text = code(&site, "xiaoman", "phone-code").await;
    let other = known_as(&site, MINI, "amara").await["openid"].clone();
    assert_eq!(errcode(&number(&site, json!({"code": text, "openid": other})).await), 40003);
    let own = known_as(&site, MINI, "xiaoman").await["openid"].clone();
    assert_eq!(errcode(&number(&site, json!({"code": text, "openid": own})).await), 0);
}

#[tokio::test]
async fn numbers_abroad_and_odd_types() {
    let site = Site::new();
    let told = number(&site, json!({"code": code(&site, "mailless", "phone-code").await})).await.json();
    assert_eq!(told["phone_info"]["phoneNumber"], "+12025550104");
    assert_eq!(told["phone_info"]["purePhoneNumber"], "2025550104");
    site.switch("wechat", &["country_code_number", "foreign_watermark"]).await;
    let told = number(&site, json!({"code": code(&site, "mailless", "phone-code").await})).await.json();
    assert_eq!(told["phone_info"]["countryCode"], 1);
    assert_eq!(told["phone_info"]["watermark"]["appid"], "wx0000000000000000");
    assert_eq!(does(&site, MINI, "layla", "phone-code", json!({})).await.status, 409, "she has no number");
    set_person(&site, "layla", json!({"mobile": "+8613800000008"})).await;
    assert_eq!(does(&site, MINI, "layla", "phone-code", json!({})).await.status, 200);
}
