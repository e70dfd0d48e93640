//! The negative list of upstreams/dingtalk.md §15.

use std::collections::BTreeMap;

use hufu::base::lang::Lang;
use hufu::base::place::Place;
use hufu::base::secret::Secret;
use hufu::connectors::directory::{Roster, RosterTurn, Wanted};
use hufu::connectors::{Form, FrameEnd, Identity, Level, Reply, Step, Trouble, Turn};
use serde_json::{Value, json};

use super::hearing::{KEY, TOKEN, hook_turn, json_push};
use super::turns::{NOW, Told, callback, examine, open, sent_to, turn, wrong};
use crate::support::upstream::{Reply as Answer, Upstream};

const CORP: &str = "dingcorp1";
const USER_TOKEN: &str = "/api.dingtalk.com/v1.0/oauth2/userAccessToken";
const APP_TOKEN: &str = "/api.dingtalk.com/v1.0/oauth2/accessToken";
const ME: &str = "/api.dingtalk.com/v1.0/contact/users/me";
const BY_UNIONID: &str = "/oapi.dingtalk.com/topapi/user/getbyunionid";
const RECORD: &str = "/oapi.dingtalk.com/topapi/v2/user/get";
const INSIDE: &str = "/oapi.dingtalk.com/topapi/v2/user/getuserinfo";
const LIST: &str = "/oapi.dingtalk.com/topapi/v2/user/list";
const SUB: &str = "/oapi.dingtalk.com/topapi/v2/department/listsub";
const DEPARTMENT: &str = "/oapi.dingtalk.com/topapi/v2/department/get";
const SCOPES: &str = "/oapi.dingtalk.com/auth/scopes";

fn settings() -> Value {
    json!({
        "corp_id": CORP, "app_key": "dingkey", "app_secret": "s3cret", "events": "push", "token": TOKEN, "aes_key": KEY,
        "members_only": true,
    })
}

fn ok(result: &Value) -> Answer {
    Answer::json(&json!({ "errcode": 0, "errmsg": "ok", "result": result, "request_id": "r" }))
}

fn refused(code: i64) -> Answer {
    Answer::json(&json!({ "errcode": code, "errmsg": "no", "request_id": "r" }))
}

fn me() -> Value {
    json!({
        "nick": "Lin Mei", "unionId": "wxjbKe", "avatarUrl": "https://static.example.com/x.jpg", "openId": "o",
        "mobile": "13800000001", "stateCode": "86", "email": "typed@example.com", "visitor": false,
    })
}

async fn platform() -> Upstream {
    let upstream = Upstream::start().await;
    let user = json!({ "accessToken": "user-token", "refreshToken": "r", "expireIn": 7200, "corpId": CORP });
    upstream.on(USER_TOKEN, Answer::json(&user));
    upstream.on(ME, Answer::json(&me()));
    upstream.on(APP_TOKEN, Answer::json(&json!({ "accessToken": "app-token", "expireIn": 7200 })));
    upstream.on(BY_UNIONID, ok(&json!({ "contact_type": 0, "userid": "zhangsan" })));
    let record =
        json!({ "userid": "zhangsan", "unionid": "wxjbKe", "name": "林梅", "dept_id_list": "[2,3]", "active": "true" });
    upstream.on(RECORD, ok(&record));
    upstream
}

async fn come_back(upstream: &Upstream, pairs: &[(&str, &str)]) -> Result<Identity, Trouble> {
    match open("dingtalk", &settings()).answer(&turn(upstream), callback(pairs)).await? {
        Step::Known(identity) => Ok(*identity),
        other => panic!("{other:?}"),
    }
}

async fn read(upstream: &Upstream, wanted: Wanted) -> Result<Roster, Trouble> {
    let turn = turn(upstream);
    let cx = RosterTurn { connector: turn.connector, outbound: turn.outbound, now: NOW, tokens: turn.tokens };
    open("dingtalk", &settings()).roster(&cx, wanted).unwrap().await
}

#[tokio::test]
async fn the_page_gets_its_prompt_and_scopes_and_the_frame_posts_back() {
    let upstream = Upstream::start().await;
    let connector = open("dingtalk", &settings());
    let (address, sent) = sent_to(&*connector, &turn(&upstream)).await;
    assert_eq!(address, "https://login.dingtalk.com/oauth2/auth");
    assert_eq!(
        (sent["prompt"].as_str(), sent["scope"].as_str(), sent["corpId"].as_str()),
        ("consent", "openid corpid", CORP)
    );
    let framed = Turn { frame: true, ..turn(&upstream) };
    let Step::Go { frame: Some(frame), .. } = connector.begin(&framed).await.unwrap() else { panic!() };
    assert!(frame.ends == FrameEnd::Posts && frame.url.contains("iframe=true") && !frame.url.contains("corpid"));
    let inside = Turn { place: Place::Dingtalk, ..turn(&upstream) };
    let Step::Ask { form, .. } = connector.begin(&inside).await.unwrap() else { panic!() };
    assert_eq!(form, Form::InAppCode { corp_id: CORP.into(), client_id: "dingkey".into() });
}

#[tokio::test]
async fn either_name_of_the_code_will_do_but_not_two_different_ones() {
    let upstream = platform().await;
    for pairs in [&[("authCode", "c")][..], &[("code", "c")], &[("code", "c"), ("authCode", "c")]] {
        assert!(come_back(&upstream, pairs).await.is_ok(), "{pairs:?}");
    }
    assert!(matches!(come_back(&upstream, &[("code", "a"), ("authCode", "b")]).await, Err(Trouble::BadReply(_))));
    assert!(matches!(come_back(&upstream, &[("state", "s")]).await, Err(Trouble::BadReply(_))));
    assert!(matches!(come_back(&upstream, &[("error", "whatever")]).await, Err(Trouble::Cancelled)));
}

#[tokio::test]
async fn a_member_is_known_by_unionid_and_the_company_s_name_goes_first() {
    let upstream = platform().await;
    let identity = come_back(&upstream, &[("authCode", "c")]).await.unwrap();
    assert_eq!((identity.keys[0].space.as_str(), identity.keys[0].value.as_str()), ("dingtalk:dingcorp1", "wxjbKe"));
    assert_eq!((identity.name.as_deref(), identity.member.as_deref()), (Some("林梅"), Some("zhangsan")));
    assert_eq!(identity.groups, ["2", "3"]);
    // Neither is proven, whatever it says.
    assert_eq!(identity.phone, Some(("+8613800000001".to_owned(), false)));
    assert_eq!(identity.email, Some(("typed@example.com".to_owned(), false)));
    assert_eq!(upstream.seen(ME)[0].header("x-acs-dingtalk-access-token"), "user-token");
    let sent: Value = serde_json::from_str(&upstream.seen(USER_TOKEN)[0].body).unwrap();
    assert_eq!(sent["grantType"], "authorization_code");
}

#[tokio::test]
async fn a_profile_may_lack_everything_and_a_masked_number_is_none() {
    let upstream = platform().await;
    upstream.on(RECORD, refused(60011));
    for (profile, phone) in [
        (json!({ "unionId": "wxjbKe" }), None),
        (json!({ "unionId": "wxjbKe", "mobile": "155****3240", "stateCode": "86" }), None),
        (json!({ "unionId": "wxjbKe", "mobile": "51234567", "stateCode": "852" }), Some("+85251234567")),
        (json!({ "unionId": "wxjbKe", "mobile": "2025550123", "stateCode": 1 }), Some("+12025550123")),
    ] {
        upstream.on(ME, Answer::json(&profile));
        let identity = come_back(&upstream, &[("code", "c")]).await.unwrap();
        assert_eq!(identity.phone.map(|(number, _)| number).as_deref(), phone, "{profile}");
        assert!(identity.name.is_none() && identity.email.is_none());
    }
    upstream.on(ME, Answer::json(&json!({ "nick": "nobody" })));
    assert!(matches!(come_back(&upstream, &[("code", "c")]).await, Err(Trouble::BadReply(_))));
}

#[tokio::test]
async fn s181_whoever_is_not_of_the_company_now_stays_out() {
    let upstream = platform().await;
    for answer in [refused(60121), ok(&json!({ "contact_type": 1, "userid": "ext" }))] {
        upstream.on(BY_UNIONID, answer);
        assert!(matches!(come_back(&upstream, &[("code", "c")]).await, Err(Trouble::NotMember(_))));
    }
    // Let in by the administrator's setting, they are no members for that.
    upstream.on(BY_UNIONID, refused(60121));
    let mut open_door = settings();
    open_door["members_only"] = json!(false);
    let open_door = open("dingtalk", &open_door);
    let Step::Known(stranger) = open_door.answer(&turn(&upstream), callback(&[("code", "c")])).await.unwrap() else {
        panic!("known")
    };
    assert!(!open_door.is_member(&stranger) && stranger.is_outsider);
    upstream.on(BY_UNIONID, ok(&json!({ "contact_type": 0, "userid": "zhangsan" })));
    assert!(open_door.is_member(&come_back(&upstream, &[("code", "c")]).await.unwrap()));
    upstream.on(RECORD, refused(60121));
    assert!(matches!(come_back(&upstream, &[("code", "c")]).await, Err(Trouble::NotMember(_))));
    let other = json!({ "accessToken": "u", "expireIn": 7200, "corpId": "dingother" });
    upstream.on(USER_TOKEN, Answer::json(&other));
    assert!(matches!(come_back(&upstream, &[("code", "c")]).await, Err(Trouble::NotAllowed(_))));
    upstream.on(USER_TOKEN, Answer::json(&json!({ "accessToken": "u", "expireIn": 7200 })));
    for nameless in [json!({ "nick": "Lin Mei", "openId": "o" }), json!({ "unionId": "" })] {
        upstream.on(ME, Answer::json(&nameless));
        assert!(matches!(come_back(&upstream, &[("code", "c")]).await, Err(Trouble::BadReply(_))), "{nameless}");
    }
    // Two names that differ in case only are two people.
    upstream.on(USER_TOKEN, Answer::json(&json!({ "accessToken": "u", "expireIn": 7200 })));
    upstream.on(RECORD, refused(50002));
    upstream.on(ME, Answer::json(&json!({ "unionId": "WXJBKE" })));
    assert_eq!(come_back(&upstream, &[("code", "c")]).await.unwrap().keys[0].value, "WXJBKE");
}

#[tokio::test]
async fn refusals_of_both_interfaces_are_told_apart() {
    let upstream = platform().await;
    let cases: [(Answer, Told); 5] = [
        (refused(-1), |t| matches!(t, Trouble::TryLater { .. })),
        (refused(90018), |t| matches!(t, Trouble::TryLater { .. })),
        (refused(60011), |t| matches!(t, Trouble::Misconfigured(_))),
        (refused(60020), |t| matches!(t, Trouble::Misconfigured(_))),
        (Answer::json(&json!({ "status": 1111, "wait": 5 })), |t| matches!(t, Trouble::TryLater { .. })),
    ];
    for (answer, expected) in cases {
        upstream.on(BY_UNIONID, answer.clone());
        let trouble = come_back(&upstream, &[("code", "c")]).await.unwrap_err();
        assert!(expected(&trouble), "{answer:?} {trouble:?}");
    }
    let denied = json!({
        "code": "Forbidden.AccessDenied.AccessTokenPermissionDenied", "requestid": "5C", "message": "no",
        "accessdenieddetail": { "requiredScopes": ["Contact.User.Read"] },
    });
    upstream.on(ME, Answer::json(&denied).status(403));
    let trouble = come_back(&upstream, &[("code", "c")]).await.unwrap_err();
    assert!(matches!(&trouble, Trouble::Misconfigured(detail) if detail.contains("Contact.User.Read")), "{trouble:?}");
    for (answer, expected) in [
        (Answer::json(&json!({ "code": "invalidParameter.authCode.notFound" })).status(400), "unusable"),
        (Answer::json(&json!({ "code": "invalidClientIdOrSecret" })).status(400), "misconfigured"),
        (Answer::json(&json!({ "errcode": 404, "errmsg": "no such address" })), "unusable"),
        (Answer::new(500, "<html>"), "not reachable"),
        (Answer::text(""), "unusable"),
        (Answer::text("{").endless(), "unusable"),
        (Answer::text("").hanging(), "not reachable"),
    ] {
        upstream.on(USER_TOKEN, answer);
        let trouble = come_back(&upstream, &[("code", "c")]).await.unwrap_err().to_string();
        assert!(trouble.starts_with(expected) && !trouble.contains("s3cret"), "{trouble}");
    }
}

#[tokio::test]
async fn a_stale_application_token_is_fetched_once_more_whichever_way_it_is_told() {
    for answer in [refused(42001), Answer::json(&json!({ "errcode": 88, "sub_code": "40014", "errmsg": "x" }))] {
        let upstream = platform().await;
        upstream.on(BY_UNIONID, answer);
        assert!(come_back(&upstream, &[("code", "c")]).await.is_err());
        assert_eq!(upstream.seen(APP_TOKEN).len(), 2);
    }
}

#[tokio::test]
async fn inside_dingtalk_the_code_of_the_program_says_who() {
    let upstream = platform().await;
    upstream.on(INSIDE, ok(&json!({ "userid": "zhangsan", "unionid": "wxjbKe", "name": "Zhang San", "sys": true })));
    let connector = open("dingtalk", &settings());
    let code = || BTreeMap::from([("code".to_owned(), Secret::new("c"))]);
    let inside = turn(&upstream);
    let Step::Known(identity) = connector.answer(&inside, Reply::Form(code())).await.unwrap() else { panic!() };
    assert_eq!(identity.keys[0].value, "wxjbKe");
    let mut fields = code();
    fields.insert("in_app".to_owned(), Secret::new("1"));
    assert!(matches!(connector.answer(&inside, Reply::Code(fields)).await, Ok(Step::Known(_))));
    upstream.on(INSIDE, refused(40078));
    assert!(matches!(connector.answer(&inside, Reply::Form(code())).await, Err(Trouble::BadReply(_))));
}

#[tokio::test]
async fn the_directory_is_walked_from_what_the_application_may_see() {
    let upstream = platform().await;
    let scopes = json!({ "authed_user": ["single1"], "authed_dept": [9_007_199_254_740_993_i64, 4] });
    upstream.on(SCOPES, Answer::json(&json!({ "errcode": 0, "auth_org_scopes": scopes })));
    upstream.on(
        DEPARTMENT,
        ok(&json!({ "dept_id": 9_007_199_254_740_993_i64, "name": "研发", "parent_id": 1, "order": 3 })),
    );
    let roots = read(&upstream, Wanted::Roots).await.unwrap();
    // The branches are asked for by the caller, one question each: it keeps the pace.
    assert_eq!(
        (roots.branches.as_slice(), upstream.seen(DEPARTMENT).len()),
        (&id_texts(["9007199254740993", "4"])[..], 0)
    );
    assert_eq!((roots.singles, roots.whole_tree), (vec!["single1".to_owned()], false));
    let branch = read(&upstream, Wanted::Department("9007199254740993".into())).await.unwrap();
    assert_eq!((branch.departments[0].id.as_str(), branch.departments[0].position), ("9007199254740993", 3));
    upstream.on(SUB, ok(&json!([{ "dept_id": 5, "name": "a", "parent_id": 1 }, { "dept_id": "6", "name": "b" }])));
    let under = read(&upstream, Wanted::Under("1".into())).await.unwrap();
    assert_eq!(under.departments.iter().map(|d| d.parent.as_deref()).collect::<Vec<_>>(), [Some("1"), Some("1")]);
    let one = json!({ "userid": "u1", "unionid": "n1", "name": "A", "dept_id_list": [5, 6], "leader": "true", "active": "false" });
    upstream.on(LIST, ok(&json!({ "has_more": "true", "next_cursor": 100, "list": [one] })));
    let page = read(&upstream, Wanted::PeopleIn { department: "5".into(), cursor: None }).await.unwrap();
    let person = &page.people[0];
    assert_eq!((page.next.as_deref(), person.departments.len(), person.active), (Some("100"), 2, false));
    assert_eq!(person.leads, ["5"]);
    upstream.on(LIST, ok(&json!({ "has_more": false, "list": [] })));
    let last = read(&upstream, Wanted::PeopleIn { department: "5".into(), cursor: Some("100".into()) }).await.unwrap();
    assert!(last.next.is_none() && last.failed.is_empty());
    // More, and no way to ask for it: the pass is not whole.
    upstream.on(LIST, ok(&json!({ "has_more": true, "list": [] })));
    assert_eq!(
        read(&upstream, Wanted::PeopleIn { department: "5".into(), cursor: None }).await.unwrap().failed.len(),
        1
    );
    upstream.on(LIST, refused(50004));
    assert_eq!(
        read(&upstream, Wanted::PeopleIn { department: "5".into(), cursor: None }).await.unwrap().failed.len(),
        1
    );
    upstream.on(LIST, refused(43007));
    assert!(
        !read(&upstream, Wanted::PeopleIn { department: "5".into(), cursor: None }).await.unwrap().failed.is_empty()
    );
    upstream.on(RECORD, refused(60121));
    assert_eq!(read(&upstream, Wanted::Person("u9".into())).await.unwrap().gone, ["u9"]);
    upstream.on(DEPARTMENT, refused(60003));
    assert_eq!(read(&upstream, Wanted::Department("5".into())).await.unwrap().gone, ["5"]);
}

fn id_texts<const N: usize>(ids: [&str; N]) -> [String; N] {
    ids.map(str::to_owned)
}

#[tokio::test]
async fn where_no_departments_are_named_it_is_the_whole_company_or_none_of_it() {
    let upstream = platform().await;
    let alone = json!({ "errcode": 0, "auth_org_scopes": { "authed_user": ["single1"] } });
    upstream.on(SCOPES, Answer::json(&alone));
    upstream.on(DEPARTMENT, ok(&json!({ "dept_id": 1, "name": "Company" })));
    let whole = read(&upstream, Wanted::Roots).await.unwrap();
    assert_eq!(
        (whole.branches, whole.singles, whole.failed.len()),
        (vec!["1".to_owned()], vec!["single1".to_owned()], 0)
    );
    for code in [50002, 50004, 43007, 60003, 60019] {
        upstream.on(DEPARTMENT, refused(code));
        let none = read(&upstream, Wanted::Roots).await.unwrap();
        assert_eq!((none.branches.len(), none.singles.len(), none.failed.len()), (0, 1, 0), "{code}");
    }
    upstream.on(DEPARTMENT, refused(88));
    assert!(read(&upstream, Wanted::Roots).await.is_err(), "nobody knows: the pass is given up");
}

#[tokio::test]
async fn a_damaged_answer_of_the_directory_is_told_and_never_taken_for_an_empty_one() {
    let upstream = platform().await;
    upstream.on(DEPARTMENT, refused(50004));
    for scopes in [json!({}), json!({ "auth_org_scopes": {} }), json!({ "auth_org_scopes": { "authed_dept": null } })] {
        let mut answer = json!({ "errcode": 0 });
        answer.as_object_mut().unwrap().extend(scopes.as_object().unwrap().clone());
        upstream.on(SCOPES, Answer::json(&answer));
        assert_eq!(read(&upstream, Wanted::Roots).await.unwrap().failed.len(), 1, "{scopes}");
    }
    let people = || Wanted::PeopleIn { department: "5".into(), cursor: None };
    for (sub, missing, odd) in
        [(json!(null), 1, 0), (json!("none"), 1, 0), (json!([{ "name": "no id" }]), 0, 1), (json!([7]), 0, 1)]
    {
        upstream.on(SUB, ok(&sub));
        let under = read(&upstream, Wanted::Under("1".into())).await.unwrap();
        assert_eq!((under.failed.len(), under.odd.len()), (missing, odd), "{sub}");
        upstream.on(LIST, ok(&json!({ "has_more": false, "list": sub })));
        let page = read(&upstream, people()).await.unwrap();
        assert_eq!((page.failed.len(), page.odd.len()), (missing, odd), "{sub}");
    }
    upstream.on(LIST, ok(&json!({ "has_more": false })));
    assert_eq!(read(&upstream, people()).await.unwrap().failed.len(), 1);
    // Said in passing beside those that can be read.
    upstream.on(
        LIST,
        ok(&json!({ "has_more": false, "list": [{ "userid": "u1" }, { "name": "no id", "unionid": "n9" }] })),
    );
    let some = read(&upstream, people()).await.unwrap();
    assert_eq!((some.people.len(), some.failed.len(), some.odd.len()), (1, 0, 1));
    assert_eq!(some.odd[0].key.as_ref().map(|key| key.value.as_str()), Some("n9"), "known by it, they stay");
    assert_eq!(some.odd[0].told, "people of 5: a record with no id and the name \"no id\"");
    upstream.on(RECORD, ok(&json!({ "name": "no id" })));
    let one = read(&upstream, Wanted::Person("u1".into())).await.unwrap();
    assert!(one.gone.is_empty() && one.odd.len() == 1);
}

#[tokio::test]
async fn events_are_answered_sealed_told_each_time_and_only_for_this_company() {
    let upstream = platform().await;
    let (connector, turn) = (open("dingtalk", &settings()), hook_turn(&upstream));
    let event = |kind: &str, id: &str, more: &Value| {
        let mut event = json!({ "EventType": kind, "EventTime": 1, "CorpId": CORP, "eventId": id });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json_push(&event.to_string(), "dingkey")
    };
    let left = event("user_leave_org", "e1", &json!({ "userId": ["a", "b"] }));
    let heard = connector.hook(&turn, left.clone()).await.unwrap();
    assert_eq!(format!("{:?}", heard.news), "[Left { person: \"a\" }, Left { person: \"b\" }]");
    assert!(String::from_utf8(heard.answer.body).unwrap().contains("\"encrypt\""));
    // Told again when it comes again: the first time may have come to nothing.
    assert_eq!(connector.hook(&turn, left).await.unwrap().news.len(), 2);
    let capital = event("org_dept_modify", "e2", &json!({ "DeptId": [7] }));
    assert_eq!(
        format!("{:?}", connector.hook(&turn, capital).await.unwrap().news),
        "[DepartmentChanged { department: \"7\" }]"
    );
    for (kind, more) in [
        ("check_url", json!({})),
        ("no_such_event", json!({ "userId": ["a"] })),
        ("user_leave_org", json!({ "CorpId": "dingother", "userId": ["a"] })),
    ] {
        let heard = connector.hook(&turn, event(kind, kind, &more)).await.unwrap();
        assert!(heard.news.is_empty() && heard.answer.status == 200, "{kind}");
    }
    let wrong_owner = json_push("{\"EventType\":\"user_leave_org\",\"userId\":[\"a\"]}", "dingsomebody");
    assert_eq!(connector.hook(&turn, wrong_owner).await.unwrap().answer.status, 403);
}

#[tokio::test]
async fn the_doctor_asks_for_somebody_who_can_not_be() {
    let upstream = platform().await;
    upstream.on(SCOPES, Answer::json(&json!({ "errcode": 0, "auth_org_scopes": {} })));
    for (answer, level) in [(refused(60121), Level::Ok), (refused(60011), Level::Error)] {
        upstream.on(BY_UNIONID, answer);
        let findings = examine(&*open("dingtalk", &settings()), &upstream, Lang::Zh).await;
        assert_eq!(findings.iter().map(|finding| finding.level).max(), Some(level), "{findings:?}");
    }
}

#[test]
fn settings_that_can_not_be_are_named() {
    let mut settings = settings();
    settings["aes_key"] = json!("");
    assert_eq!(wrong("dingtalk", &settings), ["events"]);
    settings["events"] = json!("off");
    settings["corp_id"] = json!("corp/1");
    assert_eq!(wrong("dingtalk", &settings), ["corp_id"]);
}
