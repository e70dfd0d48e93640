//! §12.10: the check of the address, and events as they are today.

use serde_json::{Value, json};

use super::listener::Listener;
use super::site::Site;
use super::wecom_home::{CORP, app, contact, control, errcode, get, hire, post, settings};
use super::wecom_sealed::{AES_KEY, TOKEN, element, event, fields, open, sha1};

async fn listening() -> (Site, Listener) {
    let (site, listener) = (Site::new(), Listener::start("success").await);
    let hook = format!("{}/hook/wecom", listener.origin);
    settings(&site, json!({"contact": {"hook": hook}})).await;
    (site, listener)
}

#[tokio::test]
async fn the_test_vectors_of_the_reference_open_with_the_same_code() {
    let sealed = "4byGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==";
    assert_eq!(
        open(
            "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
            "Q3stYC6hdFzMh9T8HCvyDH0IHJENRtL8kKsqSYgg4gC0hqljEaqHI2fWf2hJJgUpIst0K+afUVpq4bmIikaldA=="
        ),
        ("1616140317555161061".to_owned(), "wwtestcorp000001".to_owned())
    );
    assert_eq!(
        sha1(["123456", "1411443780", "437374425", &sealed.replacen("4byGG", "4ByGG", 1)]),
        "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96"
    );
}

#[tokio::test]
async fn an_address_is_saved_when_it_answers_the_echo_in_plain() {
    let (site, mut listener) = (Site::new(), Listener::start("").await);
    let url = format!("{}/hook/wecom", listener.origin);
    let new = json!({"url": url, "token": TOKEN, "aes_key": AES_KEY});
    let refused = control(&site, "POST", "/hook/verify", new.clone()).await.json();
    assert_eq!(refused["verified"], false);
    let heard = listener.next().await;
    assert_eq!((heard.method.as_str(), heard.path.as_str()), ("GET", "/hook/wecom"));
    let echostr = heard.parameter("echostr");
    let signed = sha1([TOKEN, &heard.parameter("timestamp"), &heard.parameter("nonce"), &echostr]);
    assert_eq!(heard.parameter("msg_signature"), signed);
    assert!(!heard.query.contains('+'), "what the Base64 holds is percent-encoded");
    assert_eq!(control(&site, "GET", "", json!({})).await.json()["contact"]["hook"], Value::Null, "not kept");

    listener.answer_with(|heard| (200, format!("\"{}\"", open(AES_KEY, &heard.parameter("echostr")).0)));
    assert_eq!(control(&site, "POST", "/hook/verify", new.clone()).await.json()["verified"], false, "with quotes");
    listener.answer_with(|heard| (200, open(AES_KEY, &heard.parameter("echostr")).0));
    assert_eq!(control(&site, "POST", "/hook/verify", new).await.json()["verified"], true);
    assert_eq!(control(&site, "GET", "", json!({})).await.json()["contact"]["hook"], url);
}

#[tokio::test]
async fn an_address_that_takes_longer_than_a_second_is_refused() {
    let (site, listener) = (Site::new(), Listener::start("").await);
    listener.answer_with(|heard| {
        std::thread::sleep(std::time::Duration::from_secs(4));
        (200, open(AES_KEY, &heard.parameter("echostr")).0)
    });
    let new = json!({"url": format!("{}/hook/wecom", listener.origin)});
    assert_eq!(control(&site, "POST", "/hook/verify", new).await.json()["verified"], false);
}

#[tokio::test]
async fn people_who_come_move_are_renamed_and_leave_are_told_with_little() {
    let (site, mut listener) = listening().await;
    hire(&site, "zhangsan", json!({"name": "张三", "departments": [{"id": 2}, {"id": 3}]})).await;
    let xml = event(&listener.next().await, CORP);
    for (name, value) in [
        ("FromUserName", "sys"),
        ("CreateTime", "1750000000"),
        ("MsgType", "event"),
        ("Event", "change_contact"),
        ("ChangeType", "create_user"),
        ("UserID", "zhangsan"),
        ("Department", "2,3"),
    ] {
        assert_eq!(element(&xml, name), value, "{name}");
    }
    assert_eq!(fields(&xml), ["UserID", "Department"]);

    control(&site, "PATCH", "/members/zhangsan", json!({"departments": [{"id": 4}]})).await;
    let xml = event(&listener.next().await, CORP);
    assert_eq!((fields(&xml), element(&xml, "Department")), (vec!["UserID", "Department"], "4".to_owned()));

    control(&site, "POST", "/members/zhangsan/rename", json!({"userid": "ZhangSan2"})).await;
    let xml = event(&listener.next().await, CORP);
    assert_eq!(fields(&xml), ["UserID", "NewUserID"]);
    assert_eq!((element(&xml, "UserID"), element(&xml, "NewUserID")), ("zhangsan".to_owned(), "ZhangSan2".to_owned()));
    let token = app(&site).await;
    assert_eq!(errcode(&get(&site, &token, "user/get", &[("userid", "zhangsan")]).await), 60111);
    assert_eq!(errcode(&get(&site, &token, "user/get", &[("userid", "zhangsan2")]).await), 0);

    control(&site, "DELETE", "/members/zhangsan2", json!({})).await;
    let xml = event(&listener.next().await, CORP);
    assert_eq!((fields(&xml), element(&xml, "UserID")), (vec!["UserID"], "ZhangSan2".to_owned()));
}

#[tokio::test]
async fn names_positions_and_status_change_in_silence_and_so_do_names_of_departments() {
    let (site, mut listener) = listening().await;
    control(&site, "PATCH", "/members/amara", json!({"name": "A.", "position": "x", "status": 2})).await;
    control(&site, "PATCH", "/departments/3", json!({"name": "销售部"})).await;
    assert!(listener.is_silent().await);
    let department = get(&site, &app(&site).await, "department/get", &[("id", "3")]).await;
    assert_eq!(department["department"]["name"], "销售部");
}

#[tokio::test]
async fn departments_that_come_move_and_go_are_told() {
    let (site, mut listener) = listening().await;
    control(&site, "PUT", "/departments/9", json!({"name": "新部门", "parentid": 3})).await;
    let xml = event(&listener.next().await, CORP);
    assert_eq!((element(&xml, "ChangeType"), fields(&xml)), ("create_party".to_owned(), vec!["Id", "ParentId"]));
    control(&site, "PATCH", "/departments/9", json!({"parentid": 2})).await;
    let xml = event(&listener.next().await, CORP);
    assert_eq!((element(&xml, "ChangeType"), element(&xml, "ParentId")), ("update_party".to_owned(), "2".to_owned()));
    control(&site, "DELETE", "/departments/9", json!({})).await;
    let xml = event(&listener.next().await, CORP);
    assert_eq!((element(&xml, "ChangeType"), fields(&xml)), ("delete_party".to_owned(), vec!["Id"]));
}

#[tokio::test]
async fn the_old_rich_form_tells_everything_by_switch() {
    let (site, mut listener) = listening().await;
    settings(&site, json!({"quirks": {"rich_events": true}})).await;
    hire(
        &site,
        "li",
        json!({"name": "李 ]]> 四", "mobile": "13900001234", "departments": [{"id": 2, "leader": true}]}),
    )
    .await;
    let xml = event(&listener.next().await, CORP);
    assert_eq!((element(&xml, "Mobile"), element(&xml, "IsLeaderInDept")), ("13900001234".to_owned(), "1".to_owned()));
    assert!(xml.contains("李 ]]]]><![CDATA[> 四"), "a CDATA section never ends within a text");
    control(&site, "PATCH", "/members/li", json!({"position": "经理"})).await;
    assert_eq!(fields(&event(&listener.next().await, CORP)), ["UserID", "Position"]);
    control(&site, "PATCH", "/departments/3", json!({"name": "销售部"})).await;
    assert_eq!(fields(&event(&listener.next().await, CORP)), ["Id", "Name", "ParentId"]);
}

#[tokio::test]
async fn events_come_twice_or_in_the_wrong_order_by_switch() {
    let (site, mut listener) = listening().await;
    settings(&site, json!({"quirks": {"duplicate_events": true}})).await;
    hire(&site, "one", json!({})).await;
    let (first, second) = (listener.next().await, listener.next().await);
    assert_eq!(event(&first, CORP), event(&second, CORP));
    assert_ne!(first.query, second.query, "each with a nonce of its own");
    settings(&site, json!({"quirks": {"duplicate_events": false, "out_of_order": true}})).await;
    hire(&site, "two", json!({})).await;
    control(&site, "DELETE", "/members/two", json!({})).await;
    let order = [listener.next().await, listener.next().await].map(|heard| element(&event(&heard, CORP), "ChangeType"));
    assert_eq!(order, ["delete_user", "create_user"]);
}

#[tokio::test]
async fn a_wrong_signature_or_another_receiver_can_be_asked_for() {
    let (site, mut listener) = listening().await;
    settings(&site, json!({"quirks": {"wrong_signature": true}})).await;
    hire(&site, "one", json!({})).await;
    let heard = listener.next().await;
    let encrypted = element(&heard.body, "Encrypt");
    let signed = sha1([TOKEN, &heard.parameter("timestamp"), &heard.parameter("nonce"), &encrypted]);
    assert_ne!(heard.parameter("msg_signature"), signed);
    settings(&site, json!({"quirks": {"wrong_signature": false, "wrong_receiver": true}})).await;
    hire(&site, "two", json!({})).await;
    let encrypted = element(&listener.next().await.body, "Encrypt");
    assert_ne!(open(AES_KEY, &encrypted).1, CORP);
}

#[tokio::test]
async fn what_is_not_answered_is_tried_three_times_more_and_then_lost() {
    let (site, mut listener) = listening().await;
    listener.answer_with(|_| (500, String::new()));
    hire(&site, "one", json!({})).await;
    for _ in 0..4 {
        listener.next().await;
    }
    assert!(listener.is_silent().await);
    listener.answer_with(|_| (200, String::new()));
    hire(&site, "two", json!({})).await;
    assert_eq!(element(&event(&listener.next().await, CORP), "UserID"), "two", "the first one is lost");
    let pushed = control(&site, "GET", "/pushed", json!({})).await.json();
    let tries: Vec<&Value> = pushed.as_array().unwrap().iter().map(|push| &push["status"]).collect();
    assert_eq!(tries[..4], [500, 500, 500, 500]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_five_seconds_the_platform_hangs_up_and_tries_again() {
    let (site, mut listener) = listening().await;
    let slow = std::sync::atomic::AtomicBool::new(true);
    listener.answer_with(move |_| {
        if slow.swap(false, std::sync::atomic::Ordering::SeqCst) {
            std::thread::sleep(std::time::Duration::from_millis(5500));
        }
        (200, String::new())
    });
    let before = tokio::time::Instant::now();
    hire(&site, "one", json!({})).await;
    listener.next().await;
    listener.next().await;
    assert!(before.elapsed() >= std::time::Duration::from_secs(5));
    let pushed = control(&site, "GET", "/pushed", json!({})).await.json();
    assert_eq!((&pushed[0]["attempt"], &pushed[0]["status"]), (&json!(1), &Value::Null));
}

#[tokio::test]
async fn the_contact_secret_is_not_told_of_what_it_wrote_itself() {
    let (site, mut listener) = listening().await;
    let token = contact(&site).await;
    let created = post(
        &site,
        &token,
        "user/create",
        json!({"userid": "wang5", "name": "王五", "department": [2], "is_leader_in_dept": [1]}),
    )
    .await;
    assert_eq!((errcode(&created), &created["errmsg"]), (0, &json!("created")));
    assert_eq!(
        post(&site, &token, "user/update", json!({"userid": "wang5", "department": [3]})).await["errmsg"],
        "updated"
    );
    assert_eq!(
        post(&site, &token, "department/create", json!({"name": "仓库", "parentid": 1, "id": 50})).await["errmsg"],
        "created"
    );
    assert_eq!(errcode(&get(&site, &token, "user/delete", &[("userid", "WANG5")]).await), 0);
    assert_eq!(errcode(&get(&site, &token, "department/delete", &[("id", "50")]).await), 0);
    assert!(listener.is_silent().await);
    for (body, code) in [
        (json!({"userid": "AMARA", "name": "x", "department": [2]}), 60102),
        (json!({"userid": "no spaces", "name": "x", "department": [2]}), 40003),
        (json!({"userid": "x", "name": "x", "department": [99]}), 60123),
        (json!({"userid": "x", "name": "x", "department": [2], "mobile": "+8613800000001"}), 60104),
    ] {
        assert_eq!(errcode(&post(&site, &token, "user/create", body).await), code);
    }
    assert_eq!(errcode(&post(&site, &app(&site).await, "user/create", json!({})).await), 48002);
}

#[tokio::test]
async fn a_generated_userid_changes_once() {
    let (site, _listener) = listening().await;
    let token = contact(&site).await;
    let rename = |from: &str, to: &str| json!({"userid": from, "new_userid": to});
    assert_eq!(errcode(&post(&site, &token, "user/update", rename("amara", "Amara.O")).await), 0);
    assert_eq!(errcode(&post(&site, &token, "user/update", rename("amara.o", "again")).await), 301_036);
    assert_eq!(errcode(&post(&site, &token, "user/update", rename("LinXiaoMan", "x")).await), 301_036);
    assert_eq!(get(&site, &app(&site).await, "user/get", &[("userid", "AMARA.O")]).await["userid"], "Amara.O");
}

#[tokio::test]
async fn a_practice_person_who_is_hired_renamed_or_leaves_is_told_too() {
    let (site, mut listener) = listening().await;
    let person = "/_control/people/layla";
    site.json("PATCH", person, json!({"wecom": {"userid": "layla.h", "left": false}})).await;
    let xml = event(&listener.next().await, CORP);
    assert_eq!(
        (element(&xml, "ChangeType"), element(&xml, "UserID")),
        ("create_user".to_owned(), "layla.h".to_owned())
    );
    site.json("PATCH", person, json!({"wecom": {"userid": "layla.haddad"}})).await;
    assert_eq!(element(&event(&listener.next().await, CORP), "NewUserID"), "layla.haddad");
    site.json("PATCH", person, json!({"wecom": {"left": true}})).await;
    let xml = event(&listener.next().await, CORP);
    assert_eq!(
        (element(&xml, "ChangeType"), element(&xml, "UserID")),
        ("delete_user".to_owned(), "layla.haddad".to_owned())
    );
    site.json("DELETE", "/_control/people/amara", json!(null)).await;
    assert_eq!(element(&event(&listener.next().await, CORP), "UserID"), "amara");
}
