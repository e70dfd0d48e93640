//! `/cgi-bin/user/info` and `/cgi-bin/changeopenid` (§5.9, §1.2).

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::Practice;
use super::super::fields::Asked;
use super::answer::{Answer, Family, Refusal, fine, members, written};
use super::apps::AppKind;
use super::asked::{by_token, posted};
use super::ids;
use super::quota::{Quota, charge};
use super::scenes::openid_asked;
use super::tickets::pair;

/// After a migration openids can be converted for fifteen days.
const CONVERTIBLE: i64 = 15 * 86_400;

pub(super) async fn info(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Cgi, about(&practice, &asked))
}

fn about(practice: &Practice, asked: &Asked) -> Answer {
    let known = by_token(practice, asked, AppKind::Service)?;
    let openid = openid_asked(asked)?;
    charge(practice, Quota::UserInfo, known.appid())?;
    let world = practice.world();
    let person = world.people.iter().find(|person| ids::openid(known.appid(), &person.key) == openid);
    let Some(person) = person else { return Err(Refusal::new(40003, "invalid openid")) };
    let Some(following) = world.wechat.following.get(&pair(known.appid(), &person.key)) else {
        return Ok(members([("subscribe", json!(0)), ("openid", json!(openid))]));
    };
    let by_scene = following.scene.is_some();
    let scene = following.scene.clone().unwrap_or_default();
    let (number, text) =
        if following.numeric { (scene.parse::<u64>().unwrap_or(0), String::new()) } else { (0, scene) };
    // Nickname, picture, sex and region are gone since 2021-12-27.
    let mut all = members([
        ("subscribe", json!(1)),
        ("openid", json!(openid)),
        ("language", json!("")),
        ("subscribe_time", json!(following.since)),
        ("remark", json!("")),
        ("groupid", json!(0)),
        ("tagid_list", json!([])),
        ("subscribe_scene", json!(if by_scene { "ADD_SCENE_QR_CODE" } else { "ADD_SCENE_SEARCH" })),
        ("qr_scene", json!(number)),
        ("qr_scene_str", json!(text)),
    ]);
    if let Some(unionid) = ids::unionid(&known.client, person) {
        all.insert("unionid".to_owned(), json!(unionid));
    }
    Ok(all)
}

pub(super) async fn change_openid(State(practice): State<Practice>, asked: Asked) -> Response {
    written(&practice, Family::Cgi, converted(&practice, &asked))
}

/// Openids of the account whose followers moved here, as openids of this one.
fn converted(practice: &Practice, asked: &Asked) -> Answer {
    let known = by_token(practice, asked, AppKind::Service)?;
    let body = posted(asked)?;
    let from = body.get("from_appid").and_then(Value::as_str).unwrap_or_default();
    let list = body.get("openid_list").and_then(Value::as_array).cloned().unwrap_or_default();
    if list.is_empty() || list.len() > 100 {
        return Err(Refusal::new(40097, "invalid args"));
    }
    let now = practice.now();
    let world = practice.world();
    let fits = |(old, new, at): &&(String, String, i64)| old == from && new == known.appid() && now - at < CONVERTIBLE;
    if !world.wechat.migrations.iter().any(|migration| fits(&migration)) {
        return Err(Refusal::new(48001, "api unauthorized"));
    }
    let of_old = |client: &&super::super::clients::Client| client.wechat.as_ref().is_some_and(|app| app.gh_id == from);
    let old = world.clients.iter().find(of_old).map(|client| client.client_id.clone()).unwrap_or_default();
    let convert = |openid: &Value| {
        let openid = openid.as_str().unwrap_or_default();
        let person = world.people.iter().find(|person| ids::openid(&old, &person.key) == openid);
        match person {
            Some(person) => {
                json!({"ori_openid": openid, "new_openid": ids::openid(known.appid(), &person.key), "err_msg": "ok"})
            }
            None => json!({"ori_openid": openid, "err_msg": "ori_openid error"}),
        }
    };
    Ok(fine([("result_list", Value::Array(list.iter().map(convert).collect()))]))
}
