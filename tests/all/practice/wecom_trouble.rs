//! §12.8, §12.11, §6.4, §6.5: addresses, limits, failures on demand, and how a refusal reads.

use serde_json::json;

use super::listener::Listener;
use super::site::Site;
use super::wecom_home::{
    AGENT, API, CORP, app, contact, control, errcode, get, settings, token_of, user_info, web_code,
};

#[tokio::test]
async fn a_refusal_has_status_200_and_names_hint_address_and_help() {
    let site = Site::new();
    settings(&site, json!({"quirks": {"caller_ip": "203.0.113.9"}})).await;
    let token = app(&site).await;
    let reply = site.get(&format!("{API}/user/get?access_token={token}&userid=nobody"), &[]).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/json; charset=UTF-8"));
    let told = reply.json()["errmsg"].as_str().unwrap().to_owned();
    assert!(
        told.starts_with("userid not found, hint: [")
            && told.contains(
                "], from ip: 203.0.113.9, more info at https://open.work.weixin.qq.com/devtool/query?e=60111"
            ),
        "{told}"
    );
}

#[tokio::test]
async fn untrusted_addresses_are_60020_except_where_people_sign_in() {
    let site = Site::new();
    let listed = json!({"quirks": {"caller_ip": "203.0.113.9"}, "agents": {AGENT: {"trusted_ips": ["198.51.100.1"]}}});
    settings(&site, listed).await;
    let token = app(&site).await;
    let refused = get(&site, &token, "user/get", &[("userid", "amara")]).await;
    assert_eq!(errcode(&refused), 60020);
    assert!(
        refused["errmsg"].as_str().unwrap().contains("not allow to access from your ip")
            && refused["errmsg"].as_str().unwrap().contains("from ip: 203.0.113.9")
    );
    let code = web_code(&site, "amara").await;
    assert_eq!(errcode(&user_info(&site, &token, &code).await), 0);
    settings(&site, json!({"agents": {AGENT: {"trusted_ips": ["203.0.113.9"]}}})).await;
    assert_eq!(errcode(&get(&site, &token, "department/list", &[]).await), 0);
    // Older applications need no list; the contact-sync secret has one of its own.
    settings(&site, json!({"agents": {AGENT: {"trusted_ips": [], "old": true}}, "contact": {"trusted_ips": []}})).await;
    assert_eq!(errcode(&get(&site, &token, "department/list", &[]).await), 0);
    assert_eq!(errcode(&get(&site, &contact(&site).await, "department/simplelist", &[]).await), 60020);
    settings(&site, json!({"quirks": {"strict_ip": true}})).await;
    assert_eq!(errcode(&token_of(&site, CORP, "practice-secret-contact").await), 60020);
}

#[tokio::test]
async fn the_nth_request_fails_and_the_ones_after_it_do_not() {
    let site = Site::new();
    let token = app(&site).await;
    settings(&site, json!({"fail": {"path": "user/get", "at": 2, "errcode": -1}})).await;
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(errcode(&get(&site, &token, "user/get", &[("userid", "amara")]).await));
        assert_eq!(errcode(&get(&site, &token, "department/list", &[]).await), 0);
    }
    assert_eq!(told, [0, -1, 0]);
    settings(&site, json!({"fail": {"path": "", "at": 1, "errcode": 45033, "times": 2}})).await;
    for expected in [45033, 45033, 0] {
        assert_eq!(errcode(&get(&site, &token, "department/list", &[]).await), expected);
    }
    settings(&site, json!({"fail": null})).await;
    assert_eq!(errcode(&get(&site, &token, "department/list", &[]).await), 0);
}

#[tokio::test]
async fn over_the_limit_an_api_is_blocked_for_a_minute_or_an_hour() {
    let site = Site::new();
    settings(&site, json!({"limits": {"minute": 2, "hour": 3}})).await;
    let token = app(&site).await;
    let ask = async || errcode(&get(&site, &token, "department/list", &[]).await);
    assert_eq!([ask().await, ask().await, ask().await], [0, 0, 45009]);
    assert_eq!(errcode(&get(&site, &token, "department/simplelist", &[]).await), 0, "each API by itself");
    site.clock.advance(59);
    assert_eq!(ask().await, 45009);
    site.clock.advance(1);
    assert_eq!(ask().await, 45009, "the third within the hour was the last");
    site.clock.advance(3600);
    assert_eq!(ask().await, 0);
}

#[tokio::test]
async fn a_disabled_application_is_50003_even_with_a_good_token() {
    let site = Site::new();
    let token = app(&site).await;
    settings(&site, json!({"agents": {AGENT: {"disabled": true}}})).await;
    assert_eq!(errcode(&get(&site, &token, "department/list", &[]).await), 50003);
}

#[tokio::test]
async fn a_domain_is_trusted_after_its_file_was_found() {
    let mut product = Listener::start("not it").await;
    let site = Site::new();
    let ask = json!({"agentid": AGENT, "address": product.origin, "file": "WW_verify_aB3.txt", "content": "aB3", "web": true});
    let refused = control(&site, "POST", "/domains", ask.clone()).await.json();
    assert_eq!((&refused["verified"], &refused["errcode"]), (&json!(false), &json!(85005)));
    assert_eq!(product.next().await.path, "/WW_verify_aB3.txt");
    product.answer_with(|_| (200, "aB3".to_owned()));
    assert_eq!(control(&site, "POST", "/domains", ask.clone()).await.json()["verified"], true);
    let settings = control(&site, "GET", "", json!({})).await.json();
    assert!(product.origin.ends_with(settings["agents"][AGENT]["trusted_domain"].as_str().unwrap()));
    assert_eq!(settings["agents"][AGENT]["web_domain"], settings["agents"][AGENT]["trusted_domain"]);
    for file in ["../etc/passwd", "WW_verify_.txt", "WW_verify_a/b.txt", "MP_verify_aB3.txt"] {
        let mut wrong = ask.clone();
        wrong["file"] = json!(file);
        assert_eq!(control(&site, "POST", "/domains", wrong).await.json()["verified"], false, "{file}");
    }
    let mut outside = ask;
    outside["address"] = json!("http://192.0.2.1");
    assert_eq!(control(&site, "POST", "/domains", outside).await.json()["verified"], false, "this machine only");
}
