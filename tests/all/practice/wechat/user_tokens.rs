//! Codes and user tokens: `/sns/oauth2/access_token`, `/sns/oauth2/refresh_token`, `/sns/auth`.

use serde_json::json;

use super::super::site::{Site, encode};
use super::{MINI, OFFICIAL, SECRET, WEBSITE, api, errcode, inside_code, known_as, redeem, website_code};

#[tokio::test]
async fn a_website_code_gives_the_documented_answer_as_plain_text() {
    let site = Site::new();
    let reply = redeem(&site, WEBSITE, &website_code(&site, "amara").await).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "text/plain"));
    let answer = reply.json();
    assert_eq!((&answer["expires_in"], &answer["scope"]), (&json!(7200), &json!("snsapi_login")));
    assert!(answer.get("errcode").is_none(), "a success names no errcode");
    let known = known_as(&site, WEBSITE, "amara").await;
    assert_eq!((&answer["openid"], &answer["unionid"]), (&known["openid"], &known["unionid"]));
    let openid = answer["openid"].as_str().unwrap();
    assert!(openid.len() == 28 && openid.starts_with('o'));
    assert!(answer.get("is_snapshotuser").is_none());
}

#[tokio::test]
async fn openids_differ_by_appid_and_unionids_by_open_platform_account() {
    let site = Site::new();
    let (website, official) = (known_as(&site, WEBSITE, "amara").await, known_as(&site, OFFICIAL, "amara").await);
    assert_ne!(website["openid"], official["openid"]);
    assert_eq!(website["unionid"], official["unionid"]);
    assert_ne!(website["unionid"], known_as(&site, WEBSITE, "xiaoman").await["unionid"]);
    super::set_app(&site, OFFICIAL, json!({"wechat": {"open_account": "another"}})).await;
    let moved = known_as(&site, OFFICIAL, "amara").await;
    assert_eq!(moved["openid"], official["openid"], "an openid stays when the account is bound elsewhere");
    assert_ne!(moved["unionid"], official["unionid"]);
    super::set_app(&site, OFFICIAL, json!({"wechat": {"open_account": null}})).await;
    assert_eq!(known_as(&site, OFFICIAL, "amara").await["unionid"], json!(null));
}

#[tokio::test]
async fn a_code_is_good_once_for_ten_minutes_and_for_its_own_appid() {
    let site = Site::new();
    let code = website_code(&site, "amara").await;
    assert_eq!(errcode(&redeem(&site, OFFICIAL, &code).await), 40029, "another application's code");
    assert!(redeem(&site, WEBSITE, &code).await.json()["openid"].is_string(), "a failed try burns nothing");
    assert_eq!(errcode(&redeem(&site, WEBSITE, &code).await), 40163);
    assert_eq!(errcode(&redeem(&site, WEBSITE, "0unknown").await), 40029);

    let late = website_code(&site, "amara").await;
    site.clock.advance(599);
    assert!(redeem(&site, WEBSITE, &late).await.json()["openid"].is_string());
    let later = website_code(&site, "amara").await;
    site.clock.advance(600);
    assert_eq!(errcode(&redeem(&site, WEBSITE, &later).await), 40029);
    let named = website_code(&site, "amara").await;
    site.clock.advance(600);
    site.switch("wechat", &["code_expired"]).await;
    assert_eq!(errcode(&redeem(&site, WEBSITE, &named).await), 42003);
}

#[tokio::test]
async fn a_code_from_inside_wechat_lives_five_minutes() {
    let site = Site::new();
    let code = inside_code(&site, "snsapi_base", "amara").await;
    site.clock.advance(300);
    assert_eq!(errcode(&redeem(&site, OFFICIAL, &code).await), 40029);
}

#[tokio::test]
async fn one_of_many_callers_at_once_gets_the_tokens() {
    let site = Site::new();
    let code = website_code(&site, "amara").await;
    let all = futures::future::join_all((0..20).map(|_| redeem(&site, WEBSITE, &code))).await;
    let won = all.iter().filter(|reply| reply.json()["openid"].is_string()).count();
    let used = all.iter().filter(|reply| reply.json()["errcode"] == json!(40163)).count();
    assert_eq!((won, used), (1, 19));
}

#[tokio::test]
async fn what_is_missing_or_wrong_has_its_own_number() {
    let site = Site::new();
    let code = website_code(&site, "amara").await;
    let whole = [("appid", WEBSITE), ("secret", SECRET), ("code", &*code), ("grant_type", "authorization_code")];
    for (name, value, expected) in [
        ("appid", "", 41002),
        ("secret", "", 41004),
        ("code", "", 41008),
        ("appid", "wx0000000000000000", 40013),
        ("secret", "wrong", 40125),
        ("grant_type", "password", 40002),
    ] {
        let mut query = whole.to_vec();
        for pair in &mut query {
            if pair.0 == name {
                pair.1 = value;
            }
        }
        let reply = api(&site, "/sns/oauth2/access_token", &query).await;
        assert_eq!(errcode(&reply), expected, "{name}={value}");
    }
    assert!(redeem(&site, WEBSITE, &code).await.json()["openid"].is_string(), "none of it burnt the code");
}

#[tokio::test]
async fn errmsg_ends_in_an_id_that_begins_with_the_second() {
    let site = Site::new();
    let mut commas = std::collections::BTreeSet::new();
    for _ in 0..40 {
        let reply = redeem(&site, WEBSITE, "wrong").await.json();
        let message = reply["errmsg"].as_str().unwrap().to_owned();
        let (words, rid) = message.split_once(" rid: ").unwrap();
        let groups: Vec<&str> = rid.split('-').collect();
        assert_eq!(groups.len(), 3, "{message}");
        assert!(groups.iter().all(|group| group.len() == 8 && group.bytes().all(|b| b.is_ascii_hexdigit())));
        assert_eq!(i64::from_str_radix(groups[0], 16).unwrap(), super::super::site::NOW);
        assert_eq!(words.trim_end_matches(','), "invalid code");
        commas.insert(words.ends_with(','));
    }
    assert_eq!(commas.len(), 2, "with and without a comma");
}

#[tokio::test]
async fn a_form_is_read_and_posted_json_is_not() {
    let site = Site::new();
    let code = website_code(&site, "amara").await;
    let fields = [("appid", WEBSITE), ("secret", SECRET), ("code", &*code), ("grant_type", "authorization_code")];
    let path = "/api.weixin.qq.com/sns/oauth2/access_token";
    let json = site.json("POST", path, json!({"appid": WEBSITE, "secret": SECRET, "code": code})).await;
    assert_eq!(errcode(&json), 41002);
    assert!(site.post(path, &fields, &[]).await.json()["openid"].is_string());
}

#[tokio::test]
async fn a_base_scope_tells_no_unionid_and_no_profile() {
    let site = Site::new();
    let code = inside_code(&site, "snsapi_base", "amara").await;
    let answer = redeem(&site, OFFICIAL, &code).await.json();
    assert_eq!(answer["scope"], "snsapi_base");
    assert!(answer.get("unionid").is_none());
    let query =
        [("access_token", answer["access_token"].as_str().unwrap()), ("openid", answer["openid"].as_str().unwrap())];
    assert_eq!(errcode(&api(&site, "/sns/userinfo", &query).await), 48001);

    let code = inside_code(&site, "snsapi_userinfo", "amara").await;
    let answer = redeem(&site, OFFICIAL, &code).await.json();
    assert_eq!((&answer["scope"], answer["unionid"].is_string()), (&json!("snsapi_userinfo"), true));
}

#[tokio::test]
async fn refreshing_prolongs_a_living_token_and_replaces_a_dead_one() {
    let site = Site::new();
    let first = redeem(&site, WEBSITE, &website_code(&site, "amara").await).await.json();
    let refresh = first["refresh_token"].as_str().unwrap().to_owned();
    let ask = async || {
        let query = [("appid", WEBSITE), ("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
        api(&site, "/sns/oauth2/refresh_token", &query).await
    };
    let alive = |token: &serde_json::Value| {
        let token = token.as_str().unwrap().to_owned();
        let (site, openid) = (&site, first["openid"].as_str().unwrap());
        async move { errcode(&api(site, "/sns/auth", &[("access_token", &token), ("openid", openid)]).await) }
    };
    site.clock.advance(7_000);
    let second = ask().await.json();
    assert_eq!(second["access_token"], first["access_token"], "the same one while it lives");
    assert!(second.get("unionid").is_none());
    site.clock.advance(7_000);
    assert_eq!(alive(&first["access_token"]).await, 0, "its life began anew");
    site.clock.advance(7_200);
    assert_eq!(alive(&first["access_token"]).await, 40014);
    let third = ask().await.json();
    assert_ne!(third["access_token"], first["access_token"]);
    assert_eq!(alive(&third["access_token"]).await, 0);
    site.clock.advance(30 * 86_400);
    assert_eq!(errcode(&ask().await), 42002, "thirty days, whatever was refreshed");
    let wrong = [("appid", WEBSITE), ("grant_type", "refresh_token"), ("refresh_token", "wrong")];
    assert_eq!(errcode(&api(&site, "/sns/oauth2/refresh_token", &wrong).await), 40030);
}

#[tokio::test]
async fn auth_says_whether_a_token_belongs_to_an_openid() {
    let site = Site::new();
    let answer = redeem(&site, WEBSITE, &website_code(&site, "amara").await).await.json();
    let token = answer["access_token"].as_str().unwrap();
    let ask =
        async |token: &str, openid: &str| api(&site, "/sns/auth", &[("access_token", token), ("openid", openid)]).await;
    let fine = ask(token, answer["openid"].as_str().unwrap()).await.json();
    assert_eq!(fine, json!({"errcode": 0, "errmsg": "ok"}));
    assert_eq!(errcode(&ask(token, "oSomebodyElse").await), 40003);
    assert_eq!(errcode(&ask("wrong", "oSomebodyElse").await), 40014);
}

#[tokio::test]
async fn limited_people_frozen_secrets_and_changed_passwords_have_their_errors() {
    let site = Site::new();
    super::set_person(&site, "amara", json!({"wechat": {"limited": true}})).await;
    let code = website_code(&site, "amara").await;
    assert_eq!(errcode(&redeem(&site, WEBSITE, &code).await), 50002);
    let code = website_code(&site, "xiaoman").await;
    site.switch("wechat", &["secret_frozen"]).await;
    assert_eq!(errcode(&redeem(&site, WEBSITE, &code).await), 40243);
    site.switch("wechat", &["password_changed"]).await;
    assert_eq!(errcode(&redeem(&site, WEBSITE, &code).await), 42007);
}

#[tokio::test]
async fn a_mini_programs_code_is_no_web_code() {
    let site = Site::new();
    let code = super::does(&site, MINI, "amara", "login-code", json!({})).await.json();
    let code = code["code"].as_str().unwrap().to_owned();
    assert_eq!(errcode(&redeem(&site, MINI, &code).await), 40029);
    let query = [("appid", MINI), ("secret", SECRET), ("js_code", &*code), ("grant_type", "authorization_code")];
    let path = format!("/api.weixin.qq.com/sns/jscode2session?{}", encode(&query));
    assert!(site.get(&path, &[]).await.json()["openid"].is_string());
}
