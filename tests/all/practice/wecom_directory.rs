//! §12.8, §12.9: what is readable by whom, and how lists come.

use serde_json::{Value, json};

use super::site::Site;
use super::wecom_home::{AGENT, app, contact, control, errcode, get, hire, post, settings};

const SENSITIVE: [&str; 7] = ["avatar", "gender", "mobile", "email", "biz_mail", "qr_code", "address"];

#[tokio::test]
async fn a_new_application_reads_names_and_places_and_nothing_sensitive() {
    let site = Site::new();
    let user = get(&site, &app(&site).await, "user/get", &[("userid", "LinXiaoMan")]).await;
    assert_eq!(
        user,
        json!({"errcode": 0, "errmsg": "ok", "userid": "LinXiaoMan", "name": "林小满", "department": [2, 4],
               "order": [1, 10], "is_leader_in_dept": [1, 0], "direct_leader": [], "main_department": 2,
               "position": "工程师", "telephone": "", "alias": "", "status": 1, "extattr": {"attrs": []},
               "external_position": ""})
    );
}

#[tokio::test]
async fn an_old_application_reads_the_seven_fields_too_and_no_field_is_null() {
    let site = Site::new();
    settings(&site, json!({"agents": {AGENT: {"old": true}}})).await;
    let user = get(&site, &app(&site).await, "user/get", &[("userid", "LinXiaoMan")]).await;
    for name in SENSITIVE.iter().chain(&["enable", "isleader"]) {
        assert!(user.get(name).is_some(), "{name}");
    }
    assert_eq!((&user["mobile"], &user["gender"]), (&json!("13800000001"), &json!("1")));
    assert!(user.as_object().unwrap().values().all(|value| !value.is_null()));
}

#[tokio::test]
async fn userids_are_found_in_any_case_and_come_back_as_they_were_spelled() {
    let site = Site::new();
    let token = app(&site).await;
    for userid in ["linxiaoman", "LINXIAOMAN", "LinXiaoMan"] {
        assert_eq!(get(&site, &token, "user/get", &[("userid", userid)]).await["userid"], "LinXiaoMan");
    }
    hire(&site, "zhang.san@x", json!({"name": "张三"})).await;
    assert_eq!(get(&site, &token, "user/get", &[("userid", "ZHANG.SAN@X")]).await["name"], "张三");
    for userid in ["_x", "a b", "张三"] {
        assert_eq!(
            control(
                &site,
                "PUT",
                &format!("/members/{}", super::site::encode(&[(userid, "")]).trim_end_matches('=')),
                json!({})
            )
            .await
            .status,
            422
        );
    }
}

#[tokio::test]
async fn unknown_out_of_range_and_missing_have_their_own_codes() {
    let site = Site::new();
    settings(&site, json!({"agents": {AGENT: {"departments": [2]}}})).await;
    let token = app(&site).await;
    assert_eq!(errcode(&get(&site, &token, "user/get", &[("userid", "nobody")]).await), 60111);
    assert_eq!(errcode(&get(&site, &token, "user/get", &[("userid", "amara")]).await), 60011);
    assert_eq!(errcode(&get(&site, &token, "user/get", &[]).await), 41009);
    let list = get(&site, &token, "user/list", &[("department_id", "3")]).await;
    assert_eq!((errcode(&list), &list["userlist"]), (60011, &json!([])), "a list stands empty beside the code");
    assert_eq!(errcode(&get(&site, &token, "user/simplelist", &[("department_id", "99")]).await), 60003);
    assert_eq!(errcode(&get(&site, &token, "department/list", &[("id", "3")]).await), 60011);
    assert_eq!(errcode(&get(&site, &token, "department/get", &[("id", "99")]).await), 60003);
}

#[tokio::test]
async fn a_range_shows_its_subtree_its_single_people_and_their_visible_departments() {
    let site = Site::new();
    settings(&site, json!({"agents": {AGENT: {"departments": [4], "users": ["AMARA"]}}})).await;
    let token = app(&site).await;
    let departments = get(&site, &token, "department/list", &[]).await;
    assert_eq!(departments["department"][0]["id"], 4);
    assert_eq!(departments["department"][0]["parentid"], 2, "the parent is not visible: an orphan");
    assert_eq!(departments["department"].as_array().unwrap().len(), 1);
    let user = get(&site, &token, "user/get", &[("userid", "LinXiaoMan")]).await;
    assert_eq!((&user["department"], &user["order"], &user["main_department"]), (&json!([4]), &json!([10]), &json!(2)));
    assert_eq!(errcode(&get(&site, &token, "user/get", &[("userid", "amara")]).await), 0);
    let agent = get(&site, &token, "agent/get", &[("agentid", AGENT)]).await;
    assert_eq!(agent["allow_partys"], json!({"partyid": [4]}));
    assert_eq!(agent["allow_userinfos"], json!({"user": [{"userid": "AMARA"}]}));
    assert_eq!(agent["redirect_domain"], super::wecom_home::issuer_host());
    assert_eq!(errcode(&get(&site, &token, "agent/get", &[("agentid", "1000003")]).await), 301_002);
}

#[tokio::test]
async fn the_contact_secret_with_a_new_address_reads_ids_and_no_names() {
    let site = Site::new();
    let token = contact(&site).await;
    for (api, query) in [
        ("user/get", ("userid", "amara")),
        ("user/list", ("department_id", "1")),
        ("department/list", ("id", "1")),
        ("department/get", ("id", "1")),
    ] {
        assert_eq!(errcode(&get(&site, &token, api, &[query]).await), 48002, "{api}");
    }
    let skeleton = get(&site, &token, "department/simplelist", &[]).await;
    assert_eq!(skeleton["department_id"][0], json!({"id": 1, "parentid": 0, "order": 100_000_000}));
    settings(&site, json!({"contact": {"old_ip": true}})).await;
    let user = get(&site, &token, "user/get", &[("userid", "amara")]).await;
    assert!(SENSITIVE.iter().all(|name| user.get(name).is_some()));
    assert_eq!(errcode(&get(&site, &token, "department/list", &[]).await), 0);
}

#[tokio::test]
async fn list_id_is_for_the_contact_secret_and_pages_by_cursor_with_a_row_per_department() {
    let site = Site::new();
    assert_eq!(errcode(&post(&site, &app(&site).await, "user/list_id", json!({"limit": 10})).await), 48002);
    let token = contact(&site).await;
    let (mut rows, mut cursor, mut pages) = (Vec::new(), Value::Null, 0);
    loop {
        let body = if cursor.is_null() { json!({"limit": 2}) } else { json!({"limit": 2, "cursor": cursor}) };
        let page = post(&site, &token, "user/list_id", body).await;
        rows.extend(page["dept_user"].as_array().unwrap().clone());
        pages += 1;
        cursor = page["next_cursor"].clone();
        if cursor == "" {
            break;
        }
    }
    assert_eq!(
        rows,
        [
            json!({"userid": "amara", "department": 3}),
            json!({"userid": "cleo.marsh", "department": 4}),
            json!({"userid": "LinXiaoMan", "department": 2}),
            json!({"userid": "LinXiaoMan", "department": 4})
        ]
    );
    assert_eq!(pages, 2);
    for body in [json!({"limit": 0}), json!({"limit": 10_001}), json!({"limit": "x"}), json!({"cursor": "nonsense"})] {
        assert_eq!(errcode(&post(&site, &token, "user/list_id", body).await), 40058);
    }
    let broken = site
        .post(&format!("{}/user/list_id?access_token={token}", super::wecom_home::API), &[("limit", "2")], &[])
        .await;
    assert_eq!(errcode(&broken.json()), 47001);
}

#[tokio::test]
async fn lists_hold_direct_members_and_with_the_old_parameter_those_below() {
    let site = Site::new();
    let token = app(&site).await;
    let names = |list: &Value| -> Vec<String> {
        list["userlist"].as_array().unwrap().iter().map(|user| user["userid"].as_str().unwrap().to_owned()).collect()
    };
    let direct = get(&site, &token, "user/simplelist", &[("department_id", "2")]).await;
    assert_eq!(names(&direct), ["LinXiaoMan"]);
    assert_eq!(direct["userlist"][0], json!({"userid": "LinXiaoMan", "name": "林小满", "department": [2, 4]}));
    let deep = get(&site, &token, "user/simplelist", &[("department_id", "1"), ("fetch_child", "1")]).await;
    assert_eq!(names(&deep).len(), 3, "nobody twice");
    let full = get(&site, &token, "user/list", &[("department_id", "3")]).await;
    assert_eq!((&full["userlist"][0]["status"], full["userlist"][0].get("mobile")), (&json!(1), None));
}

#[tokio::test]
async fn departments_come_as_a_list_or_as_one_object_with_visible_leaders() {
    let site = Site::new();
    let token = app(&site).await;
    let all = get(&site, &token, "department/list", &[]).await;
    assert_eq!(
        all["department"][0],
        json!({"id": 1, "name": "练习公司", "department_leader": [], "parentid": 0, "order": 100_000_000})
    );
    let one = get(&site, &token, "department/get", &[("id", "2")]).await;
    assert_eq!(
        one["department"],
        json!({"id": 2, "name": "研发中心", "name_en": "RD", "department_leader": ["LinXiaoMan"], "parentid": 1, "order": 10})
    );
    let below = get(&site, &token, "department/list", &[("id", "2")]).await;
    let ids: Vec<&Value> = below["department"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [2, 4]);
}

#[tokio::test]
async fn status_ragged_arrays_and_a_main_department_elsewhere_are_shown_as_they_are() {
    let site = Site::new();
    let token = app(&site).await;
    for status in [1, 2, 4, 5, 6] {
        control(&site, "PATCH", "/members/amara", json!({"status": status, "main_department": 99})).await;
        let user = get(&site, &token, "user/get", &[("userid", "amara")]).await;
        assert_eq!((&user["status"], &user["main_department"]), (&json!(status), &json!(99)));
    }
    settings(&site, json!({"quirks": {"ragged_arrays": true}})).await;
    let user = get(&site, &token, "user/get", &[("userid", "LinXiaoMan")]).await;
    assert_eq!((&user["department"], &user["order"]), (&json!([2, 4]), &json!([1])));
}

#[tokio::test]
async fn people_are_found_by_mobile_and_address() {
    let site = Site::new();
    let token = app(&site).await;
    assert_eq!(post(&site, &token, "user/getuserid", json!({"mobile": "13800000001"})).await["userid"], "LinXiaoMan");
    assert_eq!(errcode(&post(&site, &token, "user/getuserid", json!({"mobile": "13999999999"})).await), 46004);
    let own = json!({"email": "amara@example.com", "email_type": 2});
    assert_eq!(post(&site, &token, "user/get_userid_by_email", own).await["userid"], "amara");
    let corp = json!({"email": "amara@corp.example.com", "email_type": 1});
    assert_eq!(post(&site, &token, "user/get_userid_by_email", corp).await["userid"], "amara");
}

#[tokio::test]
async fn a_large_company_is_made_by_index_and_read_whole_in_both_ways() {
    let site = Site::new();
    control(&site, "POST", "/generate", json!({"people": 3000, "departments": 120})).await;
    let token = contact(&site).await;
    let (mut people, mut rows, mut cursor) = (std::collections::BTreeSet::new(), 0, String::new());
    loop {
        let page = post(&site, &token, "user/list_id", json!({"limit": 1000, "cursor": cursor})).await;
        for row in page["dept_user"].as_array().unwrap() {
            people.insert(row["userid"].as_str().unwrap().to_owned());
            rows += 1;
        }
        page["next_cursor"].as_str().unwrap().clone_into(&mut cursor);
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(people.len(), 3003);
    assert_eq!(rows, 3000 + 3000_usize.div_ceil(7) + 4, "every seventh sits in two departments");
    let token = app(&site).await;
    let departments = get(&site, &token, "department/list", &[]).await;
    let departments = departments["department"].as_array().unwrap().clone();
    assert_eq!(departments.len(), 124);
    let mut found = std::collections::BTreeSet::new();
    for department in &departments {
        let id = department["id"].to_string();
        let list = get(&site, &token, "user/list", &[("department_id", &id)]).await;
        found.extend(
            list["userlist"].as_array().unwrap().iter().map(|user| user["userid"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(found, people);
    let counted = control(&site, "GET", "/requests", json!({})).await.json();
    assert_eq!((&counted["user/list"], &counted["user/list_id"]), (&json!(124), &json!(4)));
}
