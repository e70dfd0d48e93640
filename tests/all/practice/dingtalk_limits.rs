//! Counts, limits and planned failures (§9; §14, 11).

use http::StatusCode;
use serde_json::json;

use super::dingtalk::{CLIENT, OAPI, app_token, control, me, old_with, user_token};
use super::site::Site;

const COUNT: &str = "/topapi/user/count";

#[tokio::test]
async fn the_twenty_first_call_of_a_second_is_refused_and_a_second_of_penalty_follows() {
    let site = Site::new();
    let token = app_token(&site).await;
    control(&site, "PUT", "limits", json!({"per_second": 20})).await;
    for number in 1..=21 {
        let answer = old_with(&site, COUNT, &token, json!({})).await;
        assert_eq!(answer["errcode"], if number <= 20 { 0 } else { 90018 }, "call {number}");
    }
    let other = old_with(&site, "/topapi/user/listadmin", &token, json!({})).await;
    assert_eq!(other["errcode"], 0, "each interface has its own limit");
    site.clock.advance(1);
    assert_eq!(old_with(&site, COUNT, &token, json!({})).await["errcode"], 90018, "the penalty");
    site.clock.advance(1);
    assert_eq!(old_with(&site, COUNT, &token, json!({})).await["errcode"], 0);
}

#[tokio::test]
async fn the_new_interface_refuses_with_403_and_the_month_has_an_end() {
    let site = Site::new();
    let person = user_token(&site, "xiaoman").await;
    control(&site, "PUT", "limits", json!({"per_second": 1})).await;
    assert_eq!(me(&site, &person).await.status, StatusCode::OK);
    let refused = me(&site, &person).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.json()["code"], "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi");
    let token = app_token(&site).await;
    control(&site, "PUT", "limits", json!({"per_month": 0})).await;
    assert_eq!(old_with(&site, COUNT, &token, json!({})).await["errcode"], 0, "contacts do not count");
    control(&site, "PUT", "limits", json!({"per_month": 0, "count_contacts": true})).await;
    assert_eq!(old_with(&site, COUNT, &token, json!({})).await["errcode"], 90020);
    assert_eq!(me(&site, &person).await.json()["code"], "Forbidden.AccessDenied.ApiCountLimitForOrg");
}

#[tokio::test]
async fn an_address_that_calls_too_often_is_banned_for_five_minutes() {
    let site = Site::new();
    let token = app_token(&site).await;
    control(&site, "DELETE", "counts", json!({})).await;
    control(&site, "PUT", "limits", json!({"per_address": 3})).await;
    let call = async || site.json("POST", &format!("{OAPI}{COUNT}?access_token={token}"), json!({})).await;
    for _ in 0..3 {
        assert_eq!(call().await.json()["errcode"], 0);
    }
    let banned = call().await;
    assert!(banned.header("content-type").starts_with("text/html"), "no JSON: {}", banned.body);
    let path = format!("{OAPI}{COUNT}?access_token={token}");
    let punished = site.get(&path, &[]).await.json();
    assert_eq!((&punished["status"], &punished["punish"]), (&json!(1111), &json!("deny")));
    site.clock.advance(299);
    assert!(call().await.header("content-type").starts_with("text/html"));
    site.clock.advance(1);
    assert_eq!(call().await.json()["errcode"], 0);
}

#[tokio::test]
async fn calls_are_counted_by_second_and_interface() {
    let site = Site::new();
    let token = app_token(&site).await;
    control(&site, "DELETE", "counts", json!({})).await;
    for second in 0..3 {
        for _ in 0..=second {
            old_with(&site, COUNT, &token, json!({})).await;
        }
        site.clock.advance(1);
    }
    let counts = site.get("/_control/dingtalk/counts", &[]).await.json();
    assert_eq!((&counts["total"], &counts["busiest_second"]), (&json!(6), &json!(3)));
    assert_eq!(counts["by_api"], json!({COUNT: 6}));
    let name = format!("{CLIENT} {COUNT}");
    assert_eq!(counts["busiest_second_by_application_and_api"][&name], 3);
}

#[tokio::test]
async fn the_nth_call_fails_as_planned() {
    let site = Site::new();
    let token = app_token(&site).await;
    let planned =
        json!({"path": COUNT, "at": 3, "times": 2, "answer": {"errcode": {"code": -1, "message": "系统繁忙"}}});
    control(&site, "POST", "faults", planned).await;
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(old_with(&site, COUNT, &token, json!({})).await["errcode"].as_i64().unwrap());
        old_with(&site, "/topapi/user/listadmin", &token, json!({})).await;
    }
    assert_eq!(seen, [0, 0, -1, -1, 0, 0]);
    for (answer, status, has) in [
        (json!({"html": {"status": 502}}), StatusCode::BAD_GATEWAY, "<h1>"),
        (json!("empty"), StatusCode::OK, ""),
        (json!("punish"), StatusCode::OK, "\"punish\":\"deny\""),
        (json!({"gateway": {"sub_code": "42001", "message": "x"}}), StatusCode::OK, "\"sub_code\":\"42001\""),
        (
            json!({"problem": {"status": 429, "code": "system.busy", "message": "x"}}),
            StatusCode::TOO_MANY_REQUESTS,
            "system.busy",
        ),
    ] {
        control(&site, "POST", "faults", json!({"answer": answer})).await;
        let reply = site.json("POST", &format!("{OAPI}{COUNT}?access_token={token}"), json!({})).await;
        assert!(reply.status == status && reply.body.contains(has), "{}", reply.body);
    }
    control(&site, "POST", "faults", json!({"at": 9, "answer": "empty"})).await;
    assert_eq!(site.get("/_control/dingtalk/faults", &[]).await.json().as_array().unwrap().len(), 1);
    control(&site, "DELETE", "faults", json!({})).await;
    assert_eq!(site.get("/_control/dingtalk/faults", &[]).await.json(), json!([]));
}
