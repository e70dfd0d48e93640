//! The negative list of upstreams/wecom.md §13.

use hufu::base::lang::Lang;
use hufu::base::place::Place;
use hufu::connectors::directory::{Roster, RosterTurn, Wanted};
use hufu::connectors::{FrameEnd, Identity, Level, Step, Trouble, Turn};
use serde_json::{Value, json};

use super::hearing::{KEY, TOKEN, address_check, hook_turn, sealed, sealed_push, signature};
use super::turns::{NOW, Told, callback, examine, open, sent_to, turn, wrong};
use crate::support::upstream::{Reply as Answer, Upstream};

const CORP: &str = "wwtestcorp000001";
const INFO: &str = "/qyapi.weixin.qq.com/cgi-bin/auth/getuserinfo";
const DETAIL: &str = "/qyapi.weixin.qq.com/cgi-bin/auth/getuserdetail";
const GET: &str = "/qyapi.weixin.qq.com/cgi-bin/user/get";
const GETTOKEN: &str = "/qyapi.weixin.qq.com/cgi-bin/gettoken";
const LIST: &str = "/qyapi.weixin.qq.com/cgi-bin/user/list";
const TREE: &str = "/qyapi.weixin.qq.com/cgi-bin/department/list";
const AGENT: &str = "/qyapi.weixin.qq.com/cgi-bin/agent/get";

fn settings() -> Value {
    json!({
        "corpid": CORP, "agentid": "1000002", "secret": "s3cret", "token": TOKEN, "encoding_aes_key": KEY,
        "linked_corps": ["wwlinked"],
    })
}

fn with(key: &str, value: &Value) -> Value {
    let mut settings = settings();
    settings[key] = value.clone();
    settings
}

fn record() -> Value {
    json!({
        "errcode": 0, "errmsg": "ok", "userid": "ZhangSan", "name": "张三", "department": [2, 7], "order": [1, 10],
        "is_leader_in_dept": [1, 0], "main_department": 2, "position": "工程师", "status": 1,
    })
}

async fn platform() -> Upstream {
    let upstream = Upstream::start().await;
    upstream
        .on(GETTOKEN, Answer::json(&json!({ "errcode": 0, "errmsg": "ok", "access_token": "t", "expires_in": 7200 })));
    upstream.on(INFO, Answer::json(&json!({ "errcode": 0, "errmsg": "ok", "userid": "ZhangSan" })));
    upstream.on(GET, Answer::json(&record()));
    upstream
}

async fn come_back(settings: &Value, upstream: &Upstream) -> Result<Identity, Trouble> {
    match open("wecom", settings).answer(&turn(upstream), callback(&[("code", "c")])).await? {
        Step::Known(identity) => Ok(*identity),
        other => panic!("{other:?}"),
    }
}

async fn read(upstream: &Upstream, wanted: Wanted) -> Result<Roster, Trouble> {
    let turn = turn(upstream);
    let cx = RosterTurn { connector: turn.connector, outbound: turn.outbound, now: NOW, tokens: turn.tokens };
    open("wecom", &settings()).roster(&cx, wanted).unwrap().await
}

#[tokio::test]
async fn a_desk_goes_to_the_login_page_and_the_application_s_own_browser_to_web_authorisation() {
    let upstream = Upstream::start().await;
    let connector = open("wecom", &settings());
    let (address, sent) = sent_to(&*connector, &turn(&upstream)).await;
    assert_eq!(address, "https://login.work.weixin.qq.com/wwlogin/sso/login");
    assert_eq!((sent["login_type"].as_str(), sent["agentid"].as_str()), ("CorpApp", "1000002"));
    assert!(sent["state"].bytes().all(|b| b.is_ascii_alphanumeric()));
    let framed = Turn { frame: true, ..turn(&upstream) };
    let Step::Go { frame: Some(frame), .. } = connector.begin(&framed).await.unwrap() else { panic!() };
    assert!(frame.ends == FrameEnd::Goes && frame.url.contains("redirect_type=self"));
    let private = open("wecom", &with("scope", &json!("private")));
    for (silent, scope) in [(true, "snsapi_base"), (false, "snsapi_privateinfo")] {
        let inside = Turn { place: Place::Wecom, silent, ..turn(&upstream) };
        let Step::Go { url, .. } = private.begin(&inside).await.unwrap() else { panic!() };
        let names = url::Url::parse(&url).unwrap().query_pairs().map(|(k, _)| k.into_owned()).collect::<Vec<_>>();
        assert_eq!(names, ["appid", "redirect_uri", "response_type", "scope", "state", "agentid"]);
        assert!(url.contains(&format!("scope={scope}&")) && url.ends_with("#wechat_redirect"), "{url}");
    }
}

#[tokio::test]
async fn a_member_is_known_without_case_and_keeps_their_own_spelling() {
    let upstream = platform().await;
    let identity = come_back(&settings(), &upstream).await.unwrap();
    let key = &identity.keys[0];
    assert_eq!(
        (key.space.as_str(), key.value.as_str(), identity.keys.len()),
        ("wecom:wwtestcorp000001", "zhangsan", 1)
    );
    assert_eq!((identity.username.as_deref(), identity.name.as_deref()), (Some("ZhangSan"), Some("张三")));
    assert_eq!((identity.member.as_deref(), identity.groups.clone()), (Some("zhangsan"), vec!["2".into(), "7".into()]));
    // The older address writes it otherwise.
    upstream.on(INFO, Answer::json(&json!({ "errcode": "0", "UserId": "ZHANGSAN", "DeviceId": "d" })));
    assert_eq!(come_back(&settings(), &upstream).await.unwrap().keys, identity.keys);
}

#[tokio::test]
async fn s182_outsiders_strangers_companies_and_those_who_left_are_refused_though_nothing_failed() {
    let upstream = platform().await;
    for body in [
        json!({ "errcode": 0, "errmsg": "ok", "openid": "oAAA", "external_userid": "wmAAA" }),
        json!({ "errcode": 0, "errmsg": "ok", "userid": "" }),
        json!({ "errcode": 0, "errmsg": "ok", "userid": "wwother/LiSi" }),
        json!({ "errcode": 0, "errmsg": "ok", "parent_userid": "p" }),
    ] {
        upstream.on(INFO, Answer::json(&body));
        assert!(matches!(come_back(&settings(), &upstream).await, Err(Trouble::NotAllowed(_))), "{body}");
    }
    upstream.on(INFO, Answer::json(&json!({ "errcode": 0, "userid": "wwlinked/LiSi" })));
    let linked = come_back(&settings(), &upstream).await.unwrap();
    assert!(linked.keys[0].space == "wecom:wwlinked" && linked.member.is_none());
    assert!(!open("wecom", &settings()).is_member(&linked), "of another company");
    upstream.on(INFO, Answer::json(&json!({ "errcode": 0, "userid": "zhangsan" })));
    for (field, value) in [("status", json!(2)), ("status", json!(5)), ("errcode", json!(60111))] {
        let mut gone = record();
        gone[field] = value;
        upstream.on(GET, Answer::json(&gone));
        let said = come_back(&settings(), &upstream).await;
        let Err(Trouble::NotMember(outsider)) = said else { panic!("{gone}: {said:?}") };
        assert_eq!(outsider.member.as_deref(), Some("zhangsan"), "{gone}");
    }
    // Absent is not disabled, 4 has not opened the application yet.
    for status in [json!(4), Value::Null] {
        let mut record = record();
        record["status"] = status;
        upstream.on(GET, Answer::json(&record));
        assert!(come_back(&settings(), &upstream).await.is_ok());
    }
}

#[tokio::test]
async fn being_out_of_sight_is_refused_only_where_the_administrator_wants_it() {
    let upstream = platform().await;
    upstream.on(GET, Answer::json(&json!({ "errcode": 60011, "errmsg": "no privilege" })));
    let identity = come_back(&settings(), &upstream).await.unwrap();
    assert!(identity.name.is_none() && identity.member.is_some());
    let strict = with("require_visible", &json!(true));
    assert!(matches!(come_back(&strict, &upstream).await, Err(Trouble::NotAllowed(_))));
}

#[tokio::test]
async fn private_details_are_shown_and_prove_nothing() {
    let upstream = platform().await;
    upstream.on(INFO, Answer::json(&json!({ "errcode": 0, "userid": "ZhangSan", "user_ticket": "Lp" })));
    let detail =
        json!({ "errcode": 0, "userid": "ZhangSan", "mobile": "13800000001", "biz_mail": "z@corp.example.com" });
    upstream.on(DETAIL, Answer::json(&detail));
    let identity = come_back(&settings(), &upstream).await.unwrap();
    assert_eq!(identity.phone, Some(("+8613800000001".to_owned(), false)));
    assert_eq!(identity.email, Some(("z@corp.example.com".to_owned(), false)));
    upstream.on(DETAIL, Answer::json(&json!({ "errcode": 0, "userid": "LiSi", "mobile": "13800000002" })));
    assert!(matches!(come_back(&settings(), &upstream).await, Err(Trouble::BadReply(_))));
    upstream.on(DETAIL, Answer::json(&json!({ "errcode": 84014, "errmsg": "expired" })));
    assert!(matches!(come_back(&settings(), &upstream).await, Err(Trouble::BadReply(_))));
}

#[tokio::test]
async fn refusals_are_sorted_by_number_and_never_show_the_secret() {
    let upstream = platform().await;
    let cases: [(i64, Told); 5] = [
        (40029, |t| matches!(t, Trouble::BadReply(_))),
        (50001, |t| matches!(t, Trouble::Misconfigured(_))),
        (50002, |t| matches!(t, Trouble::NotAllowed(_))),
        (-1, |t| matches!(t, Trouble::TryLater { .. })),
        (45033, |t| matches!(t, Trouble::TryLater { .. })),
    ];
    for (code, expected) in cases {
        upstream.on(INFO, Answer::json(&json!({ "errcode": code, "errmsg": "x, hint: [1], from ip: 203.0.113.9" })));
        let trouble = come_back(&settings(), &upstream).await.unwrap_err();
        assert!(expected(&trouble), "{code} {trouble:?}");
    }
    upstream.on(INFO, Answer::json(&json!({ "errcode": 42001, "errmsg": "expired" })));
    let before = upstream.seen(GETTOKEN).len();
    assert!(come_back(&settings(), &upstream).await.is_err());
    assert_eq!(upstream.seen(GETTOKEN).len() - before, 2, "one more token, and no third");
    for pairs in [&[("state", "s")][..], &[("code", "")]] {
        let step = open("wecom", &settings()).answer(&turn(&upstream), callback(pairs)).await;
        assert!(matches!(step, Err(Trouble::Cancelled)));
    }
    upstream.on(GETTOKEN, Answer::json(&json!({ "errcode": 40001, "errmsg": "bad s3cret? no" })));
    let findings = examine(&*open("wecom", &settings()), &upstream, Lang::En).await;
    assert_eq!(findings.iter().map(|finding| finding.level).max(), Some(Level::Error));
}

#[tokio::test]
async fn the_doctor_names_the_address_that_has_to_be_allowed() {
    let upstream = platform().await;
    let refused = json!({ "errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 203.0.113.9" });
    upstream.on(AGENT, Answer::json(&refused));
    upstream.on(TREE, Answer::json(&refused));
    let findings = examine(&*open("wecom", &settings()), &upstream, Lang::En).await;
    assert!(findings.iter().any(|finding| finding.text.contains("203.0.113.9") && finding.level == Level::Error));
}

#[tokio::test]
async fn the_directory_is_read_with_its_gaps_told() {
    let upstream = platform().await;
    let tree = json!({ "errcode": 0, "department": [
        { "id": 2, "name": "研发中心", "parentid": 1, "order": 10 }, { "id": 7, "name": "北京", "parentid": 2, "order": 5 },
    ] });
    upstream.on(TREE, Answer::json(&tree));
    upstream.on(AGENT, Answer::json(&json!({ "errcode": 0, "allow_userinfos": { "user": [{ "userid": "LiSi" }] } })));
    let roots = read(&upstream, Wanted::Roots).await.unwrap();
    assert!(roots.whole_tree && roots.singles == ["LiSi"] && roots.failed.is_empty());
    // The root is out of sight: what hangs under it stands at the top.
    assert_eq!(roots.departments.iter().map(|d| d.parent.as_deref()).collect::<Vec<_>>(), [None, Some("2")]);
    upstream.on(LIST, Answer::json(&json!({ "errcode": 0, "userlist": [record(), { "userid": "/bad" }] })));
    let people = read(&upstream, Wanted::PeopleIn { department: "2".into(), cursor: None }).await.unwrap();
    let [person] = &people.people[..] else { panic!("{people:?}") };
    assert_eq!((person.id.as_str(), person.leads.as_slice(), person.active), ("zhangsan", &["2".to_owned()][..], true));
    // Somebody is there whose id can't be one: named, and no reason to keep everybody else.
    assert_eq!(people.odd[0].told, "department 2: a record with the id \"/bad\"");
    assert!(people.failed.is_empty() && people.odd[0].key.is_none());
    // An empty list beside an error is no empty department.
    upstream.on(LIST, Answer::json(&json!({ "errcode": 60011, "errmsg": "no privilege", "userlist": [] })));
    let hidden = read(&upstream, Wanted::PeopleIn { department: "2".into(), cursor: None }).await.unwrap();
    assert!(hidden.people.is_empty() && hidden.failed.len() == 1);
    upstream.on(LIST, Answer::json(&json!({ "errcode": 48002, "errmsg": "api forbidden", "userlist": [] })));
    assert!(read(&upstream, Wanted::PeopleIn { department: "2".into(), cursor: None }).await.is_err());
    upstream.on(GET, Answer::json(&json!({ "errcode": 60111, "errmsg": "userid not found" })));
    assert_eq!(read(&upstream, Wanted::Person("ZhangSan".into())).await.unwrap().gone, ["zhangsan"]);
}

#[tokio::test]
async fn a_damaged_answer_of_the_directory_is_told_and_never_taken_for_an_empty_one() {
    let upstream = platform().await;
    upstream.on(AGENT, Answer::json(&json!({ "errcode": 0 })));
    let in_two = || Wanted::PeopleIn { department: "2".into(), cursor: None };
    for (list, missing, odd) in [
        (json!(null), 1, 0),
        (json!({}), 1, 0),
        (json!([7]), 0, 1),
        (json!([{ "name": "no id" }, { "name": "nor here" }]), 0, 2),
    ] {
        upstream.on(TREE, Answer::json(&json!({ "errcode": 0, "department": list })));
        let roots = read(&upstream, Wanted::Roots).await.unwrap();
        assert_eq!((roots.failed.len(), roots.odd.len()), (missing, odd), "{list}");
        upstream.on(LIST, Answer::json(&json!({ "errcode": 0, "userlist": list })));
        let people = read(&upstream, in_two()).await.unwrap();
        assert_eq!((people.failed.len(), people.odd.len()), (missing, odd), "{list}");
    }
    upstream.on(LIST, Answer::json(&json!({ "errcode": 0 })));
    assert_eq!(read(&upstream, in_two()).await.unwrap().failed.len(), 1);
    upstream.on(TREE, Answer::json(&json!({ "errcode": 0, "department": [{ "id": 1, "name": "root" }] })));
    let users = json!({ "errcode": 0, "allow_userinfos": { "user": [{ "name": "no id" }] } });
    upstream.on(AGENT, Answer::json(&users));
    assert_eq!(read(&upstream, Wanted::Roots).await.unwrap().odd.len(), 1);
    upstream.on(GET, Answer::json(&json!({ "errcode": 0, "userid": "/bad" })));
    let one = read(&upstream, Wanted::Person("bad".into())).await.unwrap();
    assert!(one.gone.is_empty() && one.people.is_empty() && one.odd.len() == 1);
}

fn change(fields: &str) -> String {
    format!(
        "<xml><ToUserName>{CORP}</ToUserName><FromUserName>sys</FromUserName><CreateTime>{NOW}</CreateTime>\
         <MsgType>event</MsgType><Event>change_contact</Event>{fields}</xml>"
    )
}

#[tokio::test]
async fn changes_of_the_directory_are_told_each_time() {
    let upstream = platform().await;
    let (connector, turn) = (open("wecom", &settings()), hook_turn(&upstream));
    let cases = [
        ("<ChangeType>delete_user</ChangeType><UserID>ZhangSan</UserID>", "Left { person: \"zhangsan\" }"),
        (
            "<ChangeType>update_user</ChangeType><UserID>a1</UserID><NewUserID>Li.Si</NewUserID>",
            "Renamed { from: Key { space: \"wecom:wwtestcorp000001\", value: \"a1\" }, \
            to: Key { space: \"wecom:wwtestcorp000001\", value: \"li.si\" } }",
        ),
        ("<ChangeType>create_user</ChangeType><UserID>W</UserID>", "PersonChanged { person: \"w\" }"),
        ("<ChangeType>delete_party</ChangeType><Id>7</Id>", "DepartmentChanged { department: \"7\" }"),
        ("<ChangeType>update_tag</ChangeType><TagId>1</TagId>", ""),
        ("<ChangeType>delete_user</ChangeType><UserID>/bad</UserID>", ""),
    ];
    for (fields, expected) in cases {
        let push = sealed_push(&change(fields), CORP, "n");
        let heard = connector.hook(&turn, push.clone()).await.unwrap();
        let first = heard.news.first().map_or_else(String::new, |news| format!("{news:?}"));
        assert_eq!((first.as_str(), heard.answer.body.as_slice()), (expected, &b"success"[..]));
        // Told again when it comes again: the first time may have come to nothing.
        assert_eq!(connector.hook(&turn, push).await.unwrap().news.len(), heard.news.len());
    }
    for push in [sealed_push(&change(""), "wwother", "n"), super::hearing::plain_push(&change(""), "n")] {
        assert_eq!(connector.hook(&turn, push).await.unwrap().answer.status, 403);
    }
}

#[tokio::test]
async fn the_address_check_answers_what_was_sealed() {
    let upstream = platform().await;
    let (connector, turn) = (open("wecom", &settings()), hook_turn(&upstream));
    let (echo, now) = (sealed("5927782489442352469", CORP), NOW.to_string());
    let signature = signature(&[TOKEN, &now, "n", &echo]);
    let ask = address_check(&[("msg_signature", &signature), ("timestamp", &now), ("nonce", "n"), ("echostr", &echo)]);
    assert_eq!(connector.hook(&turn, ask).await.unwrap().answer.body, b"5927782489442352469");
}

#[test]
fn ids_that_can_not_be_are_named() {
    assert_eq!(wrong("wecom", &with("corpid", &json!("not/one"))), ["corpid"]);
    assert_eq!(wrong("wecom", &with("agentid", &json!("x"))), ["agentid"]);
    assert_eq!(wrong("wecom", &with("encoding_aes_key", &json!("short"))), ["encoding_aes_key"]);
    assert_eq!(wrong("wecom", &with("token", &json!(""))), ["encoding_aes_key"]);
}
