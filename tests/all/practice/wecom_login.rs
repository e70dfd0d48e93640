//! §12.1, §12.2: the sign-in page outside the client, its older sister, and the frame.

use serde_json::json;

use super::site::Site;
use super::wecom_home::{AGENT, CALLBACK, CORP, app, control, login_path, settings, user_info, web_code};

#[tokio::test]
async fn a_press_leads_back_with_code_and_state_and_the_code_names_the_member() {
    let site = Site::new();
    let page = site.get(&login_path(&[("state", "s1")]), &[("accept-language", "zh-CN")]).await;
    assert!(page.status == 200 && page.body.contains("练习平台") && page.body.contains("<svg"));
    let code = web_code(&site, "xiaoman").await;
    assert!(code.len() <= 512);
    let answer = user_info(&site, &app(&site).await, &code).await;
    assert_eq!(
        answer,
        json!({"errcode": 0, "errmsg": "ok", "userid": "LinXiaoMan"}),
        "no user_ticket outside the client"
    );
}

#[tokio::test]
async fn a_phone_that_scans_and_confirms_does_the_same() {
    let site = Site::new();
    let page = site.get(&login_path(&[("state", "s1")]), &[]).await;
    let again = page.header("refresh").split("url=").nth(1).unwrap().to_owned();
    let content = page.body.split("data-content=\"").nth(1).unwrap().split('"').next().unwrap();
    let seen = json!({"person": "amara", "content": content});
    let id = site.json("POST", "/_control/phone/scan", seen).await.json()["id"].as_str().unwrap().to_owned();
    let scanned = site.get(&again, &[]).await;
    assert!(scanned.status == 200 && scanned.body.contains("Confirm on the phone"));
    site.json("POST", &format!("/_control/phone/scans/{id}/confirm"), json!({"person": "amara"})).await;
    let sent = site.get(&again, &[]).await;
    assert_eq!((sent.status.as_u16(), sent.sent("state").as_deref()), (302, Some("s1")));
    let answer = user_info(&site, &app(&site).await, &sent.sent("code").unwrap()).await;
    assert_eq!(answer["userid"], "amara");
    assert_eq!(site.get(&again, &[]).await.status, 200, "one scan is one sign-in");
}

#[tokio::test]
async fn wrong_parameters_and_untrusted_domains_end_on_a_page_with_200() {
    let site = Site::new();
    let cases: [(&[(&str, &str)], &str); 7] = [
        (&[("login_type", "")], "参数错误"),
        (&[("login_type", "ServiceApp")], "参数错误"),
        (&[("appid", "wwnobody")], "参数错误"),
        (&[("agentid", "")], "参数错误"),
        (&[("agentid", "7")], "参数错误"),
        (&[("redirect_uri", "https://evil.example.com/callback")], "redirect_uri 与配置的授权完成回调域名不一致"),
        // The port belongs to the domain.
        (&[("redirect_uri", "http://localhost:8081/callback")], "redirect_uri 与配置的授权完成回调域名不一致"),
    ];
    for (extra, said) in cases {
        for pressed in [false, true] {
            let path = login_path(extra);
            let reply = if pressed {
                site.post(&path, &[("choice", "allow"), ("person", "xiaoman")], &[]).await
            } else {
                site.get(&path, &[]).await
            };
            assert_eq!(reply.status, 200, "{extra:?}");
            assert!(reply.body.contains(said) && reply.headers.get("location").is_none(), "{extra:?}");
        }
    }
}

#[tokio::test]
async fn either_the_callback_domain_or_the_trusted_domain_will_do() {
    let site = Site::new();
    let agent =
        json!({"agents": {AGENT: {"web_domain": "login.example.com", "trusted_domain": "app.example.com:8443"}}});
    settings(&site, agent).await;
    for (uri, passes) in [
        ("https://login.example.com/callback", true),
        ("https://app.example.com:8443/callback", true),
        ("https://sub.login.example.com/callback", false),
        ("https://app.example.com/callback", false),
        ("http://localhost:8080/callback/wecom", false),
    ] {
        let reply = site.get(&login_path(&[("redirect_uri", uri)]), &[]).await;
        assert_eq!(reply.body.contains("<svg"), passes, "{uri}");
    }
}

#[tokio::test]
async fn somebody_out_of_range_gets_through_unless_the_switch_says_otherwise() {
    let site = Site::new();
    settings(&site, json!({"agents": {AGENT: {"departments": [2]}}})).await;
    let code = web_code(&site, "amara").await;
    assert_eq!(user_info(&site, &app(&site).await, &code).await["userid"], "amara");
    settings(&site, json!({"quirks": {"range_at_login": true}})).await;
    let reply = site.post(&login_path(&[]), &[("choice", "allow"), ("person", "amara")], &[]).await;
    assert!(reply.status == 200 && reply.body.contains("no permission"));
}

#[tokio::test]
async fn refusing_stays_or_returns_with_state_alone() {
    let site = Site::new();
    let deny = [("choice", "deny")];
    let stays = site.post(&login_path(&[("state", "s1")]), &deny, &[]).await;
    assert_eq!((stays.status.as_u16(), stays.header("location")), (200, ""));
    settings(&site, json!({"quirks": {"cancel_returns": true}})).await;
    let returns = site.post(&login_path(&[("state", "s1")]), &deny, &[]).await;
    assert_eq!(returns.header("location"), format!("{CALLBACK}?state=s1"));
}

#[tokio::test]
async fn a_foreign_page_cannot_press() {
    let site = Site::new();
    let headers = [("origin", "https://evil.example.com")];
    let reply = site.post(&login_path(&[]), &[("choice", "allow"), ("person", "xiaoman")], &headers).await;
    assert!(reply.status == 200 && reply.headers.get("location").is_none());
}

#[tokio::test]
async fn the_older_page_signs_in_the_same_and_wants_the_agentid() {
    let site = Site::new();
    let query =
        super::site::encode(&[("appid", CORP), ("agentid", AGENT), ("redirect_uri", CALLBACK), ("state", "s1")]);
    let path = format!("/open.work.weixin.qq.com/wwopen/sso/qrConnect?{query}");
    let reply = site.post(&path, &[("choice", "allow"), ("person", "xiaoman")], &[]).await;
    assert!(reply.sent("code").is_some());
    let without = site.get(&path.replace("agentid=1000002&", ""), &[]).await;
    assert!(without.body.contains("参数错误"));
    let widget = format!("{path}&login_type=jssdk&version=1.2.7");
    let framed = site.post(&widget, &[("choice", "allow"), ("person", "xiaoman")], &[]).await;
    assert!(
        framed.body.contains("data-way=\"text\"")
            && framed.body.contains("data-to=\"http://localhost:8080/callback/wecom?code=")
    );
}

#[tokio::test]
async fn the_frame_can_be_framed_and_carries_its_answer_in_three_ways() {
    let site = Site::new();
    let framed = site.get(&login_path(&[("version", "2.4.4")]), &[]).await;
    assert!(!framed.header("content-security-policy").contains("frame-ancestors"));
    assert!(framed.body.contains("practice-wecom.js"));
    let press = [("choice", "allow"), ("person", "xiaoman")];
    for (redirect_type, way) in [("", "top"), ("top", "top"), ("callback", "callback")] {
        let path = login_path(&[("version", "2.4.4"), ("redirect_type", redirect_type)]);
        let reply = site.post(&path, &press, &[]).await;
        assert_eq!(reply.status, 200, "{redirect_type}");
        assert!(reply.body.contains(&format!("data-way=\"{way}\"")));
        // Only the application's own page hears the code.
        assert!(reply.body.contains("data-origin=\"http://localhost:8080\""));
    }
    let itself = site.post(&login_path(&[("version", "2.4.4"), ("redirect_type", "self")]), &press, &[]).await;
    assert_eq!(itself.status, 302);
    let script = site.get("/practice-wecom.js", &[]).await.body;
    for message in ["ww-iframe-handle:init", "ww-iframe-handle:ready", "ww-iframe-handle:call", "onLoginSuccess"] {
        assert!(script.contains(message), "{message}");
    }
}

#[tokio::test]
async fn lang_chooses_the_language_of_the_page() {
    let site = Site::new();
    let english = site.get(&login_path(&[("lang", "en")]), &[("accept-language", "zh-CN")]).await;
    assert!(english.body.contains("lang=\"en\""));
    let chinese = site.get(&login_path(&[("lang", "zh")]), &[("accept-language", "en")]).await;
    assert!(chinese.body.contains("lang=\"zh-CN\""));
}

#[tokio::test]
async fn an_unknown_company_in_the_control_api_is_told() {
    let site = Site::new();
    let reply = site.json("PATCH", "/_control/wecom/wwnobody", json!({})).await;
    assert_eq!(reply.status, 404);
    let wrong = control(&site, "PATCH", "", json!({"nonsense": 1})).await;
    assert_eq!(wrong.status, 422);
}
