//! §12.3: the page inside the client.

use serde_json::json;

use super::site::{Reply, Site, encode};
use super::wecom_home::{AGENT, CALLBACK, CORP, app, errcode, post, settings, user_info};

const CLIENT: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/7.0.1 wxwork/4.1.22 Language/zh";

fn path(extra: &[(&str, &str)]) -> String {
    let mut query = vec![
        ("appid", CORP),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "snsapi_base"),
        ("state", "abc123"),
        ("agentid", AGENT),
    ];
    for (name, value) in extra {
        query.retain(|(known, _)| known != name);
        query.push((name, value));
    }
    query.retain(|(_, value)| !value.is_empty());
    format!("/open.weixin.qq.com/connect/oauth2/authorize?{}", encode(&query))
}

async fn inside(site: &Site, person: &str, extra: &[(&str, &str)]) -> Reply {
    let cookie = format!("practice_phone={person}");
    site.get(&path(extra), &[("user-agent", CLIENT), ("cookie", &cookie)]).await
}

/// A code of `snsapi_privateinfo` with these fields agreed to.
pub async fn private_code(site: &Site, person: &str, fields: &[&str]) -> String {
    let mut form = vec![("choice", "allow"), ("person", person), ("narrowed", "1")];
    form.extend(fields.iter().map(|field| ("allow_scope", *field)));
    let headers = [("user-agent", CLIENT)];
    let reply = site.post(&path(&[("scope", "snsapi_privateinfo")]), &form, &headers).await;
    assert_eq!(reply.status, 302, "{}", reply.body);
    reply.sent("code").unwrap()
}

#[tokio::test]
async fn the_base_scope_goes_back_at_once_and_gives_the_userid_alone() {
    let site = Site::new();
    let reply = inside(&site, "xiaoman", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.sent("state").as_deref()), (302, Some("abc123")));
    let answer = user_info(&site, &app(&site).await, &reply.sent("code").unwrap()).await;
    assert_eq!(answer, json!({"errcode": 0, "errmsg": "ok", "userid": "LinXiaoMan"}));
}

#[tokio::test]
async fn other_browsers_are_told_to_open_the_client() {
    let site = Site::new();
    for agent in ["Mozilla/5.0 Firefox/140.0", "Mozilla/5.0 MicroMessenger/8.0.50"] {
        let reply = site.get(&path(&[]), &[("user-agent", agent), ("cookie", "practice_phone=xiaoman")]).await;
        assert!(reply.status == 200 && reply.body.contains("请在企业微信客户端打开链接"), "{agent}");
    }
    let upper = site.get(&path(&[]), &[("user-agent", "WXWORK/4.1"), ("cookie", "practice_phone=xiaoman")]).await;
    assert_eq!(upper.status, 302, "the case does not matter");
}

#[tokio::test]
async fn a_state_with_other_characters_or_too_long_is_refused() {
    let site = Site::new();
    let long = "a".repeat(129);
    for state in ["a-b", "a_b", "a.b", "a=b", "状态", &long] {
        let reply = inside(&site, "xiaoman", &[("state", state)]).await;
        assert!(reply.status == 200 && reply.body.contains("84025"), "{state}");
    }
    let longest = "a".repeat(128);
    assert_eq!(inside(&site, "xiaoman", &[("state", &longest)]).await.sent("state"), Some(longest));
    assert_eq!(inside(&site, "xiaoman", &[("state", "")]).await.sent("state"), None);
}

#[tokio::test]
async fn an_untrusted_host_and_wrong_parameters_stay_on_the_page() {
    let site = Site::new();
    for (extra, said) in [
        ([("redirect_uri", "https://evil.example.com/")], "redirect_uri需使用应用可信域名"),
        ([("appid", "wwnobody")], "参数错误"),
        ([("agentid", "7")], "参数错误"),
        ([("response_type", "token")], "参数错误"),
        ([("scope", "openid")], "参数错误"),
    ] {
        let reply = inside(&site, "xiaoman", &extra).await;
        assert!(reply.status == 200 && reply.body.contains(said), "{extra:?}: {}", reply.body);
    }
    // The web login's own domain is another setting.
    settings(&site, json!({"agents": {AGENT: {"trusted_domain": "other.example.com"}}})).await;
    assert!(inside(&site, "xiaoman", &[]).await.body.contains("可信域名"));
}

#[tokio::test]
async fn privateinfo_asks_field_by_field_and_gives_what_was_ticked() {
    let site = Site::new();
    let own = app(&site).await;
    let page = inside(&site, "xiaoman", &[("scope", "snsapi_privateinfo")]).await;
    assert_eq!(page.status, 200);
    for field in ["avatar", "gender", "mobile", "email", "biz_mail", "qr_code", "address"] {
        assert!(page.body.contains(&format!("name=\"allow_scope\" value=\"{field}\"")), "{field}");
    }
    let code = private_code(&site, "xiaoman", &["mobile", "gender"]).await;
    let ticket = user_info(&site, &own, &code).await["user_ticket"].clone();
    let detail = post(&site, &own, "auth/getuserdetail", json!({"user_ticket": ticket})).await;
    let names: Vec<&String> = detail.as_object().unwrap().keys().collect();
    assert_eq!(names, ["errcode", "errmsg", "userid", "gender", "mobile"]);
    assert_eq!(detail["gender"], "1", "a text");
    // What the administrator did not tick is not even asked for.
    settings(&site, json!({"agents": {AGENT: {"private_fields": ["mobile"]}}})).await;
    assert!(!inside(&site, "xiaoman", &[("scope", "snsapi_privateinfo")]).await.body.contains("value=\"email\""));
}

#[tokio::test]
async fn privateinfo_without_agentid_is_the_base_scope() {
    let site = Site::new();
    let reply = inside(&site, "xiaoman", &[("scope", "snsapi_privateinfo"), ("agentid", "")]).await;
    assert_eq!(reply.status, 302);
    let answer = user_info(&site, &app(&site).await, &reply.sent("code").unwrap()).await;
    assert!(answer.get("user_ticket").is_none() && answer["userid"] == "LinXiaoMan");
}

#[tokio::test]
async fn out_of_range_means_a_userid_with_base_and_a_page_with_privateinfo() {
    let site = Site::new();
    settings(&site, json!({"agents": {AGENT: {"departments": [2]}}})).await;
    let base = inside(&site, "amara", &[]).await;
    assert_eq!(user_info(&site, &app(&site).await, &base.sent("code").unwrap()).await["userid"], "amara");
    let private = inside(&site, "amara", &[("scope", "snsapi_privateinfo")]).await;
    assert!(private.status == 200 && private.body.contains("no permission"));
    let outsider = inside(&site, "layla", &[("scope", "snsapi_privateinfo")]).await;
    assert!(outsider.body.contains("no permission"));
    let forbidden = post(&site, &super::wecom_home::contact(&site).await, "auth/getuserdetail", json!({})).await;
    assert_eq!(errcode(&forbidden), 48002);
}

#[tokio::test]
async fn user_tickets_are_known_for_half_an_hour() {
    let site = Site::new();
    let own = app(&site).await;
    let code = private_code(&site, "xiaoman", &["mobile", "email"]).await;
    let ticket = user_info(&site, &own, &code).await["user_ticket"].as_str().unwrap().to_owned();
    assert!(ticket.len() <= 512);
    let answer = post(&site, &own, "auth/getuserdetail", json!({"user_ticket": ticket})).await;
    assert_eq!((&answer["userid"], &answer["mobile"]), (&json!("LinXiaoMan"), &json!("13800000001")));
    site.clock.advance(1800);
    let fresh = app(&site).await;
    assert_eq!(errcode(&post(&site, &fresh, "auth/getuserdetail", json!({"user_ticket": ticket})).await), 84014);
    for body in [json!({"user_ticket": "nonsense"}), json!({})] {
        assert_eq!(errcode(&post(&site, &fresh, "auth/getuserdetail", body).await), 84015);
    }
}
