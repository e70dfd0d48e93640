//! People leave, departments move and go, companies dissolve (§7.4, §12.4; §14, 13), and a crowd to sync with.

use http::StatusCode;
use serde_json::{Value, json};

use super::dingtalk::{API, app_token, control, old, old_with};
use super::site::Site;

const DEPARTMENTS: &str = "companies/dingpractice/departments";
const MEMBERS: &str = "companies/dingpractice/members";

async fn errcode(site: &Site, path: &str, body: Value) -> i64 {
    old(site, path, body).await["errcode"].as_i64().unwrap()
}

async fn records(site: &Site, query: &str) -> super::site::Reply {
    let token = app_token(site).await;
    let path = format!("{API}/contact/empLeaveRecords?{query}");
    site.get(&path, &[("x-acs-dingtalk-access-token", &token)]).await
}

#[tokio::test]
async fn who_left_is_not_found_any_more_and_stands_in_the_records() {
    let site = Site::new();
    let union_id = old(&site, "/topapi/v2/user/get", json!({"userid": "0156"})).await["result"]["unionid"].clone();
    control(&site, "DELETE", &format!("{MEMBERS}/0156"), json!({"reason": "leave"})).await;
    assert_eq!(errcode(&site, "/topapi/v2/user/get", json!({"userid": "0156"})).await, 60121);
    assert_eq!(errcode(&site, "/topapi/user/getbyunionid", json!({"unionid": union_id})).await, 60121);
    // The clock of the tests stands on 2025-06-15.
    let days = "startTime=2025-06-15T00:00:00Z&endTime=2025-06-16T00:00:00Z&nextToken=0&maxResults=50";
    let found = records(&site, days).await.json();
    let row = &found["records"][0];
    assert_eq!((&row["userId"], &row["leaveReason"]), (&json!("0156"), &json!("leave")));
    assert_eq!((&row["stateCode"], &row["mobile"]), (&json!("86"), &json!("13800000002")));
    assert_eq!(row["leaveTime"], "2025-06-15T15:06:40Z");
    assert_eq!(found.get("nextToken"), None);
    control(&site, "PUT", &format!("{MEMBERS}/0156b"), json!({"person": "amara"})).await;
    let back = old(&site, "/topapi/user/getbyunionid", json!({"unionid": union_id})).await;
    assert_eq!(back["result"]["userid"], "0156b", "back under another userid, with the same unionId");
}

#[tokio::test]
async fn who_leaves_by_their_own_phone_has_left_and_may_come_back() {
    let site = Site::new();
    let waiting = async || {
        let report = site.get("/_control/dingtalk/stream", &[]).await.json();
        let waiting = report["waiting"].as_array().unwrap().iter().map(|it| it["eventType"].clone());
        waiting.collect::<Vec<_>>()
    };
    assert_eq!(waiting().await, Vec::<Value>::new());
    let left = |left: bool| json!({"dingtalk": {"userid": "0156", "left": left}});
    site.json("PATCH", "/_control/people/amara", left(true)).await;
    assert_eq!(errcode(&site, "/topapi/v2/user/get", json!({"userid": "0156"})).await, 60121);
    assert_eq!(waiting().await, [json!("user_leave_org")]);
    let found = records(&site, "startTime=2025-06-15T00:00:00Z&nextToken=0&maxResults=50").await.json();
    assert_eq!(found["records"][0]["leaveReason"], "leave");
    site.json("PATCH", "/_control/people/amara", left(false)).await;
    assert_eq!(errcode(&site, "/topapi/v2/user/get", json!({"userid": "0156"})).await, 0);
    assert_eq!(waiting().await, [json!("user_leave_org"), json!("user_add_org")]);
}

#[tokio::test]
async fn the_records_refuse_what_the_documents_refuse() {
    let site = Site::new();
    for query in [
        "startTime=2025-06-15&nextToken=0&maxResults=50",
        "startTime=2025-06-15T00:00:00Z&nextToken=0&maxResults=51",
        "startTime=2023-06-15T00:00:00Z&endTime=2025-06-15T00:00:00Z&nextToken=0&maxResults=5",
        "nextToken=0&maxResults=5",
    ] {
        let reply = records(&site, query).await;
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (StatusCode::BAD_REQUEST, &json!("invalidParameter.param.invalid")),
            "{query}"
        );
    }
    control(&site, "DELETE", &format!("{MEMBERS}/0156"), json!({"also": ["manager4220", "cleo-5"]})).await;
    let first = records(&site, "startTime=2025-06-15T00:00:00Z&nextToken=0&maxResults=2").await.json();
    assert_eq!((first["records"].as_array().unwrap().len(), &first["nextToken"]), (2, &json!("2")));
    let second = records(&site, "startTime=2025-06-15T00:00:00Z&nextToken=2&maxResults=2").await.json();
    assert_eq!(second["records"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn departments_are_renamed_moved_and_removed_with_all_below() {
    let site = Site::new();
    control(&site, "PATCH", &format!("{DEPARTMENTS}/440002"), json!({"name": "花园组", "parent": 1})).await;
    let top = old(&site, "/topapi/v2/department/listsub", json!({})).await;
    let names: Vec<_> = top["result"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, [json!("设计部"), json!("花园组")]);
    control(&site, "PATCH", &format!("{DEPARTMENTS}/440002"), json!({"parent": 440_001})).await;
    control(&site, "DELETE", &format!("{DEPARTMENTS}/440001"), json!({})).await;
    for id in [440_001, 440_002] {
        assert_eq!(errcode(&site, "/topapi/v2/department/get", json!({"dept_id": id})).await, 60003);
    }
    let member = old(&site, "/topapi/v2/user/get", json!({"userid": "0156"})).await;
    assert_eq!(member["result"]["dept_id_list"], json!([]), "its people stay in the company");
    control(&site, "PUT", &format!("{DEPARTMENTS}/440009"), json!({"name": "设计部"})).await;
    let again = old(&site, "/topapi/v2/department/listsub", json!({})).await;
    assert_eq!(again["result"][0]["dept_id"], 440_009, "made anew: the same name, another id");
}

#[tokio::test]
async fn a_dissolved_company_answers_70001_and_its_name_can_be_asked_before() {
    let site = Site::new();
    let token = app_token(&site).await;
    let path = format!("{API}/contact/organizations/authInfos?targetCorpId=dingpractice");
    let header = [("x-acs-dingtalk-access-token", token.as_str())];
    assert_eq!(site.get(&path, &header).await.json()["orgName"], "练习工场");
    control(&site, "PUT", "companies/dingpractice", json!({"name": "新名字"})).await;
    assert_eq!(site.get(&path, &header).await.json()["orgName"], "新名字");
    control(&site, "POST", "companies/dingpractice/dissolve", json!({})).await;
    assert_eq!(errcode(&site, "/topapi/user/count", json!({})).await, 70001);
    assert_eq!(site.get(&path, &header).await.status, StatusCode::BAD_REQUEST);
}

/// Walks the whole directory as a sync does; people by userid, and how many departments.
async fn walk(site: &Site, token: &str) -> (std::collections::BTreeMap<String, Value>, usize) {
    let (mut people, mut departments) = (std::collections::BTreeMap::new(), 0);
    let mut waiting = vec![json!(1)];
    while let Some(id) = waiting.pop() {
        departments += 1;
        let below = old_with(site, "/topapi/v2/department/listsub", token, json!({"dept_id": id})).await;
        waiting.extend(below["result"].as_array().unwrap().iter().map(|it| it["dept_id"].clone()));
        let mut cursor = json!(0);
        loop {
            let page = json!({"dept_id": id, "cursor": cursor, "size": 100});
            let page = old_with(site, "/topapi/v2/user/list", token, page).await;
            for member in page["result"]["list"].as_array().unwrap() {
                people.insert(member["userid"].as_str().unwrap().to_owned(), member.clone());
            }
            if page["result"]["has_more"] == false {
                break;
            }
            cursor = page["result"]["next_cursor"].clone();
        }
    }
    (people, departments)
}

#[tokio::test]
async fn a_made_up_crowd_is_walked_whole_and_changes_like_anybody() {
    let site = Site::new();
    control(
        &site,
        "PUT",
        "directory",
        json!({"people": 1200, "departments": 60, "first_department": 9_007_199_254_740_993_u64}),
    )
    .await;
    let token = app_token(&site).await;
    let (people, departments) = walk(&site, &token).await;
    assert_eq!((people.len(), departments), (1203, 63));
    let told = site.get("/_control/dingtalk/directory", &[]).await.json();
    assert_eq!((&told["people"], &told["departments"]), (&json!(1203), &json!(63)));
    let guest = &people["p0000013"];
    assert_eq!(guest["dept_id_list"].as_array().unwrap().len(), 2, "every tenth is in two departments");
    let found = old(&site, "/topapi/user/getbyunionid", json!({"unionid": guest["unionid"]})).await;
    assert_eq!(found["result"]["userid"], "p0000013");
    control(&site, "DELETE", &format!("{MEMBERS}/p0000013"), json!({})).await;
    control(&site, "DELETE", &format!("{DEPARTMENTS}/9007199254740993"), json!({})).await;
    let (people, departments) = walk(&site, &token).await;
    assert!(!people.contains_key("p0000013"));
    assert_eq!(departments, 63 - 11, "the first one had ten below it");
    let found = old(&site, "/topapi/user/getbyunionid", json!({"unionid": guest["unionid"]})).await;
    assert_eq!(found["errcode"], 60121);
}

#[tokio::test]
async fn fifty_thousand_people_in_five_thousand_departments_cost_nothing_to_make() {
    let site = Site::new();
    control(&site, "PUT", "directory", json!({"people": 50_000, "departments": 5000})).await;
    let told = site.get("/_control/dingtalk/directory", &[]).await.json();
    assert_eq!((&told["people"], &told["departments"]), (&json!(50_003), &json!(5003)));
    for (id, people) in [(900_000_005_u64, 20), (900_005_000, 10)] {
        let page = json!({"dept_id": id, "cursor": 0, "size": 100});
        let list = old(&site, "/topapi/v2/user/list", page).await;
        assert_eq!(
            list["result"]["list"].as_array().unwrap().len(),
            people,
            "its own, and the guests of the one before"
        );
    }
    assert_eq!(errcode(&site, "/topapi/v2/department/get", json!({"dept_id": 900_005_001})).await, 60003);
}
