//! The directory (§7; §14, 9): people, departments, scope, paging.

use serde_json::{Value, json};

use super::dingtalk::{CLIENT, control, old};
use super::site::Site;

const DESIGN: u64 = 440_001;
const GARDEN: u64 = 440_002;

async fn put(site: &Site, userid: &str, member: Value) {
    control(site, "PUT", &format!("companies/dingpractice/members/{userid}"), member).await;
}

async fn result(site: &Site, path: &str, body: Value) -> Value {
    let answer = old(site, path, body).await;
    assert_eq!((&answer["errcode"], &answer["errmsg"]), (&json!(0), &json!("ok")), "{path}: {answer}");
    answer["result"].clone()
}

async fn errcode(site: &Site, path: &str, body: Value) -> i64 {
    old(site, path, body).await["errcode"].as_i64().unwrap()
}

#[tokio::test]
async fn a_member_has_the_documents_fields_and_no_empty_ones() {
    let site = Site::new();
    let plain = result(&site, "/topapi/v2/user/get", json!({"userid": "manager4220"})).await;
    assert_eq!(
        (&plain["name"], &plain["mobile"], &plain["state_code"]),
        (&json!("林小满"), &json!("13800000001"), &json!("86"))
    );
    assert_eq!(plain["dept_id_list"], json!([DESIGN]));
    assert_eq!(plain["leader_in_dept"], json!([{"dept_id": DESIGN, "leader": false}]));
    for absent in ["avatar", "title", "org_email", "telephone", "role_list", "manager_userid", "hired_date", "remark"] {
        assert_eq!(plain.get(absent), None, "{absent}");
    }
    let full = json!({
        "person": "xiaoman", "title": "园艺师", "org_email": "xm@works.example", "departments": [DESIGN, GARDEN],
        "leader_in": [GARDEN], "roles": [{"id": 7, "name": "负责人", "group_name": "默认"}], "manager_userid": "0156",
        "hired_date": 1_597_573_616_828_i64, "active": false,
    });
    put(&site, "manager4220", full).await;
    let full = result(&site, "/topapi/v2/user/get", json!({"userid": "manager4220", "language": "en_US"})).await;
    assert_eq!(full["leader_in_dept"][1], json!({"dept_id": GARDEN, "leader": true}));
    assert_eq!(
        (&full["active"], &full["manager_userid"], &full["role_list"][0]["id"]),
        (&json!(false), &json!("0156"), &json!(7))
    );
}

#[tokio::test]
async fn personal_fields_need_their_grants() {
    let site = Site::new();
    control(&site, "PATCH", &format!("apps/{CLIENT}"), json!({"fields": []})).await;
    let member = result(&site, "/topapi/v2/user/get", json!({"userid": "manager4220"})).await;
    assert!(member.get("mobile").is_none() && member.get("email").is_none() && member.get("state_code").is_none());
}

#[tokio::test]
async fn nobody_and_no_department_have_their_codes() {
    let site = Site::new();
    assert_eq!(errcode(&site, "/topapi/v2/user/get", json!({"userid": "nobody"})).await, 60121);
    assert_eq!(errcode(&site, "/topapi/v2/user/get", json!({})).await, 33012);
    assert_eq!(errcode(&site, "/topapi/user/getbyunionid", json!({"unionid": "nobody"})).await, 60121);
    assert_eq!(errcode(&site, "/topapi/user/getbyunionid", json!({})).await, 400_002);
    assert_eq!(errcode(&site, "/topapi/v2/department/listsub", json!({"dept_id": 5})).await, 60003);
    assert_eq!(errcode(&site, "/topapi/v2/department/listsub", json!({"dept_id": "x"})).await, 400_002);
    assert_eq!(errcode(&site, "/topapi/v2/user/getbymobile", json!({"mobile": "13911112222"})).await, 40104);
    let bad_page = json!({"dept_id": 1, "cursor": 0, "size": 101});
    assert_eq!(errcode(&site, "/topapi/v2/user/list", bad_page).await, 40069);
    assert_eq!(errcode(&site, "/topapi/v2/user/list", json!({"dept_id": 1, "size": 10})).await, 40068);
}

#[tokio::test]
async fn departments_are_listed_one_level_at_a_time() {
    let site = Site::new();
    let top = result(&site, "/topapi/v2/department/listsub", json!({})).await;
    assert_eq!(top.as_array().unwrap().len(), 1, "children of children are not there: {top}");
    assert_eq!(
        (&top[0]["dept_id"], &top[0]["parent_id"], &top[0]["name"]),
        (&json!(DESIGN), &json!(1), &json!("设计部"))
    );
    let ids = result(&site, "/topapi/v2/department/listsubid", json!({"dept_id": DESIGN})).await;
    assert_eq!(ids["dept_id_list"], json!([GARDEN]));
    let root = result(&site, "/topapi/v2/department/get", json!({"dept_id": 1})).await;
    assert_eq!((&root["name"], root.get("parent_id")), (&json!("练习工场"), None));
    assert_eq!((&root["member_count"], &root["owning_member_count"]), (&json!(3), &json!(1)), "one sits in the root");
    let above = result(&site, "/topapi/v2/department/listparentbydept", json!({"dept_id": GARDEN})).await;
    assert_eq!(above["parent_id_list"], json!([GARDEN, DESIGN, 1]));
    let of_user = result(&site, "/topapi/v2/department/listparentbyuser", json!({"userid": "0156"})).await;
    assert_eq!(of_user["parent_list"], json!([{"parent_dept_id_list": [DESIGN, 1]}]));
}

#[tokio::test]
async fn members_come_in_pages_and_the_last_one_has_no_cursor() {
    let site = Site::new();
    for number in 0..5 {
        put(&site, &format!("u{number}"), json!({"name": format!("U{number}"), "departments": [GARDEN]})).await;
    }
    let mut cursor = json!(0);
    let mut seen = Vec::new();
    for last in [false, false, true] {
        let page = json!({"dept_id": GARDEN, "cursor": cursor, "size": 2});
        let page = result(&site, "/topapi/v2/user/list", page).await;
        seen.extend(page["list"].as_array().unwrap().iter().map(|it| it["userid"].as_str().unwrap().to_owned()));
        assert_eq!((&page["has_more"], page.get("next_cursor").is_none()), (&json!(!last), last));
        cursor = page["next_cursor"].clone();
    }
    assert_eq!(seen, ["u0", "u1", "u2", "u3", "u4"]);
    let direct = json!({"dept_id": DESIGN, "cursor": 0, "size": 100});
    let simple = result(&site, "/topapi/user/listsimple", direct.clone()).await;
    assert_eq!(simple["list"].as_array().unwrap().len(), 2, "direct members only");
    let list = result(&site, "/topapi/v2/user/list", direct).await;
    assert!(list["list"][0]["leader"].is_boolean() && list["list"][0]["unionid"].is_string());
    let backwards = json!({"dept_id": GARDEN, "cursor": 0, "size": 9, "order_field": "entry_desc"});
    assert_eq!(result(&site, "/topapi/v2/user/list", backwards).await["list"][0]["userid"], "u4");
}

#[tokio::test]
async fn the_contact_scope_hides_people_and_departments() {
    let site = Site::new();
    put(&site, "gardener", json!({"name": "G", "departments": [GARDEN]})).await;
    let scope = json!({"scope_departments": [GARDEN], "scope_users": ["cleo-5"]});
    control(&site, "PATCH", &format!("apps/{CLIENT}"), scope).await;
    let scopes = old(&site, "/auth/scopes", json!({})).await;
    assert_eq!(scopes["auth_org_scopes"], json!({"authed_user": ["cleo-5"], "authed_dept": [GARDEN]}));
    assert!(
        scopes.get("result").is_none() && scopes["auth_user_field"].is_array() && scopes["condition_field"].is_array()
    );
    assert_eq!(errcode(&site, "/topapi/v2/department/listsub", json!({})).await, 50004);
    assert_eq!(errcode(&site, "/topapi/v2/department/get", json!({"dept_id": DESIGN})).await, 50004);
    let page = json!({"dept_id": DESIGN, "cursor": 0, "size": 10});
    assert_eq!(errcode(&site, "/topapi/v2/user/list", page).await, 50004);
    assert_eq!(errcode(&site, "/topapi/v2/user/get", json!({"userid": "0156"})).await, 50002);
    for seen in ["gardener", "cleo-5"] {
        assert_eq!(errcode(&site, "/topapi/v2/user/get", json!({"userid": seen})).await, 0, "{seen}");
    }
    let ids = result(&site, "/topapi/v2/department/listsubid", json!({"dept_id": 1})).await;
    assert_eq!(ids["dept_id_list"], json!([DESIGN]), "not filtered");
    let ids = result(&site, "/topapi/user/listid", json!({"dept_id": DESIGN})).await;
    assert_eq!(ids["userid_list"].as_array().unwrap().len(), 2, "not filtered");
    site.switch("dingtalk", &["scope_omits"]).await;
    assert_eq!(result(&site, "/topapi/v2/department/listsub", json!({})).await, json!([]));
}

#[tokio::test]
async fn people_are_found_by_union_id_and_number_and_external_ones_say_so() {
    let site = Site::new();
    let union_id = result(&site, "/topapi/v2/user/get", json!({"userid": "0156"})).await["unionid"].clone();
    let found = result(&site, "/topapi/user/getbyunionid", json!({"unionid": union_id})).await;
    assert_eq!(found, json!({"contact_type": 0, "userid": "0156"}));
    let case = union_id.as_str().unwrap().to_lowercase();
    assert_eq!(errcode(&site, "/topapi/user/getbyunionid", json!({"unionid": case})).await, 60121, "case matters");
    let found = result(&site, "/topapi/v2/user/getbymobile", json!({"mobile": "13800000002"})).await;
    assert_eq!(found["userid"], "0156");
    put(&site, "ext1", json!({"person": "fox", "external": true})).await;
    let reply = site.get("/_control/dingtalk/accounts/fox", &[]).await.json();
    let external = result(&site, "/topapi/user/getbyunionid", json!({"unionid": reply["unionId"]})).await;
    assert_eq!(external, json!({"contact_type": 1, "userid": "ext1"}));
    assert_eq!(result(&site, "/topapi/user/count", json!({"only_active": false})).await["count"], 3, "employees only");
    let admins = result(&site, "/topapi/user/listadmin", json!({})).await;
    assert_eq!(admins, json!([{"userid": "0156", "sys_level": 1}]));
}

#[tokio::test]
async fn circles_missing_parents_and_people_without_a_department_can_be_made() {
    let site = Site::new();
    for (id, parent) in [(8_u64, 9_u64), (9, 8), (10, 999)] {
        let body = json!({"name": format!("D{id}"), "parent": parent});
        control(&site, "PUT", &format!("companies/dingpractice/departments/{id}"), body).await;
    }
    let way = result(&site, "/topapi/v2/department/listparentbydept", json!({"dept_id": 8})).await;
    assert_eq!(way["parent_id_list"], json!([8, 9]), "a circle ends");
    assert_eq!(result(&site, "/topapi/v2/department/get", json!({"dept_id": 10})).await["parent_id"], 999);
    put(&site, "lost", json!({"name": "Lost", "departments": []})).await;
    let lost = result(&site, "/topapi/v2/user/get", json!({"userid": "lost"})).await;
    assert_eq!(lost["dept_id_list"], json!([]));
}
