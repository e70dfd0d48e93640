//! Codes, people's tokens and profiles (§3.3, §3.4; §14, 4 to 7).

use http::StatusCode;
use serde_json::{Value, json};

use super::dingtalk::{
    API, AUTH, CLIENT, OAPI, SECRET, app_token, asking, code_for, control, exchange, me, minted, old, user_token,
};
use super::site::{Reply, Site};

const TOKEN: &str = "/api.dingtalk.com/v1.0/oauth2/userAccessToken";

async fn redeem(site: &Site, code: &str) -> Reply {
    site.json("POST", TOKEN, exchange(code)).await
}

fn not_found(reply: &Reply) {
    assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{}", reply.body);
    assert_eq!(reply.json()["code"], "invalidParameter.authCode.notFound");
    assert_eq!(reply.json()["message"], "不合法的临时授权码");
}

#[tokio::test]
async fn a_code_is_good_once_for_five_minutes_and_for_its_own_application() {
    let site = Site::new();
    let code = code_for(&site, "xiaoman").await;
    assert_eq!(redeem(&site, &code).await.status, StatusCode::OK);
    not_found(&redeem(&site, &code).await);
    not_found(&redeem(&site, "made-up").await);
    let late = code_for(&site, "xiaoman").await;
    site.clock.advance(299);
    let in_time = code_for(&site, "xiaoman").await;
    site.clock.advance(1);
    not_found(&redeem(&site, &late).await);
    assert_eq!(redeem(&site, &in_time).await.status, StatusCode::OK);
    let foreign = minted(&site, json!({"kind": "web", "person": "xiaoman", "client_id": "dinganother"})).await;
    not_found(&redeem(&site, &foreign).await);
}

#[tokio::test]
async fn a_code_of_one_kind_is_refused_where_another_is_wanted() {
    let site = Site::new();
    let in_app = minted(&site, json!({"kind": "in_app", "person": "xiaoman"})).await;
    not_found(&redeem(&site, &in_app).await);
    let sns = minted(&site, json!({"kind": "sns", "person": "xiaoman"})).await;
    not_found(&redeem(&site, &sns).await);
    for kind in ["web", "sns"] {
        let code = minted(&site, json!({"kind": kind, "person": "xiaoman"})).await;
        let answer = old(&site, "/topapi/v2/user/getuserinfo", json!({"code": code})).await;
        assert_eq!(answer["errcode"], 40078, "{kind}");
    }
}

#[tokio::test]
async fn the_token_answer_is_dingtalks_own_and_not_oauths() {
    let site = Site::new();
    let answer = redeem(&site, &code_for(&site, "xiaoman").await).await.json();
    assert_eq!(answer["expireIn"], 7200);
    let names: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(names, ["accessToken", "refreshToken", "expireIn"], "no corpId with scope openid alone");
    let reply = site.allow(AUTH, &asking("openid corpid", &[("corpId", "dingpractice")]), "xiaoman").await;
    let code = reply.sent("authCode").unwrap();
    assert_eq!(redeem(&site, &code).await.json()["corpId"], "dingpractice");
    site.switch("dingtalk", &["no_corp_id"]).await;
    let reply = site.allow(AUTH, &asking("openid corpid", &[("corpId", "dingpractice")]), "xiaoman").await;
    assert_eq!(redeem(&site, &reply.sent("authCode").unwrap()).await.json()["corpId"], Value::Null);
}

#[tokio::test]
async fn wrong_clients_and_grants_and_forms_are_refused() {
    let site = Site::new();
    let code = code_for(&site, "xiaoman").await;
    for (name, value, error) in [
        ("clientSecret", "wrong", "invalidClientIdOrSecret"),
        ("clientId", "nobody", "invalidClientIdOrSecret"),
        ("grantType", "password", "invalidParameter.grantType"),
    ] {
        let mut body = exchange(&code);
        body[name] = json!(value);
        let reply = site.json("POST", TOKEN, body).await;
        assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::BAD_REQUEST, &json!(error)));
    }
    let form = [("clientId", CLIENT), ("clientSecret", SECRET), ("code", code.as_str())];
    assert_eq!(site.post(TOKEN, &form, &[]).await.json()["code"], "Missingbody");
    assert_eq!(redeem(&site, &code).await.status, StatusCode::OK, "the code was not used up by mistakes");
}

#[tokio::test]
async fn a_refresh_token_changes_with_each_use_and_lives_thirty_days() {
    let site = Site::new();
    let first = redeem(&site, &code_for(&site, "xiaoman").await).await.json();
    let refresh = |token: Value| json!({"clientId": CLIENT, "clientSecret": SECRET, "refreshToken": token, "grantType": "refresh_token"});
    let second = site.json("POST", TOKEN, refresh(first["refreshToken"].clone())).await;
    assert_eq!(second.status, StatusCode::OK);
    let again = site.json("POST", TOKEN, refresh(first["refreshToken"].clone())).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(me(&site, second.json()["accessToken"].as_str().unwrap()).await.status, StatusCode::OK);
    site.clock.advance(30 * 86_400);
    let late = site.json("POST", TOKEN, refresh(second.json()["refreshToken"].clone())).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_profile_has_the_documents_fields_and_leaves_out_empty_ones() {
    let site = Site::new();
    let profile = me(&site, &user_token(&site, "xiaoman").await).await.json();
    assert_eq!((&profile["nick"], &profile["mobile"]), (&json!("林小满"), &json!("13800000001")));
    assert_eq!((&profile["stateCode"], &profile["visitor"]), (&json!("86"), &json!(false)));
    assert!(profile["unionId"].is_string() && profile["openId"].is_string());
    assert_eq!(profile.get("avatarUrl"), None);
    let nameless = me(&site, &user_token(&site, "nameless").await).await.json();
    assert_eq!(nameless.get("nick"), None);
    let no_mail = me(&site, &user_token(&site, "mailless").await).await.json();
    assert_eq!((no_mail.get("email"), &no_mail["stateCode"]), (None, &json!("1")));
    assert_eq!(me(&site, &user_token(&site, "layla").await).await.json().get("mobile"), None);
    let own = json!({"nick": "小满 🐟", "avatar": "https://static-legacy.dingtalk.com/media/x.jpg"});
    control(&site, "PUT", "accounts/xiaoman", own).await;
    let profile = me(&site, &user_token(&site, "xiaoman").await).await.json();
    assert_eq!((&profile["nick"], profile["avatarUrl"].is_string()), (&json!("小满 🐟"), true));
}

#[tokio::test]
async fn the_profile_takes_a_persons_token_in_its_header_only() {
    let site = Site::new();
    let token = user_token(&site, "xiaoman").await;
    let path = format!("{API}/contact/users/me");
    let bearer = site.get(&path, &[("authorization", &format!("Bearer {token}"))]).await;
    assert_eq!(bearer.status, StatusCode::BAD_REQUEST);
    assert_eq!(bearer.json()["code"], "AuthenticationFailed.MissingParameter");
    let query = site.get(&format!("{path}?access_token={token}"), &[]).await;
    assert_eq!(query.json()["code"], "AuthenticationFailed.MissingParameter");
    let app = me(&site, &app_token(&site).await).await;
    assert_eq!((app.status, &app.json()["code"]), (StatusCode::BAD_REQUEST, &json!("InvalidAuthentication")));
    let old = site.json("POST", &format!("{OAPI}/topapi/user/count?access_token={token}"), json!({})).await;
    assert_eq!(old.json()["sub_code"], "40014", "a person's token is none for the directory");
    site.clock.advance(7200);
    assert_eq!(me(&site, &token).await.json()["code"], "InvalidAuthentication");
}

#[tokio::test]
async fn a_profile_is_found_by_ones_own_union_id_and_nobody_elses() {
    let site = Site::new();
    let token = user_token(&site, "xiaoman").await;
    let own = me(&site, &token).await.json()["unionId"].as_str().unwrap().to_owned();
    let header = [("x-acs-dingtalk-access-token", token.as_str())];
    assert_eq!(site.get(&format!("{API}/contact/users/{own}"), &header).await.status, StatusCode::OK);
    let other = site.get(&format!("{API}/contact/users/somebody"), &header).await;
    assert_eq!(
        (other.status, &other.json()["code"]),
        (StatusCode::NOT_FOUND, &json!("invalidParameter.user.notFound"))
    );
}

#[tokio::test]
async fn missing_permissions_name_themselves_and_third_parties_see_masked_numbers() {
    let site = Site::new();
    let app = format!("apps/{CLIENT}");
    control(&site, "PATCH", &app, json!({"permissions": ["open_app_api_base", "Contact.User.Read"]})).await;
    assert_eq!(me(&site, &user_token(&site, "xiaoman").await).await.json().get("mobile"), None);
    control(&site, "PATCH", &app, json!({"permissions": ["open_app_api_base"]})).await;
    let refused = me(&site, &user_token(&site, "xiaoman").await).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let body = refused.json();
    assert_eq!(body["code"], "Forbidden.AccessDenied.AccessTokenPermissionDenied");
    assert_eq!(body["accessdenieddetail"]["requiredScopes"], json!(["Contact.User.Read"]));
    let site = Site::new();
    control(&site, "PATCH", &app, json!({"third_party": true})).await;
    assert_eq!(me(&site, &user_token(&site, "xiaoman").await).await.json()["mobile"], "138****0001");
}

#[tokio::test]
async fn union_ids_belong_to_a_developer_open_ids_to_an_application_userids_to_a_company() {
    let site = Site::new();
    for (client_id, developer) in [("dingsibling", "dingpractice"), ("dingstranger", "dingother")] {
        let client = json!({
            "platform": "dingtalk", "client_id": client_id, "client_secret": SECRET, "name": client_id,
            "redirect_uris": ["http://localhost:8080"],
        });
        site.json("POST", "/_control/clients", client).await;
        control(&site, "PATCH", &format!("apps/{client_id}"), json!({"developer": developer})).await;
    }
    let mut seen = Vec::new();
    for client_id in [CLIENT, "dingsibling", "dingstranger"] {
        let code = minted(&site, json!({"kind": "web", "person": "xiaoman", "client_id": client_id})).await;
        let mut body = exchange(&code);
        body["clientId"] = json!(client_id);
        let token = site.json("POST", TOKEN, body).await.json()["accessToken"].as_str().unwrap().to_owned();
        let profile = me(&site, &token).await.json();
        seen.push((profile["unionId"].clone(), profile["openId"].clone()));
    }
    assert_eq!(seen[0].0, seen[1].0, "one developer, one unionId");
    assert_ne!(seen[0].0, seen[2].0);
    assert!(seen[0].1 != seen[1].1 && seen[1].1 != seen[2].1);
    control(&site, "PUT", "companies/dingother/members/manager4220", json!({"name": "Somebody else"})).await;
    let here = old(&site, "/topapi/v2/user/get", json!({"userid": "manager4220"})).await;
    assert_eq!(here["result"]["name"], "林小满", "the same userid is another person in another company");
}

#[tokio::test]
async fn migrating_to_an_enterprise_account_changes_the_union_id() {
    let site = Site::new();
    let before = me(&site, &user_token(&site, "xiaoman").await).await.json();
    control(&site, "POST", "accounts/xiaoman/migrate", json!({})).await;
    let after = me(&site, &user_token(&site, "xiaoman").await).await.json();
    assert_ne!(before["unionId"], after["unionId"]);
    assert_eq!(before["openId"], after["openId"]);
    let gone = old(&site, "/topapi/user/getbyunionid", json!({"unionid": before["unionId"]})).await;
    assert_eq!(gone["errcode"], 60121);
    let found = old(&site, "/topapi/user/getbyunionid", json!({"unionid": after["unionId"]})).await;
    assert_eq!(found["result"], json!({"contact_type": 0, "userid": "manager4220"}));
    let member = old(&site, "/topapi/v2/user/get", json!({"userid": "manager4220"})).await;
    assert_eq!(member["result"]["exclusive_account"], true);
}
