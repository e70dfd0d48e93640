//! §12.4 to §12.7: codes, tokens, who somebody is, and what they let go of.

use serde_json::json;

use super::site::Site;
use super::wecom_home::{
    AGENT, API, CORP, OTHER, app, contact, control, errcode, get, settings, token, token_of, user_info, web_code,
};

#[tokio::test]
async fn a_code_works_once_within_five_minutes_and_for_its_own_application() {
    let site = Site::new();
    let own = app(&site).await;
    let code = web_code(&site, "xiaoman").await;
    assert_eq!(errcode(&user_info(&site, &own, &code).await), 0);
    assert_eq!(errcode(&user_info(&site, &own, &code).await), 40029, "used");
    assert_eq!(errcode(&user_info(&site, &own, "nonsense").await), 40029, "unknown");
    assert_eq!(errcode(&get(&site, &own, "auth/getuserinfo", &[]).await), 41008, "missing");
    let late = web_code(&site, "xiaoman").await;
    site.clock.advance(300);
    assert_eq!(errcode(&user_info(&site, &own, &late).await), 40029, "expired");
    let code = web_code(&site, "xiaoman").await;
    let other = token(&site, "practice-secret-1000003").await;
    assert_eq!(errcode(&user_info(&site, &other, &code).await), 40029, "another application's token");
    assert_eq!(errcode(&user_info(&site, &contact(&site).await, &code).await), 48002, "the contact-sync token");
    let linked = token_of(&site, OTHER, "practice-other-secret").await;
    assert_eq!(
        errcode(&user_info(&site, linked["access_token"].as_str().unwrap(), &code).await),
        40029,
        "another company's"
    );
    assert_eq!(errcode(&user_info(&site, &own, &code).await), 0, "it stayed for its owner");
}

#[tokio::test]
async fn a_domain_that_is_no_longer_trusted_is_50001() {
    let site = Site::new();
    let code = web_code(&site, "xiaoman").await;
    settings(&site, json!({"agents": {AGENT: {"web_domain": "x.example.com", "trusted_domain": "x.example.com"}}}))
        .await;
    assert_eq!(errcode(&user_info(&site, &app(&site).await, &code).await), 50001);
}

#[tokio::test]
async fn gettoken_tells_wrong_companies_secrets_and_missing_ones_apart() {
    let site = Site::new();
    let answer = token_of(&site, CORP, "practice-secret").await;
    assert_eq!((&answer["errmsg"], &answer["expires_in"]), (&json!("ok"), &json!(7200)));
    assert!(answer["access_token"].as_str().unwrap().len() <= 512);
    for (corp, secret, code) in [
        ("wwnobody", "practice-secret", 40013),
        (CORP, "wrong", 40001),
        (CORP, "practice-other-secret", 40091),
        ("", "practice-secret", 41002),
        (CORP, "", 41004),
    ] {
        assert_eq!(errcode(&token_of(&site, corp, secret).await), code);
    }
    settings(&site, json!({"agents": {AGENT: {"disabled": true}}})).await;
    assert_eq!(errcode(&token_of(&site, CORP, "practice-secret").await), 50003);
}

#[tokio::test]
async fn the_token_is_repeated_or_new_as_the_switch_says_and_dies_early_when_asked() {
    let site = Site::new();
    let first = app(&site).await;
    site.clock.advance(100);
    let again = token_of(&site, CORP, "practice-secret").await;
    assert_eq!((again["access_token"].as_str(), &again["expires_in"]), (Some(first.as_str()), &json!(7100)));
    settings(&site, json!({"quirks": {"same_token": false}})).await;
    let new = app(&site).await;
    assert_ne!(first, new);
    assert_eq!(errcode(&get(&site, &first, "department/list", &[]).await), 0, "the older one lives on");
    for code in [40014, 42001] {
        let token = app(&site).await;
        control(&site, "POST", "/tokens/expire", json!({"errcode": code})).await;
        assert_eq!(errcode(&get(&site, &token, "department/list", &[]).await), code);
    }
    let token = app(&site).await;
    site.clock.advance(7200);
    assert_eq!(errcode(&get(&site, &token, "department/list", &[]).await), 42001);
    assert_eq!(errcode(&get(&site, "nonsense", "department/list", &[]).await), 40014);
    assert_eq!(errcode(&site.get(&format!("{API}/department/list"), &[]).await.json()), 41001);
}

#[tokio::test]
async fn frequent_gettoken_is_throttled_by_the_hour() {
    let site = Site::new();
    settings(&site, json!({"quirks": {"tokens_per_hour": 2}})).await;
    app(&site).await;
    app(&site).await;
    assert_eq!(errcode(&token_of(&site, CORP, "practice-secret").await), 45009);
    site.clock.advance(3600);
    app(&site).await;
}

#[tokio::test]
async fn every_persona_is_answered_in_its_own_shape_in_both_spellings() {
    let site = Site::new();
    let own = app(&site).await;
    let shapes: [(&str, serde_json::Value, &[&str], &[&str]); 5] = [
        ("xiaoman", json!(null), &["userid"], &["UserId", "DeviceId"]),
        ("amara", json!({"linked": "wwother/LiSi"}), &["userid"], &["UserId", "DeviceId"]),
        ("fox", json!("outsider"), &["openid"], &["OpenId", "DeviceId"]),
        ("layla", json!("contact"), &["openid", "external_userid"], &["OpenId", "external_userid", "DeviceId"]),
        ("nameless", json!("parent"), &["parent_userid", "openid"], &["parent_userid", "OpenId", "DeviceId"]),
    ];
    for (person, persona, names, old_names) in shapes {
        if !persona.is_null() {
            assert_eq!(control(&site, "PUT", &format!("/personas/{person}"), persona).await.status, 204);
        }
        let code = web_code(&site, person).await;
        let answer = user_info(&site, &own, &code).await;
        let told: Vec<&String> = answer.as_object().unwrap().keys().skip(2).collect();
        assert_eq!(told, names, "{person}");
        let code = web_code(&site, person).await;
        let answer = get(&site, &own, "user/getuserinfo", &[("code", &code)]).await;
        let told: Vec<&String> = answer.as_object().unwrap().keys().skip(2).collect();
        assert_eq!(told, old_names, "{person}");
    }
    let code = web_code(&site, "amara").await;
    assert_eq!(user_info(&site, &own, &code).await["userid"], "wwother/LiSi");
    let openids: Vec<String> = [web_code(&site, "fox").await, web_code(&site, "fox").await].to_vec();
    let first = user_info(&site, &own, &openids[0]).await;
    assert_eq!(first, user_info(&site, &own, &openids[1]).await, "an openid stays the same");
    assert!(first["openid"].as_str().unwrap().len() <= 64);
}

#[tokio::test]
async fn who_works_nowhere_and_who_left_is_an_outsider() {
    let site = Site::new();
    let own = app(&site).await;
    let code = web_code(&site, "layla").await;
    assert!(user_info(&site, &own, &code).await.get("userid").is_none());
    site.json("PATCH", "/_control/people/amara", json!({"wecom": {"left": true}})).await;
    let code = web_code(&site, "amara").await;
    assert!(user_info(&site, &own, &code).await.get("openid").is_some());
    assert_eq!(errcode(&get(&site, &own, "user/get", &[("userid", "amara")]).await), 60111);
}

#[tokio::test]
async fn one_person_has_another_id_in_another_company() {
    let site = Site::new();
    let put = format!("/_control/wecom/{OTHER}/personas/xiaoman");
    site.json("PUT", &put, json!({"member": "zhang.san@x"})).await;
    let path = super::wecom_home::login_path(&[("appid", OTHER)]);
    let reply = site.post(&path, &[("choice", "allow"), ("person", "xiaoman")], &[]).await;
    let token = token_of(&site, OTHER, "practice-other-secret").await;
    let answer = user_info(&site, token["access_token"].as_str().unwrap(), &reply.sent("code").unwrap()).await;
    assert_eq!(answer["userid"], "zhang.san@x");
}
