//! `/cgi-bin/user/info`, migration, and rebinding.

use serde_json::json;

use super::super::site::{Reply, Site};
use super::{OFFICIAL, api, api_post, cgi_token, does, errcode, known_as, set_app};

async fn info(site: &Site, person: &str) -> Reply {
    let token = cgi_token(site, OFFICIAL).await;
    let openid = known_as(site, OFFICIAL, person).await["openid"].as_str().unwrap().to_owned();
    api(site, "/cgi-bin/user/info", &[("access_token", &token), ("openid", &openid), ("lang", "zh_CN")]).await
}

/// Without a server address nothing is pushed.
async fn quiet() -> Site {
    let site = Site::new();
    set_app(&site, OFFICIAL, json!({"hook": null})).await;
    site
}

#[tokio::test]
async fn of_somebody_who_does_not_follow_nothing_is_told() {
    let site = quiet().await;
    let openid = known_as(&site, OFFICIAL, "amara").await["openid"].clone();
    assert_eq!(info(&site, "amara").await.json(), json!({"subscribe": 0, "openid": openid}));
}

#[tokio::test]
async fn a_follower_has_no_name_but_a_unionid() {
    let site = quiet().await;
    does(&site, OFFICIAL, "amara", "follow", json!({})).await;
    let reply = info(&site, "amara").await;
    let told = reply.json();
    assert_eq!((&told["subscribe"], &told["subscribe_scene"]), (&json!(1), &json!("ADD_SCENE_SEARCH")));
    assert_eq!(told["subscribe_time"], super::super::site::NOW);
    assert_eq!((&told["qr_scene"], &told["qr_scene_str"]), (&json!(0), &json!("")));
    assert_eq!(told["unionid"], known_as(&site, OFFICIAL, "amara").await["unionid"]);
    for gone in ["nickname", "headimgurl", "sex", "city", "country", "province"] {
        assert!(told.get(gone).is_none(), "{gone}");
    }
    set_app(&site, OFFICIAL, json!({"wechat": {"open_account": null}})).await;
    assert!(info(&site, "amara").await.json().get("unionid").is_none(), "not bound");
    does(&site, OFFICIAL, "amara", "unfollow", json!({})).await;
    assert_eq!(info(&site, "amara").await.json()["subscribe"], 0);
}

#[tokio::test]
async fn openids_of_nobody_are_refused() {
    let site = quiet().await;
    let token = cgi_token(&site, OFFICIAL).await;
    let ask = async |query: &[(&str, &str)]| errcode(&api(&site, "/cgi-bin/user/info", query).await);
    assert_eq!(ask(&[("access_token", &token), ("openid", "oNobody")]).await, 40003);
    assert_eq!(ask(&[("access_token", &token)]).await, 41009);
    let elsewhere = known_as(&site, super::WEBSITE, "amara").await["openid"].as_str().unwrap().to_owned();
    assert_eq!(ask(&[("access_token", &token), ("openid", &elsewhere)]).await, 40003, "an openid of another appid");
}

#[tokio::test]
async fn after_a_migration_openids_are_converted_for_fifteen_days() {
    let site = quiet().await;
    does(&site, OFFICIAL, "amara", "follow", json!({})).await;
    let clients = site.get("/_control/clients", &[]).await.json();
    let is_old = |client: &&serde_json::Value| client["client_id"] == OFFICIAL;
    let old = clients.as_array().unwrap().iter().find(is_old).unwrap().clone();
    let mut new = old.clone();
    new["client_id"] = json!("wxpracticeofficial1");
    new["wechat"]["gh_id"] = json!("gh_000000000001");
    assert_eq!(site.json("POST", "/_control/clients", new).await.status, 201);
    let token = cgi_token(&site, "wxpracticeofficial1").await;
    let old_openid = known_as(&site, OFFICIAL, "amara").await["openid"].clone();
    let body = json!({"from_appid": old["wechat"]["gh_id"], "openid_list": [old_openid, "oNobody"]});
    let ask = async || api_post(&site, "/cgi-bin/changeopenid", &token, body.clone()).await;
    assert_eq!(errcode(&ask().await), 48001, "nobody moved");

    let migration = json!({"from": old["wechat"]["gh_id"], "to": "wxpracticeofficial1"});
    assert_eq!(site.json("POST", "/_control/wechat/migrations", migration).await.status, 204);
    let new_openid = known_as(&site, "wxpracticeofficial1", "amara").await;
    assert!(new_openid["following"].is_object(), "followers move");
    let result = ask().await.json()["result_list"].clone();
    assert_eq!(result[0], json!({"ori_openid": old_openid, "new_openid": new_openid["openid"], "err_msg": "ok"}));
    assert_eq!(result[1], json!({"ori_openid": "oNobody", "err_msg": "ori_openid error"}));
    site.clock.advance(6_000);
    site.clock.advance(15 * 86_400 - 6_000);
    let token = cgi_token(&site, "wxpracticeofficial1").await;
    assert_eq!(errcode(&api_post(&site, "/cgi-bin/changeopenid", &token, body.clone()).await), 48001);
}
